//! Injected currents: K6 and K14 of PyNN's system tests, and what its electrode issues ask for.

use pynn::cell::{Receives, Variable};
use pynn::prelude::*;

use crate::backends::{Suite, assert_times, start};

/// v of a cell of resistance 20 megaohms and time constant 20 ms with the current of each step, in nA, from rest on:
/// exactly, or by backward Euler.
fn charged<B: Suite>(currents: impl IntoIterator<Item = f64>, timestep: f64, rest: f64) -> Vec<f64> {
    let decay = B::INTEGRATOR.of((-timestep / 20.0).exp(), 1.0 / (1.0 + timestep / 20.0));
    let step = |v: &mut f64, current: f64| {
        *v = *v * decay + 20.0 * current * (1.0 - decay);
        Some(*v + rest)
    };
    std::iter::once(rest).chain(currents.into_iter().scan(0.0, step)).collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (step, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() < tolerance, "step {step}: {a}, expected {b}");
    }
}

/// K14 and Q1: v(t0) as it was, v(t0 + dt) by the integrator's first step.
fn a_current_shows_one_step_after_it_starts<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cells on sim: [IfCurrAlpha { v_rest: -60.0mV, v_reset: -60.0mV, .. }; 2];
        initial cells.v = -60.0mV;
        inject DcSource { amplitude: 1.0nA, start: 10.0ms, stop: 20.0ms } -> cells[1..2];
        record cells: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(30.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap();
    let (other, injected): (Vec<f64>, Vec<f64>) = v.values.chunks_exact(2).map(|v| (v[0], v[1])).unzip();
    assert!(other.iter().all(|v| (v + 60.0).abs() < 1e-10));
    assert!((injected[100] + 60.0).abs() < 1e-10);
    // As printed by PyNN on each: 7 digits.
    let expected = B::INTEGRATOR.of(0.099_750_4, 0.099_502_5);
    assert!((injected[101] + 60.0 - expected).abs() < 5.1e-8, "{}", injected[101]);
    let is_on = |step: i32| if (100..200).contains(&step) { 1.0 } else { 0.0 };
    assert_close(&injected, &charged::<B>((0..300).map(is_on), 0.1, -60.0), 1e-9);
}

/// K14: a direct current from 0 on, a step current from 0 on and `i_offset` are one.
fn a_current_from_the_beginning_on_is_an_offset_current<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population offset on sim: [IfCondExp { i_offset: 1.0nA, .. }; 1];
        population direct on sim: [IfCondExp; 1];
        population step on sim: [IfCondExp { i_offset: 0.25nA, .. }; 1];
        population gates on sim: [HhCondExp { i_offset: 0.5nA, .. }; 1];
        population injected_gates on sim: [HhCondExp; 1];
        inject DcSource -> direct;
        inject StepCurrentSource { times: [0.0ms], amplitudes: [0.75nA] } -> step;
        inject DcSource { amplitude: 0.5nA, .. } -> injected_gates;
        record offset: v;
        record direct: v;
        record step: v;
        record gates: v, spikes;
        record injected_gates: v, spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(100.0 * ms).unwrap();
    let offset = sim.trace(|net| &net.offset, |v| v.v).unwrap().values;
    let direct = sim.trace(|net| &net.direct, |v| v.v).unwrap().values;
    let step = sim.trace(|net| &net.step, |v| v.v).unwrap().values;
    assert!(offset.windows(2).filter(|v| v[1] < v[0]).count() >= 2, "it fires");
    // What the sums and products of doubles may differ by; where a method chooses its steps, by its tolerance.
    let tolerance = if B::NAME == Nest::NAME { 1e-5 } else { 1e-10 };
    assert_close(&direct, &offset, tolerance);
    assert_close(&step, &offset, tolerance);
    let gates = sim.spikes(|net| &net.gates).unwrap().times;
    assert!(gates.len() > 3, "{gates:?}");
    assert_times(&sim.spikes(|net| &net.injected_gates).unwrap().times, &gates);
}

