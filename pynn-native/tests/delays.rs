//! Delays that are set between runs: spikes that are under way arrive as they were sent, later ones after the new delay.

use pynn_core::prelude::*;
use pynn_core::values::IntoSynapseValues;
use pynn_music::{Ranks, Setup, Simulation};
use pynn_native::Native;

/// A source that fires at 1, 2, 3, .. ms, and cells whose potential counts what arrives, in mV above -65.
struct Counting {
    network: Network,
    cells: Population<Native, IfCurrDelta>,
    drive: Projection,
    other: Projection,
}

impl Model for Counting {
    fn network(&self) -> &Network {
        &self.network
    }
}

const CELLS: usize = 4;

fn counting(delay: Time, processes: usize) -> Simulation<Counting> {
    let mut net = NetworkBuilder::new("Counting");
    let sim = net.simulator::<Native>("sim", SimulatorOptions { processes, ..SimulatorOptions::default() });
    let spike_times = SpikeTrains::same((1..=40).map(|time| f64::from(time) * ms));
    let input = net.population(&sim, "input", 1, SpikeSourceArray { spike_times });
    let counts = IfCurrDelta { tau_m: 1e9 * ms, v_thresh: 1e6 * mV, ..IfCurrDelta::default() };
    let cells = net.population(&sim, "cells", CELLS, counts);
    let by = |weight: f64, delay| StaticSynapse { weight: weight * mV, delay };
    let target = || cells.default_target();
    let drive = net.project(Some("drive"), &input, target(), AllToAll::default(), by(1.0, delay));
    // Shares a table with `drive`, and its delay stays.
    let other = net.project(Some("other"), &input, target(), AllToAll::default(), by(1000.0, delay));
    net.record(&cells, IfCurrDelta::variables().v);
    let net = Counting { network: net.build().unwrap(), cells, drive, other };
    Setup::new().ranks(Ranks::Threads).progress(false).start(net).unwrap()
}

/// What arrived by `drive` and by `other` at each ms from 0 on. A spike due at t shows in the sample of t + 0.1 ms.
fn arrived(sim: &mut Simulation<Counting>, cell: usize) -> Vec<(i64, i64)> {
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap().of(cell);
    let total = |at: usize| (v[at.min(v.len() - 1)] + 65.0).round() as i64;
    let new = |k: usize| total(10 * k + 1) - if k == 0 { 0 } else { total(10 * k - 9) };
    (0..v.len() / 10).map(|k| (new(k).rem_euclid(1000), new(k).div_euclid(1000))).collect()
}

/// How many of the spikes at 1, 2, .. ms arrive at each ms below `end`, where those at `changes` or later have the delay there.
fn expected(first: usize, changes: &[(usize, usize)], end: usize) -> Vec<i64> {
    let mut counts = vec![0; end];
    for fired in 1..=40 {
        let delay = changes.iter().rev().find(|(after, _)| fired > *after).map_or(first, |(_, delay)| *delay);
        if let Some(count) = counts.get_mut(fired + delay) {
            *count += 1;
        }
    }
    counts
}

#[test]
fn spikes_under_way_arrive_as_they_were_sent_and_later_ones_after_the_new_delay() {
    for (first, changes) in [
        (5, vec![(10, 2)]),
        (2, vec![(10, 5)]),
        (3, vec![(10, 1), (11, 6), (12, 2)]),
        (6, vec![(10, 1), (10, 4)]),
        (1, vec![(8, 12), (9, 3), (30, 1)]),
    ] {
        let mut sim = counting(first as f64 * ms, 1);
        for (at, delay) in &changes {
            sim.run_until(*at as f64 * ms).unwrap();
            sim.set_delays(|net| &net.drive, *delay as f64 * ms).unwrap();
            assert!(sim.delays(|net| &net.drive).unwrap().values.iter().all(|new| *new == *delay as f64));
        }
        sim.run_until(60.0 * ms).unwrap();
        let (all, changed) = (expected(first, &[], 60), expected(first, &changes, 60));
        for cell in 0..CELLS {
            let (drive, other): (Vec<i64>, Vec<i64>) = arrived(&mut sim, cell).into_iter().unzip();
            assert_eq!(drive, changed, "{first} ms, then {changes:?}");
            assert_eq!(other, all);
        }
        assert_eq!(sim.statistics().unwrap().events(), 2 * CELLS as u64 * 40);
        // After a reset all have the last delay.
        sim.reset().unwrap();
        sim.run(60.0 * ms).unwrap();
        let last = changes.last().unwrap().1;
        assert_eq!(
            arrived(&mut sim, 2).into_iter().unzip::<_, _, Vec<_>, Vec<_>>().0,
            expected(last, &[], 60)
        );
    }
}

