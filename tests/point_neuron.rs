//! Cells put together by `point_neuron!`, against the standard cells that do the same, and against the shapes of their
//! receptors.

use pynn::point_neuron::{Membrane, PointNeuron, Response};
use pynn::prelude::*;

point_neuron! {
    /// [`IfCondExp`] and a third, slow receptor.
    pub struct Leaky: Lif {
        /// Fast excitation.
        AMPA: CondExp,
        GABA: CondExp,
        NMDA: CondBeta,
    }
}

point_neuron! {
    /// [`IfCurrExp`] in other words.
    struct Driven: Lif { excitation: CurrExp, inhibition: CurrExp }
}

point_neuron! {
    /// [`EifCondAlphaIsfaIsta`] in other words, with a receptor for the average current.
    struct Adapting: AdExp { exc: CondAlpha, inh: CondAlpha, drive: CurrExp }
}

network! {
    struct Pairs { ranks: usize }

    seed 3;
    simulator sim: Native { processes: ranks, timestep: 0.1ms };

    population input on sim: [SpikeSourcePoisson { rate: 40.0Hz, .. }; 50];
    population leaky on sim: [Leaky { AMPA_tau_syn: 3.0ms, GABA_e_syn: -75.0mV, tau_refrac: 2.0ms, .. }; 6];
    population cond on sim: [IfCondExp { tau_syn_E: 3.0ms, e_rev_I: -75.0mV, tau_refrac: 2.0ms, .. }; 6];
    population driven on sim: [Driven { excitation_tau_syn: 2.0ms, tau_refrac: 2.0ms, .. }; 6];
    population curr on sim: [IfCurrExp { tau_syn_E: 2.0ms, tau_refrac: 2.0ms, .. }; 6];
    population adapting on sim: [Adapting { inh_e_syn: -80.0mV, .. }; 6];
    population eif on sim: [EifCondAlphaIsfaIsta { .. }; 6];

    projection input -> leaky: AllToAll, StaticSynapse { weight: 0.02uS, delay: 1.0ms };
    projection input -> leaky.GABA: AllToAll, StaticSynapse { weight: 0.01uS, delay: 2.0ms };
    projection input -> cond.excitatory: AllToAll, StaticSynapse { weight: 0.02uS, delay: 1.0ms };
    projection input -> cond.inhibitory: AllToAll, StaticSynapse { weight: 0.01uS, delay: 2.0ms };
    projection input -> driven.excitation: AllToAll, StaticSynapse { weight: 0.4nA, delay: 1.0ms };
    projection input -> driven.inhibition: AllToAll, StaticSynapse { weight: -0.05nA, delay: 2.0ms };
    projection input -> curr.excitatory: AllToAll, StaticSynapse { weight: 0.4nA, delay: 1.0ms };
    projection input -> curr.inhibitory: AllToAll, StaticSynapse { weight: -0.05nA, delay: 2.0ms };
    projection input -> adapting.exc: AllToAll, StaticSynapse { weight: 0.003uS, delay: 1.0ms };
    projection input -> adapting.inh: AllToAll, StaticSynapse { weight: 0.001uS, delay: 2.0ms };
    projection input -> eif.excitatory: AllToAll, StaticSynapse { weight: 0.003uS, delay: 1.0ms };
    projection input -> eif.inhibitory: AllToAll, StaticSynapse { weight: 0.001uS, delay: 2.0ms };

    record leaky: spikes, v, AMPA_gsyn;
    record cond: spikes, v, gsyn_exc;
    record driven: spikes, v;
    record curr: spikes, v;
    record adapting: spikes, v, w;
    record eif: spikes, v, w;
}

/// Asserts that two populations do the same, potentials within `tolerance` in mV.
macro_rules! assert_alike {
    ($sim:expr, $one:ident, $other:ident, $tolerance:expr) => {
        let (one, other) = ($sim.spikes(|net| &net.$one)?, $sim.spikes(|net| &net.$other)?);
        assert!(!one.times.is_empty(), "{}", stringify!($one));
        assert_eq!(one.times, other.times, "{}", stringify!($one));
        let (one, other) = ($sim.trace(|net| &net.$one, |v| v.v)?, $sim.trace(|net| &net.$other, |v| v.v)?);
        let difference = one.values.iter().zip(&other.values).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(difference <= $tolerance, "{}: {difference} mV", stringify!($one));
    };
}

#[test]
fn composed_cells_do_what_the_standard_cells_do() -> Result<()> {
    let mut first = None;
    for ranks in [1, 3] {
        let mut sim = music::setup(Pairs::build(ranks)?)?;
        sim.run(300.0 * ms)?;
        // The same formula, added up in another order.
        assert_alike!(sim, leaky, cond, 1e-10);
        // Simpson's rule for what the standard cell integrates exactly: (h / tau)^4 / 2880 of what a current of some nA does
        // in a step, once for each of them.
        assert_alike!(sim, driven, curr, 1e-6);
        assert_alike!(sim, adapting, eif, 0.0);
        let (ours, theirs) = (
            sim.trace(|net| &net.leaky, |v| v.AMPA_gsyn)?.values,
            sim.trace(|net| &net.cond, |v| v.gsyn_exc)?.values,
        );
        assert!(ours.iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 1e-12));
        // Any number of ranks.
        let spikes = sim.spikes(|net| &net.adapting)?;
        let found = (spikes.times, spikes.indices, sim.trace(|net| &net.leaky, |v| v.v)?.values);
        assert_eq!(first.get_or_insert_with(|| found.clone()), &found);
        sim.end()?;
    }
    Ok(())
}