/// v of two cells, with a direct current injected or not, step by step.
fn potentials<B: Suite + Simulates<C>, C: Receives>(cell: C, injected: Current) -> Vec<f64> {
    let mut net = NetworkBuilder::new("Two");
    let options = SimulatorOptions { timestep: 0.025 * ms, ..Default::default() };
    let sim = net.simulator::<B>("sim", options);
    let cells = net.population(&sim, "cells", 2, cell);
    net.inject(None, &cells, DcSource { amplitude: injected, ..Default::default() });
    let v = C::info().variables.iter().position(|variable| variable.name == "v").expect("neurons have it");
    net.record(&cells, Variable::<observable::MembranePotential>::new(v));
    let mut sim = start(net.build().unwrap());
    sim.run(40.0 * ms).unwrap();
    sim.trace_of(cells.id(), "v", 0).unwrap().values
}

fn currents_go_into_every_other_cell_type<B>()
where
    B: Suite
        + Simulates<EifCondExpIsfaIsta>
        + Simulates<EifCondAlphaIsfaIsta>
        + Simulates<Izhikevich>
        + Simulates<GifCondExp>
        + Simulates<IfCondExpGsfaGrr>
        + Simulates<IfFacetsHardware1>,
{
    macro_rules! assert_like_offset {
        ($($cell:ident $current:literal;)*) => {$(
            let with = |i_offset| $cell { i_offset, ..Default::default() };
            let offset = potentials::<B, _>(with($current * nA), 0.0 * nA);
            let injected = potentials::<B, _>(with(0.0 * nA), $current * nA);
            assert!(offset.iter().any(|v| (v - offset[0]).abs() > 1.0), "{}", stringify!($cell));
            // What rounding makes of a part in 1e16 in the upstroke of a spike, and a method that chooses its steps.
            assert_close(&injected, &offset, 1e-4);
        )*};
    }
    assert_like_offset! {
        EifCondExpIsfaIsta 0.7;
        EifCondAlphaIsfaIsta 0.7;
        Izhikevich 0.01;
        GifCondExp 0.3;
        IfCondExpGsfaGrr 1.5;
    }
    // Leak 40 nS, 0.2 nF: 0.1 nA lift it by 2.5 mV, with a time constant of 5 ms.
    let v = potentials::<B, _>(IfFacetsHardware1::default(), 0.1 * nA);
    let expected = -65.0 + 2.5 * (1.0 - (-8.0f64).exp());
    assert!((v[v.len() - 1] - expected).abs() < 1e-3, "{}", v[v.len() - 1]);
}

/// Issues 442, 445, 451, 483: times go to the grid, of equal ones the last counts, the last amplitude stays.
fn a_step_current_is_played_on_the_grid<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cell on sim: [IfCurrExp; 1];
        inject steps = StepCurrentSource {
            times: [0.41ms, 0.42ms, 0.86ms],
            amplitudes: [0.5nA, -0.5nA, 0.5nA],
        } -> cell;
        record cell: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(5.0 * ms).unwrap();
    let expected: Vec<f64> = (0..50)
        .map(|step| {
            if step < 4 {
                0.0
            } else if step < 9 {
                -0.5
            } else {
                0.5
            }
        })
        .collect();
    assert_eq!(sim.current(|net| &net.steps).unwrap().values, expected);
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    assert_close(&v, &charged::<B>(expected, 0.1, -65.0), 1e-10);
}

