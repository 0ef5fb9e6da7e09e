//! One network on the native engine, on the real NEST and on the real NEURON: the same input, the same connections, and how
//! far the spikes agree.
//!
//!     python3 -m pip install 'nest-simulator==3.10.*' 'neuron==9.*'
//!     cargo run --release --example three_backends
//!
//! The first run compiles what pynn needs against both and keeps it in the cache (`~/.cache/pynn`). The native engine and
//! NEST integrate these cells exactly, so their spikes agree; NEURON's method is of first order in the time step.

mod common;

use std::time::Instant;

use pynn::data::{Figure, Raster};
use pynn::prelude::*;
use pynn::recording::SpikeData;

network! {
    /// Excitation, inhibition and Poisson input, on any backend.
    pub struct Balanced<B: Backend> {
        /// Number of excitatory cells; there are a quarter as many inhibitory ones.
        n: usize,
    }

    simulator sim: B { processes: 1, timestep: 0.1ms };

    population input on sim: [SpikeSourcePoisson { rate: 60.0Hz, .. }; n];
    population exc   on sim: [IfCurrExp { tau_syn_E: 2.0ms, tau_refrac: 2.0ms, .. }; n];
    population inh   on sim: [IfCondExp { tau_syn_E: 2.0ms, tau_refrac: 2.0ms, .. }; n / 4];

    initial exc.v ~ Uniform { low: -65.0mV, high: -50.0mV };
    initial inh.v ~ Uniform { low: -65.0mV, high: -50.0mV };

    projection input -> exc: FixedNumberPre { n: 20, .. }, StaticSynapse { weight: 0.5nA, delay: 1.0ms };
    projection exc -> inh: FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: 6.0nS, delay: 1.5ms };
    projection inh -> exc.inhibitory: FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: -0.3nA, delay: 0.8ms };

    record exc: spikes;
    record inh: spikes;
}

/// The spikes of both populations, and how long a run took.
fn run<B>(options: &common::Options) -> Result<(SpikeData, SpikeData)>
where
    B: Simulates<SpikeSourcePoisson> + Simulates<IfCurrExp> + Simulates<IfCondExp>,
    B: Connects<FixedNumberPre> + Connects<FixedProbability> + Transmits<StaticSynapse>,
    B: Records<observable::Spikes>,
{
    let net = Balanced::<B>::build((400.0 * options.scale) as usize)?;
    let mut sim = music::setup(net)?;
    let start = Instant::now();
    sim.run(options.time)?;
    let seconds = start.elapsed().as_secs_f64();
    let (exc, inh) = (sim.spikes(|net| &net.exc)?, sim.spikes(|net| &net.inh)?);
    println!("{:<7} {:>8.2} Hz {:>8.2} Hz {seconds:>9.3} s", B::NAME, exc.mean_rate(), inh.mean_rate());
    sim.end()?;
    Ok((exc, inh))
}

/// How many of the spikes, cell by cell and in order, are at the same time in both.
fn shared(a: &SpikeData, b: &SpikeData) -> usize {
    let same = |cell: usize| {
        let (a, b) = (a.train(cell), b.train(cell));
        a.iter().filter(|time| b.iter().any(|other| (*time - other).abs() < 0.05)).count()
    };
    (0..a.size).map(same).sum()
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    println!("{:<7} {:>11} {:>11} {:>11}", "on", "exc", "inh", "run");
    let native = run::<Native>(&options)?;
    let others = [("NEST", run::<Nest>(&options)?), ("NEURON", run::<Neuron>(&options)?)];
    for (name, other) in &others {
        for (here, there) in [(&native.0, &other.0), (&native.1, &other.1)] {
            println!(
                "{}: {} spikes on the native engine, {} on {name}, {} of them in the same time step",
                here.population,
                here.len(),
                there.len(),
                shared(here, there)
            );
        }
    }
    let [(_, nest), (_, neuron)] = &others;
    let picture = options.file("three_backends.png")?;
    Figure::new("One network on the native engine, on NEST, and on NEURON (from above)")
        .panel(Raster::of([&native.0, &native.1]).title("native"))
        .panel(Raster::of([&nest.0, &nest.1]).title("NEST"))
        .panel(Raster::of([&neuron.0, &neuron.1]).title("NEURON"))
        .save(&picture)?;
    common::wrote(&picture);
    Ok(())
}
