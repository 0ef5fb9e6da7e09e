//! Cells that PyNN has not on NEURON, or has in another way, against theory.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, source, start};
use pynn_core::cell::State;
use pynn_core::prelude::*;
use pynn_neuron::Neuron;

/// The trains of `n` cells that stay at 1 mV above the threshold, where they fire at `lambda0 exp(1 / delta_v)`.
fn gif_trains(n: usize, duration: f64) -> Vec<Vec<f64>> {
    let _held = hold();
    let mut net = NetworkBuilder::new("Gif");
    let sim = net.simulator::<Neuron>("sim", options(0.1));
    let flat = GifCondExp {
        i_offset: 0.9 * nA,
        v_reset: -47.0 * mV,
        a_eta1: 0.0 * nA,
        a_eta2: 0.0 * nA,
        a_eta3: 0.0 * nA,
        a_gamma1: 0.0 * mV,
        a_gamma2: 0.0 * mV,
        a_gamma3: 0.0 * mV,
        ..GifCondExp::default()
    };
    let cells = net.population(&sim, "cells", n, flat);
    net.initialize(&cells, GifCondExp::states().v, -47.0 * mV);
    net.record(&cells, GifCondExp::variables().spikes);
    let mut sim = start(net);
    sim.run(duration * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    (0..n).map(|cell| spikes.train(cell)).collect()
}

#[test]
fn a_gif_cell_at_a_steady_potential_fires_at_the_rate_of_theory() {
    let trains = gif_trains(50, 20_000.0);
    let count = trains.iter().map(Vec::len).sum::<usize>() as f64;
    // A dead time of 4 ms and the step's end, then geometric: on average h / (1 - exp(-rate h)).
    let hazard = 1.0 - (-1e-4 * 2f64.exp()).exp();
    let interval = 4.0 + 0.1 / hazard;
    let expected = 50.0 * 20_000.0 / interval;
    // Nearly Poisson: 5 standard deviations.
    assert!((count - expected).abs() < 5.0 * expected.sqrt(), "{count} spikes instead of {expected}");
    let shortest = trains.iter().flat_map(|train| train.windows(2).map(|pair| pair[1] - pair[0]));
    assert!(shortest.fold(f64::MAX, f64::min) > 4.05, "no spike in the refractory period");
}

#[test]
fn what_a_gif_cell_draws_is_its_own_whatever_lies_beside_it() {
    assert_eq!(gif_trains(3, 2000.0), gif_trains(9, 2000.0)[..3]);
}

#[test]
fn what_follows_a_spike_of_a_gif_cell_grows_and_decays() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Gif");
    let sim = net.simulator::<Neuron>("sim", options(0.1));
    // Fires in every step that it can.
    let sure =
        GifCondExp { lambda0: 1e9 * Hz, v_t_star: -70.0 * mV, a_eta2: 0.5 * nA, ..GifCondExp::default() };
    let cell = net.population(&sim, "cell", 1, sure);
    net.record(&cell, GifCondExp::variables().spikes);
    net.record(&cell, GifCondExp::variables().i_eta);
    net.record(&cell, GifCondExp::variables().v_t);
    let mut sim = start(net);
    sim.run(4.0 * ms).unwrap();
    assert_eq!(sim.spikes_of(cell.id(), 0).unwrap().times, [0.1]);
    let sums = |jumps: [f64; 3], time: f64| {
        let taus = [1.0, 10.0, 100.0];
        jumps.iter().zip(taus).map(|(jump, tau): (_, f64)| jump * (-time / tau).exp()).sum::<f64>()
    };
    let i_eta = sim.trace_of(cell.id(), "i_eta", 0).unwrap().values;
    let v_t = sim.trace_of(cell.id(), "v_t", 0).unwrap().values;
    assert_eq!((i_eta[1], v_t[1]), (0.0, -70.0));
    // Samples are what a step began with: the spike at 0.1 ms shows from 0.2 ms on.
    for step in 2..40 {
        let since = 0.1 * (step - 2) as f64;
        assert!((i_eta[step] - sums([1.0, 0.5, 1.0], since)).abs() < 1e-12, "i_eta at step {step}");
        assert!((v_t[step] + 70.0 - sums([1.0; 3], since)).abs() < 1e-12, "v_t at step {step}");
    }
}

