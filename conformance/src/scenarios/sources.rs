//! Spike sources: the same trains on every backend.

use pynn::prelude::*;

use crate::backends::{Suite, assert_times, start};

/// K9: what is recorded is what was given.
fn an_array_fires_at_its_times<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([10.0ms, 25.0ms, 40.0ms, 55.0ms]) }; 2];
        record input: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(100.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.input).unwrap();
    for cell in 0..2 {
        assert_times(&spikes.train(cell), &[10.0, 25.0, 40.0, 55.0]);
    }
}

/// The largest distance of the distribution of `intervals` from that of which `cumulative` is the distribution function, at
/// the ends of time steps, where both are known.
fn distance(mut intervals: Vec<f64>, cumulative: impl Fn(f64) -> f64) -> f64 {
    intervals.sort_by(f64::total_cmp);
    let count = intervals.len() as f64;
    let ends =
        (1..=intervals.len()).filter(|k| *k == intervals.len() || intervals[*k] > intervals[*k - 1] + 1e-6);
    ends.map(|k| (k as f64 / count - cumulative(intervals[k - 1])).abs()).fold(0.0, f64::max)
}

/// K8, sharper: the intervals of n spikes are exponential but for the time step. Kolmogorov's distance exceeds 1.95 / sqrt(n)
/// with probability 1e-3; the step of 0.1 ms adds at most rate * step / 2.
fn intervals_of_poisson_trains_are_exponential<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        seed 11;
        simulator sim: B {};
        population slow on sim: [SpikeSourcePoisson { rate: 100.0Hz, .. }; 1];
        population medium on sim: [SpikeSourcePoisson { rate: 200.0Hz, .. }; 1];
        population fast on sim: [SpikeSourcePoisson { rate: 1000.0Hz, .. }; 1];
        record slow: spikes;
        record medium: spikes;
        record fast: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(100_000.0 * ms).unwrap();
    let trains = [
        (100.0, sim.spikes(|net| &net.slow).unwrap().times),
        (200.0, sim.spikes(|net| &net.medium).unwrap().times),
        (1000.0, sim.spikes(|net| &net.fast).unwrap().times),
    ];
    for (rate, times) in trains {
        let expected = rate * 100.0;
        assert!(
            (times.len() as f64 - expected).abs() < 3.5 * f64::sqrt(expected),
            "{} spikes at {rate} Hz",
            times.len()
        );
        let intervals: Vec<f64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let bound = 1.95 / (intervals.len() as f64).sqrt() + rate * 1e-4 / 2.0;
        // An interval of k steps stands for lengths up to half a step more.
        let found = distance(intervals, |interval| 1.0 - (-(interval + 0.05) * rate * 1e-3).exp());
        assert!(found < bound, "{rate} Hz: {found}, {bound}");
    }
}

crate::list! {
    an_array_fires_at_its_times [SpikeSourceArray spikes] on Native Nest Neuron;
    intervals_of_poisson_trains_are_exponential [SpikeSourcePoisson] on Native Nest Neuron;
}
