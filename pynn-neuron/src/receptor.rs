//! Receptors as the mechanisms that have any number of them know them: coefficients of linear kinetics.

use pynn_core::backend::LocalPopulation;
use pynn_core::error::Result;

/// A receptor: names of the parameters that say what it does.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receptor {
    pub(crate) kernel: Kernel,
    /// The reversal potential's parameter; `None` if weights are currents.
    pub(crate) reversal: Option<&'static str>,
    /// The state variable that says the initial value; `None` for zero.
    pub(crate) initial: Option<&'static str>,
}

/// What a spike of weight 1 brings; times are parameters.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kernel {
    /// `exp(-t / tau)`.
    Exp { tau: &'static str },
    /// `(t / tau) exp(1 - t / tau)`, taken in the middle of each step.
    Alpha { tau: &'static str },
}

/// The coefficients of a receptor of one cell, as `mechanisms/receptors.cpp` says.
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
    fn exp(tau: f64, dt: f64) -> Self {
        Self { jump: 1.0, start: 0.0, now: 1.0, ahead: 0.0, loss: lost(tau, dt), feed: 0.0, fade: 0.0 }
    }

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
}

/// Sums of what arrives in a step have room for more than a double has.
const FINER: f64 = 1.0 / 4_294_967_296.0;

impl Receptor {
    /// How many values a cell is given for each of its receptors.
    pub(crate) const WIDTH: usize = 11;

    /// What each cell of `population` is given, for a time step in ms and weights of this resolution.
    pub(crate) fn values(
        &self,
        population: &LocalPopulation<'_>,
        timestep: f64,
        quantum: f64,
    ) -> Result<Vec<[f64; Self::WIDTH]>> {
        let column = |name: Option<&str>| name.map(|name| population.parameter_named(name)).transpose();
        let kinetics: Vec<Kinetics> = match self.kernel {
            Kernel::Exp { tau } => {
                population.parameter_named(tau)?.iter().map(|tau| Kinetics::exp(*tau, timestep)).collect()
            }
            Kernel::Alpha { tau } => {
                population.parameter_named(tau)?.iter().map(|tau| Kinetics::alpha(*tau, timestep)).collect()
            }
        };
        let reversal = column(self.reversal)?;
        let initial = self.initial.map(|name| population.initial_named(name)).transpose()?;
        let cells = kinetics.iter().enumerate().map(|(cell, kinetics)| {
            let (conductance, drive) = reversal.as_ref().map_or((0.0, 1.0), |column| (1.0, column[cell]));
            let initial = initial.as_ref().map_or(0.0, |column| column[cell]);
            let Kinetics { jump, start, now, ahead, loss, feed, fade } = *kinetics;
            [jump, start, now, ahead, loss, feed, fade, conductance, drive, quantum * FINER, initial]
        });
        Ok(cells.collect())
    }
}
