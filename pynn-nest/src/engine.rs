//! One rank of NEST: what it is built of, its spikes and samples.

use std::collections::BTreeMap;
use std::sync::Arc;

use pynn_core::backend::{
    LocalPopulation, LocalProjection, Packet, Part, Samples, Simulator, Statistics, too_far, too_late,
};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::Selection;
use pynn_core::population::PopulationId;
use pynn_core::random::Purpose;
use pynn_core::time::{Spike, Tick};

use crate::Nest;
use crate::electrodes::{CONSTANT, Electrodes};
use crate::ffi::{Kernel, Options, Settings};
use crate::generator::Generators;
use crate::model::{Setting, Shown};
use crate::plastic::Plastic;
use crate::wiring::{Cells, Wiring};

/// How many threads NEST can tell apart.
const MOST_THREADS: u32 = 511;
/// How many steps at least a small network is handed to NEST at once, and what small is.
const STRETCH: u32 = 10;
const SMALL: usize = 1000;

/// The cells of one population.
pub(crate) struct Group {
    pub(crate) population: PopulationId,
    name: Arc<str>,
    model: String,
    pub(crate) cells: Cells,
    /// What NEST is given.
    pub(crate) settings: Vec<Setting>,
    pub(crate) generators: Option<Generators>,
    pub(crate) samplers: Vec<Sampler>,
}

/// One variable of a group, sampled.
pub(crate) struct Sampler {
    /// The cells, numbered among those of the group.
    recorded: Selection,
    pub(crate) shown: Shown,
    every: Tick,
    /// The multimeter's node id.
    device: u32,
    /// Which row of all is the first in `rows`.
    pub(crate) first_row: i64,
    /// For each sample time, one a recorded cell.
    pub(crate) rows: Vec<f64>,
}

/// One rank of NEST.
pub(crate) struct Engine {
    pub(crate) kernel: Kernel,
    options: Options,
    pub(crate) timestep: Tick,
    pub(crate) groups: Vec<Group>,
    pub(crate) wiring: Wiring,
    pub(crate) plastic: Plastic,
    pub(crate) electrodes: Electrodes,
    /// By node id.
    gids: Vec<u32>,
    /// Steps done.
    pub(crate) now: u32,
    /// Length of NEST's slices, its shortest delay, in steps.
    slice: u32,
    /// How far beyond the end of a slice a spike may be put into NEST, in steps.
    ahead: u32,
    /// Spikes from further ahead, of sources mostly: rows of the table, by step.
    waiting: BTreeMap<u32, Vec<u32>>,
    rows: Vec<u32>,
    steps: Vec<i64>,
    events: u64,
}

