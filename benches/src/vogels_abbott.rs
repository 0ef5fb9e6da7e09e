//! B2 and B3: the Vogels-Abbott benchmarks (Vogels & Abbott 2005, doi 10.1523/JNEUROSCI.3508-05.2005; Brette et al. 2007,
//! doi 10.1007/s10827-007-0038-6) with current-based, conductance-based and Hodgkin-Huxley cells.

use pynn::prelude::*;

network! {
    /// 3 200 excitatory and 800 inhibitory IF_curr_exp cells that keep themselves active.
    pub struct Cuba<B: Backend> {
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    population cells on sim: [IfCurrExp {
        cm: 0.2nF, tau_m: 20.0ms, tau_syn_E: 5.0ms, tau_syn_I: 10.0ms, tau_refrac: 5.0ms,
        v_rest: -49.0mV, v_reset: -60.0mV, v_thresh: -50.0mV, ..
    }; 4000];

    initial cells.v ~ Uniform { low: -60.0mV, high: -50.0mV };

    projection cells[..3200] -> cells.excitatory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: 16.2pA, delay: 0.2ms };
    projection cells[3200..] -> cells.inhibitory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: -90.0pA, delay: 0.2ms };

    record cells: spikes;
}

network! {
    /// 3 200 excitatory and 800 inhibitory IF_cond_exp cells, started by a 50 ms kick.
    pub struct Coba<B: Backend> {
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    population kick on sim: [SpikeSourcePoisson { rate: 100.0Hz, duration: 50.0ms, .. }; 20];
    population cells on sim: [IfCondExp {
        cm: 0.2nF, tau_m: 20.0ms, tau_syn_E: 5.0ms, tau_syn_I: 10.0ms, tau_refrac: 5.0ms, e_rev_E: 0.0mV, e_rev_I: -80.0mV,
        v_rest: -60.0mV, v_reset: -60.0mV, v_thresh: -50.0mV, ..
    }; 4000];

    initial cells.v ~ Uniform { low: -60.0mV, high: -50.0mV };

    projection kick -> cells: FixedProbability { p_connect: 0.01, .. }, StaticSynapse { weight: 100.0nS, delay: 0.2ms };
    projection cells[..3200] -> cells.excitatory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: 4.0nS, delay: 0.2ms };
    projection cells[3200..] -> cells.inhibitory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: 51.0nS, delay: 0.2ms };

    record cells: spikes;
}

network! {
    /// The network of [`Coba`] with HH_cond_exp cells.
    pub struct Hh<B: Backend> {
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    population kick on sim: [SpikeSourcePoisson { rate: 100.0Hz, duration: 50.0ms, .. }; 20];
    population cells on sim: [HhCondExp {
        gbar_Na: 20.0uS, gbar_K: 6.0uS, g_leak: 10.0nS, cm: 0.2nF, e_rev_Na: 50.0mV, e_rev_K: -90.0mV, e_rev_leak: -60.0mV,
        v_offset: -63.0mV, e_rev_E: 0.0mV, e_rev_I: -80.0mV, tau_syn_E: 5.0ms, tau_syn_I: 10.0ms, ..
    }; 4000];

    initial cells.v ~ Normal { mean: -65.0mV, sd: 5.0mV };

    projection kick -> cells: FixedProbability { p_connect: 0.01, .. }, StaticSynapse { weight: 100.0nS, delay: 0.2ms };
    projection cells[..3200] -> cells.excitatory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: 6.0nS, delay: 0.2ms };
    projection cells[3200..] -> cells.inhibitory:
        FixedProbability { p_connect: 0.02, .. }, StaticSynapse { weight: 67.0nS, delay: 0.2ms };

    record cells: spikes;
}
