//! Cells put together by `point_neuron!` on the real NEURON: against its standard cells, and against the native engine.
#![cfg(feature = "neuron")]

use std::sync::{Mutex, PoisonError};

use pynn::prelude::*;

/// The process has one NEURON.
static NEURON: Mutex<()> = Mutex::new(());

point_neuron! {
    /// Receptors of every kind.
    struct Leaky: Lif { AMPA: CondExp, GABA: CondExp, slow: CondAlpha, NMDA: CondBeta, push: CurrExp }
}

point_neuron! {
    /// [`EifCondExpIsfaIsta`] and two receptors more.
    struct Adapting: AdExp { exc: CondExp, inh: CondExp, NMDA: CondBeta, push: CurrExp }
}

network! {
    struct Pairs {}

    simulator sim: Neuron { timestep: 0.05ms };

    population input on sim: [SpikeSourcePoisson { rate: 40.0Hz, .. }; 50];
    population leaky on sim: [Leaky { AMPA_tau_syn: 3.0ms, GABA_e_syn: -75.0mV, tau_refrac: 2.0ms, .. }; 6];
    population cond on sim: [IfCondExp { tau_syn_E: 3.0ms, e_rev_I: -75.0mV, tau_refrac: 2.0ms, .. }; 6];
    population adapting on sim: [Adapting { inh_e_syn: -80.0mV, .. }; 6];
    population eif on sim: [EifCondExpIsfaIsta { .. }; 6];

    projection input -> leaky: AllToAll, StaticSynapse { weight: 0.008uS, delay: 1.0ms };
    projection input -> leaky.GABA: AllToAll, StaticSynapse { weight: 0.002uS, delay: 2.0ms };
    projection input -> cond.excitatory: AllToAll, StaticSynapse { weight: 0.008uS, delay: 1.0ms };
    projection input -> cond.inhibitory: AllToAll, StaticSynapse { weight: 0.002uS, delay: 2.0ms };
    projection input -> adapting.exc: AllToAll, StaticSynapse { weight: 0.003uS, delay: 1.0ms };
    projection input -> adapting.inh: AllToAll, StaticSynapse { weight: 0.001uS, delay: 2.0ms };
    projection input -> eif.excitatory: AllToAll, StaticSynapse { weight: 0.003uS, delay: 1.0ms };
    projection input -> eif.inhibitory: AllToAll, StaticSynapse { weight: 0.001uS, delay: 2.0ms };

    record leaky: spikes, v, AMPA_gsyn;
    record cond: spikes, v, gsyn_exc;
    record adapting: spikes, v, w;
    record eif: spikes, v, w;
}

fn largest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn composed_cells_do_what_the_standard_cells_do() -> Result<()> {
    let _neuron = NEURON.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sim = music::setup(Pairs::build()?)?;
    sim.run(300.0 * ms)?;
    let (leaky, cond) = (sim.spikes(|net| &net.leaky)?, sim.spikes(|net| &net.cond)?);
    assert!(leaky.times.len() > 6, "{}", leaky.times.len());
    assert_eq!(leaky.times, cond.times);
    // The same formula, added up in another order, with weights of another resolution.
    let v = (sim.trace(|net| &net.leaky, |v| v.v)?, sim.trace(|net| &net.cond, |v| v.v)?);
    assert!(largest(&v.0.values, &v.1.values) < 1e-6);
    let g = (sim.trace(|net| &net.leaky, |v| v.AMPA_gsyn)?, sim.trace(|net| &net.cond, |v| v.gsyn_exc)?);
    assert!(largest(&g.0.values, &g.1.values) < 1e-9);
    let (adapting, eif) = (sim.spikes(|net| &net.adapting)?, sim.spikes(|net| &net.eif)?);
    assert!(eif.times.len() > 6, "{}", eif.times.len());
    assert_eq!(adapting.times, eif.times);
    let w = (sim.trace(|net| &net.adapting, |v| v.w)?, sim.trace(|net| &net.eif, |v| v.w)?);
    assert!(largest(&w.0.values, &w.1.values) < 1e-12);
    sim.end()
}

network! {
    struct OneSpike<B: Backend> {}

    simulator sim: B { timestep: 0.01ms };

    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([5.0 * ms]) }; 1];
    population leaky on sim: [Leaky { NMDA_tau_rise: 2.0ms, NMDA_tau_decay: 20.0ms, .. }; 1];

    projection input -> leaky: AllToAll, StaticSynapse { weight: 1.0nS, delay: 1.0ms };
    projection input -> leaky.slow: AllToAll, StaticSynapse { weight: 2.0nS, delay: 1.0ms };
    projection input -> leaky.NMDA: AllToAll, StaticSynapse { weight: 3.0nS, delay: 1.0ms };
    projection input -> leaky.push: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };

    record leaky: v, AMPA_gsyn, slow_gsyn, NMDA_gsyn, push_isyn;
}

/// What each receptor shows 3 ms after the spike arrived, and the potential then.
macro_rules! shapes {
    ($backend:ty) => {{
        let mut sim = music::setup(OneSpike::<$backend>::build()?)?;
        sim.run(9.0 * ms)?;
        let shapes = [
            sim.trace(|net| &net.leaky, |v| v.AMPA_gsyn)?.values[900],
            sim.trace(|net| &net.leaky, |v| v.slow_gsyn)?.values[900],
            sim.trace(|net| &net.leaky, |v| v.NMDA_gsyn)?.values[900],
            sim.trace(|net| &net.leaky, |v| v.push_isyn)?.values[900],
        ];
        let v = sim.trace(|net| &net.leaky, |v| v.v)?.values[900];
        sim.end()?;
        (shapes, v)
    }};
}

#[test]
fn receptors_of_every_kind_have_the_shapes_of_theory() -> Result<()> {
    let _neuron = NEURON.lock().unwrap_or_else(PoisonError::into_inner);
    let (found, v) = shapes!(Neuron);
    let exp = |tau: f64| (-3.0 / tau).exp();
    let peak = 2.0 * 20.0 / 18.0 * 10f64.ln();
    let beta = (exp(20.0) - exp(2.0)) / ((-peak / 20.0).exp() - (-peak / 2.0).exp());
    let expected = [1e-3 * exp(5.0), 2e-3 * 0.6 * (1.0 - 0.6f64).exp(), 3e-3 * beta, 0.1 * exp(5.0)];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < 1e-9, "{found}, {expected}");
    }
    // Backward Euler is of first order: some 0.01 ms of a rise of 0.1 mV/ms.
    let (_, native) = shapes!(Native);
    assert!((v - native).abs() < 2e-3 && v > -64.9, "{v}, {native}");
    Ok(())
}
