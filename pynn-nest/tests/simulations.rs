//! Simulations that only NEST can have: what it refuses, and its one place in a process.

mod common;

use common::{nest, options, source, start};
use pynn_core::backend::{Packet, Part};
use pynn_core::error::ErrorKind;
use pynn_core::prelude::*;
use pynn_core::time::{Spike, Tick};
use pynn_music::{Ranks, Setup};
use pynn_nest::Nest;

#[test]
fn what_nest_refuses_is_told_with_the_population() {
    let _nest = nest();
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

#[test]
fn one_process_holds_one_rank() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("Two ranks");
    let sim = net.simulator::<Nest>(
        "sim",
        SimulatorOptions { processes: 2, timestep: 0.1 * ms, ..SimulatorOptions::default() },
    );
    net.population(&sim, "cells", 4, IfCurrExp::default());
    let error = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).map(drop).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Placement);
    assert!(error.message().contains("mpirun"), "{error}");
}

#[test]
fn a_second_simulation_has_to_wait_for_the_end_of_the_first() {
    let _nest = nest();
    let net = || {
        let mut net = NetworkBuilder::new("One");
        let sim = net.simulator::<Nest>("sim", options(0.1));
        net.population(&sim, "cells", 4, IfCurrExp::default());
        net
    };
    let first = start(net());
    let error = Setup::new().ranks(Ranks::Threads).start(net().build().unwrap()).map(drop).unwrap_err();
    assert!(error.message().contains("one rank of NEST") && error.message().contains("mpirun"), "{error}");
    first.end().unwrap();
    start(net()).end().unwrap();
}

#[test]
fn a_spike_that_is_due_in_the_past_is_refused() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("Late");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[1.0]));
    let cell = net.population(&sim, "cell", 1, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms };
    net.project(None, &input, cell.target(IfCurrExp::receptors().excitatory), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    let part = Part { network: &network, simulator: sim.id(), share: 0, shares: 1 };
    let mut rank = Nest::instantiate(&part).unwrap();
    let timestep = Tick::exactly(0.1 * ms, "the step").unwrap();
    let packet = |spikes| Packet { spikes, timestep };
    rank.deliver(packet(&[Spike { step: 6, gid: 0 }])).unwrap();
    rank.advance(timestep * 10, &mut Vec::new()).unwrap();
    rank.deliver(packet(&[Spike { step: 6, gid: 0 }, Spike { step: 1, gid: 77 }])).unwrap();
    let error = rank.deliver(packet(&[Spike { step: 5, gid: 0 }])).unwrap_err();
    assert!(error.message().contains("cell 0 at 0.5 ms came at 1 ms, too late"), "{error}");
    assert_eq!(rank.statistics().synapses, 1);
}