impl Engine {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let kernel = Kernel::take()?;
        let mut cells = Vec::new();
        let mut gids = vec![0];
        for population in part.populations().filter(|population| !population.cells.is_empty()) {
            let node = u32::try_from(gids.len())
                .map_err(|_| Error::description("more than 2^32 cells on one rank; use more processes"))?;
            let place = Cells { first_gid: population.first_gid(), node, count: population.cells.len() };
            gids.extend((0u32..).take(place.count).map(|index| place.first_gid + index));
            cells.push((population, place));
        }
        let groups = cells
            .iter()
            .map(|(population, place)| Group::new(population, place.clone(), &kernel, part.timestep()))
            .collect::<Result<Vec<_>>>()?;
        let wiring = Wiring::new(part, &cells)?;
        let plastic = Plastic::new(part, |population| {
            let (local, place) = cells.iter().find(|(local, _)| local.spec.id == population)?;
            Some((place.node, local.model::<Nest>()))
        })?;
        let electrodes = Electrodes::new(part, |population, cell| {
            let group = groups.iter().find(|group| group.population == population);
            group.map_or((0, 0.0), |group| (group.cells.node + cell, group.value(CONSTANT, cell)))
        })?;
        let timestep = part.timestep();
        let threads = u32::try_from(part.spec().threads).ok().filter(|threads| *threads <= MOST_THREADS);
        let threads = threads.ok_or_else(|| {
            Error::description(format!(
                "threads is {}, but a rank of NEST has at most {MOST_THREADS}; use more processes",
                part.spec().threads
            ))
        })?;
        let options = Options {
            resolution: timestep.ms(),
            tics: (!timestep.is_multiple_of(Tick(1000))).then_some(1e6),
            threads,
            seed: seed(part),
        };
        let mut engine = Self {
            kernel,
            options,
            timestep,
            groups,
            wiring,
            plastic,
            electrodes,
            gids,
            now: 0,
            slice: 0,
            ahead: 0,
            waiting: BTreeMap::new(),
            rows: Vec::new(),
            steps: Vec::new(),
            events: 0,
        };
        engine.pace();
        engine.kernel.table(&engine.wiring.table)?;
        engine.reset()?;
        Ok(engine)
    }

    /// Decides how far NEST goes at once, and how far ahead it may know spikes.
    pub(crate) fn pace(&mut self) {
        self.slice = self.wiring.shortest_own.or(self.wiring.shortest_other).unwrap_or(STRETCH);
        // Looking further ahead saves calls, but lengthens the input buffers of all cells.
        self.ahead = if self.gids.len() <= SMALL { STRETCH.saturating_sub(self.slice) } else { 0 };
    }

    /// Makes the kernel anew, at time 0.
    pub(crate) fn reset_kernel(&mut self) -> Result<()> {
        self.kernel.begin(&self.options)?;
        for group in &self.groups {
            let context = |error: Error| error.in_context(format_args!("population `{}`", group.name));
            group.create(&mut self.kernel).map_err(context)?;
        }
        // After the cells: they lie closer to each other then, which makes them twice as quick.
        let delay = (self.timestep * i64::from(self.slice)).ms();
        let longest = self.wiring.longest.max(self.slice).saturating_add(self.ahead);
        self.kernel.delays(self.slice, longest)?;
        if !self.has_cells() {
            return Ok(());
        }
        let nodes: Vec<i64> = (1..self.gids.len() as i64).collect();
        self.kernel.record_spikes(&nodes, delay)?;
        for group in &mut self.groups {
            let (name, cells) = (&group.name, &group.cells);
            let context = |error: Error| error.in_context(format_args!("population `{name}`"));
            if let Some(generators) = &group.generators {
                generators.create(&mut self.kernel, cells, self.timestep, self.slice).map_err(context)?;
            }
            for sampler in &mut group.samplers {
                sampler.begin(&mut self.kernel, cells, delay).map_err(context)?;
            }
        }
        self.wiring.connect(&mut self.kernel, self.timestep)?;
        self.kernel.prepare()
    }

    fn has_cells(&self) -> bool {
        !self.groups.is_empty()
    }

    /// The last step whose spikes NEST's buffers have room for.
    fn horizon(&self) -> u32 {
        (self.now - self.now % self.slice).saturating_add(self.slice).saturating_add(self.ahead)
    }

    /// Puts the spikes of `self.rows` and `self.steps` into NEST.
    fn inject(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let outcome = self.kernel.inject(&self.rows, &self.steps, i64::from(self.now))?;
        let result = match outcome {
            Ok(events) => {
                self.events += events;
                Ok(())
            }
            Err(late) => Err(self.late(self.wiring.gid_of(self.rows[late]), self.steps[late])),
        };
        self.rows.clear();
        self.steps.clear();
        result
    }

    /// A spike of the cell with global id `gid` in `step` came too late.
    fn late(&self, gid: u32, step: i64) -> Error {
        too_late(gid, self.timestep * step, self.timestep * i64::from(self.now))
    }

    /// Puts into NEST what has waited and is near enough now.
    fn release(&mut self) -> Result<()> {
        let horizon = self.horizon();
        while let Some(entry) = self.waiting.first_entry().filter(|entry| *entry.key() <= horizon) {
            let (step, rows) = entry.remove_entry();
            self.steps.extend(rows.iter().map(|_| i64::from(step)));
            self.rows.extend(rows);
        }
        self.inject()
    }

    fn take_spikes(&mut self, out: &mut Vec<Spike>) {
        let first = out.len();
        let (gids, degrees, events) = (&self.gids, &self.wiring.degrees, &mut self.events);
        self.kernel.drain_spikes(|step, node| {
            let node = usize::try_from(node).unwrap_or(0);
            *events += u64::from(degrees[node]);
            out.push(Spike { step: u32::try_from(step).unwrap_or(u32::MAX), gid: gids[node] });
        });
        out[first..].sort_unstable();
    }

    fn take_samples(&mut self) -> Result<()> {
        let (groups, timestep) = (&mut self.groups, self.timestep);
        self.kernel.drain_samples(|sample| {
            for group in &mut *groups {
                let first = group.cells.node;
                if let Some(sampler) =
                    group.samplers.iter_mut().find(|sampler| sampler.device == sample.device)
                {
                    sampler.put(timestep * sample.step, sample.node - first, sample.value);
                }
            }
        })
    }
}

