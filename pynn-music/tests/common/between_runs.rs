//! What a user does between runs, on any backend: `between_runs!(Native)` makes the tests.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by several test programs")]

use pynn_core::cell::{Parameter, Variable};
use pynn_core::network::Network;
use pynn_core::population::PopulationId;
use pynn_core::prelude::*;
use pynn_core::values::SynapseValues;
use pynn_music::{Ranks, Setup, Simulation};

/// What the tests need of a backend; the test program says which has it.
pub trait Able:
    Simulates<IfCurrExp>
    + Simulates<IfCondExp>
    + Connects<AllToAll>
    + Connects<OneToOne>
    + Connects<FromList>
    + Connects<FixedNumberPre>
    + Transmits<StaticSynapse>
    + Records<observable::Spikes>
    + Records<observable::MembranePotential>
{
}

/// Listed and Poisson spikes drive cells, and the cells one another.
pub struct Net<B> {
    network: Network,
    pub listed: Population<B, SpikeSourceArray>,
    pub poisson: Population<B, SpikeSourcePoisson>,
    pub cells: Population<B, IfCurrExp>,
    pub drive: Projection,
    pub noise: Projection,
    pub among: Projection,
}

impl<B> Model for Net<B> {
    fn network(&self) -> &Network {
        &self.network
    }
}

/// How a net is built.
#[derive(Clone)]
pub struct Built {
    pub cell: IfCurrExp,
    pub v: Voltage,
    pub times: SpikeTrains,
    pub rate: Frequency,
    pub weight: Current,
    pub processes: usize,
}

impl Default for Built {
    fn default() -> Self {
        Self {
            cell: IfCurrExp { i_offset: 0.5 * nA, ..IfCurrExp::default() },
            v: -65.0 * mV,
            times: SpikeTrains::default(),
            rate: 0.0 * Hz,
            weight: 0.1 * nA,
            processes: 1,
        }
    }
}

pub const CELLS: usize = 5;

impl Built {
    pub fn net<B: Able>(&self) -> Net<B> {
        let mut net = NetworkBuilder::new("Between");
        let options = SimulatorOptions { processes: self.processes, ..SimulatorOptions::default() };
        let sim = net.simulator::<B>("sim", options);
        let source = SpikeSourceArray { spike_times: self.times.clone() };
        let listed = net.population(&sim, "listed", 2, source);
        let source = SpikeSourcePoisson { rate: self.rate, ..SpikeSourcePoisson::default() };
        let poisson = net.population(&sim, "poisson", CELLS, source);
        let cells = net.population(&sim, "cells", CELLS, self.cell.clone());
        net.initialize(&cells, IfCurrExp::states().v, self.v);
        let excitatory = IfCurrExp::receptors().excitatory;
        let synapse = StaticSynapse { weight: self.weight, delay: 0.5 * ms };
        let drive =
            net.project(Some("drive"), &listed, cells.target(excitatory), AllToAll::default(), synapse);
        let noise = net.project(Some("noise"), &poisson, cells.target(excitatory), OneToOne, synapse);
        let synapse = StaticSynapse {
            weight: 0.0 * nA,
            delay: |i: usize, j: usize| (0.2 + 0.3 * i.abs_diff(j) as f64) * ms,
        };
        let others = AllToAll { allow_self_connections: false };
        let among = net.project(Some("among"), &cells, cells.target(excitatory), others, synapse);
        net.record(&listed, SpikeSourceArray::variables().spikes);
        net.record(&poisson, SpikeSourcePoisson::variables().spikes);
        net.record(&cells, IfCurrExp::variables().v);
        net.annotate(&cells, "layer", "5");
        net.annotate(&cells, "layer", "4");
        net.annotate(&listed, "area", "V1");
        Net { network: net.build().unwrap(), listed, poisson, cells, drive, noise, among }
    }

    pub fn start<B: Able>(&self) -> Simulation<Net<B>> {
        Setup::new().ranks(Ranks::Auto).progress(false).start(self.net::<B>()).unwrap()
    }
}

pub fn v<B: Able>(sim: &mut Simulation<Net<B>>) -> Vec<f64> {
    sim.trace(|net| &net.cells, |v| v.v).unwrap().values
}

/// The potentials of a net built so, from time 0 to `end`.
fn built<B: Able>(built: &Built, end: Time) -> Vec<f64> {
    let mut sim = built.start::<B>();
    sim.run(end).unwrap();
    v(&mut sim)
}

/// Real simulators keep potentials relative to the resting potential: they round differently when it is set.
#[track_caller]
fn assert_same(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert!((found - expected).abs() < 1e-9, "value {k}: {found} instead of {expected}");
    }
}