/// A direct, a step and an alternating current one after the other: spikes, and v every 10 ms, as printed by PyNN on NEST
/// and on NEURON.
fn currents_act_as_in_pynn<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cell on sim: [IfCurrExp { tau_refrac: 2.0ms, tau_syn_E: 3.0ms, .. }; 1];
        inject DcSource { amplitude: 1.103nA, start: 20.0ms, stop: 120.0ms } -> cell;
        inject StepCurrentSource {
            times: [130.0ms, 180.0ms, 220.0ms],
            amplitudes: [0.4nA, 0.84nA, 0.0nA],
        } -> cell;
        inject AcSource {
            amplitude: 1.317nA, offset: 0.5nA, frequency: 50.0Hz, start: 230.0ms, stop: 290.0ms, ..
        } -> cell;
        record cell: spikes, v every 10.0ms;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(300.0 * ms).unwrap();
    let spikes = B::INTEGRATOR.of([42.8, 67.6, 92.4, 117.2, 213.1], [42.9, 67.8, 92.7, 117.6, 213.3]);
    assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &spikes);
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    // Half of the last printed digit, which may be rounded the other way.
    assert_close(&v, &B::INTEGRATOR.of(ON_NEST, ON_NEURON), 5.5e-7);
}

const ON_NEST: [f64; 31] = [
    -65.0,
    -65.0,
    -65.0,
    -56.320_066,
    -51.055_420,
    -59.949_398,
    -53.256_721,
    -64.563_183,
    -56.055_123,
    -50.894_724,
    -59.612_589,
    -53.052_437,
    -64.135_015,
    -64.475_360,
    -61.534_035,
    -59.750_031,
    -58.667_978,
    -58.011_680,
    -57.613_615,
    -53.909_646,
    -51.663_075,
    -50.300_461,
    -61.349_436,
    -62.785_821,
    -53.138_023,
    -60.454_970,
    -51.724_290,
    -59.597_498,
    -51.204_207,
    -59.282_052,
    -61.531_889,
];
const ON_NEURON: [f64; 31] = [
    -65.0,
    -65.0,
    -65.0,
    -56.336_746,
    -51.075_667,
    -60.045_523,
    -53.327_958,
    -64.781_044,
    -56.203_777,
    -50.994_916,
    -59.875_742,
    -53.224_852,
    -64.564_260,
    -64.735_381,
    -61.697_595,
    -59.852_787,
    -58.732_460,
    -58.052_100,
    -57.638_926,
    -53.932_135,
    -51.681_050,
    -50.313_996,
    -61.489_370,
    -62.868_041,
    -53.206_388,
    -60.482_532,
    -51.757_701,
    -59.602_763,
    -51.223_428,
    -59.278_307,
    -61.525_291,
];

/// K6, PyNN's scenario2: 83 cells with a direct current I from 25 ms on fire once, at 25 + tau ln(I R / (I R - 10 mV)),
/// and the one whose current just reaches the threshold does not.
fn cells_fire_when_theory_says<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 0.01ms };
        population cells on sim: [IfCurrExp {
            v_rest: 0.0mV, v_reset: 0.0mV, v_thresh: 10.0mV, tau_refrac: 100.0ms, ..
        }; 83];
        initial cells.v = 0.0mV;
        for index in 0..83usize {
            inject DcSource { amplitude: 0.5nA + index as f64 / 83.0 * 1.0nA, start: 25.0ms, .. } -> cells[index..=index];
        }
        record cells: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(124.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    let mut worst = 0.0f64;
    for cell in 0..83 {
        let train = spikes.train(cell);
        if cell == 0 {
            assert_eq!(train, [], "cell 0");
            continue;
        }
        let charge = 20.0 * (0.5 + cell as f64 / 83.0);
        let due = 25.0 + 20.0 * (charge / (charge - 10.0)).ln();
        assert_eq!(train.len(), 1, "cell {cell}");
        worst = worst.max((train[0] - due).abs() / due);
    }
    // PyNN asks for 0.005. On the grid: one step at the earliest spike, 0.01 / 38.6. Backward Euler moves a spike by about
    // dt / (2 tau) of the time since 25 ms, and by a step: together less than 4e-4.
    assert!(worst < B::INTEGRATOR.of(2.9e-4, 4e-4), "{worst}");
}

