//! NEST drives NEURON: Poisson input on NEST's ranks, Hodgkin-Huxley cells and a relay in NEURON, different time steps.
//!
//!     python3 -m pip install 'nest-simulator==3.10.*' 'neuron==9.*'
//!     cargo build --release --features mpi --example nest_to_neuron
//!     mpirun -np 16 target/release/examples/nest_to_neuron
//!
//! NEST and NEURON are one instance a process each. In one process, then, one rank of each, with the same spikes:
//!
//!     PYNN_PROCESSES="sim1=1,sim2=1" cargo run --release --example nest_to_neuron

mod common;

use pynn::data::{Figure, Raster, Traces};
use pynn::prelude::*;

network! {
    /// Poisson input and an integrate-and-fire population on one simulator drive cells on another.
    pub struct NestToNeuron<A: Backend, B: Backend> {
        /// Number of input spike trains.
        n: usize,
        /// Rate of each.
        rate: Frequency,
    }

    simulator sim1: A { processes: 6,  timestep: 0.1ms };
    simulator sim2: B { processes: 10, timestep: 0.05ms };

    population input  on sim1: [SpikeSourcePoisson { rate, .. }; n];
    population sender on sim1: [IfCurrExp { tau_refrac: 2.0ms, .. }; 60];
    population hh     on sim2: [HhCondExp { .. }; 50];
    population relay  on sim2: [IfCurrAlpha { tau_m: 15.0ms, .. }; 100];

    initial sender.v ~ Uniform { low: -65.0mV, high: -50.0mV };
    initial relay.v  ~ Uniform { low: -65.0mV, high: -50.0mV };

    projection input -> sender: FixedProbability { p_connect: 0.5, .. }, StaticSynapse { weight: 0.5nA, delay: 1.0ms };
    projection drive = sender -> hh: sim2::AllToAll, StaticSynapse { weight: 5.0nS, delay: 0.2ms };
    projection hh -> relay.excitatory: FixedProbability { p_connect: 0.2, .. }, StaticSynapse { weight: 1.5nA, delay: 0.5ms };

    record sender: spikes;
    record hh: spikes, v every 0.1ms;
    record relay: spikes;
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    let mut sim = music::setup(NestToNeuron::<Nest, Neuron>::build(100, 20.0 * Hz)?)?;
    sim.run(options.time)?;

    let sender = sim.spikes(|net| &net.sender)?;
    let hh = sim.spikes(|net| &net.hh)?;
    let relay = sim.spikes(|net| &net.relay)?;
    let v = sim.trace(|net| &net.hh, |cell| cell.v)?;
    println!("network NestToNeuron, {} ms", options.time.base());
    for spikes in [&sender, &hh, &relay] {
        println!(
            "{:<7} {:>5} cells {:>7} spikes {:>8.2} Hz",
            spikes.population,
            spikes.size,
            spikes.len(),
            spikes.mean_rate()
        );
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("nest_to_neuron.png")?;
    Figure::new("Cells in NEST drive cells in NEURON")
        .panel(Raster::of([&sender, &hh, &relay]))
        .panel(Traces::of(&v).cells([0]))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
