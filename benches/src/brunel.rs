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

/// With a threshold 20 mV above rest.
fn cell() -> IfCurrExp {
    IfCurrExp {
        cm: 0.25 * nF,
        tau_m: 20.0 * ms,
        tau_syn_E: 0.5 * ms,
        tau_syn_I: 0.5 * ms,
        tau_refrac: 2.0 * ms,
        v_rest: 0.0 * mV,
        v_reset: 0.0 * mV,
        v_thresh: 20.0 * mV,
        ..Default::default()
    }
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
    let cell = cell();

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

network! {
    /// As [`Brunel`], with plastic synapses among the excitatory cells, or static ones to compare with; all excitatory
    /// delays are 1.5 ms, all dendritic.
    pub struct BrunelStdp {
        /// How many inhibitory cells.
        n: usize,
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
        /// Whether the synapses among the excitatory cells are plastic.
        plastic: bool,
    }

    seed seed;
    simulator sim: Native { processes: ranks, timestep: 0.1ms };

    let j = weight();
    let cell = cell();

    population noise on sim: [SpikeSourcePoisson { rate: drive(), .. }; 5 * n];
    population exc on sim: [IfCurrExp { ..cell.clone() }; 4 * n];
    population inh on sim: [IfCurrExp { ..cell }; n];

    initial exc.v ~ Uniform { low: 0.0mV, high: 20.0mV };
    initial inh.v ~ Uniform { low: 0.0mV, high: 20.0mV };

    projection noise[..4 * n] -> exc: OneToOne, StaticSynapse { weight: j, delay: 1.5ms };
    projection noise[4 * n..] -> inh: OneToOne, StaticSynapse { weight: j, delay: 1.5ms };
    if plastic {
        projection exc -> exc: FixedNumberPre { n: 2 * n / 5, with_replacement: true, .. }, StdpMechanism {
            timing: SpikePairRule { A_minus: 0.0105, .. },
            weight_dependence: AdditiveWeightDependence { w_max: 2.0 * j, .. },
            weight: j,
            delay: 1.5ms,
            ..
        };
    } else {
        projection exc -> exc: FixedNumberPre { n: 2 * n / 5, with_replacement: true, .. },
            StaticSynapse { weight: j, delay: 1.5ms };
    }
    projection exc -> inh: FixedNumberPre { n: 2 * n / 5, with_replacement: true, .. },
        StaticSynapse { weight: j, delay: 1.5ms };
    projection inh -> exc.inhibitory: FixedNumberPre { n: n / 10, with_replacement: true, .. },
        StaticSynapse { weight: -5.0 * j, delay: 1.5ms };
    projection inh -> inh.inhibitory: FixedNumberPre { n: n / 10, with_replacement: true, .. },
        StaticSynapse { weight: -5.0 * j, delay: 1.5ms };

    record exc: spikes;
    record inh: spikes;
}
