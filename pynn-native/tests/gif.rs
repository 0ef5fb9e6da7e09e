//! Generalised integrate-and-fire cells: rates, traces after a spike, ranks.

mod common;

use approx::abs_diff_eq;

use common::{Outcome, Rig, run};
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_native::Native;

/// No spike-triggered current and a threshold that stays.
fn plain() -> GifCondExp {
    let (no, still) = (0.0 * nA, 0.0 * mV);
    GifCondExp {
        a_eta1: no,
        a_eta2: no,
        a_eta3: no,
        a_gamma1: still,
        a_gamma2: still,
        a_gamma3: still,
        ..GifCondExp::default()
    }
}

fn network(cells: usize, cell: GifCondExp) -> Network {
    let mut net = NetworkBuilder::new("Gif");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let v_rest = cell.v_rest;
    let cells = net.population(&sim, "cells", cells, cell);
    net.initialize(&cells, GifCondExp::states().v, v_rest);
    let variables = GifCondExp::variables();
    net.record(&cells, variables.spikes);
    net.record(&cells, variables.v);
    net.record(&cells, variables.v_t);
    net.record(&cells, variables.i_eta);
    net.build().unwrap()
}

// v stays at -47 mV, 1 mV above v_t: the hazard is e^2 / s. An interval is the 40 steps of the refractory period and a
// geometric number of steps; PyNN on NEST gives 7.25 / s in one run.
#[test]
fn a_cell_held_above_threshold_fires_with_the_rate_of_its_hazard() {
    let cell = GifCondExp { v_rest: -47.0 * mV, v_reset: -47.0 * mV, ..plain() };
    let (cells, duration) = (100, 20_000.0);
    let mut net = NetworkBuilder::new("Rate");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let population = net.population(&sim, "cells", cells, cell);
    net.initialize(&population, GifCondExp::states().v, -47.0 * mV);
    let found = run(&net.build().unwrap(), 1, duration * ms).spikes.len() as f64;
    let p = -(-2f64.exp() * 1e-4).exp_m1();
    let (mean, deviation) = (40.0 + 1.0 / p, (1.0 - p).sqrt() / p);
    let expected = cells as f64 * duration / 0.1 / mean;
    // The count of a renewal process has the variance expected (deviation / mean)^2. 6 standard errors.
    let tolerance = 6.0 * expected.sqrt() * deviation / mean;
    assert!((found - expected).abs() < tolerance, "{found}, expected {expected} +- {tolerance}");
}

#[test]
fn a_spike_leaves_the_current_and_the_threshold_of_its_parts() {
    let cell = GifCondExp {
        i_offset: 1.0 * nA,
        a_eta1: 0.3 * nA,
        a_eta2: 0.2 * nA,
        a_eta3: 0.1 * nA,
        a_gamma1: 3.0 * mV,
        a_gamma2: 2.0 * mV,
        a_gamma3: 50.0 * mV,
        ..GifCondExp::default()
    };
    let outcome = run(&network(1, cell), 1, 100.0 * ms);
    assert_eq!(outcome.spikes.len(), 1, "a threshold of +2 mV is out of reach");
    let first = outcome.spikes[0].step as usize;
    let [v, v_t, i_eta] = [0, 1, 2].map(|variable| &outcome.samples[&(0, variable)][0]);
    assert_eq!((v_t[0], i_eta[0]), (-48.0, 0.0));
    // As in NEST the potential of the spike stays in its sample, and a sample shows what the step began with.
    assert!(
        v[first] > -60.0 && v[first + 1..=first + 40].iter().all(|v| *v == -65.0) && v[first + 41] > -65.0
    );
    for step in 0..=200 {
        let sum = |jumps: [f64; 3]| -> f64 {
            let part = |(jump, tau): (f64, f64)| jump * (-0.1 * f64::from(step) / tau).exp();
            jumps.into_iter().zip([1.0, 10.0, 100.0]).map(part).sum()
        };
        let at = first + 1 + step as usize;
        assert!(abs_diff_eq!(v_t[at], -48.0 + sum([3.0, 2.0, 50.0]), epsilon = 1e-12));
        assert!(abs_diff_eq!(i_eta[at], sum([0.3, 0.2, 0.1]), epsilon = 1e-13));
    }
}

#[test]
fn a_cell_that_cannot_fire_is_a_leaky_integrator() {
    macro_rules! potential {
        ($cell:expr, $type:ident) => {{
            let mut net = NetworkBuilder::new("Silent");
            let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
            let cell = net.population(&sim, "cell", 1, $cell);
            let input = net.population(
                &sim,
                "input",
                20,
                SpikeSourcePoisson { rate: 100.0 * Hz, ..Default::default() },
            );
            for (receptor, weight) in
                [($type::receptors().excitatory, 0.02), ($type::receptors().inhibitory, 0.01)]
            {
                let synapse = StaticSynapse { weight: weight * uS, delay: 1.0 * ms };
                net.project(None, &input, cell.target(receptor), AllToAll::default(), synapse);
            }
            net.record(&cell, $type::variables().v);
            run(&net.build().unwrap(), 1, 200.0 * ms).samples[&(0, 0)][0].clone()
        }};
    }
    let silent = potential!(GifCondExp { lambda0: 0.0 * Hz, ..plain() }, GifCondExp);
    let leaky = potential!(IfCondExp { v_thresh: 100.0 * mV, ..IfCondExp::default() }, IfCondExp);
    // The same formula, summed in another order.
    assert!(silent.iter().zip(&leaky).all(|(a, b)| abs_diff_eq!(a, b, epsilon = 1e-11)));
    assert!(silent.iter().any(|v| *v > -40.0));
}

#[test]
fn draws_depend_neither_on_ranks_nor_on_a_reset() {
    let cell = GifCondExp { v_rest: -48.0 * mV, ..plain() };
    let network = network(37, cell);
    let whole = run(&network, 1, 1_000.0 * ms);
    assert!(whole.spikes.len() > 20, "{}", whole.spikes.len());
    assert!(whole.spikes.iter().map(|spike| spike.gid).max() > Some(20));
    for shares in [2, 5] {
        assert_eq!(run(&network, shares, 1_000.0 * ms), whole, "{shares} shares");
    }
    let mut rig = Rig::new(&network, 2);
    let first: Outcome = rig.run(1_003);
    rig.reset();
    assert_eq!(rig.run(1_003), first);
}
