//! Whole simulations with NEST: scenarios of PyNN's system tests, and NEST beside the native engine.

mod common;

use common::{nest, options, source, start};
use pynn_core::backend::{Packet, Part};
use pynn_core::error::ErrorKind;
use pynn_core::network::Network;
use pynn_core::population::{PopulationId, SimulatorHandle};
use pynn_core::prelude::*;
use pynn_core::time::{Spike, Tick};
use pynn_music::{Ranks, Setup, Simulation};
use pynn_native::Native;
use pynn_nest::Nest;

fn times(sim: &mut Simulation<Network>, population: PopulationId) -> Vec<f64> {
    sim.spikes_of(population, 0).unwrap().times
}

fn v(sim: &mut Simulation<Network>, population: PopulationId, segment: usize) -> Vec<f64> {
    sim.trace_of(population, "v", segment).unwrap().values
}

#[test]
fn a_run_after_a_reset_gives_the_same_trace() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K1");
    let sim = net.simulator::<Nest>("sim", options(1.0));
    let cell = net.population(&sim, "cell", 1, IfCurrExp { i_offset: 0.1 * nA, ..IfCurrExp::default() });
    net.record(&cell, IfCurrExp::variables().v);
    let mut sim = start(net);
    for segment in 0..3 {
        sim.run(10.0 * ms).unwrap();
        let v = v(&mut sim, cell.id(), segment);
        assert_eq!(v.len(), 11);
        assert!((v[10] - -64.213_061_319_4).abs() < 1e-10, "{v:?}");
        sim.reset().unwrap();
    }
}

#[test]
fn spikes_on_the_way_are_forgotten_by_a_reset() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K2");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let input = net.population(
        &sim,
        "input",
        2,
        SpikeSourceArray {
            spike_times: SpikeTrains::each(
                [vec![1.2, 3.8, 9.2], vec![1.5, 1.9, 2.7, 4.8, 6.8]]
                    .map(|train| train.into_iter().map(|time| time * ms).collect::<Vec<_>>()),
            ),
        },
    );
    let cell = net.population(&sim, "cell", 1, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 0.5 * nA, delay: 0.5 * ms };
    net.project(None, &input, cell.target(IfCurrExp::receptors().excitatory), AllToAll::default(), synapse);
    net.record(&cell, IfCurrExp::variables().v);
    let mut sim = start(net);
    for segment in 0..3 {
        // The spike at 9.2 ms is due after the reset.
        sim.run(9.5 * ms).unwrap();
        sim.reset().unwrap();
        assert_eq!(v(&mut sim, cell.id(), segment), v(&mut sim, cell.id(), 0), "run {segment}");
    }
}

#[test]
fn runs_add_up_to_one_run() {
    let _nest = nest();
    let record = |runs: &[f64]| {
        let mut net = NetworkBuilder::new("K3");
        let sim = net.simulator::<Nest>("sim", options(0.1));
        let input = net.population(
            &sim,
            "input",
            20,
            SpikeSourcePoisson { rate: 50.0 * Hz, ..SpikeSourcePoisson::default() },
        );
        let cells = net.population(&sim, "cells", 10, IfCondExp::default());
        let synapse = StaticSynapse { weight: 10.0 * nS, delay: 1.0 * ms };
        net.project(
            None,
            &input,
            cells.target(IfCondExp::receptors().excitatory),
            AllToAll::default(),
            synapse,
        );
        let synapse = StaticSynapse { weight: 5.0 * nS, delay: Uniform { low: 0.5 * ms, high: 3.0 * ms } };
        net.project(
            None,
            &cells,
            cells.target(IfCondExp::receptors().inhibitory),
            AllToAll::default(),
            synapse,
        );
        net.record(&cells, IfCondExp::variables().spikes);
        net.record(&cells, IfCondExp::variables().v);
        net.record(&cells, IfCondExp::variables().gsyn_inh);
        let mut sim = start(net);
        for end in runs {
            sim.run_until(*end * ms).unwrap();
        }
        let g = sim.trace_of(cells.id(), "gsyn_inh", 0).unwrap().values;
        (times(&mut sim, cells.id()), v(&mut sim, cells.id(), 0), g)
    };
    let whole = record(&[99.9]);
    assert!(whole.0.len() > 20, "{} spikes", whole.0.len());
    assert!(whole.2.iter().any(|g| *g > 0.0));
    assert_eq!(record(&[0.1, 12.7, 12.7, 50.0, 50.1, 99.9]), whole);
}

