//! Electrodes: what cells do with injected currents.

mod common;

use common::{Outcome, Rig, run};
use pynn_core::backend::{Lowered, Part, Simulates};
use pynn_core::change::Change;
use pynn_core::electrode::CurrentSource;
use pynn_core::population::{ElectrodeId, SimulatorId};
use pynn_core::prelude::*;
use pynn_native::{CellKernel, Cells, Model, Native, Setup};

fn dc(amplitude: f64, start: f64, stop: f64) -> DcSource {
    DcSource { amplitude: amplitude * nA, start: start * ms, stop: stop * ms }
}

/// A network in the making, and `n` cells whose spikes and potentials are recorded.
macro_rules! cells {
    ($n:expr, $type:ident { $($values:tt)* }) => {{
        let mut net = NetworkBuilder::new("Injected");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let cells = net.population(&sim, "cells", $n, $type { $($values)* });
        net.record(&cells, $type::variables().spikes);
        net.record(&cells, $type::variables().v);
        (net, cells)
    }};
}

/// v of each cell at each step.
fn potentials(outcome: &Outcome) -> &[Vec<f64>] {
    &outcome.samples[&(0, 0)]
}

fn times(outcome: &Outcome) -> Vec<f64> {
    outcome.spikes.iter().map(|spike| f64::from(spike.step) / 10.0).collect()
}

fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (step, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance, "step {step}: {a}, expected {b}");
    }
}

#[test]
fn a_current_shows_one_step_after_it_starts() {
    let alpha = IfCurrAlpha { v_rest: -60.0 * mV, v_reset: -60.0 * mV, ..Default::default() };
    let (mut net, cells) = cells!(1, IfCurrAlpha { ..alpha });
    net.initialize(&cells, IfCurrAlpha::states().v, -60.0 * mV);
    net.inject(None, &cells, dc(1.0, 10.0, 20.0));
    let outcome = run(&net.build().unwrap(), 1, 20.2 * ms);
    let v = &potentials(&outcome)[0];
    assert_eq!(v[100], -60.0);
    // R (1 - exp(-h / tau)) I with R = 20 megaohms, tau = 20 ms: NEST's answer through PyNN is 0.0997504.
    let gain = -20.0 * (-0.005f64).exp_m1();
    assert!((v[101] + 60.0 - gain).abs() < 1e-12, "{}", v[101]);
    // At 20 ms 10 ms of current have charged the membrane; then it decays.
    assert!((v[200] + 60.0 + 20.0 * (-0.5f64).exp_m1()).abs() < 1e-11, "{}", v[200]);
    assert!(((v[201] + 60.0) / (v[200] + 60.0) - (-0.005f64).exp()).abs() < 1e-12);
}

/// A cell with a current from an electrode does as one whose `i_offset` that is; cells differ in their capacitance if
/// `varied`.
macro_rules! assert_like_offset {
    ($type:ident, $current:expr, $tolerance:expr) => {
        for varied in [false, true] {
            let answer = |offset: f64, injected: f64| {
                let (mut net, cells) = cells!(3, $type { i_offset: offset * nA, ..Default::default() });
                if varied {
                    net.vary(&cells, $type::parameters().cm, |cell: usize| (0.2 + 0.1 * cell as f64) * nF);
                }
                if injected != 0.0 {
                    net.inject(None, &cells, DcSource { amplitude: injected * nA, ..Default::default() });
                }
                run(&net.build().unwrap(), 1, 50.0 * ms)
            };
            let (whole, split) = (answer($current, 0.0), answer(0.25 * $current, 0.75 * $current));
            assert!(!whole.spikes.is_empty(), "{}", stringify!($type));
            assert_eq!(split.spikes, whole.spikes, "{}", stringify!($type));
            for (split, whole) in potentials(&split).iter().zip(potentials(&whole)) {
                assert_close(split, whole, $tolerance);
            }
        }
    };
}

