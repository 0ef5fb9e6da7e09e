//! One rank: populations, connections, spikes in and out.

use std::borrow::Cow;
use std::collections::HashMap;

use pynn_core::backend::{
    Currents, Draw, Injected, LocalPopulation, LocalProjection, Packet, Part, Samples, Simulator, Statistics,
    too_far, too_late,
};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, Result};
use pynn_core::network::Selection;
use pynn_core::plastic::Synapse;
use pynn_core::population::{PopulationId, ProjectionId};
use pynn_core::time::{Spike, Tick};

use crate::Neuron;
use crate::ffi::{Arrivals, Batch, Injection, Kernel};
use crate::gap::Ghosts;
use crate::plastic::{Place, Plastic};

/// How many connections or changes of currents go to NEURON at once.
const BATCH: usize = 1 << 16;
/// What arrives in a step is summed up in doubles: of their 53 bits 30 and these 10 are for the resolution of a weight, the
/// rest for the sum.
const FINER: f64 = 1.0 / 1024.0;
/// What a NetCon, its object and its two weights take, and a cell with section, nodes and mechanism: bytes, measured.
const CONNECTION_BYTES: u64 = 200;
const CELL_BYTES: u64 = 6000;

/// The cells of one population.
pub(crate) struct Group {
    pub(crate) population: PopulationId,
    /// The global id of the first.
    pub(crate) first_gid: u32,
    /// The number of the first.
    pub(crate) first: u32,
    /// How much earlier than due they take a spike, in time steps.
    pub(crate) early: f64,
    /// Whether they sum up weights as they are.
    pub(crate) exact: bool,
    samplers: Vec<Sampler>,
}

/// One rank of NEURON.
pub(crate) struct Engine {
    pub(crate) kernel: Kernel,
    pub(crate) timestep: Tick,
    /// Steps done.
    pub(crate) now: u32,
    pub(crate) groups: Vec<Group>,
    /// The initial potential of each cell, mV.
    pub(crate) potentials: Vec<f64>,
    /// The number of the first connection of each local projection.
    pub(crate) first_connections: HashMap<Onto, u64>,
    /// The shortest delay, in steps, of each cell that is heard here.
    pub(crate) shortest: HashMap<u32, u32>,
    synapses: u64,
    pub(crate) plastic: Plastic,
    pub(crate) ghosts: Ghosts,
    arrivals: Arrivals,
    pub(crate) currents: Currents,
    injections: Vec<Injection>,
    /// Whether the samples of time 0 are given out.
    start_given: bool,
}

/// A projection onto one part of its target end: of its parts two may be of one population, but none share an index.
pub(crate) type Onto = (ProjectionId, u32);

/// Which of the local projections `local` is.
pub(crate) fn onto(local: &LocalProjection<'_>) -> Onto {
    (local.spec.id, local.targets.start)
}