#[test]
fn each_connection_has_a_delay_of_its_own() {
    let mut sim = counting(2.0 * ms, 1);
    sim.run(10.0 * ms).unwrap();
    sim.set_delays(|net| &net.drive, |_: usize, target: usize| (target + 1) as f64 * ms).unwrap();
    assert_eq!(sim.delays(|net| &net.drive).unwrap().values, [1.0, 2.0, 3.0, 4.0]);
    sim.run(5.0 * ms).unwrap();
    // What is drawn is rounded to the time step, and no shorter than it.
    sim.set_delays(|net| &net.other, Uniform { low: 1.0 * ms, high: 8.0 * ms }).unwrap();
    let drawn = sim.delays(|net| &net.other).unwrap().values;
    assert!(drawn.iter().all(|delay| (delay * 10.0 - (delay * 10.0).round()).abs() < 1e-9), "{drawn:?}");
    sim.set_delays(|net| &net.other, [3.0, 4.0, 5.0, 6.0].map(|delay| delay * ms)).unwrap();
    sim.run(2.0 * ms).unwrap();
    let arrived_by_17 = |cell| {
        let by = |changes: &[_]| expected(2, changes, 18).iter().sum::<i64>() as u64;
        by(&[(10, cell + 1)]) + by(&[(15, cell + 3)])
    };
    assert_eq!(sim.statistics().unwrap().events(), (0..CELLS).map(arrived_by_17).sum::<u64>());
    sim.run(33.0 * ms).unwrap();
    for cell in 0..CELLS {
        let (drive, other): (Vec<i64>, Vec<i64>) = arrived(&mut sim, cell).into_iter().unzip();
        assert_eq!(drive, expected(2, &[(10, cell + 1)], 50));
        assert_eq!(other, expected(2, &[(15, cell + 3)], 50));
    }
}

/// Weights that change while spikes are under way: those before keep what they were sent with, whatever the quantum becomes.
#[test]
fn weights_may_change_while_spikes_are_under_way() {
    let mut sim = counting(6.0 * ms, 1);
    sim.run(10.0 * ms).unwrap();
    sim.set_delays(|net| &net.drive, 2.0 * ms).unwrap();
    sim.set_weights(|net| &net.other, 3_000_000.0 * mV).unwrap();
    sim.set_weights(|net| &net.drive, 3.0 * mV).unwrap();
    sim.set_weights(|net| &net.other, 0.0 * mV).unwrap();
    sim.run(40.0 * ms).unwrap();
    let before = expected(6, &[(10, 100)], 50);
    let after: Vec<i64> =
        expected(6, &[(10, 2)], 50).iter().zip(&before).map(|(all, before)| all - before).collect();
    for (k, (drive, other)) in arrived(&mut sim, 1).into_iter().enumerate() {
        assert_eq!((drive, other), (before[k] + 3 * after[k], before[k]), "at {k} ms");
    }
}

/// Synapses of several delays are added to the inputs of coming steps together, when the first acts; until the others do,
/// they are neither counted nor beyond a change.
#[test]
fn new_weights_act_on_what_is_under_way_whether_delays_differ_or_not() {
    let run = |differ: bool, delay: usize| {
        let mut sim = counting(delay as f64 * ms, 1);
        if differ {
            sim.set_delays(|net| &net.drive, |_: usize, target: usize| (target + 1) as f64 * ms).unwrap();
        }
        let mut events = Vec::new();
        for (until, weight) in [(10.0, 3.0), (11.3, 7.0), (12.0, 2.0), (60.0, 2.0)] {
            sim.run_until(until * ms).unwrap();
            events.push(sim.statistics().unwrap().events());
            sim.set_weights(|net| &net.drive, weight * mV).unwrap();
        }
        let drive = |cell| arrived(&mut sim, cell).into_iter().map(|(drive, _)| drive).collect();
        (events, (0..CELLS).map(drive).collect::<Vec<Vec<i64>>>())
    };
    let (events, drive) = run(true, 2);
    for (cell, drive) in drive.iter().enumerate() {
        assert_eq!(*drive, run(false, cell + 1).1[cell], "delay {} ms", cell + 1);
    }
    let arrived = |delay: usize, until: usize| (until - delay).min(40) as u64;
    let expected = [10, 11, 12, 60].map(|until| {
        (1..=CELLS).map(|delay| arrived(delay, until)).sum::<u64>() + CELLS as u64 * arrived(2, until)
    });
    assert_eq!(events, expected);
}

