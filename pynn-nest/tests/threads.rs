//! A rank of NEST with several threads.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, start};
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_nest::Nest;

/// Cells that excite and inhibit one another, and are driven from elsewhere, on a rank with `threads`.
fn threaded(threads: usize) -> (NetworkBuilder, Population<Nest, IfCondExp>) {
    let mut net = NetworkBuilder::new("Threads");
    let sim = net.simulator::<Nest>("sim", SimulatorOptions { threads, ..options(0.1) });
    let rate = SpikeSourcePoisson { rate: 300.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&sim, "input", 40, rate);
    let cells = net.population(&sim, "cells", 61, IfCondExp::default());
    net.vary(&cells, IfCondExp::parameters().tau_m, Uniform { low: 10.0 * ms, high: 30.0 * ms });
    let half = || FixedProbability { p_connect: 0.5, ..FixedProbability::default() };
    let delay = || Uniform { low: 0.1 * ms, high: 2.0 * ms };
    let synapse = |high| StaticSynapse { weight: Uniform { low: 0.1 * nS, high }, delay: delay() };
    let receptors = IfCondExp::receptors();
    net.project(None, &input, cells.target(receptors.excitatory), half(), synapse(3.0 * nS));
    net.project(None, &cells, cells.target(receptors.excitatory), half(), synapse(0.4 * nS));
    net.project(None, &cells, cells.target(receptors.inhibitory), half(), synapse(4.0 * nS));
    net.record(&cells, IfCondExp::variables().spikes);
    net.record_every(&cells, IfCondExp::variables().v, 0.3 * ms);
    (net, cells)
}

#[test]
fn any_number_of_threads_gives_the_same_spikes_and_traces() {
    let _held = hold();
    let record = |threads| {
        let (net, cells) = threaded(threads);
        let mut sim = start(net);
        sim.run(70.0 * ms).unwrap();
        sim.reset().unwrap();
        for _ in 0..10 {
            sim.run(10.0 * ms).unwrap();
        }
        let spikes = [0, 1].map(|segment| sim.spikes_of(cells.id(), segment).unwrap());
        (
            spikes.map(|spikes| (spikes.times, spikes.indices)),
            sim.trace_of(cells.id(), "v", 1).unwrap().values,
        )
    };
    let alone = record(1);
    assert!(alone.0[1].0.len() > 300, "{} spikes", alone.0[1].0.len());
    assert_eq!(record(2), alone);
    assert_eq!(record(3), alone);
}

#[test]
fn more_threads_than_nest_has_are_refused() {
    let _held = hold();
    let (net, _) = threaded(600);
    let error = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).map(drop).unwrap_err();
    for words in ["sim", "threads is 600", "at most 511", "more processes"] {
        assert!(error.message().contains(words), "{error}");
    }
}

// NEST 3.10 itself waits for ever for a thread that an exception has left.
#[test]
fn a_cell_that_diverges_in_one_of_the_threads_ends_the_run_with_an_error() {
    let _held = hold();
    for (threads, bad) in [(1, 3), (2, 3), (2, 2)] {
        let mut net = NetworkBuilder::new("Diverges");
        let sim = net.simulator::<Nest>("sim", SimulatorOptions { threads, ..options(0.1) });
        let cells = net.population(&sim, "cells", 5, EifCondExpIsfaIsta::default());
        let current = move |index: usize| if index == bad { -1e6 * nA } else { 0.0 * nA };
        net.vary(&cells, EifCondExpIsfaIsta::parameters().i_offset, current);
        let synapse = StaticSynapse { weight: 1.0 * nS, delay: 0.1 * ms };
        net.project(None, &cells, cells.default_target(), AllToAll::default(), synapse);
        let mut sim = start(net);
        let error = sim.run(10.0 * ms).unwrap_err();
        let words = "numerical instability while updating population `cells`";
        assert!(error.message().contains(words), "{error}");
        drop(sim);
        let (net, _) = threaded(threads);
        start(net).run(1.0 * ms).unwrap();
    }
}

struct Threaded {
    network: Network,
    cells: Population<Nest, IfCondExp>,
}

impl Model for Threaded {
    fn network(&self) -> &Network {
        &self.network
    }
}

#[test]
fn a_parameter_set_between_runs_acts_in_every_thread() {
    let _held = hold();
    let record = |threads, v_thresh: Option<Voltage>| {
        let (net, cells) = threaded(threads);
        let net = Threaded { network: net.build().unwrap(), cells };
        let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net).unwrap();
        sim.run(50.0 * ms).unwrap();
        if let Some(v_thresh) = v_thresh {
            sim.set(|net| &net.cells, |p| p.v_thresh, v_thresh).unwrap();
        }
        sim.run(50.0 * ms).unwrap();
        let spikes = sim.spikes(|net| &net.cells).unwrap();
        (spikes.times, spikes.indices)
    };
    let alone = record(1, Some(-54.0 * mV));
    assert!(alone.0.len() > record(1, None).0.len());
    assert_eq!(record(2, Some(-54.0 * mV)), alone);
}
