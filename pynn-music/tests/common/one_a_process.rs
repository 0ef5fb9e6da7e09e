//! What only a simulator does of which a process holds one: `one_a_process!(Nest)` makes the tests. Needs `real.rs` as
//! `common`.

#![allow(unreachable_pub, missing_docs, reason = "shared by several test programs")]

use pynn_core::backend::{Packet, Part};
use pynn_core::error::{Error, ErrorKind};
use pynn_core::prelude::*;
use pynn_core::time::{Spike, Tick};
use pynn_music::{Ranks, Setup};

use crate::common::{options, source, start};

/// Some cells on so many processes.
fn cells<B: Simulates<IfCurrExp>>(processes: usize) -> NetworkBuilder {
    let mut net = NetworkBuilder::new("Cells");
    let sim = net.simulator::<B>("sim", SimulatorOptions { processes, ..options(0.1) });
    net.population(&sim, "cells", 4, IfCurrExp::default());
    net
}

fn refused(net: NetworkBuilder) -> Error {
    Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).map(drop).unwrap_err()
}

pub fn one_process_holds_one_rank<B: Simulates<IfCurrExp>>() {
    let error = refused(cells::<B>(2));
    assert_eq!(error.kind(), ErrorKind::Placement);
    assert!(error.message().contains("mpirun"), "{error}");
}

pub fn a_second_simulation_has_to_wait_for_the_end_of_the_first<B: Simulates<IfCurrExp>>() {
    let first = start(cells::<B>(1));
    let error = refused(cells::<B>(1));
    for words in [format!("one rank of {}", B::NAME), "mpirun".to_owned()] {
        assert!(error.message().contains(&words), "{error}");
    }
    first.end().unwrap();
    start(cells::<B>(1)).end().unwrap();
}

pub fn a_spike_that_is_due_in_the_past_is_refused<B>()
where
    B: Simulates<SpikeSourceArray> + Simulates<IfCurrExp> + Connects<AllToAll> + Transmits<StaticSynapse>,
{
    let mut net = NetworkBuilder::new("Late");
    let sim = net.simulator::<B>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[1.0]));
    let cell = net.population(&sim, "cell", 1, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms };
    net.project(None, &input, cell.target(IfCurrExp::receptors().excitatory), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    let part = Part { network: &network, simulator: sim.id(), share: 0, shares: 1 };
    let mut rank = B::instantiate(&part).unwrap();
    let timestep = Tick::exactly(0.1 * ms, "the step").unwrap();
    let packet = |spikes| Packet { spikes, timestep };
    rank.deliver(packet(&[Spike { step: 6, gid: 0 }])).unwrap();
    rank.advance(timestep * 10, &mut Vec::new()).unwrap();
    rank.deliver(packet(&[Spike { step: 6, gid: 0 }, Spike { step: 1, gid: 77 }])).unwrap();
    let error = rank.deliver(packet(&[Spike { step: 5, gid: 0 }])).unwrap_err();
    assert!(error.message().contains("cell 0 at 0.5 ms came at 1 ms, too late"), "{error}");
    assert_eq!(rank.statistics().synapses, 1);
}

#[macro_export]
macro_rules! one_a_process {
    ($backend:ty) => {
        $crate::one_a_process!(@ $backend,
            one_process_holds_one_rank
            a_second_simulation_has_to_wait_for_the_end_of_the_first
            a_spike_that_is_due_in_the_past_is_refused
        );
    };
    (@ $backend:ty, $($test:ident)*) => {$(
        #[test]
        fn $test() {
            let _held = common::hold();
            shared::$test::<$backend>();
        }
    )*};
}
