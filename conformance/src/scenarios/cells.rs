//! Cells, one by one.

use pynn::prelude::*;

use crate::backends::{Integrator, Suite, assert_times, source, start};

/// L1 and L2: a constant current.
fn a_constant_current_makes_leaky_cells_fire_when_pynn_says<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population first on sim: [IfCurrExp { i_offset: 1.0nA, tau_refrac: 2.0ms, .. }; 1];
        population exp on sim: [IfCurrExp { i_offset: 0.9nA, tau_refrac: 5.0ms, .. }; 1];
        population alpha on sim: [IfCurrAlpha { i_offset: 0.9nA, tau_refrac: 5.0ms, .. }; 1];
        population delta on sim: [IfCurrDelta { i_offset: 0.9nA, tau_refrac: 5.0ms, .. }; 1];
        population cond on sim: [IfCondExp { i_offset: 0.9nA, tau_refrac: 5.0ms, .. }; 1];
        population cond_alpha on sim: [IfCondAlpha { i_offset: 0.9nA, tau_refrac: 5.0ms, .. }; 1];
        record first: spikes;
        record exp: spikes;
        record alpha: spikes;
        record delta: spikes;
        record cond: spikes;
        record cond_alpha: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(200.0 * ms).unwrap();
    assert_times(&sim.spikes(|net| &net.first).unwrap().times[..2], &[27.8, 57.6]);
    let expected: &[f64] =
        B::INTEGRATOR.of(&[35.9, 76.8, 117.7, 158.6, 199.5][..], &[36.0, 77.0, 118.0, 159.0][..]);
    let found = [
        sim.spikes(|net| &net.exp).unwrap().times,
        sim.spikes(|net| &net.alpha).unwrap().times,
        sim.spikes(|net| &net.delta).unwrap().times,
        sim.spikes(|net| &net.cond).unwrap().times,
        sim.spikes(|net| &net.cond_alpha).unwrap().times,
    ];
    for times in found {
        assert_times(&times[..expected.len().min(times.len())], expected);
    }
}

/// P1 to P4: the largest response to one spike at 10 ms with a delay of 1 ms, mV above rest. Grid, backward Euler.
fn one_spike_brings_the_response_that_pynn_says<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([10.0ms]) }; 1];
        population exp on sim: [IfCurrExp; 1];
        population alpha on sim: [IfCurrAlpha; 1];
        population cond on sim: [IfCondExp; 2];
        population cond_alpha on sim: [IfCondAlpha; 2];
        projection input -> exp: AllToAll, StaticSynapse { weight: 0.5nA, delay: 1.0ms };
        projection input -> alpha: AllToAll, StaticSynapse { weight: 10.0nA, delay: 1.0ms };
        projection input -> cond[0..1]: AllToAll, StaticSynapse { weight: 0.01uS, delay: 1.0ms };
        projection input -> cond[1..2].inhibitory: AllToAll, StaticSynapse { weight: 0.01uS, delay: 1.0ms };
        projection input -> cond_alpha[0..1]: AllToAll, StaticSynapse { weight: 0.01uS, delay: 1.0ms };
        projection input -> cond_alpha[1..2].inhibitory: AllToAll, StaticSynapse { weight: 0.01uS, delay: 1.0ms };
        record exp: v;
        record cond: v;
        record cond_alpha: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(60.0 * ms).unwrap();
    let exp = sim.trace(|net| &net.exp, |v| v.v).unwrap().of(0);
    let at =
        B::INTEGRATOR.of([0.049_379_4, 0.441_662_2, 1.574_430_9], [0.049_751_2, 0.445_014_2, 1.587_362_5]);
    for (step, expected) in [111, 120, 200].into_iter().zip(at) {
        assert!(
            (exp[step] + 65.0 - expected).abs() < 1e-7,
            "{} at step {step}, {expected}",
            exp[step] + 65.0
        );
    }
    assert_eq!(exp[110], -65.0, "the spike shows one step after it is due");
    let cond = sim.trace(|net| &net.cond, |v| v.v).unwrap();
    let alpha = sim.trace(|net| &net.cond_alpha, |v| v.v).unwrap();
    let extreme = |v: Vec<f64>| {
        v.into_iter().map(|v| v + 65.0).fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a })
    };
    let found = [extreme(cond.of(0)), extreme(cond.of(1)), extreme(alpha.of(0)), extreme(alpha.of(1))];
    let expected = B::INTEGRATOR.of(
        [2.007_873_1, -0.154_451_8, 0.488_014_4, -0.060_047_5],
        [2.023_648_6, -0.155_665_3, 0.488_945_3, -0.059_991_8],
    );
    // NEST's own error in conductance-based cells is 1e-6 mV.
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 2e-6, "{found} instead of {expected}");
    }
}