pub fn a_parameter_set_before_the_run_is_as_if_built<B: Able>() {
    let default = Built::default();
    let mut sim = default.start::<B>();
    sim.set(|net| &net.cells, |p| p.tau_m, 10.0 * ms).unwrap();
    sim.set(|net| &net.cells, |p| p.cm, 0.5 * nF).unwrap();
    sim.run(10.0 * ms).unwrap();
    let found = v(&mut sim);
    drop(sim);
    let cell = IfCurrExp { tau_m: 10.0 * ms, cm: 0.5 * nF, ..default.cell.clone() };
    assert_same(&found, &built::<B>(&Built { cell, ..default }, 10.0 * ms));
}

pub fn a_parameter_set_between_runs_acts_from_then_on_and_survives_a_reset<B: Able>() {
    let default = Built::default();
    let mut sim = default.start::<B>();
    sim.run(10.0 * ms).unwrap();
    sim.set(|net| &net.cells, |p| p.tau_m, 10.0 * ms).unwrap();
    let at_ten = sim.state(|net| &net.cells, |s| s.v).unwrap()[0];
    sim.run(10.0 * ms).unwrap();
    let found = v(&mut sim);
    sim.reset().unwrap();
    sim.run(10.0 * ms).unwrap();
    let again = v(&mut sim);
    drop(sim);
    assert_same(&found[..101 * CELLS], &built::<B>(&default, 10.0 * ms));
    let other = Built { cell: IfCurrExp { tau_m: 10.0 * ms, ..default.cell.clone() }, ..default };
    assert_same(&found[100 * CELLS..], &built::<B>(&Built { v: at_ten, ..other.clone() }, 10.0 * ms));
    assert_same(&again, &built::<B>(&other, 10.0 * ms));
}

pub fn a_view_a_list_a_closure_and_a_distribution_set_each_cell<B: Able>() {
    let mut sim = Built::default().start::<B>();
    let get = |sim: &mut Simulation<Net<B>>| sim.get(|net| &net.cells, |p| p.i_offset).unwrap();
    sim.set(|net| &net.cells, |p| p.i_offset, |i: usize| i as f64 * 0.1 * nA).unwrap();
    assert_eq!(get(&mut sim), [0.0 * nA, 0.1 * nA, 0.2 * nA, 0.1 * 3.0 * nA, 0.4 * nA]);
    sim.set(|net| net.cells.slice(1..3), |p| p.i_offset, [0.7 * nA, 0.8 * nA]).unwrap();
    assert_eq!(get(&mut sim)[..4], [0.0 * nA, 0.7 * nA, 0.8 * nA, 0.1 * 3.0 * nA]);
    assert_eq!(sim.get(|net| net.cells.slice(2..4), |p| p.i_offset).unwrap()[0], 0.8 * nA);
    sim.run(20.0 * ms).unwrap();
    let found: Vec<f64> = sim.state(|net| &net.cells, |s| s.v).unwrap().into_iter().map(Unit::base).collect();
    assert_same(&found, &v(&mut sim)[200 * CELLS..]);
    // More current, more depolarised; by the same factor, since the cell is linear.
    for (cell, current) in [0.0, 0.7, 0.8, 0.3, 0.4].into_iter().enumerate() {
        let slope = (found[1] + 65.0) / 0.7;
        assert!((found[cell] + 65.0 - slope * current).abs() < 1e-9, "{found:?}");
    }
    let uniform = Uniform { low: 0.1 * nA, high: 0.2 * nA };
    sim.set(|net| &net.cells, |p| p.i_offset, uniform).unwrap();
    let first = get(&mut sim);
    assert!(first.iter().all(|i| (0.1..0.2).contains(&i.base())), "{first:?}");
    sim.set(|net| &net.cells, |p| p.i_offset, uniform).unwrap();
    assert_ne!(get(&mut sim), first, "drawn anew");
}

pub fn what_makes_no_sense_is_refused_by_name_and_changes_nothing<B: Able>() {
    let mut sim = Built::default().start::<B>();
    let words = |result: Result<()>| result.unwrap_err().message().to_owned();
    let bad = words(sim.set(|net| &net.cells, |p| p.tau_m, -20.0 * ms));
    assert_eq!(bad, "population `cells`: tau_m of IF_curr_exp is -20 ms, but must be positive");
    let bad = words(sim.set(|net| &net.cells, |p| p.tau_m, |i: usize| (2.0 - i as f64) * ms));
    assert_eq!(bad, "population `cells`: tau_m[2] of IF_curr_exp is 0 ms, but must be positive");
    let bad = words(sim.set(|net| net.cells.slice(..3), |p| p.cm, [1.0 * nF, 2.0 * nF]));
    assert_eq!(bad, "population `cells`: cm lists 2 values for 3 cells; list one a cell");
    let bad = words(sim.set(|net| net.cells.slice(3..9), |p| p.cm, 1.0 * nF));
    assert!(bad.contains("the range 3..9 reaches beyond the 5 cells"), "{bad}");
    let bad = words(sim.initialize(|net| &net.cells, |s| s.v, f64::NAN * mV));
    assert!(bad.contains("v of IF_curr_exp is NaN mV, but must be finite"), "{bad}");
    let bad = words(sim.set(|net| &net.poisson, |p| p.rate, -1.0 * Hz));
    assert!(bad.contains("`poisson`: rate of SpikeSourcePoisson is -1 Hz"), "{bad}");
    let bad = words(sim.set_weights(|net| &net.drive, f64::INFINITY * nA));
    assert!(bad.contains("`drive`: a weight of inf nA is not finite"), "{bad}");
    let bad = words(sim.set_weights(|net| &net.drive, 1.0 * uS));
    assert!(bad.contains("`drive`: its weight is in nA") && bad.contains("uS"), "{bad}");
    let bad = words(sim.set_weights(|net| &net.drive, vec![0.1 * nA; 3]));
    assert!(bad.contains("`drive`: 3 values of weight are listed for 10 connections"), "{bad}");
    sim.run(5.0 * ms).unwrap();
    let found = v(&mut sim);
    drop(sim);
    assert_same(&found, &built::<B>(&Built::default(), 5.0 * ms));
}