#[test]
fn a_facets_cell_answers_a_spike_as_pynn_on_neuron() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Facets");
    let sim = net.simulator::<Neuron>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[10.0]));
    let cell = net.population(&sim, "cell", 1, IfFacetsHardware1::default());
    let synapse = StaticSynapse { weight: 1.0 * nS, delay: 1.0 * ms };
    let target = cell.target(IfFacetsHardware1::receptors().excitatory);
    net.project(None, &input, target, AllToAll::default(), synapse);
    net.record(&cell, IfFacetsHardware1::variables().v);
    let mut sim = start(net);
    sim.run(40.0 * ms).unwrap();
    let highest =
        sim.trace_of(cell.id(), "v", 0).unwrap().values.into_iter().fold(f64::NEG_INFINITY, f64::max);
    // PyNN 0.13 on NEURON 9.0.2, to the digits that it was printed with.
    assert!((highest + 65.0 - 1.11816).abs() < 5e-6, "{highest}");
}

#[test]
fn conductances_of_adaptation_jump_at_a_spike_and_decay() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Gsfa");
    let sim = net.simulator::<Neuron>("sim", options(0.1));
    let cell = net.population(
        &sim,
        "cell",
        1,
        IfCondExpGsfaGrr { i_offset: 2.0 * nA, ..IfCondExpGsfaGrr::default() },
    );
    net.record(&cell, IfCondExpGsfaGrr::variables().spikes);
    net.record(&cell, IfCondExpGsfaGrr::variables().g_s);
    net.record(&cell, IfCondExpGsfaGrr::variables().g_r);
    let mut sim = start(net);
    sim.run(200.0 * ms).unwrap();
    // PyNN 0.13 on NEURON 9.0.2.
    let times = sim.spikes_of(cell.id(), 0).unwrap().times;
    let expected = [9.5, 30.4, 53.5, 78.9, 106.5, 136.0, 166.8, 198.5];
    assert!(times.len() == 8 && times.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{times:?}");
    for (name, jump, tau) in [("g_s", 0.015, 100.0), ("g_r", 3.0, 2.0)] {
        let g = sim.trace_of(cell.id(), name, 0).unwrap().values;
        for (step, g) in g.iter().enumerate().skip(1) {
            let since = |spike: &f64| 0.1 * step as f64 - spike;
            let past = expected.iter().map(since).filter(|since| *since > 0.05);
            let sum: f64 = past.map(|since| jump * (-since / tau).exp()).sum();
            assert!((g - sum).abs() < 1e-12, "{name} in step {step}: {g}, {sum}");
        }
    }
}

#[test]
fn an_izhikevich_cell_takes_a_spike_as_a_jump_and_fires_by_it_at_once() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Jump");
    let sim = net.simulator::<Neuron>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[1.0, 3.0]));
    let cell = net.population(&sim, "cell", 1, Izhikevich::default());
    // At rest: 0.04 v^2 + 5 v + 140 = u = b v at v = -70 mV.
    net.initialize(&cell, State::<Number>::new(1), vec![-14.0]);
    let weights = move |_: usize, _: usize| 101.0 * mV;
    let synapse = StaticSynapse { weight: weights, delay: 0.5 * ms };
    net.project(None, &input, cell.target(Izhikevich::receptors().excitatory), AllToAll::default(), synapse);
    net.record(&cell, Izhikevich::variables().spikes);
    net.record(&cell, Izhikevich::variables().v);
    net.record(&cell, Izhikevich::variables().u);
    let mut sim = start(net);
    sim.run(4.0 * ms).unwrap();
    let times = sim.spikes_of(cell.id(), 0).unwrap().times;
    assert!(times.len() == 2 && (times[0] - 1.5).abs() < 1e-9 && (times[1] - 3.5).abs() < 1e-9, "{times:?}");
    let v = sim.trace_of(cell.id(), "v", 0).unwrap().values;
    assert!((v[15] + 70.0).abs() < 1e-9, "what is sampled at a spike is what was before the jump: {v:?}");
    let u = sim.trace_of(cell.id(), "u", 0).unwrap().values;
    assert!((u[15] + 14.0).abs() < 1e-9 && (u[16] + 12.0).abs() < 0.05, "{u:?}");
}