/// K6: a latency of `tau ln(R I / (R I - threshold))`, for 83 currents.
fn latency_follows_the_current_as_theory_says<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 0.01ms };
        population cells on sim: [IfCurrExp { v_rest: 0.0mV, v_reset: 0.0mV, v_thresh: 10.0mV, tau_refrac: 100.0ms, .. }; 83];
        vary cells.i_offset = |cell| 0.5nA + 1.0nA * (cell as f64 / 83.0);
        initial cells.v = 0.0mV;
        record cells: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(125.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert!(spikes.train(0).is_empty(), "0.5 nA ends at the threshold");
    for cell in 1..83 {
        let current = 0.5 + cell as f64 / 83.0;
        let expected = 20.0 * (20.0 * current / (20.0 * current - 10.0)).ln();
        let found = spikes.train(cell)[0];
        assert!((found - expected).abs() / (25.0 + expected) < 0.005, "{cell}: {found}, {expected}");
    }
}

/// K7 and P5.
fn a_delta_synapse_moves_the_potential_by_its_weight_when_it_is_due<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([20.0ms]) }; 1];
        population cell on sim: [IfCurrDelta { v_thresh: -40.0mV, .. }; 1];
        projection input -> cell: AllToAll, StaticSynapse { weight: 5.0mV, delay: 1.0ms };
        record cell: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(60.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    let largest = v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!((largest + 65.0 - 5.0).abs() < 1e-10, "{largest}");
    assert_eq!(v.iter().position(|v| *v > -64.0), Some(210));
}

/// K5: PyNN's test of the first crossing of 0 mV, from h = 0 as PyNN on NEURON starts.
fn a_hodgkin_huxley_cell_crosses_zero_when_pynn_says<B: Suite>() {
    network! {
        struct Net<B: Backend> { h: f64 }
        simulator sim: B { timestep: 0.001ms };
        population cell on sim: [HhCondExp { i_offset: 1.0nA, .. }; 1];
        initial cell.v = -64.0mV;
        initial cell.h = h;
        record cell: v;
    }
    let mut sim = start(Net::<B>::build(0.0).unwrap());
    sim.run(20.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    let first = v.iter().position(|v| *v > 0.0).unwrap() as f64 * 0.001;
    assert!((first - 2.95).abs() <= 0.01, "{first} ms");
}

/// H1. PyNN on NEURON starts from h = 0.
fn a_hodgkin_huxley_cell_fires_when_pynn_on_the_simulator_says<B: Suite>() {
    network! {
        struct Net<B: Backend> { h: f64 }
        simulator sim: B { timestep: 0.01ms };
        population cell on sim: [HhCondExp { i_offset: 0.5nA, .. }; 1];
        initial cell.h = h;
        record cell: spikes;
    }
    let mut sim = start(Net::<B>::build(B::INTEGRATOR.of(1.0, 0.0)).unwrap());
    sim.run(50.0 * ms).unwrap();
    let expected = B::INTEGRATOR.of([4.78, 17.76, 30.73, 43.70], [5.10, 17.83, 30.79, 43.74]);
    assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &expected);
}

/// All start from m = 0, h = 1, n = 0 and come to rest where the rates say; the error of either method is below 1e-5 (of
/// first order in the step: 1e-4) at this step.
fn gates_come_to_rest_where_the_rates_say<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 0.01ms };
        population cell on sim: [HhCondExp; 1];
        record cell: v, m, h, n every 10.0ms;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(200.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    let u = v[20] + 63.0;
    let rest = |opening: f64, closing: f64| opening / (opening + closing);
    let expected = [
        rest(
            0.32 * (13.0 - u) / (((13.0 - u) / 4.0).exp() - 1.0),
            0.28 * (u - 40.0) / (((u - 40.0) / 5.0).exp() - 1.0),
        ),
        rest(0.128 * ((17.0 - u) / 18.0).exp(), 4.0 / (1.0 + ((40.0 - u) / 5.0).exp())),
        rest(0.032 * (15.0 - u) / (((15.0 - u) / 5.0).exp() - 1.0), 0.5 * ((10.0 - u) / 40.0).exp()),
    ];
    let found = [
        sim.trace(|net| &net.cell, |v| v.m).unwrap().values,
        sim.trace(|net| &net.cell, |v| v.h).unwrap().values,
        sim.trace(|net| &net.cell, |v| v.n).unwrap().values,
    ];
    assert_eq!([found[0][0], found[1][0], found[2][0]], [0.0, 1.0, 0.0]);
    for (found, expected) in found.iter().zip(expected) {
        assert!((found[20] - expected).abs() < B::INTEGRATOR.of(1e-5, 1e-3), "{}, {expected}", found[20]);
    }
}