pub fn a_state_is_set_at_once_and_is_where_a_reset_returns_to<B: Able>() {
    let default = Built::default();
    let mut sim = default.start::<B>();
    sim.initialize(|net| &net.cells, |s| s.v, -60.0 * mV).unwrap();
    sim.run(0.0 * ms).unwrap();
    sim.initialize(|net| &net.cells, |s| s.v, -60.0 * mV).unwrap();
    sim.run(10.0 * ms).unwrap();
    let first = v(&mut sim);
    sim.initialize(|net| net.cells.slice(1..2), |s| s.v, -70.0 * mV).unwrap();
    assert_eq!(sim.state(|net| net.cells.slice(1..2), |s| s.v).unwrap(), [-70.0 * mV]);
    sim.run(10.0 * ms).unwrap();
    let second = v(&mut sim);
    sim.reset().unwrap();
    sim.run(10.0 * ms).unwrap();
    let third = v(&mut sim);
    drop(sim);
    let from = |v: f64, end: f64| built::<B>(&Built { v: v * mV, ..default.clone() }, end * ms);
    let of = |trace: &[f64], cell: usize| trace.iter().skip(cell).step_by(CELLS).copied().collect::<Vec<_>>();
    assert_same(&first, &from(-60.0, 10.0));
    assert_same(&of(&second, 0), &of(&from(-60.0, 20.0), 0));
    // What was sampled at 10 ms was before the change.
    assert_same(&of(&second, 1)[101..], &of(&from(-70.0, 10.0), 1)[1..]);
    assert_same(&of(&third, 0), &of(&from(-60.0, 10.0), 0));
    assert_same(&of(&third, 1), &of(&from(-70.0, 10.0), 1));
}

pub fn spike_times_set_between_runs_are_sent_and_past_ones_refused<B: Able>() {
    let mut sim = Built::default().start::<B>();
    sim.set_spike_times(|net| &net.listed, [12.0 * ms, 15.0 * ms, 18.0 * ms]).unwrap();
    sim.run(20.0 * ms).unwrap();
    sim.set_spike_times(|net| &net.listed, [22.0 * ms, 25.0 * ms]).unwrap();
    assert_eq!(sim.spike_times(|net| net.listed.slice(1..)).unwrap(), [vec![22.0 * ms, 25.0 * ms]]);
    let bad = sim.set_spike_times(|net| &net.listed, [20.0 * ms, 25.0 * ms]).unwrap_err();
    assert!(bad.message().contains("`listed`: spike_times of cell 0: 20 ms has passed"), "{bad}");
    let bad = sim.set_spike_times(|net| &net.listed, [25.0 * ms, 22.0 * ms]).unwrap_err();
    assert!(bad.message().contains("sort the times"), "{bad}");
    sim.run(20.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.listed).unwrap();
    assert_eq!(spikes.train(0), [12.0, 15.0, 18.0, 22.0, 25.0]);
    assert_eq!(spikes.train(1), spikes.train(0));
    sim.reset().unwrap();
    sim.run(40.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.listed).unwrap().train(1), [22.0, 25.0]);
}

