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

network! {
    /// Sources with memory.
    struct Renewal<B: Backend> {}
    seed 12;
    simulator sim: B {};
    population refractory on sim: [SpikeSourcePoissonRefractory { rate: 100.0Hz, tau_refrac: 5.0ms, .. }; 4];
    population gamma on sim: [SpikeSourceGamma { alpha: 3.0, beta: 150.0Hz, .. }; 4];
    population changing on sim: [SpikeSourceInhGamma { a: vec![2.0, 2.0], b: vec![10.0ms, 5.0ms], tbins: vec![0.0ms, 5000.0ms], .. }; 4];
    record refractory: spikes;
    record gamma: spikes;
    record changing: spikes;
}

/// Rates of the theory: 100 /s in all, dead time included; `beta / alpha` = 50 /s; `1 / (a b)` = 50 /s, then 100 /s. Of n
/// intervals with coefficient of variation c <= 1 the number varies by c sqrt(n): four of these.
fn sources_with_memory_fire_at_their_rates<B: Suite>() {
    let mut sim = start(Renewal::<B>::build().unwrap());
    sim.run(10_000.0 * ms).unwrap();
    let refractory = sim.spikes(|net| &net.refractory).unwrap();
    let gamma = sim.spikes(|net| &net.gamma).unwrap();
    let changing = sim.spikes(|net| &net.changing).unwrap();
    let near = |found: usize, expected: f64| {
        assert!((found as f64 - expected).abs() < 4.0 * expected.sqrt(), "{found}, {expected}")
    };
    near(refractory.len(), 4000.0);
    near(gamma.len(), 2000.0);
    let early = changing.times.iter().filter(|time| **time <= 5000.0).count();
    near(early, 1000.0);
    near(changing.len() - early, 2000.0);
    for cell in 0..4 {
        let shortest =
            refractory.train(cell).windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        assert!(shortest > 4.85, "{shortest} ms is less than the dead time");
    }
    let mut native = start(Renewal::<Native>::build().unwrap());
    native.run(10_000.0 * ms).unwrap();
    assert_eq!(sim.digest().unwrap(), native.digest().unwrap());
}

/// In equilibrium a renewal process fires from its start on at its rate: within a fifth of the mean interval 200 of 1000 cells
/// do (sd 13), of those that begin as if they had fired 3.7 (the gamma distribution of shape 5 at 1).
fn sources_in_equilibrium_fire_from_the_start<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population long on sim: [SpikeSourceGamma { alpha: 5.0, beta: 50.0Hz, equilibrium: true, .. }; 1000];
        population fresh on sim: [SpikeSourceGamma { alpha: 5.0, beta: 50.0Hz, .. }; 1000];
        population waiting on sim: [SpikeSourcePoissonRefractory { rate: 10.0Hz, tau_refrac: 80.0ms, equilibrium: true, .. }; 1000];
        record long: spikes;
        record fresh: spikes;
        record waiting: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(20.0 * ms).unwrap();
    let counts = [
        sim.spikes(|net| &net.long).unwrap().len(),
        sim.spikes(|net| &net.fresh).unwrap().len(),
        sim.spikes(|net| &net.waiting).unwrap().len(),
    ];
    // Five deviations.
    assert!(counts[0].abs_diff(200) < 65 && counts[1] < 15 && counts[2].abs_diff(200) < 65, "{counts:?}");
}

crate::list! {
    sources_in_equilibrium_fire_from_the_start [SpikeSourceGamma SpikeSourcePoissonRefractory] on Native Nest Neuron;
    an_array_fires_at_its_times [SpikeSourceArray spikes] on Native Nest Neuron;
    sources_with_memory_fire_at_their_rates [SpikeSourcePoissonRefractory SpikeSourceGamma SpikeSourceInhGamma] on Native Nest Neuron;
    intervals_of_poisson_trains_are_exponential [SpikeSourcePoisson] on Native Nest Neuron;
}
