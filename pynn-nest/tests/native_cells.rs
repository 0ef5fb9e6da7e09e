//! NEST's own models by name.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, source, start};
use pynn_core::network::Network;
use pynn_core::population::PopulationId;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup, Simulation};
use pynn_nest::{NativeCell, Nest, recordable};

fn refused(net: NetworkBuilder) -> String {
    let started = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap());
    started.map(drop).unwrap_err().message().to_owned()
}

fn trace(sim: &mut Simulation<Network>, population: PopulationId, variable: &str) -> Vec<f64> {
    sim.trace_of(population, variable, 0).unwrap().values
}

/// Poisson input drives cells that excite one another, with weights in the unit whose number of pA is `pico`.
fn driven<C, W>(cell: C, pico: W, of: impl Fn(f64, W) -> W) -> (Vec<f64>, Vec<u32>)
where
    C: pynn_core::cell::CellType + pynn_core::cell::Receives<DefaultWeight = W>,
    W: Unit + pynn_core::values::IntoSynapseValues<W>,
    Nest: Simulates<C> + Simulates<SpikeSourcePoisson>,
{
    let mut net = NetworkBuilder::new("Same");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let rate = SpikeSourcePoisson { rate: 500.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&sim, "input", 20, rate);
    let cells = net.population(&sim, "cells", 10, cell);
    let synapse = |number| StaticSynapse { weight: of(number, pico), delay: 1.0 * ms };
    net.project(None, &input, cells.default_target(), AllToAll::default(), synapse(40.0));
    net.project(None, &cells, cells.default_target(), AllToAll::default(), synapse(20.0));
    net.record(&cells, pynn_core::cell::Variable::<observable::Spikes>::new(0));
    let mut sim = start(net);
    sim.run(200.0 * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    (spikes.times, spikes.indices)
}

#[test]
fn the_native_model_and_the_standard_cell_are_the_same() {
    let _held = hold();
    let standard =
        IfCurrExp { cm: 0.25 * nF, tau_m: 10.0 * ms, tau_refrac: 2.0 * ms, ..IfCurrExp::default() };
    let native = NativeCell::new("iaf_psc_exp")
        .set("C_m", 250.0)
        .set("tau_m", 10.0)
        .set("t_ref", 2.0)
        .set("E_L", -65.0)
        .set("V_m", -65.0)
        .set("V_reset", -65.0)
        .set("V_th", -50.0)
        .set("tau_syn_ex", 5.0)
        .set("tau_syn_in", 5.0);
    let spikes = driven(standard, 1.0 * pA, |number, unit| number * unit);
    assert!(spikes.0.len() > 20, "{} spikes", spikes.0.len());
    assert_eq!(driven(native, 1.0, |number, unit| number * unit), spikes);
}

// A current that jumps by w and decays with tau has carried w tau after a long time.
#[test]
fn each_receptor_has_its_own_time_constant() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Receptors");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let input = net.population(&sim, "input", 1, source(&[10.0]));
    let cell = NativeCell::new("iaf_psc_exp_multisynapse").set("tau_syn", [2.0, 8.0, 30.0]).set("V_th", 1e6);
    let cells = net.population(&sim, "cells", 2, cell);
    let relay = net.population(&sim, "relay", 1, NativeCell::new("parrot_neuron"));
    let synapse = || StaticSynapse { weight: 100.0, delay: 1.0 * ms };
    let receptors = NativeCell::receptors();
    net.project(None, &input, cells.slice(..1).target(receptors.receptor1), AllToAll::default(), synapse());
    net.project(None, &input, relay.default_target(), AllToAll::default(), synapse());
    // The other cell by a connection of NEST's own.
    net.project(None, &relay, cells.slice(1..).target(receptors.receptor3), AllToAll::default(), synapse());
    net.record(&cells, recordable("I_syn_1").unwrap());
    net.record(&cells, recordable("I_syn_3").unwrap());
    let mut sim = start(net);
    sim.run(60.0 * ms).unwrap();
    for (variable, cell, tau, due) in [("I_syn_1", 0, 2.0, 11.0), ("I_syn_3", 1, 30.0, 12.0)] {
        let values = trace(&mut sim, cells.id(), variable);
        // 5 ms after it is due, and of the other cell nothing.
        let row = ((due + 5.0) / 0.1f64).round() as usize;
        let expected = 100.0 * (-5.0f64 / tau).exp();
        assert!((values[2 * row + cell] - expected).abs() < 1e-9, "{variable}: {}", values[2 * row + cell]);
        assert_eq!(values[2 * row + 1 - cell], 0.0, "{variable}");
    }
}

