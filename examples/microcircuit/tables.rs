//! The tables of Potjans & Diesmann 2014 (doi 10.1093/cercor/bhs358): sizes, connection probabilities, drive.

#![allow(unreachable_pub, reason = "a binary and a library share these tables")]
use pynn::prelude::*;

/// How many populations: layers 2/3, 4, 5 and 6, each excitatory and inhibitory.
pub const POPULATIONS: usize = 8;

/// Their names.
#[allow(dead_code, reason = "not every user of the tables prints names")]
pub const NAMES: [&str; POPULATIONS] = ["L2/3E", "L2/3I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"];

/// Cells of each population.
const SIZES: [f64; POPULATIONS] = [20683.0, 5834.0, 21915.0, 5479.0, 4850.0, 1065.0, 14395.0, 2948.0];

/// Connection probabilities: a row a target, a column a source.
const PROBABILITIES: [[f64; POPULATIONS]; POPULATIONS] = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
];

/// External inputs of each cell, each firing at 8 Hz.
const EXTERNAL: [f64; POPULATIONS] = [1600.0, 1500.0, 2100.0, 1900.0, 2000.0, 1900.0, 2900.0, 2100.0];

/// Mean firing rates of the full model in Hz, for the direct current of a scaled one.
const RATES: [f64; POPULATIONS] = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829];

/// Mean and standard deviation of the initial potentials in mV.
const POTENTIALS: [(f64, f64); POPULATIONS] = [
    (-68.28, 5.36),
    (-63.16, 4.57),
    (-63.33, 4.74),
    (-63.45, 4.94),
    (-63.11, 4.94),
    (-61.66, 4.55),
    (-66.72, 5.46),
    (-61.43, 4.48),
];

const L23E: usize = 0;
const L4E: usize = 2;
const BACKGROUND_RATE: f64 = 8.0;
const TAU_SYN: f64 = 0.5;
/// Weight of an excitatory synapse in nA: a peak potential of 0.15 mV.
const WEIGHT: f64 = 0.0878;
/// Inhibitory weights are this times the excitatory.
const G: f64 = -4.0;

/// The model's cell.
pub fn cell() -> IfCurrExp {
    IfCurrExp {
        cm: 250.0 * pF,
        tau_m: 10.0 * ms,
        tau_syn_E: TAU_SYN * ms,
        tau_syn_I: TAU_SYN * ms,
        tau_refrac: 2.0 * ms,
        v_rest: -65.0 * mV,
        v_reset: -65.0 * mV,
        v_thresh: -50.0 * mV,
        ..Default::default()
    }
}

/// The model with a fraction of its cells and of the inputs of each cell. Weights are divided by the root of the
/// fraction, and a direct current makes up for the mean of the lost input (van Albada et al. 2015).
#[derive(Clone, Copy)]
pub struct Scaled {
    scale: f64,
}

impl Scaled {
    /// The model at scale `scale`, in (0, 1].
    pub fn new(scale: f64) -> Self {
        Self { scale }
    }

    /// Cells of population `p`.
    pub fn size(self, p: usize) -> usize {
        (SIZES[p] * self.scale).round() as usize
    }

    /// Rate of the Poisson drive of each cell of population `p`.
    pub fn drive(self, p: usize) -> Frequency {
        BACKGROUND_RATE * EXTERNAL[p] * self.scale * Hz
    }

    /// Weight of the drive.
    pub fn drive_weight(self) -> Current {
        WEIGHT / self.scale.sqrt() * nA
    }

    /// The direct current of population `p`.
    pub fn direct_current(self, p: usize) -> Current {
        let recurrent: f64 =
            (0..POPULATIONS).map(|source| mean_weight(p, source) * inputs(p, source) * RATES[source]).sum();
        let lost = 1.0 - self.scale.sqrt();
        0.001 * TAU_SYN * lost * (recurrent + WEIGHT * EXTERNAL[p] * BACKGROUND_RATE) * nA
    }

    /// The initial potentials of population `p`.
    pub fn initial_potential(self, p: usize) -> Normal<Voltage> {
        let (mean, sd) = POTENTIALS[p];
        Normal { mean: mean * mV, sd: sd * mV }
    }

    /// The projections that there are, 55 of 64.
    pub fn projections(self) -> impl Iterator<Item = Link> {
        let pairs = (0..POPULATIONS).flat_map(|target| (0..POPULATIONS).map(move |source| (target, source)));
        pairs.filter(|(target, source)| PROBABILITIES[*target][*source] > 0.0).map(move |(target, source)| {
            Link {
                source,
                target,
                synapses: (inputs(target, source) * self.scale * self.size(target) as f64).round() as usize,
                mean_weight: mean_weight(target, source) / self.scale.sqrt(),
            }
        })
    }
}

/// Mean number of inputs that a cell of `target` has from `source` in the full model. Pairs may be connected several times.
fn inputs(target: usize, source: usize) -> f64 {
    let pairs = SIZES[target] * SIZES[source];
    (1.0 - PROBABILITIES[target][source]).ln() / ((pairs - 1.0) / pairs).ln() / SIZES[target]
}

/// Mean weight in nA. Layer 4 excites layer 2/3 twice as strongly.
fn mean_weight(target: usize, source: usize) -> f64 {
    match (target, source) {
        (L23E, L4E) => 2.0 * WEIGHT,
        _ if source.is_multiple_of(2) => WEIGHT,
        _ => G * WEIGHT,
    }
}

/// One projection.
#[derive(Clone, Copy)]
pub struct Link {
    /// The population that sends.
    pub source: usize,
    /// The population that receives.
    pub target: usize,
    /// How many synapses.
    pub synapses: usize,
    mean_weight: f64,
}

impl Link {
    /// Whether the source excites.
    pub fn is_excitatory(&self) -> bool {
        self.source.is_multiple_of(2)
    }

    /// Weights: normal, 10 % (the doubled ones 5 %), redrawn until they have the right sign.
    pub fn weight(&self) -> NormalClipped<Current> {
        let relative = if (self.target, self.source) == (L23E, L4E) { 0.05 } else { 0.1 };
        let (low, high) =
            if self.mean_weight > 0.0 { (0.0, f64::INFINITY) } else { (f64::NEG_INFINITY, 0.0) };
        let sd = self.mean_weight.abs() * relative;
        NormalClipped { mean: self.mean_weight * nA, sd: sd * nA, low: low * nA, high: high * nA }
    }

    /// Delays: normal, 1.5 +- 0.75 ms from excitatory and 0.75 +- 0.375 ms from inhibitory cells, redrawn below half a
    /// time step.
    pub fn delay(&self) -> NormalClipped<Time> {
        let mean = if self.is_excitatory() { 1.5 } else { 0.75 };
        NormalClipped { mean: mean * ms, sd: mean / 2.0 * ms, low: 0.05 * ms, high: f64::INFINITY * ms }
    }
}
