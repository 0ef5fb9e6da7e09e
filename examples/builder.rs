//! The builder that `network!` expands to, used by hand: where the network is made by a program.
//!
//!     cargo run --release --example builder

mod common;

use pynn::data::{Figure, Raster};
use pynn::prelude::*;

/// How many populations the synfire chain has.
const LINKS: usize = 8;

fn main() -> Result<()> {
    let options = common::Options::read(80.0 * ms, 1.0)?;
    let size = (100.0 * options.scale) as usize;

    let mut net = NetworkBuilder::new("SynfireChain");
    net.seed(42);
    let sim = net.simulator::<Native>(
        "sim",
        SimulatorOptions { processes: 2, timestep: 0.1 * ms, ..SimulatorOptions::default() },
    );

    // A volley of spikes, one a cell, spread over 5 ms.
    let volley = SpikeTrains::from_fn(move |index| vec![10.0 * ms + 5.0 * ms * (index as f64 / size as f64)]);
    let start = net.population(&sim, "start", size, SpikeSourceArray { spike_times: volley });
    net.record(&start, SpikeSourceArray::variables().spikes);

    let mut links = Vec::new();
    for number in 0..LINKS {
        let cell = IfCurrAlpha { tau_m: 10.0 * ms, tau_refrac: 2.0 * ms, ..Default::default() };
        let link = net.population(&sim, &format!("link {number}"), size, cell);
        net.initialize(&link, IfCurrAlpha::states().v, Uniform { low: -65.0 * mV, high: -60.0 * mV });
        net.vary(&link, IfCurrAlpha::parameters().v_thresh, |index| -50.0 * mV + (index % 3) as f64 * mV);
        net.record(&link, IfCurrAlpha::variables().spikes);
        links.push(link);
    }

    let connector = FixedProbability { p_connect: 0.6, ..Default::default() };
    let synapse = StaticSynapse {
        weight: 60.0 / size as f64 * nA,
        delay: NormalClipped { mean: 5.0 * ms, sd: 0.5 * ms, low: 0.1 * ms, high: 10.0 * ms },
    };
    net.project(None, &start, links[0].default_target(), connector, synapse);
    for pair in links.windows(2) {
        net.project(None, &pair[0], pair[1].default_target(), connector, synapse);
    }

    let mut sim = music::setup(net.build()?)?;
    sim.run(options.time)?;
    let mut spikes = vec![sim.spikes_of(start.id(), 0)?];
    for link in &links {
        spikes.push(sim.spikes_of(link.id(), 0)?);
    }
    for spikes in &spikes {
        let mean = spikes.times.iter().sum::<f64>() / spikes.len().max(1) as f64;
        println!("{:<7} {:>4} spikes, at {mean:>6.2} ms in the mean", spikes.population, spikes.len());
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("builder.png")?;
    Figure::new("A synfire chain").panel(Raster::of(&spikes)).save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
