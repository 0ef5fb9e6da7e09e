//! One rank: populations, connections, spikes in and out.

use std::collections::HashMap;

use pynn_core::backend::{Draw, LocalProjection, Packet, Part, Samples, Simulator, Statistics};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::population::PopulationId;
use pynn_core::time::{Spike, Tick};

use crate::Neuron;
use crate::ffi::{Arrivals, Batch, Kernel};

/// How many connections go to NEURON at once.
const BATCH: usize = 1 << 16;
/// What arrives in a step is summed up in doubles: of their 53 bits 30 and these 10 are for the resolution of a weight, the
/// rest for the sum.
const FINER: f64 = 1.0 / 1024.0;
/// What a NetCon, its object and its two weights take, and a cell with section, nodes and mechanism: bytes, measured.
const CONNECTION_BYTES: u64 = 200;
const CELL_BYTES: u64 = 6000;

/// The cells of one population.
struct Group {
    population: PopulationId,
    /// The number of the first.
    first: u32,
    /// How much earlier than due they take a spike, in time steps.
    early: f64,
    /// Whether they sum up weights as they are.
    exact: bool,
    /// The samplers' numbers.
    samplers: Vec<u32>,
}

/// One rank of NEURON.
pub(crate) struct Engine {
    kernel: Kernel,
    timestep: Tick,
    /// Steps done.
    now: u32,
    groups: Vec<Group>,
    /// The initial potential of each cell, mV.
    potentials: Vec<f64>,
    /// The shortest delay, in steps, of each cell that is heard here.
    shortest: HashMap<u32, u32>,
    synapses: u64,
    arrivals: Arrivals,
}

impl Engine {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let mut engine = Self {
            kernel: Kernel::take()?,
            timestep: part.timestep(),
            now: 0,
            groups: Vec::new(),
            potentials: Vec::new(),
            shortest: HashMap::new(),
            synapses: 0,
            arrivals: Arrivals::default(),
        };
        engine.make_cells(part)?;
        for projection in part.projections() {
            engine.connect(part, &projection)?;
        }
        engine.reset()?;
        Ok(engine)
    }

    fn make_cells(&mut self, part: &Part<'_>) -> Result<()> {
        for population in part.populations().filter(|population| !population.cells.is_empty()) {
            let model = population.model::<Neuron>();
            let first = number(self.potentials.len())?;
            let count = number(population.cells.len())?;
            let values = model.values(part.network, &population, self.timestep)?;
            let capacitances = model.capacitance.column(part.network, &population, self.timestep)?;
            let named =
                |error: Error| error.in_context(format_args!("population `{}`", population.spec.name));
            self.kernel.cells(model, &values, &capacitances).map_err(named)?;
            self.potentials.extend(population.initial_named("v")?);
            let mut samplers = Vec::new();
            for sampled in &population.spec.recording.sampled {
                let every = u32::try_from(sampled.every.steps_up(self.timestep)).unwrap_or(u32::MAX).max(1);
                let column = model.column(&population, sampled.variable)?;
                samplers.push(self.kernel.sample(first, count, column, every));
            }
            let population = population.spec.id;
            self.groups.push(Group {
                population,
                first,
                early: model.early,
                exact: model.receptors() > 0,
                samplers,
            });
        }
        Ok(())
    }

    fn connect(&mut self, part: &Part<'_>, projection: &LocalProjection<'_>) -> Result<()> {
        let (target, receptor) = (projection.target_population(), projection.spec.receptor);
        let Some(group) = self.groups.iter().find(|group| group.population == target) else { return Ok(()) };
        let quantum = part.network.weight_quantum(target, receptor) * FINER;
        let (first_target, early, exact, step) = (group.first, group.early, group.exact, self.timestep.ms());
        let rounded = |weight: f64| if exact { weight } else { (weight / quantum).round() * quantum };
        let (kernel, shortest) = (&mut self.kernel, &mut self.shortest);
        let (mut batch, mut failed, mut synapses) = (Batch::default(), None, 0);
        projection.connect(Draw::All, &mut |row| {
            for (k, source) in row.sources.iter().enumerate() {
                let (gid, delay) = (projection.source_gid(*source), row.delays.get(k));
                batch.sources.push(gid);
                batch.targets.push(first_target + row.target);
                batch.weights.push(rounded(row.weights.get(k)));
                batch.delays.push((f64::from(delay) - early) * step);
                shortest.entry(gid).and_modify(|shortest| *shortest = delay.min(*shortest)).or_insert(delay);
            }
            synapses += row.sources.len() as u64;
            if batch.sources.len() >= BATCH && failed.is_none() {
                failed = kernel.connect(&mut batch, receptor).err();
            }
        })?;
        self.synapses += synapses;
        let last = kernel.connect(&mut batch, receptor);
        failed
            .map_or(last, Err)
            .map_err(|error| error.in_context(format_args!("projection `{}`", projection.spec.name)))
    }
}

impl Simulator for Engine {
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()> {
        for spike in packet.spikes {
            let Some(shortest) = self.shortest.get(&spike.gid) else { continue };
            let stamp = packet.timestep * i64::from(spike.step);
            let step = u32::try_from(stamp.steps_up(self.timestep)).map_err(|_| too_far(stamp))?;
            if step.saturating_add(*shortest) <= self.now {
                return Err(Error::new(
                    ErrorKind::Simulator,
                    format!(
                        "a spike of cell {} at {stamp} came at {}, too late",
                        spike.gid,
                        self.timestep * i64::from(self.now)
                    ),
                ));
            }
            self.arrivals.sources.push(spike.gid);
            self.arrivals.times.push((self.timestep * i64::from(step)).ms());
        }
        self.kernel.deliver(&mut self.arrivals)
    }

    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()> {
        let last = u32::try_from(to.steps_down(self.timestep)).map_err(|_| too_far(to))?;
        if last <= self.now {
            return Ok(());
        }
        let first = out.len();
        self.kernel.advance(last, out)?;
        out[first..].sort_unstable();
        self.now = last;
        Ok(())
    }

    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        for group in &self.groups {
            for (variable, sampler) in group.samplers.iter().enumerate() {
                let population = group.population;
                self.kernel.drain(*sampler, |values| take(Samples { population, variable, values }));
            }
        }
    }

    fn reset(&mut self) -> Result<()> {
        self.now = 0;
        self.kernel.initialize(self.timestep.ms(), &self.potentials)
    }

    fn statistics(&self) -> Statistics {
        Statistics {
            synapses: self.synapses,
            events: self.kernel.events(),
            synapse_bytes: self.synapses * CONNECTION_BYTES,
            state_bytes: self.potentials.len() as u64 * CELL_BYTES,
        }
    }
}

fn number(count: usize) -> Result<u32> {
    u32::try_from(count)
        .map_err(|_| Error::description("more than 2^32 cells on one rank; use more processes"))
}

fn too_far(time: Tick) -> Error {
    Error::new(ErrorKind::Usage, format!("{time} is beyond the {} time steps of a run", u32::MAX))
}