#[test]
fn delays_that_cannot_be_are_refused_and_all_is_as_before() {
    let refused = |sim: &mut Simulation<Counting>, delays: &[f64], words: &[&str]| {
        let error = match delays {
            [delay] => sim.set_delays(|net| &net.drive, *delay * ms),
            list => {
                sim.set_delays(|net| &net.drive, list.iter().map(|delay| *delay * ms).collect::<Vec<_>>())
            }
        };
        let message = error.unwrap_err().message().to_owned();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    let mut sim = counting(2.0 * ms, 2);
    sim.run(3.0 * ms).unwrap();
    refused(
        &mut sim,
        &[0.05],
        &["projection `drive`", "0.05 ms is no multiple", "`sim`, 0.1 ms; use 0.1 ms"],
    );
    refused(&mut sim, &[-1.0], &["-1 ms is shorter than the time step of `sim`"]);
    refused(&mut sim, &[f64::NAN], &["NaN"]);
    refused(&mut sim, &[1e6], &["more than 1048576 time steps"]);
    refused(&mut sim, &[2.0, 2.0, 0.01, 2.0], &["0.01 ms is shorter than the time step"]);
    refused(&mut sim, &[3.0; 3], &["3 values of delay are listed for 4 connections"]);
    let windows =
        ["a delay of 1.9 ms is shorter than 2 ms", "between ranks", "set a longer one before the first run"];
    refused(&mut sim, &[1.9], &windows);
    refused(&mut sim, &[2.0, 2.0, 2.0, 1.9], &windows);
    assert_eq!(sim.delays(|net| &net.drive).unwrap().values, [2.0; CELLS]);
    sim.set_delays(|net| &net.drive, 7.0 * ms).unwrap();
    sim.set_delays(|net| &net.drive, 2.0 * ms).unwrap();
    sim.run(47.0 * ms).unwrap();
    let (drive, _): (Vec<i64>, Vec<i64>) = arrived(&mut sim, 3).into_iter().unzip();
    assert_eq!(drive, expected(2, &[], 50));
}

#[test]
fn synapses_that_change_and_drawn_sources_keep_their_delays() {
    let mut net = NetworkBuilder::new("Kept");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let noise = net.population(&sim, "noise", 3, SpikeSourcePoisson::default());
    let cells = net.population(&sim, "cells", 3, IfCondExp::default());
    let synapse = StaticSynapse { weight: 0.1 * nS, delay: 1.0 * ms };
    let drawn = net.project(Some("drawn"), &noise, cells.default_target(), OneToOne, synapse);
    let synapse = SimpleStochasticSynapse { weight: 0.1 * nS, delay: 1.0 * ms, p: 0.5.into_synapse_values() };
    let changing =
        net.project(Some("changing"), &noise, cells.default_target(), AllToAll::default(), synapse);
    let spread = StaticSynapse { weight: 0.1 * nS, delay: Uniform { low: 1.0 * ms, high: 2.0 * ms } };
    let heard = net.project(Some("heard"), &noise, cells.default_target(), OneToOne, spread);
    let setup = Setup::new().ranks(Ranks::Threads).progress(false);
    let mut sim = setup.start(net.build().unwrap()).unwrap();
    let message = sim.set_delays(|_| &drawn, 2.0 * ms).unwrap_err().message().to_owned();
    assert!(
        message.starts_with("projection `drawn`: the Native backend draws the spikes of this source"),
        "{message}"
    );
    let message = sim.set_delays(|_| &changing, 2.0 * ms).unwrap_err().message().to_owned();
    assert!(
        message.starts_with("projection `changing`: the delays of synapses that change cannot"),
        "{message}"
    );
    // Spikes of this source come as spikes, and go on doing so when all have one delay.
    sim.set_delays(|_| &heard, 2.0 * ms).unwrap();
    assert_eq!(sim.delays(|_| &heard).unwrap().values, [2.0; 3]);
    sim.run(10.0 * ms).unwrap();
}

/// Synapses that change hear the same spikes, whose delays to them stay.
#[test]
fn other_synapses_of_the_same_cells_are_left_alone() {
    let run = |changes: bool| {
        let mut net = NetworkBuilder::new("Others");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let noise = SpikeSourcePoisson { rate: 200.0 * Hz, ..SpikeSourcePoisson::default() };
        let noise = net.population(&sim, "noise", 10, noise);
        let cells = net.population(&sim, "cells", 10, IfCondExp::default());
        let by = |weight: f64| StaticSynapse {
            weight: weight * nS,
            delay: Uniform { low: 1.0 * ms, high: 6.0 * ms },
        };
        let all = || AllToAll::default();
        let zero = net.project(Some("zero"), &noise, cells.default_target(), all(), by(0.0));
        net.project(Some("fixed"), &noise, cells.default_target(), all(), by(2.0));
        let synapse = SimpleStochasticSynapse {
            weight: 3.0 * nS,
            delay: Uniform { low: 2.0 * ms, high: 9.0 * ms },
            p: 0.5.into_synapse_values(),
        };
        net.project(Some("changing"), &noise, cells.default_target(), all(), synapse);
        net.record(&cells, IfCondExp::variables().v);
        let cells = cells.id();
        let setup = Setup::new().ranks(Ranks::Threads).progress(false);
        let mut sim = setup.start(net.build().unwrap()).unwrap();
        for delay in [20.0, 1.0, 3.0] {
            sim.run(10.0 * ms).unwrap();
            if changes {
                sim.set_delays(|_| &zero, delay * ms).unwrap();
            }
        }
        sim.run(30.0 * ms).unwrap();
        (sim.trace_of(cells, "v", 0).unwrap().values, sim.statistics().unwrap().synapses())
    };
    assert_eq!(run(true), run(false));
}

/// A recurrent network whose delays and weights change again and again; its digest, and what its cells show at the end.
fn changing(processes: usize, [early, late]: [usize; 2]) -> (u64, Vec<Voltage>) {
    let mut net = NetworkBuilder::new("Recurrent");
    net.seed(11);
    let options = |processes| SimulatorOptions { processes, ..SimulatorOptions::default() };
    let one = net.simulator::<Native>("one", options(processes));
    let two = net.simulator::<Native>("two", SimulatorOptions { timestep: 0.2 * ms, ..options(1) });
    let noise =
        net.population(&one, "noise", 40, SpikeSourcePoisson { rate: 300.0 * Hz, ..Default::default() });
    let cells = net.population(&one, "cells", 60, IfCurrExp::default());
    let far = net.population(&two, "far", 20, IfCurrExp::default());
    let some = |p_connect: f64| FixedProbability { p_connect, ..FixedProbability::default() };
    let synapse =
        |weight: f64| StaticSynapse { weight: weight * nA, delay: Uniform { low: 1.0 * ms, high: 3.0 * ms } };
    net.project(None, &noise, cells.default_target(), some(0.3), synapse(0.8));
    let among = net.project(Some("among"), &cells, cells.default_target(), some(0.2), synapse(0.3));
    let there = net.project(Some("there"), &cells, far.default_target(), some(0.2), synapse(0.6));
    let back = net.project(Some("back"), &far, cells.default_target(), some(0.3), synapse(0.4));
    net.record(&cells, IfCurrExp::variables().spikes);
    net.record(&far, IfCurrExp::variables().spikes);
    let cells_id = cells.clone();
    let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
    sim.run(early as f64 * ms).unwrap();
    sim.set_delays(|_| &among, Uniform { low: 1.0 * ms, high: 12.0 * ms }).unwrap();
    sim.set_delays(|_| &there, 1.2 * ms).unwrap();
    sim.run(2.0 * ms).unwrap();
    sim.set_weights(|_| &among, 0.35 * nA).unwrap();
    sim.set_delays(|_| &back, |source: usize, target: usize| (1.0 + (source + target) as f64 * 0.1) * ms)
        .unwrap();
    sim.run(1.0 * ms).unwrap();
    sim.set_delays(|_| &among, 1.0 * ms).unwrap();
    sim.run(late as f64 * ms).unwrap();
    let v = sim.state(|_| &cells_id, |s| s.v).unwrap();
    (sim.digest().unwrap(), v)
}

#[test]
fn spikes_are_the_same_on_any_number_of_ranks_when_delays_change() {
    for times in [[20, 30], [7, 12]] {
        let alone = changing(1, times);
        assert_eq!([changing(2, times), changing(5, times)], [alone.clone(), alone]);
    }
}
