//! B5: construction. One population onto itself, a tenth of all pairs, with one weight and delay or with drawn ones.

use pynn::prelude::*;

network! {
    /// `n` cells, each with inputs from a tenth of them.
    pub struct Construction<B: Backend> {
        /// How many cells; 12 500 for 15.6 million synapses.
        n: usize,
        /// Whether each cell has the same number of inputs; else each pair is connected with the same probability.
        fixed_number: bool,
        /// Whether each synapse has a weight and a delay of its own.
        drawn: bool,
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    population cells on sim: [IfCurrExp { .. }; n];

    let weight = Normal { mean: 0.1 * nA, sd: 0.01 * nA };
    let delay = Uniform { low: 1.0 * ms, high: 2.0 * ms };
    if fixed_number {
        if drawn {
            projection cells -> cells.excitatory:
                FixedNumberPre { n: n / 10, with_replacement: true, .. }, StaticSynapse { weight: weight, delay: delay };
        } else {
            projection cells -> cells.excitatory:
                FixedNumberPre { n: n / 10, with_replacement: true, .. }, StaticSynapse { weight: 0.1nA, delay: 1.5ms };
        }
    } else {
        if drawn {
            projection cells -> cells.excitatory:
                FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: weight, delay: delay };
        } else {
            projection cells -> cells.excitatory:
                FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: 0.1nA, delay: 1.5ms };
        }
    }
}
