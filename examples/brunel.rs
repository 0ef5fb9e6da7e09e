//! Brunel's balanced random network (2000), its excitatory cells on one simulator and its inhibitory ones on another.
//!
//!     cargo run --release --example brunel -- --scale 0.2

mod common;

use pynn::data::{Figure, Raster, Rates};
use pynn::prelude::*;

/// Synaptic weight for a peak potential of 0.1 mV.
const J: Current = Current::new(0.054_960_22);
/// Inhibition is this many times stronger than excitation.
const G: f64 = 5.0;

network! {
    /// `4 n` excitatory and `n` inhibitory cells, each with inputs from a tenth of both.
    pub struct Brunel<E: Backend, I: Backend> {
        /// How many inhibitory cells.
        n: usize,
        /// Rate of the Poisson drive of each cell.
        drive: Frequency,
    }

    simulator left:  E { processes: 2, timestep: 0.1ms };
    simulator right: I { processes: 1, timestep: 0.1ms };

    let cell = IfCurrExp {
        cm: 250.0pF, tau_m: 20.0ms, tau_syn_E: 0.5ms, tau_syn_I: 0.5ms, tau_refrac: 2.0ms,
        v_rest: 0.0mV, v_reset: 0.0mV, v_thresh: 20.0mV, ..Default::default()
    };
    let inhibitory = cell.clone();

    population noise_exc on left:  [SpikeSourcePoisson { rate: drive, .. }; 4 * n];
    population noise_inh on right: [SpikeSourcePoisson { rate: drive, .. }; n];
    population exc on left:  [IfCurrExp { ..cell }; 4 * n];
    population inh on right: [IfCurrExp { ..inhibitory }; n];

    initial exc.v ~ Uniform { low: 0.0mV, high: 20.0mV };
    initial inh.v ~ Uniform { low: 0.0mV, high: 20.0mV };

    projection noise_exc -> exc: OneToOne, StaticSynapse { weight: J, delay: 1.5ms };
    projection noise_inh -> inh: OneToOne, StaticSynapse { weight: J, delay: 1.5ms };

    projection exc -> exc.excitatory: FixedNumberPre { n: 4 * n / 10, .. }, StaticSynapse { weight: J, delay: 1.5ms };
    projection exc -> inh.excitatory: FixedNumberPre { n: 4 * n / 10, .. }, StaticSynapse { weight: J, delay: 1.5ms };
    projection inh -> exc.inhibitory: FixedNumberPre { n: n / 10, .. }, StaticSynapse { weight: -G * J, delay: 1.5ms };
    projection inh -> inh.inhibitory: FixedNumberPre { n: n / 10, .. }, StaticSynapse { weight: -G * J, delay: 1.5ms };

    record exc: spikes;
    record inh: spikes;
}

fn main() -> Result<()> {
    let options = common::Options::read(500.0 * ms, 1.0)?;
    let n = (2500.0 * options.scale) as usize;
    // Twice the rate that brings the mean potential to threshold, whatever the scale.
    let threshold_rate = 20.0 * 0.25 / (J.base() * 20.0 * 0.5);
    let net = Brunel::<Native, Native>::build(n, 2.0 * threshold_rate * kHz)?;
    let mut sim = music::setup(net)?;
    sim.run(options.time)?;

    let (exc, inh) = (sim.spikes(|net| &net.exc)?, sim.spikes(|net| &net.inh)?);
    println!("network Brunel, {} ms", options.time.base());
    for spikes in [&exc, &inh] {
        println!(
            "{:<4} {:>6} cells {:>8} spikes {:>7.2} Hz",
            spikes.population,
            spikes.size,
            spikes.len(),
            spikes.mean_rate()
        );
    }
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("brunel.png")?;
    Figure::new("Brunel's network: excitatory on one simulator, inhibitory on the other")
        .panel(Raster::of([&exc, &inh]))
        .panel(Rates::of([&exc, &inh]).bin(2.0 * ms))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