impl Engine {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let mut engine = Self {
            kernel: Kernel::take()?,
            timestep: part.timestep(),
            now: 0,
            groups: Vec::new(),
            potentials: Vec::new(),
            first_connections: HashMap::new(),
            shortest: HashMap::new(),
            synapses: 0,
            plastic: Plastic::new(part)?,
            ghosts: Ghosts::default(),
            arrivals: Arrivals::default(),
            currents: Currents::new(part)?,
            injections: Vec::new(),
            start_given: false,
        };
        engine.make_cells(part)?;
        let stays = |local: &LocalProjection<'_>| *local.spec.synapse::<Neuron>() == Synapse::Static;
        for projection in part.projections().filter(stays) {
            engine.connect(part, &projection)?;
        }
        let groups = &engine.groups;
        engine.plastic.connect(part, &mut engine.kernel, engine.synapses, |population| {
            let group = groups.iter().find(|group| group.population == population)?;
            Some(Place { first: group.first, early: group.early })
        })?;
        engine.join(part)?;
        engine.reset()?;
        engine.check_injected(part)?;
        Ok(engine)
    }

    /// Whether there can be electrodes in all cells that have one.
    fn check_injected(&self, part: &Part<'_>) -> Result<()> {
        for injected in self.currents.cells() {
            let number = number_of(&self.groups, injected.population, injected.cell);
            if !number.is_some_and(|cell| self.kernel.takes_current(cell)) {
                let spec = &part.network.populations()[injected.population.0];
                let (name, cell) = (&spec.name, spec.cell.name);
                let message = format!(
                    "population `{name}`: {cell} takes no electrodes on NEURON; inject into other cells"
                );
                return Err(Error::description(message));
            }
        }
        Ok(())
    }

    /// Hands NEURON the currents of the steps up to `last`, or of as many as it is given at once; gives the last.
    fn play(&mut self, last: u32) -> u32 {
        if self.currents.is_empty() {
            return last;
        }
        self.injections.clear();
        let mut step = self.now;
        while step < last && self.injections.len() < BATCH {
            step += 1;
            for Injected { population, cell, current } in self.currents.step(step) {
                let cell = number_of(&self.groups, *population, *cell);
                self.injections.extend(cell.map(|cell| Injection { step, cell, current: *current }));
            }
        }
        self.kernel.inject(&self.injections);
        step
    }

    /// Initialises NEURON at time 0. Samples of that time that are given out already are not taken again.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.kernel.initialize(self.timestep.ms(), &self.potentials)?;
        if self.start_given {
            let samplers = self.groups.iter().flat_map(|group| &group.samplers);
            samplers.for_each(|sampler| self.kernel.drain(sampler.number, |_| ()));
        }
        Ok(())
    }

    fn make_cells(&mut self, part: &Part<'_>) -> Result<()> {
        for population in part.populations().filter(|population| !population.cells.is_empty()) {
            let model = population.model::<Neuron>();
            let first = number(self.potentials.len())?;
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
                let cells = population.recorded(sampled);
                let span = cells.span();
                let (from, count) = (first + number(span.start)?, number(span.len())?);
                samplers.push(Sampler { number: self.kernel.sample(from, count, column, every), cells });
            }
            let (first_gid, population) = (population.first_gid(), population.spec.id);
            self.groups.push(Group {
                population,
                first_gid,
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
        self.first_connections.insert(onto(projection), self.synapses);
        let quantum = part.network.weight_quantum(target, receptor);
        let (first_target, early, exact, step) = (group.first, group.early, group.exact, self.timestep.ms());
        let (kernel, shortest) = (&mut self.kernel, &mut self.shortest);
        let (mut batch, mut failed, mut synapses) = (Batch::default(), None, 0);
        projection.connect(Draw::All, &mut |row| {
            for (k, source) in row.sources.iter().enumerate() {
                let (gid, delay) = (projection.source_gid(*source), row.delays.get(k));
                batch.sources.push(gid);
                batch.targets.push(first_target + row.target);
                batch.weights.push(rounded(row.weights.get(k), quantum, exact));
                batch.delays.push((f64::from(delay) - early) * step);
                shorten(shortest, gid, delay);
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
            let stamp = packet.timestep * i64::from(spike.step);
            let step = u32::try_from(stamp.steps_up(self.timestep)).map_err(|_| too_far(stamp))?;
            let changes_in_time = self.plastic.arriving.hear(spike.gid, step);
            let shortest = self.shortest.get(&spike.gid);
            let in_time = shortest.is_none_or(|shortest| step.saturating_add(*shortest) > self.now);
            if !(in_time && changes_in_time) {
                return Err(too_late(spike.gid, stamp, self.timestep * i64::from(self.now)));
            }
            if shortest.is_none() {
                continue;
            }
            self.arrivals.sources.push(spike.gid);
            self.arrivals.times.push((self.timestep * i64::from(step)).ms());
        }
        self.kernel.deliver(&mut self.arrivals)
    }

    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()> {
        let last = u32::try_from(to.steps_down(self.timestep)).map_err(|_| too_far(to))?;
        let first = out.len();
        let changing = !self.plastic.arriving.is_empty();
        while self.now < last {
            let (due, fired, step) = (self.now + 1, out.len(), self.timestep.ms());
            let until = self.play(if changing { due } else { last });
            if changing {
                self.plastic.before(&mut self.kernel, due, step)?;
            }
            self.kernel.advance(until, out)?;
            self.now = until;
            if changing {
                self.plastic.arriving.fired(&out[fired..]);
                self.plastic.after(&mut self.kernel, due, step)?;
            }
        }
        out[first..].sort_unstable();
        Ok(())
    }

    fn potentials(&mut self, cells: &[u32], out: &mut Vec<f64>) -> Result<()> {
        self.tell(cells, out)
    }

    fn take_potentials(&mut self, cells: &[u32], potentials: &[f64]) -> Result<()> {
        self.hear(cells, potentials)
    }

    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        self.start_given = true;
        for group in &self.groups {
            for (variable, sampler) in group.samplers.iter().enumerate() {
                let population = group.population;
                self.kernel.drain(sampler.number, |values| {
                    let values = sampler.of_cells(values);
                    take(Samples { population, variable, values: &values });
                });
            }
        }
    }

    fn reset(&mut self) -> Result<()> {
        self.now = 0;
        self.plastic.reset();
        self.currents.reset();
        self.start_given = false;
        self.restart()
    }

    fn change(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        self.take_over(part, change)
    }

    fn state(&mut self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        self.values(population, state)
    }

    fn synapse_values(
        &mut self,
        projection: &LocalProjection<'_>,
        value: SynapseValue,
    ) -> Result<Option<Vec<f64>>> {
        match value {
            SynapseValue::Weight => self.plastic.arriving.weights(projection),
            SynapseValue::Delay | SynapseValue::Parameter(_) => Ok(None),
        }
    }

    fn statistics(&self) -> Statistics {
        Statistics {
            synapses: self.synapses + self.plastic.arriving.synapses(),
            events: self.kernel.events().saturating_add_signed(self.plastic.events),
            synapse_bytes: self.synapses * CONNECTION_BYTES + self.plastic.arriving.bytes(),
            state_bytes: self.potentials.len() as u64 * CELL_BYTES,
        }
    }
}

/// A sampler of the kernel, which takes all cells from the first to the last of those that are asked for.
pub(crate) struct Sampler {
    number: u32,
    /// Which are asked for.
    cells: Selection,
}

impl Sampler {
    /// The values of the cells that are asked for.
    fn of_cells<'v>(&self, values: &'v [f64]) -> Cow<'v, [f64]> {
        match &self.cells {
            Selection::Range(_) => values.into(),
            Selection::List(cells) => {
                let span = self.cells.span();
                let rows = values.chunks_exact(span.len().max(1));
                rows.flat_map(|row| cells.iter().map(|cell| row[*cell as usize - span.start])).collect()
            }
        }
    }
}

/// Notes a delay of a cell that is heard.
pub(crate) fn shorten(shortest: &mut HashMap<u32, u32>, gid: u32, delay: u32) {
    shortest.entry(gid).and_modify(|shortest| *shortest = delay.min(*shortest)).or_insert(delay);
}

/// A weight as a cell is given it, for weights of the resolution `quantum`.
pub(crate) fn rounded(weight: f64, quantum: f64, exact: bool) -> f64 {
    let quantum = quantum * FINER;
    if exact { weight } else { (weight / quantum).round() * quantum }
}

/// The number of a cell, as they were made.
pub(crate) fn number_of(groups: &[Group], population: PopulationId, cell: u32) -> Option<u32> {
    groups.iter().find(|group| group.population == population).map(|group| group.first + cell)
}

fn number(count: usize) -> Result<u32> {
    u32::try_from(count)
        .map_err(|_| Error::description("more than 2^32 cells on one rank; use more processes"))
}
