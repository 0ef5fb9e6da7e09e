//! Gap junctions on NEURON and on the native engine, against theory and each other.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, source, start};
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup, Simulation};
use pynn_native::Native;
use pynn_neuron::Neuron;

/// What the tests need of both backends.
trait Joining:
    Simulates<IfCondExp>
    + Simulates<SpikeSourceArray>
    + Transmits<ElectricalSynapse>
    + Transmits<StaticSynapse>
    + Connects<OneToOne>
    + Records<observable::MembranePotential>
    + Records<observable::Spikes>
{
}

impl Joining for Native {}
impl Joining for Neuron {}

/// Two passive cells of 0.5 nF joined by `g` uS, of which one begins 10 mV above rest.
struct Pair<B> {
    network: Network,
    cells: [Population<B, IfCondExp>; 2],
    junction: Projection,
}

impl<B> Model for Pair<B> {
    fn network(&self) -> &Network {
        &self.network
    }
}

/// Their `v` is recorded with this interval.
fn pair<B: Joining>(timestep: f64, g: f64, interval: Time) -> Simulation<Pair<B>> {
    let mut net = NetworkBuilder::new("Pair");
    let sim = net.simulator::<B>("sim", options(timestep));
    let passive = IfCondExp { cm: 0.5 * nF, v_thresh: 0.0 * mV, ..IfCondExp::default() };
    let cells = ["warm", "cold"].map(|name| net.population(&sim, name, 1, passive.clone()));
    net.initialize(&cells[0], IfCondExp::states().v, -55.0 * mV);
    let target = cells[1].target(IfCondExp::receptors().excitatory);
    let junction = net.project(None, &cells[0], target, OneToOne, ElectricalSynapse { weight: g * uS });
    for cell in &cells {
        net.record_every(cell, IfCondExp::variables().v, interval);
    }
    let pair = Pair { network: net.build().unwrap(), cells, junction };
    Setup::new().ranks(Ranks::Threads).progress(false).start(pair).unwrap()
}

fn potentials<B: Joining>(sim: &mut Simulation<Pair<B>>) -> [Vec<f64>; 2] {
    [0, 1].map(|cell| sim.trace(|net| &net.cells[cell], |v| v.v).unwrap().values)
}

/// The largest distance, mV, from the solution: the mean of the two decays with `cm / g_leak`, the difference with
/// `cm / (g_leak + 2 g)`.
fn error([warm, cold]: &[Vec<f64>; 2], g: f64) -> f64 {
    let (tau, coupled) = (20.0, 0.5 / (0.5 / 20.0 + 2.0 * g));
    let mut largest: f64 = 0.0;
    for (row, (warm, cold)) in warm.iter().zip(cold).enumerate() {
        let time = 0.1 * row as f64;
        let (sum, difference) = (5.0 * (-time / tau).exp(), 5.0 * f64::exp(-time / coupled));
        largest = largest.max((warm + 65.0 - sum - difference).abs());
        largest = largest.max((cold + 65.0 - sum + difference).abs());
    }
    largest
}

fn assert_relaxes<B: Joining>() {
    for g in [0.005, 0.05] {
        let errors = [0.1, 0.01].map(|timestep| {
            let mut sim = pair::<B>(timestep, g, 0.1 * ms);
            sim.run(30.0 * ms).unwrap();
            error(&potentials(&mut sim), g)
        });
        // Of first order: at most 10 mV * h / (2 tau) * e^-1 for either mode, doubled for both, and ten times less at a
        // tenth of the step.
        let bound = 10.0 * 0.1 * (1.0 / 20.0 + (0.025 + 2.0 * g) / 0.5) / std::f64::consts::E;
        assert!(errors[0] < bound, "g {g}: {errors:?}, not below {bound}");
        let ratio = errors[0] / errors[1];
        assert!((9.0..11.5).contains(&ratio), "g {g}: {errors:?}, of ratio {ratio}");
    }
}

#[test]
fn two_passive_cells_on_neuron_relax_as_theory_says() {
    let _held = hold();
    assert_relaxes::<Neuron>();
}

#[test]
fn two_passive_cells_on_the_native_engine_relax_as_theory_says() {
    assert_relaxes::<Native>();
}

#[test]
fn what_one_cell_loses_the_other_gains_to_the_last_bit_of_the_current() {
    // Without leak the sum of the potentials stays.
    let mut net = NetworkBuilder::new("Closed");
    let sim = net.simulator::<Native>("sim", options(0.1));
    let closed = IfCurrExp { tau_m: 1e12 * ms, v_thresh: 0.0 * mV, ..IfCurrExp::default() };
    let cells = net.population(&sim, "cells", 3, closed);
    net.initialize(&cells, IfCurrExp::states().v, vec![-60.0 * mV, -70.0 * mV, -65.0 * mV]);
    let target = cells.target(IfCurrExp::receptors().excitatory);
    net.project(None, &cells, target, AllToAll::default(), ElectricalSynapse { weight: 10.0 * nS });
    net.record(&cells, IfCurrExp::variables().v);
    let mut sim = start(net);
    sim.run(100.0 * ms).unwrap();
    let v = sim.trace_of(cells.id(), "v", 0).unwrap().values;
    let last = &v[v.len() - 3..];
    assert!((last.iter().sum::<f64>() + 195.0).abs() < 1e-9, "{last:?}");
    // Joined both ways: 20 nS, three cells: the differences decay with 1 nF / 60 nS.
    let expected = -65.0 + 5.0 * f64::exp(-100.0 * 0.06);
    assert!((last[0] - expected).abs() < 0.01, "{last:?}, {expected}");
    assert!((last[2] + 65.0).abs() < 1e-9, "{last:?}");
}