// The coefficients differ by the rounding of a double, which 500 steps of a linear cell may add up to a part in 1e13;
// a Hodgkin-Huxley cell enlarges a difference about a millionfold in its spikes.
#[test]
fn a_current_from_the_beginning_on_is_an_offset_current() {
    assert_like_offset!(IfCurrExp, 1.2, 1e-11);
    assert_like_offset!(IfCurrAlpha, 1.2, 1e-11);
    assert_like_offset!(IfCurrDelta, 1.2, 1e-11);
    assert_like_offset!(IfCondExp, 1.2, 1e-11);
    assert_like_offset!(IfCondAlpha, 1.2, 1e-11);
    assert_like_offset!(HhCondExp, 1.2, 1e-7);
    assert_like_offset!(IfCondExpGsfaGrr, 1.2, 1e-11);
    assert_like_offset!(EifCondExpIsfaIsta, 1.2, 1e-7);
    assert_like_offset!(EifCondAlphaIsfaIsta, 1.2, 1e-7);
    assert_like_offset!(GifCondExp, 1.2, 1e-11);
}

#[test]
fn a_step_current_from_0_on_is_a_direct_current() {
    let answer = |inject: &dyn Fn(&mut NetworkBuilder, &Population<Native, IfCurrExp>)| {
        let (mut net, cells) = cells!(1, IfCurrExp { ..Default::default() });
        inject(&mut net, &cells);
        run(&net.build().unwrap(), 1, 60.0 * ms)
    };
    let direct = answer(&|net, cells| drop(net.inject(None, cells, dc(1.1, 0.0, 1e12))));
    let step = StepCurrentSource { times: vec![0.0 * ms], amplitudes: vec![1.1 * nA] };
    assert_eq!(direct, answer(&|net, cells| drop(net.inject(None, cells, step.clone()))));
    assert!(!direct.spikes.is_empty());
}

#[test]
fn currents_of_two_electrodes_add_in_the_cells_they_share() {
    let (mut net, cells) = cells!(6, IfCondExp { ..Default::default() });
    net.inject(None, cells.slice(1..4), dc(0.5, 5.0, 30.0));
    net.inject(None, cells.slice(3..4), AcSource { frequency: 100.0 * Hz, ..Default::default() });
    net.inject(None, cells.slice(4..5), dc(0.5, 5.0, 30.0));
    net.inject(None, cells.slice(4..5), AcSource { frequency: 100.0 * Hz, ..Default::default() });
    let outcome = run(&net.build().unwrap(), 1, 60.0 * ms);
    let (net, _) = cells!(1, IfCondExp { ..Default::default() });
    let alone = run(&net.build().unwrap(), 1, 60.0 * ms);
    let v = potentials(&outcome);
    for (cell, same) in [(0, &potentials(&alone)[0]), (5, &v[0]), (2, &v[1]), (4, &v[3])] {
        assert_eq!(&v[cell], same, "cell {cell}");
    }
    assert!(v[1] != v[0] && v[3] != v[1]);
}

/// Electrodes of all kinds, with cells in common.
fn all_kinds(net: &mut NetworkBuilder, cells: &Population<Native, IfCurrExp>) {
    net.inject(None, cells, dc(0.9, 3.0, 80.0));
    net.inject(None, cells.slice(2..9), AcSource { stop: 60.0 * ms, ..Default::default() });
    net.inject(None, cells.slice(5..), NoisyCurrentSource { stdev: 2.0 * nA, ..Default::default() });
    net.inject(
        None,
        cells.slice(..3),
        StepCurrentSource { times: vec![10.0 * ms, 20.0 * ms], amplitudes: vec![2.0 * nA, 0.1 * nA] },
    );
}

#[test]
fn currents_do_not_depend_on_the_number_of_ranks_and_come_again_after_a_reset() {
    let (mut net, cells) = cells!(13, IfCurrExp { ..Default::default() });
    all_kinds(&mut net, &cells);
    let net = net.build().unwrap();
    let one = run(&net, 1, 100.0 * ms);
    assert!(one.spikes.len() > 30, "{} spikes", one.spikes.len());
    for shares in [2, 3, 4, 13] {
        assert_eq!(run(&net, shares, 100.0 * ms), one, "{shares} ranks");
    }
    let mut rig = Rig::new(&net, 2);
    rig.run(321);
    rig.reset();
    assert_eq!(rig.run(1000), one);
}