/// Issues 226, 487, 497: an electrode into some cells, several into one, each kind with a part of its own.
fn currents_into_one_cell_add<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B { timestep: 0.05ms };
        population cells on sim: [IfCurrExp { v_thresh: 1000.0mV, .. }; 4];
        inject direct = DcSource { amplitude: 0.3nA, start: 1.0ms, stop: 15.0ms } -> cells[1..4];
        inject sine = AcSource { amplitude: 0.5nA, frequency: 100.0Hz, phase: 45.0, start: 2.0ms, .. } -> cells[2..3];
        inject noise = NoisyCurrentSource { mean: 0.1nA, stdev: 0.4nA, start: 3.0ms, dt: 0.2ms, .. } -> cells[2..];
        record cells: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    // In windows of all lengths.
    for until in [0.05, 0.1, 0.65, 7.0, 7.05, 20.0] {
        sim.run_until(until * ms).unwrap();
    }
    let direct = sim.current(|net| &net.direct).unwrap().values;
    let sine = sim.current(|net| &net.sine).unwrap().values;
    let noise = sim.current(|net| &net.noise).unwrap().values;
    let sum = |parts: &[&Vec<f64>]| -> Vec<f64> {
        (0..400).map(|step| parts.iter().map(|part| part[step]).sum()).collect()
    };
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap().values;
    let all: [&[&Vec<f64>]; 4] = [&[], &[&direct], &[&direct, &sine, &noise], &[&direct, &noise]];
    for (cell, parts) in all.iter().enumerate() {
        let found: Vec<f64> = v.iter().skip(cell).step_by(4).copied().collect();
        assert_close(&found, &charged::<B>(sum(parts), 0.05, -65.0), 1e-9);
    }
}

/// The noise of an electrode is the same on every backend and after every reset, has its mean and deviation, and changes
/// every `dt`.
fn noise_is_normal_and_the_same_everywhere<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        seed 4;
        simulator sim: B {};
        population cell on sim: [IfCurrExp { v_thresh: 1000.0mV, .. }; 1];
        inject noise = NoisyCurrentSource { mean: 0.5nA, stdev: 0.2nA, dt: 0.5ms, .. } -> cell;
        record cell: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(1000.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cell, |v| v.v).unwrap().values;
    let gain = B::INTEGRATOR.of(-(-0.005f64).exp_m1(), 0.005 / 1.005);
    // What was injected, from what it did.
    let injected: Vec<f64> =
        v.windows(2).map(|v| (v[1] + 65.0 - (v[0] + 65.0) * (1.0 - gain)) / (20.0 * gain)).collect();
    let told = sim.current(|net| &net.noise).unwrap().values;
    assert_close(&injected, &told, 1e-10);
    assert!(told.chunks_exact(5).all(|part| part.iter().all(|current| *current == part[0])));
    let draws: Vec<f64> = told.iter().step_by(5).map(|current| (current - 0.5) / 0.2).collect();
    let n = draws.len() as f64;
    let (mean, square) = (draws.iter().sum::<f64>() / n, draws.iter().map(|z| z * z).sum::<f64>() / n);
    // Six standard errors: 1 / sqrt(n) of the mean, sqrt(2 / n) of the variance.
    assert!(mean.abs() < 6.0 / n.sqrt() && (square - 1.0).abs() < 6.0 * (2.0 / n).sqrt(), "{mean}, {square}");
    // The first draws, on any backend.
    assert_close(&told[..15], &FIRST_DRAWS.map(|draw| [draw; 5]).concat(), 1e-15);
    sim.reset().unwrap();
    sim.run(1000.0 * ms).unwrap();
    assert_eq!(sim.trace(|net| &net.cell, |v| v.v).unwrap().values, v);
}

const FIRST_DRAWS: [f64; 3] = [0.5619989747636072, 1.0056094723592854, 0.7137131605279851];

/// The value that holds at `time`, of values and the times from which on they do.
fn piecewise(values: &[(f64, f64)], time: f64) -> f64 {
    values[values.partition_point(|(from, _)| *from <= time) - 1].1
}

