//! A cell type of one's own, in one's own crate: an integrate-and-fire cell whose threshold rises with each spike.
//!
//!     cargo run --release --example custom_cell
//!
//! `cell!` says what the type is, `CellKernel` how the native engine advances it, `impl Simulates` that it can. The
//! compiler then takes it like any standard cell, and refuses it on backends that do not know it.

mod common;

use pynn::backend::{Lowered, Simulates};
use pynn::cell::{Observable, Sampled};
use pynn::data::{Figure, Raster, Traces};
use pynn::native::{CellKernel, Cells, Model, Setup};
use pynn::prelude::*;

pynn::cell! {
    /// `cm dv/dt = -cm (v - v_rest) / tau_m + i + i_offset`, fires when `v >= v_thresh + theta`; then `theta` grows by
    /// `theta_jump`, and decays with `tau_theta` (Kobayashi, Tsubo & Shinomoto 2009, doi 10.3389/neuro.10.009.2009).
    pub struct AdaptiveThreshold: "AdaptiveThreshold" {
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Threshold of a cell that has not fired for long.
        v_thresh: Voltage = -50.0,
        /// By how much a spike raises the threshold.
        theta_jump: Voltage = 2.0 => non_negative,
        /// Time constant with which it falls again.
        tau_theta: Time = 100.0 => positive,
        /// Constant injected current.
        i_offset: Current = 0.0,
    }
    receptors {
        /// A spike of weight w brings the charge w times one time step.
        excitatory: Current,
    }
    states { v: Voltage = -65.0, theta: Voltage = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, theta: Theta }
}

/// The rise of the threshold, recordable like `v`.
#[derive(Debug)]
pub enum Theta {}

impl Observable for Theta {
    const SYMBOL: &'static str = "mV";
}

impl Sampled for Theta {}

/// What a step needs, computed once, one value a cell.
struct AdaptiveThresholdKernel {
    leak: Vec<f64>,
    gain: Vec<f64>,
    rest: Vec<f64>,
    threshold: Vec<f64>,
    jump: Vec<f64>,
    relax: Vec<f64>,
    current: Vec<f64>,
}

impl CellKernel for AdaptiveThresholdKernel {
    const STATE: &'static [&'static str] = &["v", "theta"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let decay =
            |tau: Vec<f64>| tau.iter().map(|tau| (-setup.timestep() / tau).exp()).collect::<Vec<f64>>();
        let (tau_m, cm) = (setup.parameter("tau_m")?, setup.parameter("cm")?);
        let leak = decay(tau_m.clone());
        let gain =
            leak.iter().zip(tau_m.iter().zip(&cm)).map(|(leak, (tau, cm))| tau / cm * (1.0 - leak)).collect();
        Ok(Self {
            leak,
            gain,
            rest: setup.parameter("v_rest")?,
            threshold: setup.parameter("v_thresh")?,
            jump: setup.parameter("theta_jump")?,
            relax: decay(setup.parameter("tau_theta")?),
            current: setup.parameter("i_offset")?,
        })
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, theta], [input], fired) = cells.split();
        for i in 0..v.len() {
            let current = self.current[i] + input[i];
            v[i] = self.rest[i] + (v[i] - self.rest[i]) * self.leak[i] + current * self.gain[i];
            theta[i] *= self.relax[i];
            if v[i] >= self.threshold[i] + theta[i] {
                v[i] = self.rest[i];
                theta[i] += self.jump[i];
                fired[i] = 1;
            }
        }
    }
}

impl Simulates<AdaptiveThreshold> for Native {
    fn lower(_: &AdaptiveThreshold) -> Lowered<Model> {
        Lowered::Model(Model::of::<AdaptiveThresholdKernel>())
    }
}

network! {
    /// Cells that differ in how much a spike raises their threshold.
    pub struct Adaptation<B: Backend> {
        n: usize,
    }

    simulator sim: B { processes: 1, timestep: 0.1ms };
    population cells on sim: [AdaptiveThreshold { i_offset: 1.2nA, .. }; n];
    vary cells.theta_jump = |index| 0.25 * index as f64 * mV;
    record cells: spikes, v, theta;
}

fn main() -> Result<()> {
    let options = common::Options::read(300.0 * ms, 1.0)?;
    let mut sim = music::setup(Adaptation::<Native>::build(20)?)?;
    sim.run(options.time)?;
    let spikes = sim.spikes(|net| &net.cells)?;
    let theta = sim.trace(|net| &net.cells, |cell| cell.theta)?;
    println!("spikes by cell, threshold jump 0 to 4.75 mV: {:?}", spikes.counts());
    println!("digest: {:016x}", sim.digest()?);

    let picture = options.file("custom_cell.png")?;
    Figure::new("The more a spike raises the threshold, the slower the cell")
        .panel(Raster::of([&spikes]))
        .panel(Traces::of(&theta).cells([1, 10, 19]))
        .save(&picture)?;
    common::wrote(&picture);
    sim.end()
}