/// The difference of two passive cells at 0, 10, 20 and 30 ms; after 20 ms they are not joined any more.
fn parted<B: Joining>() -> [f64; 4] {
    let mut sim = pair::<B>(0.01, 0.02, 10.0 * ms);
    sim.run(20.0 * ms).unwrap();
    sim.set_weights(|net| &net.junction, 0.0 * nS).unwrap();
    sim.run(10.0 * ms).unwrap();
    let [warm, cold] = potentials(&mut sim);
    std::array::from_fn(|row| warm[row] - cold[row])
}

#[test]
fn the_conductance_of_a_gap_junction_can_be_set_between_runs() {
    let _held = hold();
    for found in [parted::<Native>(), parted::<Neuron>()] {
        // Joined the difference decays with 0.5 nF / 65 nS, apart with 20 ms; first-order errors of steps of 0.01 ms.
        let joined = |time: f64| 10.0 * (-0.13 * time).exp();
        let expected = [10.0, joined(10.0), joined(20.0), joined(20.0) * (-0.5f64).exp()];
        let near = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.01);
        assert!(near, "{found:?}, {expected:?}");
    }
}

/// The spikes of a cell that is driven by spikes and a current, and the potential at the end of a cell joined to it.
fn driven<B: Joining>(timestep: f64) -> (Vec<f64>, f64) {
    let mut net = NetworkBuilder::new("Driven");
    let sim = net.simulator::<B>("sim", options(timestep));
    let input = net.population(&sim, "input", 1, source(&[5.0, 30.0, 55.0]));
    let cell = IfCondExp { tau_refrac: 2.0 * ms, ..IfCondExp::default() };
    let first = net.population(&sim, "first", 1, IfCondExp { i_offset: 1.2 * nA, ..cell.clone() });
    let second = net.population(&sim, "second", 1, cell);
    let excitatory = IfCondExp::receptors().excitatory;
    let synapse = StaticSynapse { weight: 20.0 * nS, delay: 1.0 * ms };
    net.project(None, &input, first.target(excitatory), OneToOne, synapse);
    let gap = ElectricalSynapse { weight: 20.0 * nS };
    net.project(None, &second, first.target(excitatory), OneToOne, gap);
    net.record(&first, IfCondExp::variables().spikes);
    net.record_every(&second, IfCondExp::variables().v, 1.0 * ms);
    let mut sim = start(net);
    sim.run(100.0 * ms).unwrap();
    let v = sim.trace_of(second.id(), "v", 0).unwrap().values;
    (sim.spikes_of(first.id(), 0).unwrap().times, v[100])
}

#[test]
fn joined_cells_that_fire_agree_on_both_backends() {
    let _held = hold();
    let (native, neuron) = (driven::<Native>(0.01), driven::<Neuron>(0.01));
    assert_eq!(native.0.len(), neuron.0.len(), "{native:?}, {neuron:?}");
    assert!(!native.0.is_empty(), "{native:?}");
    let near = native.0.iter().zip(&neuron.0).all(|(a, b)| (a - b).abs() < 0.1);
    assert!(near && (native.1 - neuron.1).abs() < 0.05, "{native:?}, {neuron:?}");
}

fn refused(describe: impl FnOnce(&mut NetworkBuilder)) -> String {
    let mut net = NetworkBuilder::new("Refused");
    describe(&mut net);
    net.build().unwrap_err().to_string()
}

#[test]
fn gap_junctions_that_cannot_be_are_refused_with_the_remedy() {
    let gap = || ElectricalSynapse { weight: 1.0 * nS };
    let receptors = IfCondExp::receptors();
    let told = refused(|net| {
        let (here, there) =
            (net.simulator::<Native>("here", options(0.1)), net.simulator::<Neuron>("there", options(0.1)));
        let a = net.population(&here, "a", 1, IfCondExp::default());
        let b = net.population(&there, "b", 1, IfCondExp::default());
        net.project(None, &a, b.target(receptors.excitatory), OneToOne, gap());
    });
    for words in ["`a` is on `here`", "the target on `there`", "put both on one simulator"] {
        assert!(told.contains(words), "{told}");
    }
    let told = refused(|net| {
        let sim = net.simulator::<Native>("sim", options(0.1));
        let input = net.population(&sim, "input", 1, SpikeSourcePoisson::default());
        let cell = net.population(&sim, "cell", 1, IfCondExp::default());
        net.project(None, &input, cell.target(receptors.excitatory), OneToOne, gap());
        net.project(Some("named"), &cell, cell.target(receptors.inhibitory), OneToOne, gap());
        let wrong = ElectricalSynapse { weight: -1.0 * nS };
        net.project(Some("negative"), &cell, cell.target(receptors.excitatory), OneToOne, wrong);
    });
    for words in [
        "of `input`, have no membrane potential",
        "leave `.inhibitory` out",
        "a gap junction has a positive conductance",
    ] {
        assert!(told.contains(words), "{told}");
    }
}
