//! What single cells do: potentials of one spike, refractoriness, order of the methods, samples.

mod common;

use approx::abs_diff_eq;

use common::{Rig, run};
use pynn_core::cells::SpikeTrains;
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_native::Native;

fn array(times: impl IntoIterator<Item = f64>) -> SpikeSourceArray {
    SpikeSourceArray { spike_times: SpikeTrains::same(times.into_iter().map(|time| time * ms)) }
}

/// One cell, and an input of `times` through `$receptor`.
macro_rules! one_cell {
    ($cell:expr, $type:ident.$receptor:ident, $weight:expr, $times:expr) => {{
        let mut net = NetworkBuilder::new("One");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let cell = net.population(&sim, "cell", 1, $cell);
        let input = net.population(&sim, "input", 1, array($times));
        let target = cell.target($type::receptors().$receptor);
        net.project(
            None,
            &input,
            target,
            AllToAll::default(),
            StaticSynapse { weight: $weight, delay: 1.0 * ms },
        );
        net.record(&cell, $type::variables().spikes);
        net.record(&cell, $type::variables().v);
        net.build().unwrap()
    }};
}

/// v of the only cell at each step.
fn potential(network: &Network, duration: f64) -> Vec<f64> {
    run(network, 1, duration * ms).samples[&(0, 0)][0].clone()
}

/// The largest deflection from -65 mV, and its time.
fn peak(v: &[f64]) -> (f64, f64) {
    let deflection = v.iter().map(|v| v + 65.0).enumerate();
    let (step, peak) = deflection.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap();
    (peak, step as f64 * 0.1)
}

fn assert_peak(network: &Network, expected: (f64, f64), tolerance: f64) {
    let (value, time) = peak(&potential(network, 60.0));
    assert!(
        abs_diff_eq!(value, expected.0, epsilon = tolerance)
            && abs_diff_eq!(time, expected.1, epsilon = 0.01),
        "{value} at {time}: {expected:?}"
    );
}

// Seven printed digits of PyNN 0.13 on NEST 3.10; NEST integrates the conductance-based ones to 1e-6.
#[test]
fn one_spike_moves_the_potential_as_on_nest() {
    let v = potential(&one_cell!(IfCurrExp::default(), IfCurrExp.excitatory, 0.5 * nA, [10.0]), 60.0);
    for (time, expected) in [(11.0, 0.0), (11.1, 0.049_379_4), (12.0, 0.441_662_2), (20.0, 1.574_430_9)] {
        let found = v[(time * 10.0f64).round() as usize] + 65.0;
        assert!(abs_diff_eq!(found, expected, epsilon = 1e-7), "{found} at {time}");
    }
    assert_peak(
        &one_cell!(IfCurrExp::default(), IfCurrExp.excitatory, 0.5 * nA, [10.0]),
        (1.574_887_4, 20.2),
        1e-7,
    );
    assert_peak(
        &one_cell!(IfCurrAlpha::default(), IfCurrAlpha.excitatory, 0.5 * nA, [10.0]),
        (0.604_398_6, 13.8),
        1e-7,
    );
    assert_peak(
        &one_cell!(IfCondExp::default(), IfCondExp.excitatory, 0.01 * uS, [10.0]),
        (2.007_873_1, 20.2),
        1e-6,
    );
    assert_peak(
        &one_cell!(IfCondExp::default(), IfCondExp.inhibitory, 0.01 * uS, [10.0]),
        (-0.154_451_8, 20.2),
        1e-6,
    );
    assert_peak(
        &one_cell!(IfCondAlpha::default(), IfCondAlpha.excitatory, 0.01 * uS, [10.0]),
        (0.488_014_4, 12.8),
        1e-6,
    );
    let (inhibitory, _) =
        peak(&potential(&one_cell!(IfCondAlpha::default(), IfCondAlpha.inhibitory, 0.01 * uS, [10.0]), 60.0));
    assert!(abs_diff_eq!(inhibitory, -0.060_047_5, epsilon = 2e-6), "{inhibitory}");
    assert_peak(
        &one_cell!(IfFacetsHardware1::default(), IfFacetsHardware1.excitatory, 0.001 * uS, [10.0]),
        (1.118_88, 21.7),
        5e-6,
    );
    assert_peak(
        &one_cell!(IfCurrDelta::default(), IfCurrDelta.excitatory, 2.0 * mV, [10.0]),
        (2.0, 11.0),
        1e-12,
    );
}

