//! The native engine and the real NEURON at once: Poisson input on the native engine drives Hodgkin-Huxley cells in
//! NEURON, which drive a relay there and inhibit a population of the native engine.
//!
//!     python3 -m pip install neuron
//!     cargo run --release --example native_to_neuron
//!
//! The first run compiles the mechanisms for NEURON and keeps them in the cache (`~/.cache/pynn`). NEURON is one instance a
//! process: one rank as threads, any number as processes, with the same spikes and the same digest:
//!
//!     cargo build --release --features mpi --example native_to_neuron
//!     PYNN_PROCESSES="sim1=1,sim2=3" mpirun -np 4 target/release/examples/native_to_neuron

mod common;

use pynn::data::{Figure, Raster, Rates, Traces};
use pynn::prelude::*;

network! {
    /// Two simulators, of which the second is NEURON.
    pub struct NativeToNeuron {
        /// Number of input spike trains.
        n: usize,
        /// Rate of each.
        rate: Frequency,
    }

    simulator sim1: Native { processes: 2, timestep: 0.1ms };
    simulator sim2: Neuron { processes: 1, timestep: 0.05ms };

    population input on sim1: [SpikeSourcePoisson { rate, .. }; n];
    population back  on sim1: [IfCondExp { i_offset: 0.9nA, .. }; 50];
    population hh    on sim2: [HhCondExp { .. }; 50];
    population relay on sim2: [IfCurrAlpha { tau_m: 15.0ms, .. }; 100];

    initial hh.v    ~ Uniform { low: -70.0mV, high: -60.0mV };
    initial relay.v ~ Uniform { low: -65.0mV, high: -50.0mV };
    initial back.v  ~ Uniform { low: -65.0mV, high: -50.0mV };

    projection drive = input -> hh: sim2::FixedProbability { p_connect: 0.2, .. }, StaticSynapse { weight: 0.1uS, delay: 0.2ms };
    projection hh -> relay.excitatory: FixedProbability { p_connect: 0.2, .. }, StaticSynapse { weight: 1.5nA, delay: 0.5ms };
    projection hh -> back.inhibitory: sim1::FixedProbability { p_connect: 0.2, .. }, StaticSynapse { weight: 2.0nS, delay: 1.0ms };

    record input: spikes;
    record back: spikes;
    record hh: spikes, v every 0.1ms;
    record relay: spikes;
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    let mut sim = music::setup(NativeToNeuron::build(100, 10.0 * Hz)?)?;
    sim.run(options.time)?;

    let input = sim.spikes(|net| &net.input)?;
    let back = sim.spikes(|net| &net.back)?;
    let hh = sim.spikes(|net| &net.hh)?;
    let relay = sim.spikes(|net| &net.relay)?;
    let v = sim.trace(|net| &net.hh, |cell| cell.v)?;

    println!("network NativeToNeuron, {} ms", options.time.base());
    for spikes in [&input, &back, &hh, &relay] {
        println!(
            "{:<7} {:>5} cells {:>7} spikes {:>8.2} Hz",
            spikes.population,
            spikes.size,
            spikes.len(),
            spikes.mean_rate()
        );
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("native_to_neuron.png")?;
    Figure::new("Input and back on the native engine, HH cells and relay in NEURON")
        .panel(Raster::of([&input, &back, &hh, &relay]))
        .panel(Traces::of(&v).cells([0, 1]))
        .panel(Rates::of([&input, &back, &hh, &relay]).bin(10.0 * ms))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