/// PyNN's scenario `ticket166`: the times of two sources are exchanged between runs of 100 ms.
pub fn spikes_of_changed_times_arrive<B: Able>() {
    let cell = IfCurrExp { v_rest: -65.0 * mV, ..IfCurrExp::default() };
    let mut sim = Built { cell, weight: 0.0 * nA, ..Built::default() }.start::<B>();
    // Source i drives cell i alone.
    sim.set_weights(|net| &net.drive, |i: usize, j: usize| if i == j { 0.1 * nA } else { 0.0 * nA }).unwrap();
    let every = |from: usize| (from..from + 99).map(|t| t as f64 * ms).collect::<Vec<_>>();
    sim.set_spike_times(|net| &net.listed, SpikeTrains::each([every(1), vec![]])).unwrap();
    sim.run(100.0 * ms).unwrap();
    sim.set_spike_times(|net| &net.listed, SpikeTrains::each([vec![], every(101)])).unwrap();
    sim.run(100.0 * ms).unwrap();
    sim.set_spike_times(|net| net.listed.slice(..1), every(201)).unwrap();
    sim.set_spike_times(|net| net.listed.slice(1..), SpikeTrains::each([Vec::<Time>::new()])).unwrap();
    sim.run(100.0 * ms).unwrap();
    let trace = sim.trace(|net| &net.cells, |v| v.v).unwrap();
    let top = |cell: usize, from: usize| {
        trace.of(cell)[from * 10 + 10..from * 10 + 990].iter().copied().fold(-100.0, f64::max)
    };
    assert!(top(0, 0) > -60.0 && top(0, 200) > -60.0, "driven");
    assert!(top(1, 0) < -64.99 && top(1, 100) > -60.0, "not driven, then driven");
    let end = |cell: usize| *trace.of(cell).last().unwrap();
    assert!(end(0) > -60.0 && end(1) < -64.8, "{} {}", end(0), end(1));
}

pub fn a_rate_set_between_runs_acts_on_what_is_sent_and_on_what_arrives<B: Able>() {
    let cell = IfCurrExp::default();
    let quiet = Built { cell, weight: 0.3 * nA, ..Built::default() };
    let mut sim = quiet.start::<B>();
    sim.run(20.3 * ms).unwrap();
    assert!(v(&mut sim).iter().all(|v| *v == -65.0));
    sim.set(|net| &net.poisson, |p| p.rate, 400.0 * Hz).unwrap();
    sim.run(30.0 * ms).unwrap();
    sim.set(|net| net.poisson.slice(..2), |p| p.rate, 0.0 * Hz).unwrap();
    sim.run(29.7 * ms).unwrap();
    let (spikes, found) = (sim.spikes(|net| &net.poisson).unwrap(), v(&mut sim));
    drop(sim);
    // From a change on, the trains are those of the new rate.
    let mut other = Built { rate: 400.0 * Hz, ..quiet.clone() }.start::<B>();
    other.run(80.0 * ms).unwrap();
    let expected = other.spikes(|net| &net.poisson).unwrap();
    drop(other);
    for cell in 0..CELLS {
        let until = if cell < 2 { 50.3 } else { 80.0 };
        let within = |time: &f64| *time > 20.3 + 1e-6 && *time < until + 1e-6;
        let trains: Vec<f64> = expected.train(cell).into_iter().filter(within).collect();
        assert_eq!(spikes.train(cell), trains, "of cell {cell}");
    }
    assert!(spikes.len() > 40, "{} spikes", spikes.len());
    // What arrives is what was sent: the same times, listed, do the same to the potentials.
    let mut sim = quiet.start::<B>();
    for cell in 0..2 {
        sim.set_weights(
            |net| &net.drive,
            move |i: usize, j: usize| if (i, j) == (0, cell) { 0.3 * nA } else { 0.0 * nA },
        )
        .unwrap();
        let train = spikes.train(cell);
        let mut times: Vec<Time> = train.iter().map(|time| *time * ms).collect();
        times.dedup();
        if times.len() < train.len() {
            continue;
        }
        sim.set_spike_times(|net| net.listed.slice(..1), times).unwrap();
        sim.run(80.0 * ms).unwrap();
        let trace = v(&mut sim);
        let of = |trace: &[f64]| trace.iter().skip(cell).step_by(CELLS).copied().collect::<Vec<_>>();
        assert_same(&of(&found), &of(&trace));
        sim.reset().unwrap();
    }
}