#[test]
fn a_cell_is_held_at_reset_for_its_refractory_period() {
    macro_rules! held {
        ($type:ident, $weight:expr) => {
            let cell = $type {
                i_offset: 2.0 * nA,
                tau_refrac: 3.04 * ms,
                v_reset: -70.0 * mV,
                ..Default::default()
            };
            let network = one_cell!(cell, $type.excitatory, $weight, [500.0]);
            let outcome = run(&network, 1, 40.0 * ms);
            let (v, first) = (&outcome.samples[&(0, 0)][0], outcome.spikes[0].step as usize);
            assert!(v[first - 1] < -50.0 && v[first - 1] > -52.0);
            // 3.04 ms are 30 steps after that of the spike.
            assert!(v[first..=first + 30].iter().all(|v| *v == -70.0), "{:?}", &v[first..first + 33]);
            assert!(v[first + 31] != -70.0);
        };
    }
    held!(IfCurrExp, 0.001 * nA);
    held!(IfCurrAlpha, 0.001 * nA);
    held!(IfCurrDelta, 0.001 * mV);
    held!(IfCondExp, 0.001 * uS);
    held!(IfCondAlpha, 0.001 * uS);
    held!(IfCondExpGsfaGrr, 0.001 * uS);
}

#[test]
fn a_jump_during_refractoriness_is_lost() {
    let cell = IfCurrDelta { tau_refrac: 5.0 * ms, ..Default::default() };
    let v = potential(&one_cell!(cell, IfCurrDelta.excitatory, 20.0 * mV, [10.0, 13.0]), 40.0);
    assert!(v[110..].iter().all(|v| *v == -65.0));
}

#[test]
fn current_to_voltage_is_continuous_where_time_constants_meet() {
    macro_rules! continuous {
        ($type:ident, $tau:ident) => {
            let v = |tau: f64| {
                let cell = $type { $tau: tau * ms, tau_m: 5.0 * ms, ..Default::default() };
                potential(&one_cell!(cell, $type.excitatory, 0.5 * nA, [10.0]), 60.0)
            };
            let equal = v(5.0);
            for near in [5.0 * (1.0 + 1e-9), 5.0 * (1.0 - 1e-6), 5.0 * (1.0 + 1e-4)] {
                let largest = v(near).iter().zip(&equal).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                // The potential of a few mV changes in proportion to the time constant.
                assert!(largest < 5.0 * (near / 5.0 - 1.0).abs() + 1e-12, "{near}: {largest}");
            }
        };
    }
    continuous!(IfCurrExp, tau_syn_E);
    continuous!(IfCurrAlpha, tau_syn_E);
}

/// The potential 2 ms after the arrival of the only spike, at `timestep`.
macro_rules! after_2_ms {
    ($cell:expr, $type:ident, $weight:expr, $timestep:expr) => {{
        let mut net = NetworkBuilder::new("Order");
        let options = SimulatorOptions { timestep: $timestep * ms, ..Default::default() };
        let sim = net.simulator::<Native>("sim", options);
        let cell = net.population(&sim, "cell", 1, $cell);
        let input = net.population(&sim, "input", 1, array([1.0]));
        for receptor in [$type::receptors().excitatory, $type::receptors().inhibitory] {
            let synapse = StaticSynapse { weight: $weight * uS, delay: 1.0 * ms };
            net.project(None, &input, cell.target(receptor), AllToAll::default(), synapse);
        }
        net.record_every(&cell, $type::variables().v, 1.0 * ms);
        run(&net.build().unwrap(), 1, 4.0 * ms).samples[&(0, 0)][0][4]
    }};
}

/// Asserts that halving the step divides the error by 2^order, give or take a factor of 2^slack.
fn assert_order(order: f64, slack: f64, at: impl Fn(f64) -> f64, steps: [f64; 3], finest: f64) {
    let exact = at(finest);
    let errors = steps.map(|step| (at(step) - exact).abs());
    for pair in errors.windows(2) {
        let found = (pair[0] / pair[1]).log2();
        assert!(abs_diff_eq!(found, order, epsilon = slack), "order {found}, errors {errors:?}");
    }
}

#[test]
fn conductance_cells_converge_with_the_fourth_order() {
    // Strong and fast conductances, so that errors stand out of the rounding; the threshold is out of reach.
    let cell =
        IfCondExp { tau_syn_E: 2.0 * ms, tau_syn_I: 3.0 * ms, v_thresh: 100.0 * mV, ..Default::default() };
    assert_order(
        4.0,
        0.1,
        |step| after_2_ms!(cell.clone(), IfCondExp, 2.0, step),
        [0.25, 0.125, 0.0625],
        0.005,
    );
    let cell =
        IfCondAlpha { tau_syn_E: 2.0 * ms, tau_syn_I: 3.0 * ms, v_thresh: 100.0 * mV, ..Default::default() };
    assert_order(
        4.0,
        0.1,
        |step| after_2_ms!(cell.clone(), IfCondAlpha, 2.0, step),
        [0.25, 0.125, 0.0625],
        0.005,
    );
}