network! {
    struct Slow {}
    simulator sim: Native { timestep: 0.1ms };
    population input on sim: [SpikeSourceArray { spike_times: [10.0ms].into() }; 1];
    population cells on sim: [Leaky { NMDA_tau_rise: 2.0ms, NMDA_e_syn: 10.0mV, .. }; 2];
    vary cells.NMDA_tau_decay = [20.0ms, 50.0ms];
    projection input -> cells.NMDA: AllToAll, StaticSynapse { weight: 0.002uS, delay: 1.0ms };
    record cells: NMDA_gsyn, v;
}

// w k (e^(-t / tau_decay) - e^(-t / tau_rise)), and k = 1 / the bracket at its peak.
#[test]
fn a_difference_of_exponentials_peaks_at_its_weight() -> Result<()> {
    let mut sim = music::setup(Slow::build()?)?;
    sim.run(60.0 * ms)?;
    let g = sim.trace(|net| &net.cells, |v| v.NMDA_gsyn)?;
    for (cell, decay) in [20.0, 50.0].into_iter().enumerate() {
        let bracket = |t: f64| (-t / decay).exp() - (-t / 2.0).exp();
        let peak = bracket((decay / 2.0f64).ln() / (1.0 / 2.0 - 1.0 / decay));
        for (row, g) in g.values.chunks_exact(2).enumerate() {
            let expected = 0.002 * bracket((row as f64 * 0.1 - 11.0).max(0.0)) / peak;
            // The weight is rounded to 2^-31 of itself.
            assert!((g[cell] - expected).abs() < 1e-11, "{row}: {} {expected}", g[cell]);
        }
    }
    sim.end()
}

#[test]
fn a_backend_finds_membrane_and_receptors_described() {
    assert_eq!((Leaky::MEMBRANE, Adapting::MEMBRANE), (Membrane::Lif, Membrane::AdExp));
    let receptors = Leaky::RECEPTORS;
    assert_eq!(receptors[0].response, Response::CondExp { tau_syn: "AMPA_tau_syn", e_syn: "AMPA_e_syn" });
    assert_eq!((receptors[2].name, receptors[2].variable), ("NMDA", "NMDA_gsyn"));
    assert_eq!(Adapting::RECEPTORS[2].response, Response::CurrExp { tau_syn: "drive_tau_syn" });
    assert_eq!(Adapting::RECEPTORS[2].variable, "drive_isyn");
    let info = <Leaky as pynn::cell::CellType>::info();
    for receptor in receptors {
        assert!(info.receptor(receptor.name).is_some() && info.state(receptor.variable).is_some());
    }
    // PyNN's defaults.
    let leaky = Leaky::default();
    assert_eq!((leaky.NMDA_tau_rise, leaky.NMDA_tau_decay), (0.2 * ms, 1.7 * ms));
    assert_eq!((leaky.AMPA_tau_syn, leaky.AMPA_e_syn), (5.0 * ms, 0.0 * mV));
}

network! {
    struct Gammas {}
    simulator sim: Native { timestep: 0.1ms };
    population refractory on sim: [SpikeSourcePoissonRefractory { rate: 50.0Hz, tau_refrac: 5.0ms, .. }; 3];
    population gamma on sim: [SpikeSourceGamma { alpha: 3.0, beta: 100.0Hz, .. }; 3];
    population bins on sim: [SpikeSourceInhGamma {
        a: vec![1.0, 3.0], b: vec![20.0ms, 5.0ms], tbins: vec![0.0ms, 500.0ms], ..
    }; 3];
    record refractory: spikes;
    record gamma: spikes;
    record bins: spikes;
}

#[test]
fn sources_of_other_distributions_fire_from_a_block() -> Result<()> {
    let mut sim = music::setup(Gammas::build()?)?;
    sim.run(10_000.0 * ms)?;
    // 3 cells, 10 s; intervals of 20, 30, and of 15 ms in the mean, with deviations of 15, 17 and at most 20 ms.
    // 6 standard errors of a renewal process's count, n (deviation / mean)^2.
    for (found, mean, deviation) in [
        (sim.spikes(|net| &net.refractory)?.times.len(), 20.0, 15.0),
        (sim.spikes(|net| &net.gamma)?.times.len(), 30.0, 30.0 / 3f64.sqrt()),
        (sim.spikes(|net| &net.bins)?.times.len(), 15.0, 20.0),
    ] {
        let expected: f64 = 30_000.0 / mean;
        let tolerance = 6.0 * expected.sqrt() * deviation / mean + 25.0;
        assert!((found as f64 - expected).abs() < tolerance, "{found}, expected {expected} +- {tolerance}");
    }
    sim.end()
}
