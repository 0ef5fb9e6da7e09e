//! Values that are drawn.

use pynn::prelude::*;

use crate::backends::{Suite, start};

network! {
    /// One spike through connections onto cells whose potential it moves by the weight that each has drawn.
    struct Drawn<B: Backend> {}
    seed 31;
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([1.0ms]) }; 1];
    population cells[_ in 0..11] on sim: [IfCurrDelta { v_thresh: 1000.0mV, tau_m: 1e9ms, .. }; 100];
    projection uniform = input -> cells[0]: AllToAll, StaticSynapse { weight: Uniform { low: 1.0mV, high: 3.0mV }, delay: 1.0ms };
    projection normal = input -> cells[1]: AllToAll, StaticSynapse { weight: Normal { mean: 2.0mV, sd: 0.5mV }, delay: 1.0ms };
    projection clipped = input -> cells[2]: AllToAll, StaticSynapse {
        weight: NormalClipped { mean: 2.0mV, sd: 0.5mV, low: 0.0mV, high: 4.0mV }, delay: 1.0ms
    };
    projection bounded = input -> cells[3]: AllToAll, StaticSynapse {
        weight: NormalClippedToBoundary { mean: 2.0mV, sd: 0.5mV, low: 0.0mV, high: 4.0mV }, delay: 1.0ms
    };
    projection lognormal = input -> cells[4]: AllToAll, StaticSynapse { weight: LogNormal { median: 2.0mV, sigma: 0.1 }, delay: 1.0ms };
    projection exponential = input -> cells[5]: AllToAll, StaticSynapse { weight: Exponential { mean: 2.0mV }, delay: 1.0ms };
    projection gamma = input -> cells[6]: AllToAll, StaticSynapse { weight: Gamma { shape: 4.0, scale: 0.5mV }, delay: 1.0ms };
    projection von_mises = input -> cells[7]: AllToAll, StaticSynapse { weight: VonMises { mu: 4.0mV, kappa: 4.0 }, delay: 1.0ms };
    projection integer = input -> cells[8]: AllToAll, StaticSynapse { weight: UniformInt { low: 0, high: 5, unit: 1.0mV }, delay: 1.0ms };
    projection poisson = input -> cells[9]: AllToAll, StaticSynapse { weight: Poisson { mean: 4.0, unit: 0.5mV }, delay: 1.0ms };
    projection binomial = input -> cells[10]: AllToAll, StaticSynapse { weight: Binomial { n: 4, p: 0.5, unit: 1.0mV }, delay: 1.0ms };
    record cells: v;
}

/// All have a mean of 2 mV (the lognormal one 0.5 % more; von Mises 4 mV, so that none is negative) and a deviation of at most 2 mV: the mean of 100 is within 5
/// standard errors of 1 mV. The potential moves by the weight, which is rounded to 2^-30 of the largest, and decays by 1e-10.
fn each_connection_transmits_the_weight_that_it_drew<B: Suite>() {
    let mut sim = start(Drawn::<B>::build().unwrap());
    sim.run(4.0 * ms).unwrap();
    let drawn = [
        sim.weights(|net| &net.uniform).unwrap().values,
        sim.weights(|net| &net.normal).unwrap().values,
        sim.weights(|net| &net.clipped).unwrap().values,
        sim.weights(|net| &net.bounded).unwrap().values,
        sim.weights(|net| &net.lognormal).unwrap().values,
        sim.weights(|net| &net.exponential).unwrap().values,
        sim.weights(|net| &net.gamma).unwrap().values,
        sim.weights(|net| &net.von_mises).unwrap().values,
        sim.weights(|net| &net.integer).unwrap().values,
        sim.weights(|net| &net.poisson).unwrap().values,
        sim.weights(|net| &net.binomial).unwrap().values,
    ];
    for (number, drawn) in drawn.iter().enumerate() {
        let moved = sim.trace(|net| &net.cells[number], |v| v.v).unwrap();
        for (cell, weight) in drawn.iter().enumerate() {
            let found = moved.of(cell).last().unwrap() + 65.0;
            assert!((found - weight).abs() < 1e-6, "distribution {number}: {found} instead of {weight}");
        }
        let mean = drawn.iter().sum::<f64>() / 100.0;
        let expected = if number == 7 { 4.0 } else { 2.0 };
        assert!((mean - expected).abs() < 1.0, "distribution {number}: {mean}");
        assert!(drawn.iter().any(|weight| weight != &drawn[0]), "distribution {number} gives one value");
    }
}

crate::list! {
    each_connection_transmits_the_weight_that_it_drew [Uniform distributions IfCurrDelta] on Native Nest Neuron;
}
