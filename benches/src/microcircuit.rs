//! B4: the cortical microcircuit of Potjans & Diesmann 2014 (doi 10.1093/cercor/bhs358), on one simulator.

use pynn::prelude::*;

#[path = "../../examples/microcircuit/tables.rs"]
/// The tables of the model.
pub mod tables;
use tables::{POPULATIONS, Scaled};

network! {
    /// Eight populations, 64 projections. At scale s it has s times the cells and s times the inputs of each, weights
    /// divided by sqrt(s), and a direct current for the lost mean input.
    pub struct Microcircuit<B: Backend> {
        /// Which fraction of cells and inputs; 1 for the full model of 77 169 cells and 299 million synapses.
        scale: f64,
        /// On how many ranks.
        ranks: usize,
        /// The seed.
        seed: u64,
    }

    seed seed;
    simulator sim: B { processes: ranks, timestep: 0.1ms };

    let circuit = Scaled::new(scale);

    population noise[p in 0..POPULATIONS] on sim: [SpikeSourcePoisson { rate: circuit.drive(p), .. }; circuit.size(p)];
    population layer[p in 0..POPULATIONS] on sim: [IfCurrExp { i_offset: circuit.direct_current(p), ..tables::cell() }; circuit.size(p)];

    for p in 0..POPULATIONS {
        initial layer[p].v ~ circuit.initial_potential(p);
        projection noise[p] -> layer[p]: OneToOne, StaticSynapse { weight: circuit.drive_weight(), delay: 1.5ms };
        record layer[p]: spikes;
    }

    for link in circuit.projections() {
        if link.is_excitatory() {
            projection layer[link.source] -> layer[link.target].excitatory:
                FixedTotalNumber { n: link.synapses, .. }, StaticSynapse { weight: link.weight(), delay: link.delay() };
        } else {
            projection layer[link.source] -> layer[link.target].inhibitory:
                FixedTotalNumber { n: link.synapses, .. }, StaticSynapse { weight: link.weight(), delay: link.delay() };
        }
    }
}
