//! Simulations that only NEST can have: what it refuses, and its one place in a process.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/one_a_process.rs"]
mod shared;

use common::{hold, options, start};
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_nest::Nest;

one_a_process!(Nest);

#[test]
fn what_nest_refuses_is_told_with_the_population() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Refused");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    net.population(&sim, "held", 3, IfCurrExp { v_reset: -40.0 * mV, ..IfCurrExp::default() });
    let error = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).map(drop).unwrap_err();
    let words = "population `held`: NEST: ";
    assert!(error.message().contains(words) && error.message().contains("Reset potential"), "{error}");
    let mut net = NetworkBuilder::new("After");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    net.population(&sim, "cells", 3, IfCurrExp::default());
    start(net).run(1.0 * ms).unwrap();
}
