//! The cortical microcircuit of Potjans & Diesmann (2014): layers 2/3 and 4 on one simulator, 5 and 6 on another.
//!
//!     cargo run --release --example microcircuit -- --scale 0.1
//!
//! At full scale (`--scale 1`) it has 77 169 cells and 299 million synapses.

#[path = "../common/mod.rs"]
mod common;
mod tables;

use pynn::data::{Figure, Raster, Rates};
use pynn::prelude::*;
use tables::{NAMES, POPULATIONS, Scaled};

/// Populations of layers 2/3 and 4 come first, those of layers 5 and 6 are the rest.
const UPPER: usize = 4;

network! {
    /// Eight populations and their 55 projections.
    pub struct Microcircuit<U: Backend, D: Backend> {
        /// The model at a fraction of its size.
        circuit: Scaled,
    }

    simulator upper: U { processes: 1, timestep: 0.1ms };
    simulator deep:  D { processes: 1, timestep: 0.1ms };

    population upper_noise[p in 0..UPPER] on upper: [SpikeSourcePoisson { rate: circuit.drive(p), .. }; circuit.size(p)];
    population deep_noise[p in UPPER..POPULATIONS] on deep: [SpikeSourcePoisson { rate: circuit.drive(p), .. }; circuit.size(p)];

    population upper_cells[p in 0..UPPER] on upper:
        [IfCurrExp { i_offset: circuit.direct_current(p), ..tables::cell() }; circuit.size(p)];
    population deep_cells[p in UPPER..POPULATIONS] on deep:
        [IfCurrExp { i_offset: circuit.direct_current(p), ..tables::cell() }; circuit.size(p)];

    for p in 0..UPPER {
        initial upper_cells[p].v ~ circuit.initial_potential(p);
        projection upper_noise[p] -> upper_cells[p]: OneToOne, StaticSynapse { weight: circuit.drive_weight(), delay: 1.5ms };
        record upper_cells[p]: spikes;
    }
    for p in UPPER..POPULATIONS {
        initial deep_cells[p - UPPER].v ~ circuit.initial_potential(p);
        projection deep_noise[p - UPPER] -> deep_cells[p - UPPER]: OneToOne,
            StaticSynapse { weight: circuit.drive_weight(), delay: 1.5ms };
        record deep_cells[p - UPPER]: spikes;
    }

    for link in circuit.projections() {
        let (n, weight, delay) = (link.synapses, link.weight(), link.delay());
        let (source, target) = (link.source % UPPER, link.target % UPPER);
        let (from, to, excites) = (link.source < UPPER, link.target < UPPER, link.is_excitatory());
        if from && to {
            projection upper_cells[source] -> upper_cells[target].(if excites { excitatory } else { inhibitory }):
                FixedTotalNumber { n, .. }, StaticSynapse { weight, delay };
        } else if from {
            projection upper_cells[source] -> deep_cells[target].(if excites { excitatory } else { inhibitory }):
                FixedTotalNumber { n, .. }, StaticSynapse { weight, delay };
        } else if to {
            projection deep_cells[source] -> upper_cells[target].(if excites { excitatory } else { inhibitory }):
                FixedTotalNumber { n, .. }, StaticSynapse { weight, delay };
        } else {
            projection deep_cells[source] -> deep_cells[target].(if excites { excitatory } else { inhibitory }):
                FixedTotalNumber { n, .. }, StaticSynapse { weight, delay };
        }
    }
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 0.1)?;
    let net = Microcircuit::<Native, Native>::build(Scaled::new(options.scale))?;
    let mut sim = music::setup(net)?;
    sim.run(options.time)?;

    let mut spikes = Vec::new();
    for p in 0..UPPER {
        spikes.push(sim.spikes(|net| &net.upper_cells[p])?);
    }
    for p in 0..POPULATIONS - UPPER {
        spikes.push(sim.spikes(|net| &net.deep_cells[p])?);
    }
    println!("network Microcircuit at scale {}, {} ms", options.scale, options.time.base());
    for (spikes, name) in spikes.iter_mut().zip(NAMES) {
        name.clone_into(&mut spikes.population);
        println!(
            "{name:<5} {:>6} cells {:>8} spikes {:>6.2} Hz",
            spikes.size,
            spikes.len(),
            spikes.mean_rate()
        );
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("microcircuit.png")?;
    Figure::new("Cortical microcircuit: layers 2/3 and 4 on one simulator, 5 and 6 on the other")
        .panel(Raster::of(&spikes))
        .panel(Rates::of(&spikes).bin(5.0 * ms))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
