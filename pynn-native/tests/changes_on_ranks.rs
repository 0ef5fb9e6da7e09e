//! What changes between runs is the same on any number of ranks, also on those where nothing of it is.

use pynn_core::prelude::*;
use pynn_core::values::IntoSynapseValues;
use pynn_music::{Ranks, Setup, Simulation};
use pynn_native::Native;

fn builder(processes: usize) -> (NetworkBuilder, pynn_core::population::SimulatorHandle<Native>) {
    let mut net = NetworkBuilder::new("Changes");
    let options = SimulatorOptions { processes, ..SimulatorOptions::default() };
    let sim = net.simulator::<Native>("sim", options);
    (net, sim)
}

fn start(net: NetworkBuilder) -> Simulation<Network> {
    Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap()
}

fn every_millisecond() -> SpikeSourceArray {
    SpikeSourceArray { spike_times: SpikeTrains::same((1..=40).map(|time| f64::from(time) * ms)) }
}

/// Of two projections one ends on the first two of four cells; which one is what is asked.
fn halves(processes: usize, first_ends_on_all: bool) -> Vec<f64> {
    let (mut net, sim) = builder(processes);
    let input = net.population(&sim, "input", 1, every_millisecond());
    let cells = net.population(&sim, "cells", 4, IfCurrExp { v_thresh: 1e6 * mV, ..IfCurrExp::default() });
    let excitatory = IfCurrExp::receptors().excitatory;
    let synapse = || StaticSynapse { weight: 0.1 * nA, delay: 5.0 * ms };
    let end = |all: bool| if all { cells.slice(..) } else { cells.slice(..2) }.target(excitatory);
    let first = net.project(Some("first"), &input, end(first_ends_on_all), AllToAll::default(), synapse());
    let second = net.project(Some("second"), &input, end(!first_ends_on_all), AllToAll::default(), synapse());
    net.record(&cells, IfCurrExp::variables().v);
    let cells = cells.id();
    let mut sim = start(net);
    sim.run(10.0 * ms).unwrap();
    sim.set_weights(|_| &second, 100.0 * nA).unwrap();
    sim.set_delays(|_| &first, 6.0 * ms).unwrap();
    sim.run(2.0 * ms).unwrap();
    sim.set_weights(|_| &second, 0.1 * nA).unwrap();
    sim.run(20.0 * ms).unwrap();
    sim.trace_of(cells, "v", 0).unwrap().values
}

#[test]
fn weights_and_delays_change_alike_on_ranks_without_any_of_them() {
    for first_ends_on_all in [true, false] {
        let alone = halves(1, first_ends_on_all);
        assert!(alone.iter().any(|v| *v > -60.0));
        for processes in [2, 4] {
            assert_eq!(halves(processes, first_ends_on_all), alone, "on {processes} ranks");
        }
    }
}

#[test]
fn what_one_rank_refuses_no_rank_takes() {
    let run = |tries: bool| {
        let (mut net, sim) = builder(2);
        let input = net.population(&sim, "input", 1, every_millisecond());
        let cells = net.population(&sim, "cells", 4, EifCondExpIsfaIsta::default());
        let synapse = StaticSynapse { weight: 20.0 * nS, delay: 1.0 * ms };
        net.project(None, &input, cells.default_target(), AllToAll::default(), synapse);
        net.record(&cells, EifCondExpIsfaIsta::variables().v);
        let mut sim = start(net);
        sim.run(10.0 * ms).unwrap();
        if tries {
            let one_too_high = |cell: usize| if cell == 0 { 100.0 * mV } else { -50.0 * mV };
            let error = sim.set(|_| &cells, |p| p.v_reset, one_too_high).unwrap_err();
            assert!(error.message().contains("v_reset[0] is 100 mV"), "{error}");
            let reset = EifCondExpIsfaIsta::default().v_reset;
            assert_eq!(sim.get(|_| &cells, |p| p.v_reset).unwrap(), [reset; 4]);
        }
        sim.run(30.0 * ms).unwrap();
        // What comes after a refusal is taken.
        sim.set(|_| &cells, |p| p.v_reset, -60.0 * mV).unwrap();
        sim.run(30.0 * ms).unwrap();
        sim.trace_of(cells.id(), "v", 0).unwrap().values
    };
    let undisturbed = run(false);
    assert!(undisturbed.windows(5).any(|v| v[4] < v[0] - 5.0), "cells fire");
    assert_eq!(run(true), undisturbed);
}

#[test]
fn two_parts_of_an_end_may_be_of_one_population() {
    for processes in [1, 2, 3] {
        let (mut net, sim) = builder(processes);
        let input = net.population(&sim, "input", 6, every_millisecond());
        let cells =
            net.population(&sim, "cells", 8, IfCurrExp { v_thresh: 1e6 * mV, ..IfCurrExp::default() });
        let excitatory = IfCurrExp::receptors().excitatory;
        let parts = || (cells.slice(..4) + cells.slice(6..)).target(excitatory);
        let certain = |weight: f64| SimpleStochasticSynapse {
            weight: weight * nA,
            delay: 1.0 * ms,
            p: 1.0.into_synapse_values(),
        };
        let onto = net.project(None, input.slice(..1), parts(), AllToAll::default(), certain(0.1));
        let stdp = StdpMechanism {
            timing: SpikePairRule::default(),
            weight_dependence: AdditiveWeightDependence { w_min: 0.0 * nA, w_max: 9.0 * nA },
            weight: |source: usize, target: usize| (source * 10 + target) as f64 * 1e-3 * nA,
            delay: 1.0 * ms,
            dendritic_delay_fraction: 1.0,
        };
        let from = input.slice(..2) + input.slice(4..);
        let from = net.project(None, &from, parts(), AllToAll::default(), stdp);
        let mut sim = start(net);
        for (source, target, weight) in sim.weights(|_| &from).unwrap().list() {
            assert_eq!(weight, f64::from(source * 10 + target) * 1e-3);
        }
        sim.run(5.0 * ms).unwrap();
        sim.set_weights(|_| &from, 0.0 * nA).unwrap();
        sim.set_weights(|_| &onto, |_: usize, target: usize| if target < 4 { 0.2 * nA } else { 0.4 * nA })
            .unwrap();
        sim.run(30.0 * ms).unwrap();
        let v = sim.state(|_| &cells, |s| s.v).unwrap();
        assert_eq!(v[4], v[5]);
        assert!(v[6] > v[0] + 1.0 * mV && v[0] > v[4], "{v:?}");
        let weights = sim.weights(|_| &onto).unwrap();
        assert_eq!(weights.values, [0.2, 0.2, 0.2, 0.2, 0.4, 0.4]);
    }
}