/// PyNN's scenarios of `connection_handling`, `parameter_handling` and `connectors`: what is set is read, exactly.
pub fn weights_and_delays_are_read_as_described_and_as_set<B: Able>() {
    let mut sim = Built::default().start::<B>();
    let among = sim.delays(|net| &net.among).unwrap();
    assert_eq!((among.len(), among.source_size, among.target_size), (20, CELLS, CELLS));
    for (source, target, delay) in among.list() {
        assert!((delay - (0.2 + 0.3 * f64::from(source.abs_diff(target)))).abs() < 1e-9);
    }
    assert!(among.matrix()[2][2].is_nan() && (among.matrix()[0][4] - 1.4).abs() < 1e-9);
    let drive = sim.weights(|net| &net.drive).unwrap();
    assert_eq!((&*drive.projection, &*drive.value, &*drive.unit), ("drive", "weight", "nA"));
    assert_eq!(drive.values, [0.1; 2 * CELLS]);
    assert_eq!(drive.sources[..4], [0, 1, 0, 1]);
    assert_eq!(drive.targets[..4], [0, 0, 1, 1]);

    let weights = |sim: &mut Simulation<Net<B>>| sim.weights(|net| &net.drive).unwrap().values;
    sim.set_weights(|net| &net.drive, 0.3 * nA).unwrap();
    assert_eq!(weights(&mut sim), [0.3; 2 * CELLS]);
    let list: Vec<f64> = (0..10).map(|k| f64::from(k) * 0.7).collect();
    sim.set_weights(|net| &net.drive, list.iter().map(|weight| *weight * nA).collect::<Vec<_>>()).unwrap();
    assert_eq!(weights(&mut sim), list);
    sim.set_weights(|net| &net.drive, |i: usize, j: usize| i.abs_diff(j) as f64 * nA).unwrap();
    assert_eq!(weights(&mut sim), [0.0, 1.0, 1.0, 0.0, 2.0, 1.0, 3.0, 2.0, 4.0, 3.0]);
    let uniform = Uniform { low: 0.1 * nA, high: 0.2 * nA };
    sim.set_weights(|net| &net.drive, uniform).unwrap();
    let drawn = weights(&mut sim);
    assert!(drawn.iter().all(|weight| (0.1..0.2).contains(weight)), "{drawn:?}");
    sim.set_weights(|net| &net.noise, |i: usize, j: usize| (i + j) as f64 * nA).unwrap();
    let noise = sim.weights(|net| &net.noise).unwrap();
    assert_eq!(noise.list().last(), Some((4, 4, 8.0)));
    sim.reset().unwrap();
    assert_eq!(weights(&mut sim), drawn, "weights stay as set");
}

pub fn weights_set_between_runs_act_from_then_on<B: Able>() {
    let times = SpikeTrains::same([2.0 * ms, 12.0 * ms]);
    let quiet = Built { cell: IfCurrExp::default(), times, ..Built::default() };
    let mut sim = quiet.start::<B>();
    sim.run(10.0 * ms).unwrap();
    // Much more than the description announces: the resolution of weights has to follow.
    sim.set_weights(|net| &net.drive, |_: usize, j: usize| j as f64 * 0.4 * nA).unwrap();
    sim.run(10.0 * ms).unwrap();
    let found = v(&mut sim);
    sim.reset().unwrap();
    sim.run(10.0 * ms).unwrap();
    let again = v(&mut sim);
    drop(sim);
    let before = built::<B>(&quiet, 10.0 * ms);
    assert_same(&found[..101 * CELLS], &before);
    // Linear below the threshold: the response to the second spike is 4 j times that to the first, on top of its rest.
    let one = |row: usize, cell: usize| before[row * CELLS + cell] + 65.0;
    assert!(one(60, 0) > 0.2);
    let long = built::<B>(&quiet, 20.0 * ms);
    for cell in 0..CELLS {
        for row in 0..=80 {
            let response = (again[row.min(100) * CELLS + cell] + 65.0) - 4.0 * cell as f64 * one(row, cell);
            assert!(response.abs() < 1e-6, "cell {cell}, row {row}: {response}");
            let first = long[(row + 100) * CELLS + cell] + 65.0 - one(row, cell);
            let second = found[(row + 100) * CELLS + cell] + 65.0 - first;
            let expected = 4.0 * cell as f64 * one(row, cell);
            assert!(
                (second - expected).abs() < 1e-6,
                "cell {cell}, row {row}: {second} instead of {expected}"
            );
        }
    }
}

/// Everything is set, between several runs, on so many ranks: what is read, and the bits of what the cells did.
pub fn session<B: Able>(processes: usize) -> (Vec<f64>, Vec<f64>, Vec<f64>, u64) {
    let mut sim = Built { processes, rate: 50.0 * Hz, ..Built::default() }.start::<B>();
    sim.set(|net| &net.cells, |p| p.tau_m, |i: usize| (10.0 + i as f64) * ms).unwrap();
    sim.set(|net| net.cells.slice(1..4), |p| p.i_offset, Uniform { low: 0.1 * nA, high: 0.4 * nA }).unwrap();
    let trains = [vec![3.0 * ms, 7.0 * ms], vec![5.0 * ms]];
    sim.set_spike_times(|net| &net.listed, SpikeTrains::each(trains)).unwrap();
    sim.set_delays(|net| &net.drive, Uniform { low: 0.5 * ms, high: 4.0 * ms }).unwrap();
    sim.run(10.0 * ms).unwrap();
    sim.set(|net| net.cells.slice(..2), |p| p.tau_m, -1.0 * ms).unwrap_err();
    sim.set_weights(|net| &net.drive, Uniform { low: 0.1 * nA, high: 0.6 * nA }).unwrap();
    sim.set_weights(|net| &net.among, |i: usize, j: usize| (i + j) as f64 * 0.01 * nA).unwrap();
    sim.set(|net| &net.poisson, |p| p.rate, |i: usize| i as f64 * 100.0 * Hz).unwrap();
    sim.set_spike_times(|net| net.listed.slice(1..), [12.0 * ms]).unwrap();
    sim.initialize(|net| net.cells.slice(2..), |s| s.v, |i: usize| (-60.0 - i as f64) * mV).unwrap();
    // Some backends take new delays at time 0 only.
    if let Err(error) = sim.set_delays(|net| &net.among, 1.3 * ms) {
        assert!(error.message().contains("time 0 only"), "{error}");
    }
    sim.run(10.0 * ms).unwrap();
    let parameters: Vec<f64> =
        sim.get(|net| &net.cells, |p| p.i_offset).unwrap().into_iter().map(Unit::base).collect();
    let states: Vec<f64> =
        sim.state(|net| &net.cells, |s| s.v).unwrap().into_iter().map(Unit::base).collect();
    let mut weights = sim.weights(|net| &net.drive).unwrap().values;
    weights.extend(sim.weights(|net| &net.among).unwrap().values);
    weights.extend(sim.delays(|net| &net.drive).unwrap().values);
    weights.extend(sim.delays(|net| &net.among).unwrap().values);
    let bits = v(&mut sim).iter().fold(0u64, |bits, v| bits.rotate_left(5) ^ v.to_bits());
    (parameters, states, weights, bits)
}