#[test]
fn a_hodgkin_huxley_cell_fires_when_pynn_on_nest_says() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("H1");
    let sim = net.simulator::<Nest>("sim", options(0.01));
    let cell = net.population(&sim, "cell", 1, HhCondExp { i_offset: 0.5 * nA, ..HhCondExp::default() });
    net.record(&cell, HhCondExp::variables().spikes);
    let mut sim = start(net);
    sim.run(50.0 * ms).unwrap();
    assert_eq!(times(&mut sim, cell.id()), [4.78, 17.76, 30.73, 43.70]);
}

// Both start from m = 0, h = 1, n = 0; NEST's own error at this step is below 1e-6.
#[test]
fn gates_come_to_rest_where_those_of_the_native_engine_do() {
    fn gates<B>() -> [Vec<f64>; 3]
    where
        B: Simulates<HhCondExp>
            + Records<observable::GateM>
            + Records<observable::GateH>
            + Records<observable::GateN>,
    {
        let mut net = NetworkBuilder::new("Gates");
        let sim = net.simulator::<B>("sim", options(0.01));
        let cell = net.population(&sim, "cell", 1, HhCondExp::default());
        let variables = HhCondExp::variables();
        net.record_every(&cell, variables.m, 10.0 * ms);
        net.record_every(&cell, variables.h, 10.0 * ms);
        net.record_every(&cell, variables.n, 10.0 * ms);
        let mut sim = start(net);
        sim.run(20.0 * ms).unwrap();
        ["m", "h", "n"].map(|gate| sim.trace_of(cell.id(), gate, 0).unwrap().values)
    }
    let _nest = nest();
    for (nest, native) in gates::<Nest>().iter().zip(&gates::<Native>()) {
        assert_eq!(nest[0], native[0]);
        for (nest, native) in nest.iter().zip(native) {
            assert!((nest - native).abs() < 1e-5, "{nest}, native {native}");
        }
    }
}

#[test]
fn rate_functions_follow_the_offset_of_each_cell() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("Offsets");
    let sim = net.simulator::<Nest>("sim", options(0.025));
    let cell = HhCondExp { i_offset: 0.5 * nA, ..HhCondExp::default() };
    let cells = net.population(&sim, "cells", 3, cell.clone());
    net.vary(&cells, HhCondExp::parameters().v_offset, [-63.0 * mV, -55.0 * mV, -63.0 * mV]);
    let alone = net.population(&sim, "alone", 1, HhCondExp { v_offset: -55.0 * mV, ..cell });
    net.record(&cells, HhCondExp::variables().spikes);
    net.record(&alone, HhCondExp::variables().spikes);
    let mut sim = start(net);
    sim.run(100.0 * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    let of = |cell: u32| -> Vec<f64> {
        let own = spikes.times.iter().zip(&spikes.indices).filter(|(_, index)| **index == cell);
        own.map(|(time, _)| *time).collect()
    };
    let alone = times(&mut sim, alone.id());
    assert_eq!(of(0), of(2));
    assert_eq!(of(1), alone);
    assert!(of(0) != of(1) && !of(0).is_empty(), "{:?} and {:?}", of(0), of(1));
}

#[test]
fn latency_follows_the_current_as_theory_says() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K6");
    let sim = net.simulator::<Nest>("sim", options(0.01));
    let current = |index: usize| 0.5 + index as f64 / 83.0;
    let cell = IfCurrExp {
        v_rest: 0.0 * mV,
        v_reset: 0.0 * mV,
        v_thresh: 10.0 * mV,
        tau_refrac: 100.0 * ms,
        ..IfCurrExp::default()
    };
    let cells = net.population(&sim, "cells", 83, cell);
    net.vary(&cells, IfCurrExp::parameters().i_offset, move |index: usize| current(index) * nA);
    net.initialize(&cells, IfCurrExp::states().v, 0.0 * mV);
    net.record(&cells, IfCurrExp::variables().spikes);
    let mut sim = start(net);
    sim.run(125.0 * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    let mut first = vec![None; 83];
    for (time, index) in spikes.times.iter().zip(&spikes.indices) {
        first[*index as usize].get_or_insert(*time);
    }
    assert_eq!(first[0], None, "0.5 nA ends at the threshold");
    for (index, found) in first.iter().enumerate().skip(1) {
        let expected = 20.0 * (20.0 * current(index) / (20.0 * current(index) - 10.0)).ln();
        assert!(
            (found.unwrap() - expected).abs() / (25.0 + expected) < 0.005,
            "{index}: {found:?}, {expected}"
        );
    }
}

