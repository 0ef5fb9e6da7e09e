//! When a spike acts.

use pynn::prelude::*;

use crate::backends::{Integrator, Suite, assert_times, source, start};

/// A jump that is due in a step makes the cell fire at its end, from sources and from cells, for delays whose binary form is
/// not exact.
fn delays_of_all_lengths_are_kept<B: Suite>() {
    network! {
        struct Net<B: Backend> { timestep: Time, times: SpikeTrains, delay: Time }
        simulator sim: B { timestep };
        population input on sim: [SpikeSourceArray { spike_times: times }; 1];
        population relay on sim: [IfCurrDelta; 1];
        population cell on sim: [IfCurrDelta; 1];
        projection input -> relay: AllToAll, StaticSynapse { weight: 30.0mV, delay };
        projection relay -> cell: AllToAll, StaticSynapse { weight: 30.0mV, delay };
        record relay: spikes;
        record cell: spikes;
    }
    let times = [0.1, 2.3];
    for timestep in [0.1, 0.05, 0.025] {
        for steps in [1, 2, 3, 6, 7, 14, 19, 23, 28] {
            let delay = f64::from(steps) * timestep;
            let net = Net::<B>::build(timestep * ms, source(&times).spike_times, delay * ms);
            let mut sim = start(net.unwrap());
            sim.run(10.0 * ms).unwrap();
            assert_times(&sim.spikes(|net| &net.relay).unwrap().times, &times.map(|time| time + delay));
            assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &times.map(|time| time + 2.0 * delay));
        }
    }
}

/// C1: from the spike of one cell to the potential of the next.
fn a_spike_shows_one_step_after_its_delay<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population first on sim: [IfCurrExp { i_offset: 1.0nA, tau_refrac: 2.0ms, .. }; 1];
        population second on sim: [IfCurrExp; 1];
        projection first -> second: AllToAll, StaticSynapse { weight: 1.0nA, delay: 1.5ms };
        record first: spikes;
        record second: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(40.0 * ms).unwrap();
    assert_times(&sim.spikes(|net| &net.first).unwrap().times, &[27.8]);
    let v = sim.trace(|net| &net.second, |v| v.v).unwrap().values;
    assert_eq!(v.iter().position(|v| *v != -65.0), Some(294));
}

/// Ranges of cells, closures of the indices, conductances step by step.
fn connections_have_their_own_weights_and_delays<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([1.0ms]) }; 5];
        population cells on sim: [IfCondExp; 5];
        projection input[1..5] -> cells[1..4]: AllToAll, StaticSynapse {
            weight: |source, target| (1 + source + 10 * target) as f64 * 1.0nS,
            delay: |source, target| (0.2 + source.abs_diff(target) as f64) * 1.0ms,
        };
        record cells: gsyn_exc;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(6.0 * ms).unwrap();
    let statistics = sim.statistics().unwrap();
    assert_eq!((statistics.synapses(), statistics.events()), (12, 12));
    let trace = sim.trace(|net| &net.cells, |v| v.gsyn_exc).unwrap();
    // NEURON records before it delivers: what is due shows, decayed, one step later.
    let late = B::INTEGRATOR == Integrator::BackwardEuler;
    let decay = (-0.1f64 / 5.0).exp();
    for cell in 0..5usize {
        let mut g = 0.0;
        for step in 0..=60usize {
            let due = |source: &usize| {
                let delay = 0.2 + source.abs_diff(cell.wrapping_sub(1)) as f64;
                ((1.0 + delay) / 0.1).round() as usize + usize::from(late) == step
            };
            let arriving = (0..4).filter(|_| (1..4).contains(&cell)).filter(due);
            let weights: f64 = arriving.map(|source| (1 + source + 10 * (cell - 1)) as f64 * 1e-3).sum();
            g = if late { (g + weights) * decay } else { g * decay + weights };
            let found = trace.values[step * 5 + cell];
            assert!((found - g).abs() < 1e-10, "cell {cell} at step {step}: {found}, {g}");
        }
    }
}

/// K16 (ticket 195), exact for each integrator.
fn nine_spikes_bring_one<B: Suite>() {
    network! {
        struct Net<B: Backend> { times: SpikeTrains }
        simulator sim: B { timestep: 0.01ms };
        population input on sim: [SpikeSourceArray { spike_times: times }; 1];
        population cells on sim: [IfCondExp; 2];
        projection input -> cells[0..1]: AllToAll, StaticSynapse { weight: 0.01uS, delay: 0.1ms };
        record cells: spikes;
    }
    let times = source(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]).spike_times;
    let mut sim = start(Net::<B>::build(times).unwrap());
    sim.run(100.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert_times(&spikes.times, &[B::INTEGRATOR.of(13.44, 13.40)]);
    assert_eq!(spikes.indices, [0]);
}

/// 30 s in windows of one step: neither times nor sums drift.
fn a_long_run_stays_on_its_grid<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population clock on sim: [IfCurrExp { i_offset: 1.0nA, tau_refrac: 2.0ms, .. }; 1];
        population echo on sim: [IfCurrDelta; 1];
        projection clock -> echo: AllToAll, StaticSynapse { weight: 20.0mV, delay: 0.1ms };
        record clock: spikes;
        record echo: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(30_000.0 * ms).unwrap();
    let steps = |times: Vec<f64>| times.iter().map(|time| (time / 0.1).round() as i64).collect::<Vec<_>>();
    let clock = steps(sim.spikes(|net| &net.clock).unwrap().times);
    let echo = steps(sim.spikes(|net| &net.echo).unwrap().times);
    assert!(clock.windows(2).all(|pair| pair[1] - pair[0] == 298), "as in L1: 27.8 and 57.6 ms");
    assert_eq!(echo, clock.iter().map(|step| step + 1).collect::<Vec<_>>());
}

crate::list! {
    delays_of_all_lengths_are_kept [StaticSynapse SpikeSourceArray IfCurrDelta] on Native Nest Neuron;
    a_spike_shows_one_step_after_its_delay [StaticSynapse] on Native Nest Neuron;
    connections_have_their_own_weights_and_delays [AllToAll StaticSynapse slices gsyn_exc] on Native Nest Neuron;
    nine_spikes_bring_one [IfCondExp SpikeSourceArray] on Native Nest Neuron;
    a_long_run_stays_on_its_grid [IfCurrExp IfCurrDelta] on Native Nest Neuron;
}