/// NEST's answer through PyNN 0.13 to a direct, a step and an alternating current one after the other: spike times, and v
/// every 10 ms from 225 ms on, in six digits.
#[test]
fn direct_step_and_alternating_currents_act_as_on_nest() {
    let cell = IfCurrExp { tau_refrac: 2.0 * ms, tau_syn_E: 3.0 * ms, ..Default::default() };
    let (mut net, cells) = cells!(1, IfCurrExp { ..cell });
    net.inject(None, &cells, dc(1.103, 20.0, 120.0));
    let step = |times: [f64; 3], amplitudes: [f64; 3]| StepCurrentSource {
        times: times.map(|time| time * ms).into(),
        amplitudes: amplitudes.map(|amplitude| amplitude * nA).into(),
    };
    net.inject(None, &cells, step([130.0, 180.0, 220.0], [0.4, 0.84, 0.0]));
    net.inject(
        None,
        &cells,
        AcSource {
            amplitude: 1.317 * nA,
            offset: 0.5 * nA,
            frequency: 50.0 * Hz,
            start: 230.0 * ms,
            stop: 290.0 * ms,
            ..Default::default()
        },
    );
    let outcome = run(&net.build().unwrap(), 1, 300.0 * ms);
    assert_eq!(times(&outcome), [42.8, 67.6, 92.4, 117.2, 213.1]);
    let v: Vec<f64> = potentials(&outcome)[0].iter().skip(2250).step_by(100).copied().collect();
    assert_close(&v, &V_ON_NEST, 5.1e-7);
}

const V_ON_NEST: [f64; 8] =
    [-62.156938, -57.285326, -57.328168, -55.470057, -56.227152, -54.802257, -55.822111, -60.546857];

/// PyNN's `scenario2`: cells with a direct current I from 25 ms on fire once, at 25 + tau ln(I R / (I R - threshold)).
#[test]
fn cells_fire_when_theory_says() {
    let n = 83;
    let mut net = NetworkBuilder::new("Scenario2");
    let sim = net.simulator::<Native>("sim", SimulatorOptions { timestep: 0.01 * ms, ..Default::default() });
    let cell = IfCurrExp {
        v_rest: 0.0 * mV,
        v_reset: 0.0 * mV,
        v_thresh: 10.0 * mV,
        tau_refrac: 100.0 * ms,
        ..Default::default()
    };
    let cells = net.population(&sim, "cells", n, cell);
    net.initialize(&cells, IfCurrExp::states().v, 0.0 * mV);
    let current = |index: usize| 0.5 + index as f64 / n as f64;
    for index in 0..n {
        let amplitude = current(index) * nA;
        net.inject(
            None,
            cells.slice(index..=index),
            DcSource { amplitude, start: 25.0 * ms, ..Default::default() },
        );
    }
    let outcome = run(&net.build().unwrap(), 1, 100.0 * ms);
    let due = |index: usize| 25.0 + 20.0 * (20.0 * current(index) / (20.0 * current(index) - 10.0)).ln();
    let mut fired: Vec<(usize, f64)> =
        outcome.spikes.iter().map(|spike| (spike.gid as usize, f64::from(spike.step) * 0.01)).collect();
    fired.sort_by_key(|(cell, _)| *cell);
    // At I = 0.5 nA the threshold is only reached in the limit.
    assert!(fired.iter().map(|(cell, _)| *cell).eq(1..n), "{fired:?}");
    for (cell, time) in fired {
        // The exact solution, seen at the first grid point after it.
        let late = time - due(cell);
        assert!((-1e-9..=0.01 + 1e-9).contains(&late), "cell {cell} fires at {time}, due {}", due(cell));
    }
}