#[test]
fn a_delta_synapse_moves_the_potential_by_its_weight_when_it_is_due() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K7");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[20.0]));
    let cell = IfCurrDelta { v_thresh: -40.0 * mV, ..IfCurrDelta::default() };
    let cell = net.population(&sim, "cell", 1, cell);
    let synapse = StaticSynapse { weight: 5.0 * mV, delay: 1.0 * ms };
    net.project(None, &input, cell.target(IfCurrDelta::receptors().excitatory), AllToAll::default(), synapse);
    net.record(&cell, IfCurrDelta::variables().v);
    let mut sim = start(net);
    sim.run(60.0 * ms).unwrap();
    let v = v(&mut sim, cell.id(), 0);
    let largest = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!((largest + 65.0 - 5.0).abs() < 1e-10, "{largest}");
    assert_eq!(v.iter().position(|v| *v > -64.0), Some(210));
}

#[test]
fn delta_cells_fire_in_the_step_of_the_native_engine() {
    let _nest = nest();
    fn spikes<B>() -> Vec<f64>
    where
        B: Simulates<IfCurrDelta>
            + Simulates<SpikeSourceArray>
            + Connects<AllToAll>
            + Transmits<StaticSynapse>,
        B: Records<observable::Spikes>,
    {
        let mut net = NetworkBuilder::new("Delta");
        let sim = net.simulator::<B>("sim", options(0.1));
        let input = net.population(&sim, "input", 1, source(&[10.0, 10.3, 30.0, 30.1, 30.2, 30.3, 50.0]));
        let cell = IfCurrDelta { tau_refrac: 0.2 * ms, ..IfCurrDelta::default() };
        let cell = net.population(&sim, "cell", 1, cell);
        let synapse = StaticSynapse { weight: 20.0 * mV, delay: 0.1 * ms };
        net.project(
            None,
            &input,
            cell.target(IfCurrDelta::receptors().excitatory),
            AllToAll::default(),
            synapse,
        );
        net.record(&cell, IfCurrDelta::variables().spikes);
        let mut sim = start(net);
        sim.run(60.0 * ms).unwrap();
        times(&mut sim, cell.id())
    }
    assert_eq!(spikes::<Native>(), spikes::<Nest>());
}

#[test]
fn a_cell_without_refractory_period_fires_in_every_step() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("Fast");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cell = IfCurrExp { tau_refrac: 0.0 * ms, i_offset: 500.0 * nA, ..IfCurrExp::default() };
    let cell = net.population(&sim, "cell", 1, cell);
    net.record(&cell, IfCurrExp::variables().spikes);
    let mut sim = start(net);
    sim.run(10.0 * ms).unwrap();
    assert_eq!(times(&mut sim, cell.id()).len(), 100);
}

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
fn a_weight_that_nest_would_take_for_the_other_receptor_is_refused() {
    let _nest = nest();
    let build = |tau: f64| {
        let mut net = NetworkBuilder::new("Signs");
        let sim = net.simulator::<Nest>("sim", options(0.1));
        let input = net.population(&sim, "input", 1, source(&[1.0]));
        let cell = IfCurrExp { tau_syn_E: tau * ms, ..IfCurrExp::default() };
        let cells = net.population(&sim, "cells", 3, cell);
        let synapse = StaticSynapse { weight: -1.0 * nA, delay: 1.0 * ms };
        let target = cells.target(IfCurrExp::receptors().excitatory);
        net.project(Some("odd"), &input, target, AllToAll::default(), synapse);
        Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).map(drop)
    };
    let error = build(2.0).unwrap_err();
    for words in ["projection `odd`", "-1 nA", "iaf_psc_exp", "`inhibitory`"] {
        assert!(error.message().contains(words), "{error}");
    }
    build(IfCurrExp::default().tau_syn_I.base()).unwrap();
}