/// PyNN's issue 165 and "changing electrode": another amplitude between two runs, which a reset keeps.
fn an_electrode_changes_between_runs<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population cells on sim: [IfCurrExp; 3];
        inject direct = DcSource { amplitude: 0.4nA, .. } -> cells[0..2];
        inject step = StepCurrentSource -> cells[1..];
        record cells: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(2.0 * ms).unwrap();
    sim.set_electrode(
        |net| &net.direct,
        DcSource { amplitude: -0.2 * nA, stop: 3.5 * ms, ..Default::default() },
    )
    .unwrap();
    sim.run(1.0 * ms).unwrap();
    let times = [1.0, 3.2, 4.0].map(|time| time * ms);
    let step = StepCurrentSource { times: times.into(), amplitudes: [0.1, 0.3, 0.0].map(|i| i * nA).into() };
    sim.set_electrode(|net| &net.step, step.clone()).unwrap();
    let error = sim.set_electrode(|net| &net.step, StepCurrentSource { times: Vec::new(), ..step.clone() });
    assert_eq!(
        error.unwrap_err().message(),
        "electrode `step`: 0 times are given, but 3 amplitudes; give one amplitude a time"
    );
    assert_eq!(sim.electrode(|net| &net.step).unwrap(), step);
    sim.run(2.0 * ms).unwrap();
    let ms_of = |step: i32| f64::from(step) * 0.1 + 1e-9;
    let direct = |t: f64| piecewise(&[(0.0, 0.4), (2.0, -0.2), (3.5, 0.0)], t);
    let step = |t: f64| piecewise(&[(0.0, 0.0), (3.0, 0.1), (3.2, 0.3), (4.0, 0.0)], t);
    let told = sim.current(|net| &net.direct).unwrap();
    assert_eq!(told.values, (0..50).map(|n| direct(ms_of(n))).collect::<Vec<_>>());
    let check =
        |sim: &mut music::Simulation<Net<B>>, direct: &dyn Fn(f64) -> f64, step: &dyn Fn(f64) -> f64| {
            let v = sim.trace(|net| &net.cells, |v| v.v).unwrap().values;
            let both = |t: f64| direct(t) + step(t);
            let currents: [&dyn Fn(f64) -> f64; 3] = [direct, &both, step];
            for (cell, current) in currents.iter().enumerate() {
                let found: Vec<f64> = v.iter().skip(cell).step_by(3).copied().collect();
                assert_close(&found, &charged::<B>((0..50).map(|n| current(ms_of(n))), 0.1, -65.0), 1e-10);
            }
        };
    check(&mut sim, &direct, &step);
    sim.reset().unwrap();
    sim.run(5.0 * ms).unwrap();
    let direct = |t: f64| piecewise(&[(0.0, -0.2), (3.5, 0.0)], t);
    let step = |t: f64| piecewise(&[(0.0, 0.0), (1.0, 0.1), (3.2, 0.3), (4.0, 0.0)], t);
    check(&mut sim, &direct, &step);
    assert_eq!(sim.current(|net| &net.direct).unwrap().values[0], -0.2);
}

crate::list! {
    a_current_shows_one_step_after_it_starts [DcSource IfCurrAlpha] on Native Nest Neuron;
    a_current_from_the_beginning_on_is_an_offset_current [DcSource StepCurrentSource IfCondExp HhCondExp] on Native Nest Neuron;
    currents_go_into_every_other_cell_type [DcSource] on Native Nest Neuron;
    a_step_current_is_played_on_the_grid [StepCurrentSource] on Native Nest Neuron;
    currents_act_as_in_pynn [DcSource StepCurrentSource AcSource] on Native Nest Neuron;
    cells_fire_when_theory_says [DcSource IfCurrExp] on Native Nest Neuron;
    currents_into_one_cell_add [DcSource AcSource NoisyCurrentSource] on Native Nest Neuron;
    noise_is_normal_and_the_same_everywhere [NoisyCurrentSource reset] on Native Nest Neuron;
    an_electrode_changes_between_runs [DcSource StepCurrentSource set_electrode reset] on Native Nest Neuron;
}
