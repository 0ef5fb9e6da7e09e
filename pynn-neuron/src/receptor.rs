//! Receptors as the mechanisms that have any number of them know them: coefficients of linear kinetics.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::Result;
use pynn_core::point_neuron::{PostSynapticReceptor, Response};

/// What a spike of weight 1 brings to a receptor of one cell, as `mechanisms/receptors.cpp` says.
struct Kinetics {
    jump: f64,
    start: f64,
    now: f64,
    ahead: f64,
    loss: f64,
    feed: f64,
    fade: f64,
}

/// What is lost in a step, in the order in which NEURON's `cnexp` has it.
fn lost(tau: f64, dt: f64) -> f64 {
    1.0 - (dt * (-1.0 / tau)).exp()
}

impl Kinetics {
    /// `exp(-t / tau)`.
    fn exp(tau: f64, dt: f64) -> Self {
        Self { jump: 1.0, start: 0.0, now: 1.0, ahead: 0.0, loss: lost(tau, dt), feed: 0.0, fade: 0.0 }
    }

    /// `(t / tau) exp(1 - t / tau)`, taken in the middle of each step.
    fn alpha(tau: f64, dt: f64) -> Self {
        let (decay, half) = ((-dt / tau).exp(), (-0.5 * dt / tau).exp());
        Self {
            jump: 0.0,
            start: std::f64::consts::E / tau,
            now: half,
            ahead: half * 0.5 * dt,
            loss: lost(tau, dt),
            feed: dt * decay,
            fade: decay,
        }
    }

    /// `exp(-t / long) - exp(-t / short)`, whose peak is made 1. As NEURON's `Exp2Syn` has it, the two differ by 1e-4 at least.
    fn beta(rise: f64, decay: f64, dt: f64) -> Self {
        let long = rise.max(decay);
        let short = rise.min(decay).min(0.9999 * long);
        let peak = short * long / (long - short) * (long / short).ln();
        let fade = (-dt / short).exp();
        Self {
            jump: 0.0,
            start: 1.0 / ((-peak / long).exp() - (-peak / short).exp()),
            now: 1.0,
            ahead: 0.0,
            loss: lost(long, dt),
            feed: (-dt / long).exp() - fade,
            fade,
        }
    }
}

/// How many values a cell is given for each of its receptors.
pub(crate) const WIDTH: usize = 11;

/// Sums of what arrives in a step have room for more than a double has.
const FINER: f64 = 1.0 / 4_294_967_296.0;

/// What each cell of `population` is given for `receptor`, for a time step in ms and weights of this resolution.
pub(crate) fn values(
    receptor: &PostSynapticReceptor,
    population: &LocalPopulation<'_>,
    timestep: f64,
    quantum: f64,
) -> Result<Vec<[f64; WIDTH]>> {
    let parameter = |name: &str| population.parameter_named(name);
    let each = |tau: &str, kinetics: fn(f64, f64) -> Kinetics| {
        Ok(parameter(tau)?.into_iter().map(|tau| kinetics(tau, timestep)).collect())
    };
    let (kinetics, reversal): (Result<Vec<_>>, _) = match receptor.response {
        Response::CurrExp { tau_syn } => (each(tau_syn, Kinetics::exp), None),
        Response::CondExp { tau_syn, e_syn } => (each(tau_syn, Kinetics::exp), Some(e_syn)),
        Response::CondAlpha { tau_syn, e_syn } => (each(tau_syn, Kinetics::alpha), Some(e_syn)),
        Response::CondBeta { tau_rise, tau_decay, e_syn } => {
            let taus = parameter(tau_rise)?.into_iter().zip(parameter(tau_decay)?);
            (Ok(taus.map(|(rise, decay)| Kinetics::beta(rise, decay, timestep)).collect()), Some(e_syn))
        }
    };
    let reversal = reversal.map(parameter).transpose()?;
    let initial = population.initial_named(receptor.variable)?;
    let cells = kinetics?.into_iter().enumerate().map(|(cell, kinetics)| {
        let (conductance, drive) = reversal.as_ref().map_or((0.0, 1.0), |column| (1.0, column[cell]));
        let Kinetics { jump, start, now, ahead, loss, feed, fade } = kinetics;
        [jump, start, now, ahead, loss, feed, fade, conductance, drive, quantum * FINER, initial[cell]]
    });
    Ok(cells.collect())
}