#[test]
fn delays_of_all_lengths_are_kept() {
    let _nest = nest();
    for timestep in [0.1, 0.05, 0.025] {
        for steps in [1, 2, 3, 6, 7, 14, 19, 23, 28] {
            let mut net = NetworkBuilder::new("Delays");
            let sim = net.simulator::<Nest>("sim", options(timestep));
            let input = net.population(&sim, "input", 1, source(&[0.1, 2.3]));
            let relay = net.population(&sim, "relay", 1, IfCurrDelta::default());
            let cell = net.population(&sim, "cell", 1, IfCurrDelta::default());
            let target =
                |cells: &Population<Nest, IfCurrDelta>| cells.target(IfCurrDelta::receptors().excitatory);
            let synapse = || StaticSynapse { weight: 30.0 * mV, delay: f64::from(steps) * timestep * ms };
            net.project(None, &input, target(&relay), AllToAll::default(), synapse());
            net.project(None, &relay, target(&cell), AllToAll::default(), synapse());
            net.record(&relay, IfCurrDelta::variables().spikes);
            net.record(&cell, IfCurrDelta::variables().spikes);
            let mut sim = start(net);
            sim.run(10.0 * ms).unwrap();
            let delay = f64::from(steps) * timestep;
            // A jump due in a step makes the cell fire at its end.
            for (population, delays) in [(relay.id(), 1.0), (cell.id(), 2.0)] {
                let expected = [0.1, 2.3].map(|time| time + delays * delay);
                let found = times(&mut sim, population);
                let same = found.len() == 2 && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
                assert!(same, "{steps} steps of {timestep} ms: {found:?}, {expected:?}");
            }
        }
    }
}

#[test]
fn connections_have_their_own_weights_and_delays() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K10 to K12");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let input = net.population(&sim, "input", 5, source(&[1.0]));
    let cells = net.population(&sim, "cells", 5, IfCondExp::default());
    let synapse = StaticSynapse {
        weight: |source: usize, target: usize| (1 + source + 10 * target) as f64 * nS,
        delay: |source: usize, target: usize| (0.2 + source.abs_diff(target) as f64) * ms,
    };
    let target = cells.slice(1..4).target(IfCondExp::receptors().excitatory);
    net.project(None, input.slice(1..5), target, AllToAll::default(), synapse);
    net.record(&cells, IfCondExp::variables().gsyn_exc);
    let mut sim = start(net);
    sim.run(6.0 * ms).unwrap();
    assert_eq!(sim.statistics().unwrap().synapses(), 12);
    assert_eq!(sim.statistics().unwrap().events(), 12);
    let trace = sim.trace_of(cells.id(), "gsyn_exc", 0).unwrap();
    for cell in 0..5usize {
        let mut g = 0.0;
        for step in 0..=60usize {
            // Shown when it is due.
            let arrives = |source: usize| 1.2 + source.abs_diff(cell.wrapping_sub(1)) as f64;
            let due = |source: &usize| ((arrives(*source) / 0.1).round() as usize) == step;
            let arriving = (0..4).filter(|_| (1..4).contains(&cell)).filter(due);
            let weights: f64 = arriving.map(|source| (1 + source + 10 * (cell - 1)) as f64 * 1e-3).sum();
            g = g * (-0.1f64 / 5.0).exp() + weights;
            let found = trace.values[step * 5 + cell];
            assert!((found - g).abs() < 1e-10, "cell {cell} at step {step}: {found}, {g}");
        }
    }
}

#[test]
fn nine_spikes_bring_one() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("K16");
    let sim = net.simulator::<Nest>("sim", options(0.01));
    let input = net.population(&sim, "input", 1, source(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]));
    let cells = net.population(&sim, "cells", 2, IfCondExp::default());
    let synapse = StaticSynapse { weight: 10.0 * nS, delay: 0.1 * ms };
    net.project(
        None,
        &input,
        cells.slice(0..1).target(IfCondExp::receptors().excitatory),
        AllToAll::default(),
        synapse,
    );
    net.record(&cells, IfCondExp::variables().spikes);
    let mut sim = start(net);
    sim.run(100.0 * ms).unwrap();
    assert_eq!(times(&mut sim, cells.id()), [13.44]);
}