pub fn any_number_of_ranks_is_set_and_read_as_one<B: Able>() {
    let alone = session::<B>(1);
    assert!(alone.0[1] != alone.0[2] && alone.1[0] != alone.1[1] && alone.2[0] != alone.2[1]);
    for processes in [2, 3, 5, 7] {
        assert_eq!(session::<B>(processes), alone, "on {processes} ranks");
    }
}

/// The spikes of cells that drive one another, of a run and of one after a reset, where delays built as the one are set to
/// the other at time 0.
fn spikes_with_delays<B: Able>(built: &SynapseValues<Time>, set: Option<&SynapseValues<Time>>) -> [u64; 2] {
    let mut net = NetworkBuilder::new("Delays");
    let sim = net.simulator::<B>("sim", SimulatorOptions::default());
    let spike_times = SpikeTrains::from_fn(|k| vec![(1 + k) as f64 * ms, (6 + 2 * k) as f64 * ms]);
    let input = net.population(&sim, "input", 4, SpikeSourceArray { spike_times });
    let cells = net.population(&sim, "cells", 4, IfCurrExp::default());
    let synapse = |weight: f64| StaticSynapse { weight: weight * nA, delay: built.clone() };
    let all = AllToAll::default;
    let drive = net.project(Some("drive"), &input, cells.default_target(), all(), synapse(3.0));
    let among = net.project(Some("among"), &cells, cells.default_target(), all(), synapse(2.0));
    net.record(&cells, IfCurrExp::variables().spikes);
    let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
    if let Some(delays) = set {
        sim.set_delays(|_| &drive, delays.clone()).unwrap();
        sim.set_delays(|_| &among, delays.clone()).unwrap();
    }
    [(); 2].map(|()| {
        sim.run(40.0 * ms).unwrap();
        let digest = sim.digest().unwrap();
        sim.reset().unwrap();
        digest
    })
}

pub fn delays_set_at_the_start_are_as_if_built<B: Able>() {
    let (short, long) = (SynapseValues::from(0.5 * ms), SynapseValues::from(1.7 * ms));
    let each = SynapseValues::from(|i: usize, j: usize| (0.3 + 0.4 * i as f64 + 0.2 * j as f64) * ms);
    let as_built = [&short, &long, &each].map(|built| spikes_with_delays::<B>(built, None));
    assert!(as_built[0] != as_built[1] && as_built[1] != as_built[2]);
    for built in [&short, &long, &each] {
        for (set, expected) in [&short, &long, &each].into_iter().zip(as_built) {
            assert_eq!(spikes_with_delays::<B>(built, Some(set)), expected, "{built:?} to {set:?}");
        }
    }
}

/// A projection onto two views of one population, and one more onto all its cells.
struct OntoViews {
    sim: Simulation<Network>,
    onto: Projection,
    cells: PopulationId,
}

impl OntoViews {
    fn start<B: Able>(weight: &SynapseValues<Current>, delay: &SynapseValues<Time>) -> Self {
        let mut net = NetworkBuilder::new("Views");
        let sim = net.simulator::<B>("sim", SimulatorOptions::default());
        let spike_times = SpikeTrains::same([0.5 * ms, 6.0 * ms]);
        let input = net.population(&sim, "input", 1, SpikeSourceArray { spike_times });
        let cells = net.population(&sim, "cells", 10, IfCurrExp::default());
        let receptor = IfCurrExp::receptors().excitatory;
        let both = cells.slice(8..) + &cells.slice(..8);
        let synapse = StaticSynapse { weight: weight.clone(), delay: delay.clone() };
        let onto = net.project(Some("onto"), &input, both.target(receptor), AllToAll::default(), synapse);
        let synapse = StaticSynapse { weight: 0.05 * nA, delay: 0.7 * ms };
        net.project(Some("next"), &input, cells.target(receptor), AllToAll::default(), synapse);
        net.record(&cells, IfCurrExp::variables().v);
        let sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
        Self { sim, onto, cells: cells.id() }
    }

