//! Electrodes: a current source of each kind, and one that changes while the network stands still.
//!
//!     cargo run --release --example electrodes

mod common;

use pynn::data::{Figure, Traces};
use pynn::prelude::*;

network! {
    /// Four cells, each with an electrode of its own.
    struct Electrodes<B: Backend> {}

    seed 7;
    simulator sim: B { processes: 2, timestep: 0.1ms };
    population cells on sim: [IfCurrExp { tau_refrac: 2.0ms, .. }; 4];

    /// Constant; changed half way.
    inject direct = DcSource { amplitude: 0.8nA, start: 20.0ms, .. } -> cells[0..1];
    inject sine = AcSource { amplitude: 0.5nA, offset: 0.6nA, frequency: 20.0Hz, start: 20.0ms, .. } -> cells[1..2];
    inject steps = StepCurrentSource {
        times: [20.0ms, 80.0ms, 140.0ms],
        amplitudes: [0.5nA, 0.8nA, 1.5nA],
    } -> cells[2..3];
    inject noise = NoisyCurrentSource { mean: 0.8nA, stdev: 1.5nA, start: 20.0ms, dt: 1.0ms, .. } -> cells[3..4];

    record cells: spikes, v;
}

fn main() -> Result<()> {
    let options = common::Options::read(200.0 * ms, 1.0)?;
    let half = 0.1 * (options.time / (0.2 * ms)).round() * ms;
    let mut sim = music::setup(Electrodes::<Native>::build()?)?;
    sim.run(half)?;
    let stronger = DcSource { amplitude: 1.2 * nA, ..sim.electrode(|net| &net.direct)? };
    sim.set_electrode(|net| &net.direct, stronger)?;
    sim.run(half)?;

    let spikes = sim.spikes(|net| &net.cells)?;
    println!("spikes by direct, sine, stepped and noisy current: {:?}", spikes.counts());
    println!("digest: {:016x}", sim.digest()?);
    let v = sim.trace(|net| &net.cells, |v| v.v)?;
    let currents = [
        sim.current(|net| &net.direct)?,
        sim.current(|net| &net.sine)?,
        sim.current(|net| &net.steps)?,
        sim.current(|net| &net.noise)?,
    ];
    let mut figure = Figure::new("What electrodes inject, and what cells make of it");
    for (cell, current) in currents.iter().enumerate() {
        figure = figure.panel(Traces::of(current)).panel(Traces::of(&v).cells([cell]));
    }
    let picture = options.file("electrodes.png")?;
    figure.save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