impl Simulator for Engine {
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()> {
        let horizon = self.horizon();
        for spike in packet.spikes {
            let stamp = packet.timestep * i64::from(spike.step);
            let step = u32::try_from(stamp.steps_up(self.timestep)).map_err(|_| too_far(stamp))?;
            if !self.plastic.arriving.hear(spike.gid, step) {
                return Err(self.late(spike.gid, i64::from(step)));
            }
            let Some(row) = self.wiring.row(spike.gid) else { continue };
            if step > horizon {
                self.waiting.entry(step).or_default().push(row);
            } else {
                self.rows.push(row);
                self.steps.push(i64::from(step));
            }
        }
        self.inject()
    }

    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()> {
        let last = u32::try_from(to.steps_down(self.timestep)).map_err(|_| too_far(to))?;
        while self.now < last {
            self.release()?;
            let is_free = self.waiting.is_empty() && self.electrodes.is_empty();
            let mut until = if is_free { last } else { last.min(self.horizon()) };
            let alone = self.electrodes.is_stale();
            if alone {
                until = self.now + 1;
                self.electrodes.begin(&mut self.kernel, self.now)?;
            }
            if !self.plastic.arriving.is_empty() {
                until = self.now + 1;
                self.plastic.arrive(&mut self.kernel, until)?;
            }
            self.electrodes.play(&mut self.kernel, until)?;
            if self.has_cells() {
                self.kernel.run(i64::from(until - self.now))?;
            }
            if alone {
                self.electrodes.end(&mut self.kernel)?;
            }
            self.now = until;
            if !self.plastic.arriving.is_empty() {
                let first = out.len();
                self.take_spikes(out);
                self.plastic.fired(&out[first..]);
            }
        }
        self.take_spikes(out);
        Ok(())
    }

    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        // After a failure NEST may have nothing more to give; what was taken before is given out all the same.
        let _ = self.take_samples();
        for group in &mut self.groups {
            let population = group.population;
            for (variable, sampler) in group.samplers.iter_mut().enumerate() {
                if !sampler.rows.is_empty() {
                    take(Samples { population, variable, values: &sampler.rows });
                    sampler.first_row += (sampler.rows.len() / sampler.recorded.len()) as i64;
                    sampler.rows.clear();
                }
            }
        }
    }

    fn reset(&mut self) -> Result<()> {
        (self.now, self.events) = (0, 0);
        self.waiting.clear();
        self.plastic.reset();
        self.electrodes.reset();
        self.reset_kernel()
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
            synapses: self.wiring.synapses + self.plastic.arriving.synapses(),
            events: self.events + self.plastic.events,
            synapse_bytes: self.wiring.bytes() as u64 + self.plastic.arriving.bytes(),
            state_bytes: 0,
        }
    }
}