    /// The potentials until 12 ms in segment number `segment`.
    fn run(&mut self, segment: usize) -> Vec<f64> {
        self.sim.run(12.0 * ms).unwrap();
        self.sim.trace_of(self.cells, "v", segment).unwrap().values
    }
}

/// Where `set` makes weights and delays `new` ones of `old`, they act as if built.
fn views_are_set_as_if_built<B: Able>(
    old: (&SynapseValues<Current>, &SynapseValues<Time>),
    new: (&SynapseValues<Current>, &SynapseValues<Time>),
    set: impl FnOnce(&mut OntoViews) -> Result<()>,
) {
    let mut views = OntoViews::start::<B>(old.0, old.1);
    set(&mut views).unwrap();
    let found = views.run(0);
    drop(views);
    let built = OntoViews::start::<B>(new.0, new.1).run(0);
    assert!(built != OntoViews::start::<B>(old.0, old.1).run(0));
    assert_same(&found, &built);
}

pub fn weights_onto_two_views_of_one_population_are_set_as_if_built<B: Able>() {
    let (old, delay) = (SynapseValues::from(0.1 * nA), SynapseValues::from(0.5 * ms));
    let new = SynapseValues::from(|_: usize, j: usize| (0.1 + 0.1 * j as f64) * nA);
    let set = |views: &mut OntoViews| views.sim.set_weights(|_| &views.onto, new.clone());
    views_are_set_as_if_built::<B>((&old, &delay), (&new, &delay), set);
}

pub fn delays_onto_two_views_of_one_population_are_set_as_if_built<B: Able>() {
    let (weight, old) = (SynapseValues::from(0.3 * nA), SynapseValues::from(0.5 * ms));
    let new = SynapseValues::from(|_: usize, j: usize| (0.3 + 0.2 * j as f64) * ms);
    let set = |views: &mut OntoViews| views.sim.set_delays(|_| &views.onto, new.clone());
    views_are_set_as_if_built::<B>((&weight, &old), (&weight, &new), set);
}

pub fn delays_set_once_the_samples_of_time_0_are_given_out_leave_a_row_a_step<B: Able>() {
    let (weight, early, late) = (0.1 * nA, 0.5 * ms, 1.5 * ms);
    let mut set = OntoViews::start::<B>(&weight.into(), &early.into());
    let mut found = Vec::new();
    for segment in 0..2 {
        set.sim.run(0.0 * ms).unwrap();
        set.sim.set_delays(|_| &set.onto, early).unwrap();
        set.sim.set_delays(|_| &set.onto, late).unwrap();
        found.push(set.run(segment));
        set.sim.reset().unwrap();
    }
    // What was given out before a reset is not what is sampled after it.
    set.sim.set_delays(|_| &set.onto, late).unwrap();
    found.push(set.run(2));
    drop(set);
    let built = OntoViews::start::<B>(&weight.into(), &late.into()).run(0);
    assert_eq!(built.len(), 121 * 10);
    found.iter().for_each(|found| assert_same(found, &built));
}

/// PyNN's `FixedNumberPre(3)`: each target has three connections of weight 0.5.
pub fn a_column_of_weights_sums_up_its_connections<B: Able>() {
    let mut net = NetworkBuilder::new("Columns");
    let sim = net.simulator::<B>("sim", SimulatorOptions::default());
    let input = net.population(&sim, "input", 6, SpikeSourceArray::default());
    let cells = net.population(&sim, "cells", 4, IfCondExp::default());
    let receptor = IfCondExp::receptors().excitatory;
    let three = FixedNumberPre { n: 3.into(), ..FixedNumberPre::default() };
    let synapse = StaticSynapse { weight: 0.5 * uS, delay: 0.5 * ms };
    let drive = net.project(None, &input, cells.target(receptor), three, synapse);
    let listed = FromList::new([(1, 0), (0, 3), (5, 0), (0, 3)]);
    let synapse = StaticSynapse { weight: vec![1.0 * uS, 2.0 * uS, 3.0 * uS, 4.0 * uS], delay: 0.5 * ms };
    let list = net.project(None, &input, cells.target(receptor), listed, synapse);
    let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
    let matrix = sim.weights(|_| &drive).unwrap().matrix();
    for target in 0..4 {
        let column = matrix.iter().map(|row| row[target]).filter(|weight| !weight.is_nan());
        assert_eq!(column.sum::<f64>(), 1.5, "{matrix:?}");
    }
    // Ordered by target, then by source, then as the connector has them; the matrix sums up.
    let data = sim.weights(|_| &list).unwrap();
    assert_eq!(data.list().collect::<Vec<_>>(), [(1, 0, 1.0), (5, 0, 3.0), (0, 3, 2.0), (0, 3, 4.0)]);
    assert_eq!(data.matrix()[0][3], 6.0);
}

