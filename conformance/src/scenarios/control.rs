//! Runs, resets, and runs again.

use pynn::prelude::*;

use crate::backends::{Suite, start};

/// K1 of PyNN's system tests: three runs with resets between them.
fn a_run_after_a_reset_gives_the_same_trace<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 1.0ms };
        population cell on sim: [IfCurrExp { i_offset: 0.1nA, .. }; 1];
        record cell: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    for segment in 0..3 {
        sim.run(10.0 * ms).unwrap();
        let v = sim.trace_in(segment, |net| &net.cell, |v| v.v).unwrap().values;
        assert_eq!(v.len(), 11);
        let expected = B::INTEGRATOR.of(-64.213_061_319_4, -64.227_826_507_08);
        assert!((v[10] - expected).abs() < 1e-10, "{v:?} does not end at {expected}");
        sim.reset().unwrap();
    }
}

/// K2, with a spike on the way at the time of the reset.
fn spikes_on_the_way_are_forgotten_by_a_reset<B: Suite>() {
    network! {
        struct Net<B: Backend> { trains: SpikeTrains }
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: trains }; 2];
        population cell on sim: [IfCurrExp; 1];
        projection input -> cell: AllToAll, StaticSynapse { weight: 0.5nA, delay: 0.5ms };
        record cell: v;
    }
    let trains = [vec![1.2, 3.8, 9.2], vec![1.5, 1.9, 2.7, 4.8, 6.8]];
    let trains = trains.map(|train| train.into_iter().map(|time| time * ms).collect::<Vec<_>>());
    let mut sim = start(Net::<B>::build(SpikeTrains::each(trains)).unwrap());
    let mut first = Vec::new();
    for segment in 0..3 {
        sim.run(9.5 * ms).unwrap();
        let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
        sim.reset().unwrap();
        if segment == 0 {
            assert!(v.iter().any(|v| *v > -64.9), "{v:?}");
            first = v;
        } else {
            assert_eq!(v, first, "run {segment}");
        }
    }
}

/// K3, with a network whose spikes are on the way when a run ends.
fn runs_add_up_to_one_run<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourcePoisson { rate: 50.0Hz, .. }; 20];
        population cells on sim: [IfCondExp; 10];
        projection input -> cells: AllToAll, StaticSynapse { weight: 10.0nS, delay: 1.0ms };
        projection cells -> cells.inhibitory: AllToAll, StaticSynapse { weight: 5.0nS, delay: Uniform { low: 0.5ms, high: 3.0ms } };
        record cells: spikes, v, gsyn_inh;
    }
    let record = |ends: &[f64]| {
        let mut sim = start(Net::<B>::build().unwrap());
        for end in ends {
            sim.run_until(*end * ms).unwrap();
        }
        assert!((sim.now() / ms - 99.9).abs() < 1e-10);
        assert!(sim.run_until(50.0 * ms).unwrap_err().message().contains("it is 99.9 ms already"));
        let spikes = sim.spikes(|net| &net.cells).unwrap();
        let v = sim.trace(|net| &net.cells, |v| v.v).unwrap();
        let g = sim.trace(|net| &net.cells, |v| v.gsyn_inh).unwrap();
        (spikes.times, spikes.indices, v.values, g.values)
    };
    let whole = record(&[99.9]);
    assert!(whole.0.len() > 20, "{} spikes", whole.0.len());
    assert!(whole.3.iter().any(|g| *g > 0.0));
    assert!(record(&[0.1, 12.7, 12.7, 50.0, 50.1, 99.9]) == whole, "runs in parts differ from the whole");
}

crate::list! {
    a_run_after_a_reset_gives_the_same_trace [IfCurrExp reset v] on Native Nest Neuron;
    spikes_on_the_way_are_forgotten_by_a_reset [SpikeSourceArray StaticSynapse AllToAll reset] on Native Nest Neuron;
    runs_add_up_to_one_run [IfCondExp SpikeSourcePoisson run_until spikes gsyn_inh] on Native Nest Neuron;
}