#[test]
fn hodgkin_huxley_cells_converge_with_the_fifth_order() {
    // At these steps there is one substep in each; several terms of the error are still in play.
    let cell = HhCondExp { tau_syn_E: 2.0 * ms, i_offset: 0.3 * nA, ..Default::default() };
    assert_order(
        5.0,
        1.0,
        |step| after_2_ms!(cell.clone(), HhCondExp, 0.02, step),
        [0.02, 0.01, 0.005],
        0.001,
    );
}

#[test]
fn overwhelming_conductances_do_not_overshoot() {
    let cell = IfCondExp { v_thresh: 100.0 * mV, ..Default::default() };
    let v = potential(&one_cell!(cell, IfCondExp.excitatory, 1000.0 * uS, [10.0]), 60.0);
    assert!(v.iter().all(|v| (-65.001..=0.0).contains(v)));
    assert!(v[130] > -1.0, "{}", v[130]);
}

#[test]
fn no_input_or_initial_state_destabilises_a_hodgkin_huxley_cell() {
    // From 0.5 to 500 000 / ms.
    for strength in [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1e3, 1e5] {
        let trains = (0..20).map(|k| 10.0 + 2.0 * f64::from(k));
        let excited = one_cell!(HhCondExp::default(), HhCondExp.excitatory, strength * uS, trains.clone());
        let inhibited = one_cell!(HhCondExp::default(), HhCondExp.inhibitory, strength * uS, trains);
        for network in [excited, inhibited] {
            let v = potential(&network, 100.0);
            assert!(v.iter().all(|v| (-100.0..=70.0).contains(v)), "{strength} uS: {v:?}");
        }
    }
    let mut net = NetworkBuilder::new("Gates");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 81, HhCondExp::default());
    let at = |index: usize, place: u32| (index / 3usize.pow(place) % 3) as f64;
    net.initialize(&cells, HhCondExp::states().m, move |index: usize| at(index, 0) / 2.0);
    net.initialize(&cells, HhCondExp::states().h, move |index: usize| at(index, 1) / 2.0);
    net.initialize(&cells, HhCondExp::states().n, move |index: usize| at(index, 2) / 2.0);
    net.initialize(&cells, HhCondExp::states().v, move |index: usize| (50.0 * at(index, 3) - 90.0) * mV);
    net.record(&cells, HhCondExp::variables().v);
    let outcome = run(&net.build().unwrap(), 1, 50.0 * ms);
    for (cell, v) in outcome.samples[&(0, 0)].iter().enumerate() {
        assert!(v.iter().all(|v| (-100.0..=70.0).contains(v)), "cell {cell}: {v:?}");
    }
}

#[test]
fn no_input_destabilises_an_adex_cell() {
    // Up to 350 000 / ms. The far spike potential makes an upstroke of e^35.
    for v_spike in [-40.0, 20.0] {
        for strength in [0.1, 1.0, 10.0, 1e2, 1e5] {
            let trains = (0..20).map(|k| 10.0 + 2.0 * f64::from(k));
            let cell = EifCondExpIsfaIsta {
                v_spike: v_spike * mV,
                tau_refrac: 1.0 * ms,
                b: 0.0 * nA,
                ..Default::default()
            };
            let excited =
                one_cell!(cell.clone(), EifCondExpIsfaIsta.excitatory, strength * uS, trains.clone());
            let outcome = run(&excited, 1, 100.0 * ms);
            assert!(
                outcome.samples[&(0, 0)][0].iter().all(|v| (-71.0..v_spike).contains(v)),
                "{strength} uS"
            );
            assert!(outcome.spikes.iter().filter(|spike| spike.gid == 0).count() > 10, "{strength} uS");
            let inhibited = one_cell!(cell, EifCondExpIsfaIsta.inhibitory, strength * uS, trains);
            let v = potential(&inhibited, 100.0);
            assert!(v.iter().all(|v| (-80.0..=-70.0).contains(v)), "{strength} uS: {v:?}");
        }
    }
}

#[test]
fn an_adex_cell_that_would_fire_for_ever_is_rejected() {
    let cell = EifCondExpIsfaIsta { v_reset: -30.0 * mV, ..Default::default() };
    let network = one_cell!(cell, EifCondExpIsfaIsta.excitatory, 0.001 * uS, [500.0]);
    let part = pynn_core::backend::Part {
        network: &network,
        simulator: pynn_core::population::SimulatorId(0),
        share: 0,
        shares: 1,
    };
    let error = <Native as Backend>::instantiate(&part).err().unwrap();
    assert!(
        error.message().contains("`cell`: v_reset[0] is -30 mV, but must lie below v_spike, -40 mV"),
        "{error}"
    );
}

