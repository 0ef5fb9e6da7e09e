//! Spike trains that NEST itself draws.

use pynn_core::backend::LocalPopulation;
use pynn_core::cell;
use pynn_core::error::Result;
use pynn_core::time::Tick;
use pynn_core::units::{Frequency, Time};

use crate::ffi::Kernel;
use crate::wiring::Cells;

cell! {
    /// Independent Poisson spike trains by NEST's own `poisson_generator`, and a `parrot_neuron` for each cell that repeats
    /// them: what PyNN takes for `SpikeSourcePoisson` on NEST.
    ///
    /// [`SpikeSourcePoisson`](pynn_core::cells::SpikeSourcePoisson) has the same trains on every backend and number of ranks;
    /// these depend on the numbers of ranks and threads too. They may fire from `start` on, but in the first shortest delay
    /// of the network, which parrots need; each time is a multiple of the time step.
    pub struct PoissonGenerator: "PoissonGenerator" {
        /// Mean firing rate, at most 10 MHz.
        rate: Frequency = 1.0 => rate,
        /// Start time.
        start: Time = 0.0 => non_negative,
        /// Duration.
        duration: Time = 1e10 => non_negative,
    }
    receptors {}
    states {}
    variables { spikes: Spikes }
}

/// The generators of a population: cells with the same rate and time share one, which sends to each its own train.
#[derive(Debug, Default)]
pub(crate) struct Generators {
    /// Rate in Hz, start and end in time steps.
    distinct: Vec<(f64, i64, i64)>,
    /// By cell: which.
    which: Vec<u32>,
}

impl Generators {
    pub(crate) fn new(population: &LocalPopulation<'_>, timestep: Tick) -> Result<Self> {
        let column = |name| population.parameter_named(name);
        let (rates, starts, durations) = (column("rate")?, column("start")?, column("duration")?);
        let steps = |time: f64| (time / timestep.ms()).round() as i64;
        let mut generators = Self::default();
        for ((rate, start), duration) in rates.into_iter().zip(starts).zip(durations) {
            let own = (rate, steps(start), steps(start + duration));
            // Neighbours are mostly alike.
            if generators.distinct.last() != Some(&own) {
                generators.distinct.push(own);
            }
            generators.which.push(generators.distinct.len() as u32 - 1);
        }
        Ok(generators)
    }

    /// Makes them and lets them send to `cells`, which are parrots; `delay` is the shortest that NEST allows, in steps.
    pub(crate) fn create(
        &self,
        kernel: &mut Kernel,
        cells: &Cells,
        timestep: Tick,
        delay: u32,
    ) -> Result<()> {
        // No run is longer than 2^32 steps.
        let ms = |steps: i64| (timestep * (steps - i64::from(delay)).clamp(0, i64::from(u32::MAX))).ms();
        let distinct: Vec<[f64; 3]> =
            self.distinct.iter().map(|(rate, start, end)| [*rate, ms(*start), ms(*end)]).collect();
        let delay = (timestep * i64::from(delay)).ms();
        kernel.generate(u64::from(cells.node), &self.which, &distinct, delay)
    }
}