pub fn recorded_data_carry_the_annotations_of_their_population<B: Able>() {
    let mut sim = Built::default().start::<B>();
    sim.run(1.0 * ms).unwrap();
    let note = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    assert_eq!(sim.trace(|net| &net.cells, |v| v.v).unwrap().annotations, note("layer", "4"));
    assert_eq!(sim.spikes(|net| &net.listed).unwrap().annotations, note("area", "V1"));
    assert!(sim.spikes(|net| &net.poisson).unwrap().annotations.is_empty());
}

/// Cells of type `C` alone: a current set in the middle of a run acts from then on, and from 0 after a reset.
fn current_of<B: Simulates<C> + Records<observable::MembranePotential>, C: CellType + Default>() {
    let i_offset = || Parameter::<Current>::new(C::info().parameter("i_offset").expect("a constant current"));
    let v = C::info().variables.iter().position(|variable| variable.name == "v").expect("a potential");
    let run = |changes: [Option<Current>; 3]| {
        let mut net = NetworkBuilder::new("Current");
        let sim = net.simulator::<B>("sim", SimulatorOptions::default());
        let cells = net.population(&sim, "cells", 2, C::default());
        net.record(&cells, Variable::<observable::MembranePotential>::new(v));
        let id = cells.id();
        let mut sim = Setup::new().ranks(Ranks::Auto).progress(false).start(net.build().unwrap()).unwrap();
        for current in changes {
            if let Some(current) = current {
                sim.set(|_| &cells, |_| i_offset(), current).unwrap();
            }
            sim.run(5.0 * ms).unwrap();
        }
        let found = sim.trace_of(id, "v", 0).unwrap().values;
        sim.reset().unwrap();
        sim.run(5.0 * ms).unwrap();
        (found, sim.trace_of(id, "v", 1).unwrap().values)
    };
    let name = C::info().name;
    let current = 0.2 * nA;
    let (changed, again) = run([None, Some(current), None]);
    let (without, _) = run([None, None, None]);
    let (with, _) = run([Some(current), None, None]);
    assert_eq!(changed[..102], without[..102], "{name}: the same until it is set");
    assert!(
        changed[104] > without[104] && changed[104..].iter().all(|v| v.is_finite()),
        "{name}: acts from then on"
    );
    assert_same(&again, &with[..102]);
}

pub fn a_parameter_of_every_cell_type_is_set_in_the_middle_of_a_run<B>()
where
    B: Able
        + Simulates<IfCurrAlpha>
        + Simulates<IfCurrDelta>
        + Simulates<IfCondAlpha>
        + Simulates<IfCondExpGsfaGrr>
        + Simulates<HhCondExp>
        + Simulates<EifCondExpIsfaIsta>
        + Simulates<EifCondAlphaIsfaIsta>
        + Simulates<Izhikevich>
        + Simulates<GifCondExp>,
{
    current_of::<B, IfCurrExp>();
    current_of::<B, IfCurrAlpha>();
    current_of::<B, IfCurrDelta>();
    current_of::<B, IfCondExp>();
    current_of::<B, IfCondAlpha>();
    current_of::<B, IfCondExpGsfaGrr>();
    current_of::<B, HhCondExp>();
    current_of::<B, EifCondExpIsfaIsta>();
    current_of::<B, EifCondAlphaIsfaIsta>();
    current_of::<B, Izhikevich>();
    current_of::<B, GifCondExp>();
}

/// One test for each of the above.
#[macro_export]
macro_rules! between_runs {
    ($backend:ty, $guard:expr) => {
        impl shared::Able for $backend {}

        $crate::between_runs!(@ $backend, $guard,
            a_parameter_set_before_the_run_is_as_if_built
            a_parameter_set_between_runs_acts_from_then_on_and_survives_a_reset
            a_view_a_list_a_closure_and_a_distribution_set_each_cell
            what_makes_no_sense_is_refused_by_name_and_changes_nothing
            a_state_is_set_at_once_and_is_where_a_reset_returns_to
            spike_times_set_between_runs_are_sent_and_past_ones_refused
            spikes_of_changed_times_arrive
            a_rate_set_between_runs_acts_on_what_is_sent_and_on_what_arrives
            weights_and_delays_are_read_as_described_and_as_set
            weights_set_between_runs_act_from_then_on
            delays_set_at_the_start_are_as_if_built
            weights_onto_two_views_of_one_population_are_set_as_if_built
            delays_onto_two_views_of_one_population_are_set_as_if_built
            delays_set_once_the_samples_of_time_0_are_given_out_leave_a_row_a_step
            a_parameter_of_every_cell_type_is_set_in_the_middle_of_a_run
            a_column_of_weights_sums_up_its_connections
            recorded_data_carry_the_annotations_of_their_population
        );
    };
    (@ $backend:ty, $guard:expr, $($test:ident)*) => {$(
        #[test]
        fn $test() {
            let _guard = $guard;
            shared::$test::<$backend>();
        }
    )*};
}