/// PyNN on NEURON takes the offset of the first cell for all.
fn rate_functions_follow_the_offset_of_each_cell<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 0.025ms };
        population cells on sim: [HhCondExp { i_offset: 0.5nA, .. }; 3];
        population alone on sim: [HhCondExp { i_offset: 0.5nA, v_offset: -55.0mV, .. }; 1];
        vary cells.v_offset = [-63.0mV, -55.0mV, -63.0mV];
        record cells: spikes;
        record alone: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(100.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    let alone = sim.spikes(|net| &net.alone).unwrap().times;
    assert_eq!(spikes.train(0), spikes.train(2));
    assert_eq!(spikes.train(1), alone);
    assert!(spikes.train(0) != spikes.train(1) && !spikes.train(0).is_empty(), "{:?}", spikes.train(0));
}

/// Several jumps within the refractory period, which are lost.
fn delta_cells_fire_in_the_step_in_which_a_jump_is_due<B: Suite>() {
    network! {
        struct Net<B: Backend> { times: SpikeTrains }
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: times }; 1];
        population cell on sim: [IfCurrDelta { tau_refrac: 0.2ms, .. }; 1];
        projection input -> cell: AllToAll, StaticSynapse { weight: 20.0mV, delay: 0.1ms };
        record cell: spikes;
    }
    let source = source(&[10.0, 10.3, 30.0, 30.1, 30.2, 30.3, 50.0]);
    let mut sim = start(Net::<B>::build(source.spike_times).unwrap());
    sim.run(60.0 * ms).unwrap();
    assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &[10.1, 10.4, 30.1, 30.4, 50.1]);
}

/// Neither a current nor a reset above the threshold stops a cell.
fn a_cell_without_refractory_period_fires_in_every_step<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cell on sim: [IfCurrExp { tau_refrac: 0.0ms, i_offset: 500.0nA, .. }; 1];
        record cell: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.cell).unwrap().times.len(), 100);
}

/// From above the threshold, and reset to above it: refractory steps apart. NEST refuses such a reset; the native engine, whose
/// order within a step is NEST's, tests the threshold in refractory steps too and fires in every one.
fn a_cell_that_is_held_above_its_threshold_goes_on_firing<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cell on sim: [IfCurrExp { v_reset: -40.0mV, tau_refrac: 1.0ms, .. }; 1];
        initial cell.v = -40.0mV;
        record cell: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.cell).unwrap().times.len(), 10);
}

/// Where the two integrators are known to differ, each is as PyNN says.
fn the_first_step_shows_the_integrator<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cell on sim: [IfCurrExp { i_offset: 1.0nA, .. }; 1];
        record cell: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(0.1 * ms).unwrap();
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values[1];
    let expected = match B::INTEGRATOR {
        Integrator::Grid => -65.0 + 20.0 * (1.0 - (-0.1f64 / 20.0).exp()),
        Integrator::BackwardEuler => -65.0 + 0.1 / (1.0 + 0.1 / 20.0),
    };
    assert!((v - expected).abs() < 1e-12, "{v} instead of {expected}");
}

crate::list! {
    a_constant_current_makes_leaky_cells_fire_when_pynn_says [IfCurrExp IfCurrAlpha IfCurrDelta IfCondExp IfCondAlpha] on Native Nest Neuron;
    one_spike_brings_the_response_that_pynn_says [IfCurrExp IfCondExp IfCondAlpha] on Native Nest Neuron;
    latency_follows_the_current_as_theory_says [IfCurrExp vary initial] on Native Nest Neuron;
    a_delta_synapse_moves_the_potential_by_its_weight_when_it_is_due [IfCurrDelta] on Native Nest Neuron;
    a_hodgkin_huxley_cell_crosses_zero_when_pynn_says [HhCondExp] on Native Nest Neuron;
    a_hodgkin_huxley_cell_fires_when_pynn_on_the_simulator_says [HhCondExp] on Nest Neuron;
    gates_come_to_rest_where_the_rates_say [HhCondExp m h n] on Native Nest Neuron;
    rate_functions_follow_the_offset_of_each_cell [HhCondExp vary] on Native Nest Neuron;
    delta_cells_fire_in_the_step_in_which_a_jump_is_due [IfCurrDelta] on Native Nest Neuron;
    a_cell_without_refractory_period_fires_in_every_step [IfCurrExp] on Native Nest Neuron;
    a_cell_that_is_held_above_its_threshold_goes_on_firing [IfCurrExp] on Neuron;
    the_first_step_shows_the_integrator [IfCurrExp] on Native Nest Neuron;
}