#[test]
fn a_changed_electrode_acts_from_the_next_step_on_and_stays_after_a_reset() {
    let (mut net, cells) = cells!(2, IfCurrExp { ..Default::default() });
    net.inject(None, cells.slice(..1), dc(0.5, 0.0, 1e12));
    let mut net = net.build().unwrap();
    let before = net.clone();
    let mut engine = Rig::new(&before, 1);
    let first = engine.run(100);
    net.set_electrode(ElectrodeId(0), dc(0.2, 0.0, 1e12).numbers());
    engine.change(&net, &Change::Electrode { electrode: ElectrodeId(0) });
    let second = engine.run(100);
    // v' = R I (1 - exp(-h / tau)) + v exp(-h / tau) with R = 20 megaohms, tau = 20 ms.
    let (mut v, decay) = (0.0, (-0.005f64).exp());
    let samples = [&potentials(&first)[0][1..], &potentials(&second)[0]].concat();
    for (step, sample) in samples.iter().enumerate() {
        let current = if step < 100 { 0.5 } else { 0.2 };
        v = v * decay + 20.0 * current * (1.0 - decay);
        assert!((sample + 65.0 - v).abs() < 1e-11, "step {step}");
    }
    engine.reset();
    let again = engine.run(1);
    assert!((potentials(&again)[0][1] + 65.0 - 4.0 * (1.0 - decay)).abs() < 1e-12);
}

#[test]
fn a_current_of_a_type_of_one_s_own_is_played() {
    #[derive(Clone, Debug)]
    struct Charge;
    impl CurrentSource for Charge {
        const NAME: &'static str = "Charge";
        fn numbers(&self) -> Vec<f64> {
            Vec::new()
        }
        fn of_numbers(_: &[f64]) -> Option<Self> {
            Some(Self)
        }
        fn check(&self, _: pynn_core::time::Tick) -> Result<(), String> {
            Ok(())
        }
        fn waveform(
            &self,
            _: pynn_core::time::Tick,
            _: pynn_core::random::Key,
        ) -> pynn_core::electrode::Waveform {
            Box::new(|step| if step == 3 { 1.0 } else { 0.0 })
        }
    }
    let (mut net, cells) = cells!(1, IfCurrDelta { ..Default::default() });
    net.inject(None, &cells, Charge);
    let outcome = run(&net.build().unwrap(), 1, 1.0 * ms);
    let v = &potentials(&outcome)[0];
    assert_eq!((v[2], v.iter().position(|v| *v != -65.0)), (-65.0, Some(3)));
}

pynn_core::cell! {
    /// Sums up its input.
    pub struct Sum: "Sum" {
        /// What it is at the start.
        offset: Voltage = 0.0,
    }
    receptors { excitatory: Voltage }
    states { v: Voltage = 0.0 }
    variables { spikes: Spikes, v: MembranePotential }
}

/// Takes electrodes if `INJECTED`: 1 nA adds 1 mV a step.
struct SumKernel<const INJECTED: bool>(Vec<f64>);

impl<const INJECTED: bool> CellKernel for SumKernel<INJECTED> {
    const STATE: &'static [&'static str] = &["v"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        assert!(setup.is_injected());
        Ok(Self(vec![0.0; setup.size()]))
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0[cell] = current;
        INJECTED
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v], [input], _) = cells.split();
        for (v, (input, current)) in v.iter_mut().zip(input.iter().zip(&self.0)) {
            *v += input + current;
        }
    }
}

impl Simulates<Sum> for Native {
    fn lower(cell: &Sum) -> Lowered<Model> {
        let deaf = cell.offset.base() > 0.0;
        Lowered::Model(if deaf { Model::of::<SumKernel<false>>() } else { Model::of::<SumKernel<true>>() })
    }
}

#[test]
fn a_kernel_of_one_s_own_takes_currents_if_it_says_so() {
    let (mut net, cells) = cells!(3, Sum { ..Default::default() });
    net.inject(None, cells.slice(1..2), dc(2.0, 0.1, 0.3));
    let outcome = run(&net.build().unwrap(), 1, 0.4 * ms);
    assert_eq!(potentials(&outcome)[0], [0.0; 5]);
    assert_eq!(potentials(&outcome)[1], [0.0, 0.0, 2.0, 4.0, 4.0]);

    let (mut net, cells) = cells!(3, Sum { offset: 1.0 * mV });
    net.inject(None, &cells, DcSource::default());
    let net = net.build().unwrap();
    let part = Part { network: &net, simulator: SimulatorId(0), share: 0, shares: 1 };
    let error = Native::instantiate(&part).map(|_| ()).unwrap_err();
    assert_eq!(
        error.message(),
        "population `cells`: the native engine's kernel of Sum takes no electrodes; write its `CellKernel::inject`, or \
         inject into other cells"
    );
}
