//! The Vogels-Abbott benchmarks with current-based (CUBA) and conductance-based (COBA) synapses: networks that keep
//! themselves active.
//!
//!     cargo run --release --example vogels_abbott

mod common;

use pynn::data::{Figure, Raster, Rates, Traces};
use pynn::prelude::*;

network! {
    /// Current-based synapses; the resting potential lies above the threshold, so the cells start by themselves.
    pub struct Cuba<B: Backend> {
        /// Excitatory cells; there are a quarter as many inhibitory ones.
        n: usize,
    }

    simulator sim: B { processes: 2, timestep: 0.1ms };

    let cell = IfCurrExp {
        cm: 0.2nF, tau_m: 20.0ms, tau_syn_E: 5.0ms, tau_syn_I: 10.0ms, tau_refrac: 5.0ms,
        v_rest: -49.0mV, v_reset: -60.0mV, v_thresh: -50.0mV, ..Default::default()
    };
    population cells on sim: [IfCurrExp { ..cell }; n + n / 4];
    initial cells.v ~ Uniform { low: -60.0mV, high: -50.0mV };

    projection cells[..n] -> cells.excitatory:
        FixedProbability { p_connect: 64.0 / n as f64, .. }, StaticSynapse { weight: 16.2pA, delay: 0.2ms };
    projection cells[n..] -> cells.inhibitory:
        FixedProbability { p_connect: 64.0 / n as f64, .. }, StaticSynapse { weight: -90.0pA, delay: 0.2ms };

    record cells: spikes, v every 0.5ms;
}

network! {
    /// Conductance-based synapses; Poisson sources kick the network for 50 ms.
    pub struct Coba<B: Backend> {
        /// Excitatory cells; there are a quarter as many inhibitory ones.
        n: usize,
    }

    simulator sim: B { processes: 2, timestep: 0.1ms };

    population kick on sim: [SpikeSourcePoisson { rate: 100.0Hz, duration: 50.0ms, .. }; 20];
    population cells on sim: [IfCondExp {
        cm: 0.2nF, tau_m: 20.0ms, tau_syn_E: 5.0ms, tau_syn_I: 10.0ms, tau_refrac: 5.0ms, e_rev_E: 0.0mV, e_rev_I: -80.0mV,
        v_rest: -60.0mV, v_reset: -60.0mV, v_thresh: -50.0mV, ..
    }; n + n / 4];
    initial cells.v ~ Uniform { low: -60.0mV, high: -50.0mV };

    projection kick -> cells: FixedProbability { p_connect: 0.01, .. }, StaticSynapse { weight: 100.0nS, delay: 0.2ms };
    projection cells[..n] -> cells.excitatory:
        FixedProbability { p_connect: 64.0 / n as f64, .. }, StaticSynapse { weight: 4.0nS, delay: 0.2ms };
    projection cells[n..] -> cells.inhibitory:
        FixedProbability { p_connect: 64.0 / n as f64, .. }, StaticSynapse { weight: 51.0nS, delay: 0.2ms };

    record cells: spikes, v every 0.5ms;
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    let n = (3200.0 * options.scale) as usize;

    let mut cuba = music::setup(Cuba::<Native>::build(n)?)?;
    cuba.run(options.time)?;
    let (cuba_spikes, cuba_v) =
        (cuba.spikes(|net| &net.cells)?, cuba.trace(|net| &net.cells, |cell| cell.v)?);
    report("CUBA", &cuba_spikes, cuba.digest()?);
    cuba.end()?;

    let mut coba = music::setup(Coba::<Native>::build(n)?)?;
    coba.run(options.time)?;
    let (coba_spikes, coba_v) =
        (coba.spikes(|net| &net.cells)?, coba.trace(|net| &net.cells, |cell| cell.v)?);
    report("COBA", &coba_spikes, coba.digest()?);
    coba.end()?;

    for (name, title, spikes, v) in
        [("cuba.png", "CUBA", &cuba_spikes, &cuba_v), ("coba.png", "COBA", &coba_spikes, &coba_v)]
    {
        let picture = options.file(name)?;
        Figure::new(title)
            .panel(Raster::of([spikes]))
            .panel(Traces::of(v).cells([0, 1]))
            .panel(Rates::of([spikes]).bin(5.0 * ms))
            .save(&picture)?;
        common::wrote(&picture);
    }
    Ok(())
}

fn report(name: &str, spikes: &pynn::recording::SpikeData, digest: u64) {
    println!(
        "{name} {} cells {:>7} spikes {:>6.2} Hz  digest: {digest:016x}",
        spikes.size,
        spikes.len(),
        spikes.mean_rate()
    );
}
