//! Two simulators at once: Poisson input on one drives Hodgkin-Huxley cells on the other, which drive a relay.
//!
//!     cargo run --release --example two_simulators
//!     cargo build --release --features mpi --example two_simulators
//!     mpirun -np 16 target/release/examples/two_simulators
//!
//! Both print the same: ranks are threads in the first, as many as there are cores, and sixteen processes in the second.
//! `PYNN_PROCESSES="sim1=1,sim2=3"` divides the work otherwise, again with the same spikes.

mod common;

use pynn::data::{Figure, Raster, Rates, Traces};
use pynn::prelude::*;

network! {
    /// Poisson input on one simulator drives cells on another.
    pub struct TwoSimulators<A: Backend, B: Backend> {
        /// Number of input spike trains.
        n: usize,
        /// Rate of each.
        rate: Frequency,
    }

    simulator sim1: A { processes: 6,  timestep: 0.1ms };
    simulator sim2: B { processes: 10, timestep: 0.05ms };

    population input on sim1: [SpikeSourcePoisson { rate, .. }; n];
    population hh    on sim2: [HhCondExp { .. }; 100];
    population relay on sim2: [IfCurrAlpha { tau_m: 15.0ms, .. }; 200];

    initial hh.v    ~ Uniform { low: -70.0mV, high: -60.0mV };
    initial relay.v ~ Uniform { low: -65.0mV, high: -50.0mV };

    projection drive = input -> hh: sim2::FixedProbability { p_connect: 0.2, .. }, StaticSynapse { weight: 0.1uS, delay: 0.2ms };
    projection hh -> relay.excitatory: FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: 1.5nA, delay: 0.5ms };

    record input: spikes;
    record hh: spikes, v every 0.1ms;
    record relay: spikes;
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    let net = TwoSimulators::<Native, Native>::build(100, 10.0 * Hz)?;
    let mut sim = music::setup(net)?;
    sim.run(options.time)?;

    let input = sim.spikes(|net| &net.input)?;
    let hh = sim.spikes(|net| &net.hh)?;
    let relay = sim.spikes(|net| &net.relay)?;
    let v = sim.trace(|net| &net.hh, |cell| cell.v)?;

    println!("network TwoSimulators, {} ms", options.time.base());
    for spikes in [&input, &hh, &relay] {
        println!(
            "{:<7} {:>5} cells {:>7} spikes {:>8.2} Hz",
            spikes.population,
            spikes.size,
            spikes.len(),
            spikes.mean_rate()
        );
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("two_simulators.png")?;
    Figure::new("Poisson input on sim1, HH cells and relay on sim2")
        .panel(Raster::of([&input, &hh, &relay]))
        .panel(Traces::of(&v).cells([0, 1]))
        .panel(Rates::of([&input, &hh, &relay]).bin(10.0 * ms))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