/// 100 Poisson trains on `A` drive 20 Hodgkin-Huxley cells on NEST, which drive 10 cells there.
fn driven<A: Simulates<SpikeSourcePoisson> + Records<observable::Spikes>>(
    net: &mut NetworkBuilder,
    first: &SimulatorHandle<A>,
    second: &SimulatorHandle<Nest>,
) -> [PopulationId; 3] {
    let rate = SpikeSourcePoisson { rate: 10.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(first, "input", 100, rate);
    let hh = net.population(second, "hh", 20, HhCondExp::default());
    net.initialize(&hh, HhCondExp::states().v, Uniform { low: -70.0 * mV, high: -60.0 * mV });
    let relay = net.population(second, "relay", 10, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 0.1 * uS, delay: 0.2 * ms };
    net.project(None, &input, hh.target(HhCondExp::receptors().excitatory), AllToAll::default(), synapse);
    let synapse = StaticSynapse { weight: 2.0 * nA, delay: 0.5 * ms };
    net.project(None, &hh, relay.target(IfCurrExp::receptors().excitatory), AllToAll::default(), synapse);
    net.record(&input, SpikeSourcePoisson::variables().spikes);
    net.record(&hh, HhCondExp::variables().spikes);
    net.record_every(&hh, HhCondExp::variables().v, 0.1 * ms);
    net.record(&relay, IfCurrExp::variables().spikes);
    [input.id(), hh.id(), relay.id()]
}

fn spikes_and_v(
    mut sim: Simulation<Network>,
    [input, hh, relay]: [PopulationId; 3],
) -> (Vec<Vec<f64>>, Vec<f64>) {
    sim.run(300.0 * ms).unwrap();
    let spikes = [input, hh, relay].map(|population| times(&mut sim, population)).to_vec();
    assert!(
        spikes.iter().all(|spikes| spikes.len() > 100),
        "{:?}",
        spikes.iter().map(Vec::len).collect::<Vec<_>>()
    );
    (spikes, v(&mut sim, hh, 0))
}

#[test]
fn native_to_nest_on_threads_equals_nest_alone() {
    let _nest = nest();
    let mut net = NetworkBuilder::new("Alone");
    net.seed(5);
    let sim = net.simulator::<Nest>("sim2", options(0.05));
    let populations = driven(&mut net, &sim, &sim);
    let alone = spikes_and_v(start(net), populations);
    for processes in [1, 3] {
        let mut net = NetworkBuilder::new("Two");
        net.seed(5);
        let first = net.simulator::<Native>(
            "sim1",
            SimulatorOptions { processes, timestep: 0.05 * ms, ..SimulatorOptions::default() },
        );
        let second = net.simulator::<Nest>("sim2", options(0.05));
        let populations = driven(&mut net, &first, &second);
        assert_eq!(spikes_and_v(start(net), populations), alone, "beside {processes} native ranks");
    }
}

#[test]
fn a_loop_through_both_simulators_does_not_depend_on_the_native_ranks() {
    let _nest = nest();
    let spikes = |processes: usize| {
        let mut net = NetworkBuilder::new("Loop");
        net.seed(6);
        let first = net.simulator::<Native>(
            "sim1",
            SimulatorOptions { processes, timestep: 0.1 * ms, ..SimulatorOptions::default() },
        );
        let second = net.simulator::<Nest>("sim2", options(0.05));
        let [_, hh, _] = driven(&mut net, &first, &second);
        let back = net.population(&first, "back", 15, IfCurrExp::default());
        let relay = net.population(&second, "far", 7, IfCondExp::default());
        let synapse = StaticSynapse { weight: 10.0 * nS, delay: 0.1 * ms };
        net.project(
            None,
            &back,
            relay.target(IfCondExp::receptors().excitatory),
            AllToAll::default(),
            synapse,
        );
        let synapse = StaticSynapse { weight: Uniform { low: 1.0 * nA, high: 2.0 * nA }, delay: 0.3 * ms };
        net.project(
            None,
            &relay,
            back.target(IfCurrExp::receptors().excitatory),
            AllToAll::default(),
            synapse,
        );
        let drive = net.population(
            &first,
            "drive",
            15,
            SpikeSourcePoisson { rate: 200.0 * Hz, ..SpikeSourcePoisson::default() },
        );
        let synapse = StaticSynapse { weight: 2.0 * nA, delay: 0.1 * ms };
        net.project(None, &drive, back.target(IfCurrExp::receptors().excitatory), OneToOne, synapse);
        net.record(&back, IfCurrExp::variables().spikes);
        net.record(&relay, IfCondExp::variables().spikes);
        let mut sim = start(net);
        sim.run(200.0 * ms).unwrap();
        [back.id(), relay.id(), hh].map(|population| times(&mut sim, population))
    };
    let alone = spikes(1);
    assert!(alone.iter().all(|spikes| spikes.len() > 50), "{:?}", alone.each_ref().map(Vec::len));
    assert_eq!(spikes(2), alone);
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