#[test]
fn each_cell_has_its_own_value_of_what_varies() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Varied");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cell = NativeCell::new("iaf_psc_alpha").vary("V_m", |cell: usize| -70.0 + cell as f64);
    let cell = cell.vary("E_L", vec![-70.0, -60.0, -65.0]);
    let cells = net.population(&sim, "cells", 3, cell);
    net.record_every(&cells, NativeCell::variables().V_m, 1.0 * ms);
    let mut sim = start(net);
    sim.run(500.0 * ms).unwrap();
    let v = trace(&mut sim, cells.id(), "V_m");
    assert_eq!(v[..3], [-70.0, -69.0, -68.0]);
    assert!(
        v[1500..].iter().zip([-70.0, -60.0, -65.0]).all(|(v, rest)| (v - rest).abs() < 1e-6),
        "{:?}",
        &v[1500..]
    );
}

#[test]
fn whole_numbers_flags_and_lists_have_nest_s_kinds() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Kinds");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cell = NativeCell::new("mat2_psc_exp").set("omega", -40.0);
    net.population(&sim, "number", 1, cell);
    let cell = NativeCell::new("izhikevich").set("consistent_integration", false);
    net.population(&sim, "flag", 1, cell);
    let cell =
        NativeCell::new("glif_psc").set("spike_dependent_threshold", true).set("asc_decay", vec![0.003, 0.1]);
    net.population(&sim, "list", 1, cell);
    let cell = NativeCell::new("gif_pop_psc_exp").set("N", 200);
    net.population(&sim, "whole", 1, cell);
    start(net).run(1.0 * ms).unwrap();
}

fn one(cell: NativeCell) -> (NetworkBuilder, Population<Nest, NativeCell>) {
    let mut net = NetworkBuilder::new("Wrong");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cells = net.population(&sim, "odd", 2, cell);
    (net, cells)
}

#[test]
fn names_and_values_that_nest_does_not_have_are_refused_with_what_there_is() {
    let _held = hold();
    let cell = NativeCell::new;
    for (cell, words) in [
        (cell("iaf_psc_epx"), "iaf_psc_epx"),
        (cell("poisson_generator"), "NEST's poisson_generator: it is no neuron"),
        (
            cell("iaf_psc_exp").set("tau", 1.0),
            "it has no parameter `tau`; there are tau_Ca, tau_m, tau_minus, tau_minus_triplet, tau_syn_ex",
        ),
        (cell("iaf_psc_exp").set("tau_mm", 1.0), "it has no parameter `tau_mm`; there are tau_Ca, tau_m"),
        (cell("iaf_psc_exp").set("tau_m", [1.0, 2.0]), "`tau_m` is a number, not a list"),
        (cell("iaf_psc_exp_multisynapse").set("tau_syn", 2.0), "`tau_syn` is a list, not a number"),
        (cell("iaf_psc_exp").set("tau_m", f64::NAN), "`tau_m` is NaN, but must be a finite number"),
        (cell("gif_pop_psc_exp").set("N", 2.5), "`N` is 2.5, but must be a whole number"),
        (cell("iaf_psc_exp").vary("tau_m", vec![1.0, 2.0, 3.0]), "tau_m lists 3 values for 2 cells"),
        (cell("iaf_psc_exp").set("tau_m", -1.0), "NEST: "),
    ] {
        let told = refused(one(cell).0);
        assert!(told.contains("population `odd`") && told.contains(words), "{told}");
    }
}

#[test]
fn recordables_and_receptors_that_a_model_does_not_have_are_refused() {
    let _held = hold();
    let (mut net, cells) = one(NativeCell::new("iaf_cond_exp"));
    net.record(&cells, NativeCell::variables().w);
    let told = refused(net);
    assert!(
        told.contains(
            "population `odd`: NEST's iaf_cond_exp: it has no recordable `w`; there are V_m, g_ex, g_in"
        ),
        "{told}"
    );
    for model in ["iaf_psc_exp", "iaf_psc_exp_multisynapse", "ht_neuron"] {
        let (mut net, cells) = one(NativeCell::new(model));
        let receptor = if model == "iaf_psc_exp_multisynapse" {
            NativeCell::receptors().receptor0
        } else {
            NativeCell::receptors().receptor7
        };
        let synapse = StaticSynapse { weight: 1.0, delay: 1.0 * ms };
        net.project(Some("astray"), &cells, cells.target(receptor), AllToAll::default(), synapse);
        let told = refused(net);
        assert!(told.contains("projection `astray`: NEST: "), "{told}");
    }
}
