//! B1: Brunel's balanced random network (Brunel 2000, doi 10.1023/A:1008925309027), asynchronous irregular at 30 Hz.

use pynn::prelude::*;

/// Weight for a peak potential of 0.1 mV: 54.960220 pA.
#[must_use]
pub fn weight() -> Current {
    let (tau_m, tau_s, c_m) = (20.0f64, 0.5f64, 0.25f64);
    let peak = (tau_m / tau_s).ln() * tau_m * tau_s / (tau_m - tau_s);
    let unit = tau_m * tau_s / (tau_m - tau_s) / c_m * ((-peak / tau_m).exp() - (-peak / tau_s).exp());
    0.1 / unit * nA
}

/// Rate of the drive of each cell: twice what brings the mean potential to threshold.
#[must_use]
pub fn drive() -> Frequency {
    let (theta, eta) = (20.0, 2.0);
    1000.0 * eta * theta * 0.25 / (weight().base() * 20.0 * 0.5) * Hz
}

network! {
    /// 4 n excitatory and n inhibitory cells, each with n / 2.5 excitatory and n / 10 inhibitory inputs.
    pub struct Brunel<B: Backend> {
        /// How many inhibitory cells; 2 500 at full size.
        n: usize,
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    let j = weight();
    let cell = IfCurrExp {
        cm: 0.25 * nF,
        tau_m: 20.0 * ms,
        tau_syn_E: 0.5 * ms,
        tau_syn_I: 0.5 * ms,
        tau_refrac: 2.0 * ms,
        v_rest: 0.0 * mV,
        v_reset: 0.0 * mV,
        v_thresh: 20.0 * mV,
        ..Default::default()
    };

    population noise on sim: [SpikeSourcePoisson { rate: drive(), .. }; 5 * n];
    population cells on sim: [IfCurrExp { ..cell }; 5 * n];

    initial cells.v ~ Uniform { low: 0.0mV, high: 20.0mV };

    projection noise -> cells: OneToOne, StaticSynapse { weight: j, delay: 1.5ms };
    projection cells[..4 * n] -> cells.excitatory:
        FixedNumberPre { n: 2 * n / 5, with_replacement: true, .. }, StaticSynapse { weight: j, delay: 1.5ms };
    projection cells[4 * n..] -> cells.inhibitory:
        FixedNumberPre { n: n / 10, with_replacement: true, .. }, StaticSynapse { weight: -5.0 * j, delay: 1.5ms };

    record cells: spikes;
}
