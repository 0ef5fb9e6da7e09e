//! Spike trains that NEST itself draws.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, start};
use pynn_core::prelude::*;
use pynn_nest::{Nest, PoissonGenerator};

/// The spikes of 20 cells within `duration` ms, cell by cell.
fn trains(source: PoissonGenerator, seed: u64, threads: usize, duration: f64) -> Vec<Vec<f64>> {
    let mut net = NetworkBuilder::new("Poisson");
    net.seed(seed);
    let sim = net.simulator::<Nest>("sim", SimulatorOptions { threads, ..options(0.1) });
    let cells = net.population(&sim, "cells", 20, source);
    net.record(&cells, PoissonGenerator::variables().spikes);
    let mut sim = start(net);
    sim.run(duration * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    let mut trains = vec![Vec::new(); 20];
    spikes.times.iter().zip(&spikes.indices).for_each(|(time, cell)| trains[*cell as usize].push(*time));
    trains
}

// Largest distance of the distribution of intervals from the exponential one (Kolmogorov-Smirnov): about 1.6 / sqrt(n) is
// reached once in a hundred times, 0.005 for 100 000 intervals; the grid of 0.1 ms adds rate * step, 0.02.
#[test]
fn intervals_are_distributed_exponentially() {
    let _held = hold();
    for rate in [100.0, 200.0] {
        let source = PoissonGenerator { rate: rate * Hz, ..PoissonGenerator::default() };
        let trains = trains(source, 1, 1, 50_000.0);
        let mut intervals: Vec<f64> =
            trains.iter().flat_map(|train| train.windows(2).map(|pair| pair[1] - pair[0])).collect();
        intervals.sort_by(f64::total_cmp);
        let count = intervals.len() as f64;
        let distance = intervals.iter().enumerate().map(|(rank, interval)| {
            (1.0 - (-interval * rate / 1000.0).exp() - (rank as f64 + 0.5) / count).abs()
        });
        let distance = distance.fold(0.0, f64::max);
        assert!(distance < 0.005 + rate * 1e-4, "{distance} at {rate} Hz");
        // 50 s of 20 cells: 1000 s, and four deviations.
        let expected = 1000.0 * rate;
        assert!((count + 20.0 - expected).abs() < 4.0 * expected.sqrt(), "{count} intervals at {rate} Hz");
    }
}

#[test]
fn each_cell_fires_from_its_start_to_its_end_at_its_rate() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Times");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let source = PoissonGenerator { start: 100.0 * ms, duration: 200.0 * ms, ..PoissonGenerator::default() };
    let cells = net.population(&sim, "cells", 3, source);
    net.vary(&cells, PoissonGenerator::parameters().rate, [2000.0 * Hz, 0.0 * Hz, 1000.0 * Hz]);
    net.record(&cells, PoissonGenerator::variables().spikes);
    let mut sim = start(net);
    sim.run(500.0 * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    assert!(spikes.times.iter().all(|time| *time > 100.0 && *time < 300.0 + 1e-9));
    let count = |cell: u32| spikes.indices.iter().filter(|index| **index == cell).count() as f64;
    // Four deviations.
    assert!((count(0) - 400.0).abs() < 80.0, "{}", count(0));
    assert_eq!(count(1), 0.0);
    assert!((count(2) - 200.0).abs() < 57.0, "{}", count(2));
}

#[test]
fn trains_follow_the_seed_and_differ_from_cell_to_cell() {
    let _held = hold();
    let source = || PoissonGenerator { rate: 100.0 * Hz, ..PoissonGenerator::default() };
    let first = trains(source(), 1, 1, 200.0);
    assert_eq!(trains(source(), 1, 1, 200.0), first);
    assert_ne!(trains(source(), 2, 1, 200.0), first);
    assert_ne!(first[0], first[1]);
    let threaded = trains(source(), 1, 2, 2000.0);
    assert!(threaded.iter().all(|train| (200 - 57..200 + 57).contains(&train.len())));
}

#[test]
fn every_target_of_a_cell_gets_its_one_train() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Sent");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let source = PoissonGenerator { rate: 50.0 * Hz, ..PoissonGenerator::default() };
    let input = net.population(&sim, "input", 1, source);
    let cells = net.population(&sim, "cells", 3, IfCurrDelta::default());
    let synapse = StaticSynapse { weight: 100.0 * mV, delay: 1.5 * ms };
    net.project(None, &input, cells.default_target(), AllToAll::default(), synapse);
    net.record(&input, PoissonGenerator::variables().spikes);
    net.record(&cells, IfCurrDelta::variables().spikes);
    let mut sim = start(net);
    sim.run(1000.0 * ms).unwrap();
    let sent = sim.spikes_of(input.id(), 0).unwrap().times;
    let fired = sim.spikes_of(cells.id(), 0).unwrap();
    assert!(sent.len() > 20, "{} spikes", sent.len());
    // Due after the delay, seen at the end of that step; a jump on the way out of the refractory step is lost.
    let expected: Vec<f64> = sent.iter().map(|time| time + 1.5).filter(|time| *time <= 1000.0).collect();
    for cell in 0..3 {
        let times: Vec<f64> =
            fired.times.iter().zip(&fired.indices).filter(|(_, i)| **i == cell).map(|(t, _)| *t).collect();
        assert!(
            times.iter().all(|time| expected.iter().any(|due| (due - time).abs() < 1e-9)),
            "{times:?}, {expected:?}"
        );
        assert!(times.len() + 2 >= expected.len(), "{} of {}", times.len(), expected.len());
    }
}