impl Group {
    fn new(population: &LocalPopulation<'_>, cells: Cells, kernel: &Kernel, timestep: Tick) -> Result<Self> {
        let (spec, model) = (population.spec, population.model::<Nest>());
        let settings = model.settings(population, kernel)?;
        let mut samplers = Vec::new();
        for sampled in &spec.recording.sampled {
            samplers.push(Sampler {
                recorded: population.recorded(sampled),
                shown: model.shown(population, sampled.variable, kernel)?,
                every: sampled.every,
                device: 0,
                first_row: 0,
                rows: Vec::new(),
            });
        }
        Ok(Self {
            population: spec.id,
            name: spec.name.clone(),
            model: model.name().to_owned(),
            cells,
            settings,
            generators: model.generators(population, timestep)?,
            samplers,
        })
    }

    /// The number that cell number `cell` is given of parameter `key`; 0 where it is given none.
    pub(crate) fn value(&self, key: &str, cell: u32) -> f64 {
        let setting = self.settings.iter().find(|setting| setting.key == key);
        setting.map_or(0.0, |setting| setting.columns[0].of(cell as usize))
    }

    /// Makes the nodes. A copy of the model whose defaults are the values of all is much quicker than setting each.
    fn create(&self, kernel: &mut Kernel) -> Result<()> {
        // NEST's words on a cell that diverges name its model.
        let alias = format!("population `{}`", self.name);
        let (mut same, mut each) = (Settings::default(), Settings::default());
        for setting in &self.settings {
            setting.add_to(&mut same, &mut each, self.cells.count)?;
        }
        kernel.copy_model(&self.model, &alias, &same)?;
        let first = kernel.create(&alias, self.cells.count)?;
        if first != u64::from(self.cells.node) {
            return Err(Error::new(ErrorKind::Simulator, format!("NEST made node {first} out of turn")));
        }
        if !each.is_empty() {
            kernel.set(first, self.cells.count, &each)?;
        }
        Ok(())
    }
}

impl Sampler {
    /// Begins to sample those of `cells` that are recorded, from time 0. NEST samples all from the first to the last.
    fn begin(&mut self, kernel: &mut Kernel, cells: &Cells, delay: f64) -> Result<()> {
        self.first_row = 0;
        if self.recorded.is_empty() {
            return Ok(());
        }
        let (span, interval) = (self.recorded.span(), self.every.ms());
        let first = u64::from(cells.node) + span.start as u64;
        self.rows = match &self.shown.initial {
            Some(values) => self.recorded.iter().map(|cell| values[cell]).collect(),
            None => {
                let values = kernel.numbers(first, span.len(), self.shown.key)?;
                self.recorded.iter().map(|cell| values[cell - span.start]).collect()
            }
        };
        self.device = kernel.sample(first, span.len(), self.shown.key, interval, delay)?;
        Ok(())
    }

    fn put(&mut self, time: Tick, cell: u32, value: f64) {
        let Some(number) = self.recorded.number_of(cell as usize) else { return };
        let row = time.steps_down(self.every) - self.first_row;
        let (Ok(row), cells) = (usize::try_from(row), self.recorded.len()) else { return };
        if self.rows.len() < (row + 1) * cells {
            self.rows.resize((row + 1) * cells, f64::NAN);
        }
        self.rows[row * cells + number] = value * self.shown.factor;
    }
}

/// The seed of what NEST draws itself: another one for each rank, since each has a kernel of its own. NEST takes 1 to
/// 2^32 - 1.
fn seed(part: &Part<'_>) -> u32 {
    let rank = (part.simulator.0 as u64) << 32 | part.share as u64;
    part.network.key(Purpose::Model, rank).words()[0].max(1)
}
