//! Connections and spike trains from the user's files.
//!
//!     cargo run --release --example from_files
//!     cargo run --release --example from_files -- my_trains.txt my_connections.txt
//!
//! Trains are a line a cell, times in ms. Connections are in PyNN's text format, a line a connection: `i j weight delay`,
//! weights in nA and delays in ms. A broken file gives an error that names the line; the example shows one.

#[path = "../common/mod.rs"]
mod common;

use std::path::{Path, PathBuf};

use pynn::data::{Figure, Raster, Traces};
use pynn::prelude::*;

network! {
    /// Spike trains of one file drive cells through the connections of another.
    pub struct FromFiles<B: Backend> {
        trains: PathBuf,
        connections: PathBuf,
    }

    simulator sim: B { processes: 1, timestep: 0.1ms };

    let spike_times = SpikeTrains::from_file(&trains)?;
    let cells_of_file = spike_times.listed().unwrap_or(1);

    population input on sim: [SpikeSourceArray { spike_times }; cells_of_file];
    population cells on sim: [IfCurrExp { tau_syn_E: 2.0ms, tau_refrac: 2.0ms, .. }; 4];

    projection input -> cells: FromFile::new(connections), StaticSynapse { weight: 1.0nA, delay: 1.0ms };

    record input: spikes;
    record cells: spikes, v;
}

fn main() -> Result<()> {
    let (options, files) = common::Options::read_with_files(100.0 * ms, 1.0)?;
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/from_files"));
    let file = |index: usize, name: &str| files.get(index).cloned().unwrap_or_else(|| folder.join(name));

    let net = FromFiles::<Native>::build(file(0, "trains.txt"), file(1, "connections.txt"))?;
    let mut sim = music::setup(net)?;
    sim.run(options.time)?;
    let (input, cells) = (sim.spikes(|net| &net.input)?, sim.spikes(|net| &net.cells)?);
    let v = sim.trace(|net| &net.cells, |cell| cell.v)?;
    for spikes in [&input, &cells] {
        println!(
            "{:<6} {} cells {:>3} spikes, by cell {:?}",
            spikes.population,
            spikes.size,
            spikes.len(),
            spikes.counts()
        );
    }
    println!("digest: {:016x}", sim.digest()?);
    sim.end()?;

    let picture = options.file("from_files.png")?;
    Figure::new("Trains and connections from files")
        .panel(Raster::of([&input, &cells]))
        .panel(Traces::of(&v).cells([0, 1, 2, 3]))
        .save(&picture)?;
    common::wrote(&picture);

    match FromFiles::<Native>::build(folder.join("trains.txt"), folder.join("broken.txt")) {
        Ok(_) => Err(Error::new(ErrorKind::Usage, "the broken file was accepted")),
        Err(error) => {
            println!("a broken file: {error}");
            Ok(())
        }
    }
}