#[test]
fn an_adex_cell_without_an_upstroke_fires_at_its_threshold() {
    // Without adaptation and input that is the leaky integrate-and-fire cell, whose first interval is
    // tau_m ln(i / (i - i_min)) with i_min = cm (v_thresh - v_rest) / tau_m; the next are 2 ms longer.
    let cell = EifCondExpIsfaIsta {
        delta_T: 0.0 * mV,
        a: 0.0 * nS,
        b: 0.0 * nA,
        i_offset: 0.8 * nA,
        tau_refrac: 2.0 * ms,
        ..Default::default()
    };
    let outcome = run(&one_cell!(cell, EifCondExpIsfaIsta.excitatory, 0.001 * uS, [500.0]), 1, 100.0 * ms);
    let steps: Vec<u32> = outcome.spikes.iter().map(|spike| spike.step).collect();
    let least = 0.281 * 20.2 / 9.3667;
    let interval = (9.3667 * (0.8f64 / (0.8 - least)).ln() * 10.0).ceil() as u32;
    let expected: Vec<u32> = (0..steps.len() as u32).map(|k| interval + k * (interval + 20)).collect();
    assert!(steps == expected && steps.len() > 5, "{steps:?}, expected {expected:?}");
}

#[test]
fn samples_start_with_the_initial_state_and_keep_their_distance() {
    let mut net = NetworkBuilder::new("Samples");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 3, IfCondExp::default());
    net.initialize(&cells, IfCondExp::states().v, |index: usize| (-60.0 - index as f64) * mV);
    net.initialize(&cells, IfCondExp::states().gsyn_inh, 0.002 * uS);
    net.record_every(&cells, IfCondExp::variables().v, 0.3 * ms);
    net.record(&cells, IfCondExp::variables().gsyn_inh);
    let network = net.build().unwrap();
    let outcome = run(&network, 1, 1.0 * ms);
    let v = &outcome.samples[&(0, 0)];
    assert_eq!(v.iter().map(|series| series[0]).collect::<Vec<_>>(), [-60.0, -61.0, -62.0]);
    assert_eq!((v[0].len(), outcome.samples[&(0, 1)][0].len()), (4, 11));
    assert_eq!(outcome.samples[&(0, 1)][2][0], 0.002);
}

#[test]
fn a_spike_that_comes_too_late_is_an_error_that_names_it() {
    let network = one_cell!(IfCurrExp::default(), IfCurrExp.excitatory, 0.5 * nA, [10.0]);
    let part = pynn_core::backend::Part {
        network: &network,
        simulator: pynn_core::population::SimulatorId(0),
        share: 0,
        shares: 1,
    };
    let mut simulator = <Native as Backend>::instantiate(&part).unwrap();
    let timestep = part.timestep();
    simulator.advance(timestep * 50, &mut Vec::new()).unwrap();
    let mut deliver = |step| {
        let spikes = [pynn_core::time::Spike { step, gid: 1 }];
        simulator.deliver(pynn_core::backend::Packet { spikes: &spikes, timestep })
    };
    // A delay of ten steps: what fired in step 41 acts in step 51.
    deliver(41).unwrap();
    let error = deliver(40).unwrap_err();
    assert!(error.message().contains("cell 1 at 4 ms came at 5 ms"), "{error}");
}

#[test]
fn a_spike_between_two_grid_points_is_rounded_up() {
    let network = one_cell!(IfCurrDelta::default(), IfCurrDelta.excitatory, 2.0 * mV, [100.0]);
    let part = pynn_core::backend::Part {
        network: &network,
        simulator: pynn_core::population::SimulatorId(0),
        share: 0,
        shares: 1,
    };
    let mut simulator = <Native as Backend>::instantiate(&part).unwrap();
    // Step 5 of a sender that steps by 0.25 ms: 1.25 ms, taken as 1.3 ms, a delay of 1 ms later 2.3 ms.
    let spikes = [pynn_core::time::Spike { step: 5, gid: 1 }];
    let timestep = pynn_core::time::Tick(250_000);
    simulator.deliver(pynn_core::backend::Packet { spikes: &spikes, timestep }).unwrap();
    simulator.advance(part.timestep() * 30, &mut Vec::new()).unwrap();
    simulator.drain_samples(&mut |samples| {
        assert_eq!(samples.values.iter().position(|v| *v > -65.0), Some(23));
    });
}

#[test]
fn synapses_and_events_are_counted() {
    let network = one_cell!(IfCurrExp::default(), IfCurrExp.excitatory, 0.5 * nA, [1.0, 2.0, 3.0]);
    let mut rig = Rig::new(&network, 1);
    rig.run(35);
    let statistics = rig.statistics()[0];
    assert_eq!((statistics.synapses, statistics.events), (1, 2));
    rig.run(100);
    assert_eq!(rig.statistics()[0].events, 3);
}
