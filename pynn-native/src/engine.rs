//! One rank of the engine: groups of cells, tables of synapses, and the step that ties them together.

use pynn_core::backend::{
    Backend, Currents, Injected, LocalPopulation, LocalProjection, Packet, Part, Samples, Simulator,
    Statistics,
};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::plastic::{self, History, Synapse, Tables};
use pynn_core::population::PopulationId;
use pynn_core::time::{Spike, Tick};

use crate::Native;
use crate::build::{self, Onto};
use crate::drive::Drive;
use crate::gap::Gaps;
use crate::group::Group;
use crate::table::Table;

/// A population whose spikes act on cells of this rank, wherever it lives.
pub(crate) struct Source {
    pub(crate) population: PopulationId,
    first_gid: u32,
    size: u32,
    tables: Vec<Table>,
    shortest: u32,
    pub(crate) history: History,
}

impl Source {
    /// Whether the spike of `row` in `step` would have had to act at step `now` or before.
    /// `changing` says whether it has a delay of so many steps or less in tables of synapses that change.
    fn is_late(&self, row: u32, step: u32, now: u32, changing: impl Fn(u32) -> bool) -> bool {
        step.saturating_add(self.shortest) <= now
            && (self.tables.iter().any(|table| table.has_delay_within(row, now - step))
                || changing(now - step))
    }
}

/// One rank of the engine.
pub(crate) struct Engine {
    timestep: Tick,
    /// Steps done.
    pub(crate) now: u32,
    pub(crate) groups: Vec<Group>,
    /// Ordered by global id.
    pub(crate) sources: Vec<Source>,
    pub(crate) drives: Vec<Drive>,
    /// Synapses that change.
    pub(crate) plastic: Tables,
    pub(crate) currents: Currents,
    pub(crate) gaps: Gaps,
    /// What arrives at the end of the step, in quanta: for each receptor number one block a group.
    pub(crate) inputs: Vec<i64>,
    /// Room for the delivery to work in.
    pending: Vec<usize>,
    events: u64,
}

impl Engine {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let populations = part.populations().filter(|population| !population.cells.is_empty());
        let groups = populations.map(|population| Group::new(part, &population));
        let mut groups = groups.collect::<Result<Vec<Group>>>()?;
        let slots = lay_out(&mut groups)?;
        let plastic = Tables::new::<Native>(part, onto(part, &groups).map(plastic::Onto::from))?;
        let (sources, drives) = wire(part, &groups, &plastic)?;
        let currents = Currents::new(part)?;
        check_injected(part, &mut groups, &currents)?;
        let gaps = Gaps::new(part, &mut groups)?;
        let mut engine = Self {
            timestep: part.timestep(),
            now: 0,
            groups,
            sources,
            drives,
            plastic,
            currents,
            gaps,
            inputs: vec![0; slots],
            pending: Vec::new(),
            events: 0,
        };
        engine.reset()?;
        Ok(engine)
    }

    /// Notes which source each group is.
    pub(crate) fn link(&mut self) {
        for group in &mut self.groups {
            group.source = self.sources.iter().position(|source| source.population == group.population);
        }
        let number = |from| self.sources.iter().position(|source| source.population == from);
        self.plastic.link(|from| number(from).expect("each table has made its source one"));
    }

    /// Adds up what arrives at the end of `step`.
    fn gather(&mut self, step: u32) {
        for source in &self.sources {
            let fired = |delay: u32| source.history.at(i64::from(step) - i64::from(delay));
            for table in &source.tables {
                self.events += table.deliver(fired, &mut self.pending, &mut self.inputs);
            }
        }
        for drive in &mut self.drives {
            self.events += drive.deliver(step, &mut self.inputs);
        }
        let sources = &self.sources;
        self.events += self.plastic.deliver(|from| &sources[from].history, step, &mut self.inputs);
    }

    fn step(&mut self, out: &mut Vec<Spike>) {
        let step = self.now + 1;
        self.gather(step);
        let injected = self.currents.step(step);
        inject(&mut self.groups, injected);
        self.gaps.note(injected);
        self.gaps.inject(&mut self.groups);
        for group in &mut self.groups {
            let fired = out.len();
            group.step(step, &mut self.inputs, out);
            if let Some(source) = group.source.map(|source| &mut self.sources[source]) {
                for spike in &out[fired..] {
                    source.history.push(step, spike.gid - source.first_gid);
                }
            }
            self.plastic.fired(group.population, group.first_gid, &out[fired..]);
        }
        self.plastic.tidy(step);
        self.sources.iter_mut().for_each(|source| source.history.rotate());
        self.now = step;
    }
}

/// Gives cells the currents that electrodes inject from now on.
#[inline]
pub(crate) fn inject(groups: &mut [Group], injected: &[Injected]) {
    for Injected { population, cell, current } in injected {
        if let Some(group) = groups.iter_mut().find(|group| group.population == *population) {
            let _injected = group.inject(*cell, *current);
        }
    }
}

/// Whether there can be electrodes in all cells that have one.
fn check_injected(part: &Part<'_>, groups: &mut [Group], currents: &Currents) -> Result<()> {
    for Injected { population, cell, .. } in currents.cells() {
        let group = groups.iter_mut().find(|group| group.population == *population);
        if !group.is_some_and(|group| group.inject(*cell, 0.0)) {
            let spec = &part.network.populations()[population.0];
            return Err(Error::description(format!(
                "population `{}`: the native engine's kernel of {} takes no electrodes; write its `CellKernel::inject`, \
                 or inject into other cells",
                spec.name, spec.cell.name
            )));
        }
    }
    Ok(())
}

/// Gives the receptors of all groups their slots, and says how many there are. Those of one number are side by side: a
/// population reaches excitatory receptors or inhibitory ones, so its targets lie closer together.
fn lay_out(groups: &mut [Group]) -> Result<usize> {
    let mut slots = 0;
    for receptor in 0..groups.iter().map(Group::receptors).max().unwrap_or(0) {
        for group in groups.iter_mut().filter(|group| receptor < group.receptors()) {
            slots = group.place(receptor, slots);
        }
    }
    match u32::try_from(slots) {
        Ok(_) => Ok(slots),
        Err(_) => Err(Error::description("more than 2^32 receptors on one rank; use more processes")),
    }
}

/// The projections of `part` onto `groups`.
fn onto<'a, 'n>(part: &'a Part<'n>, groups: &'a [Group]) -> impl Iterator<Item = Onto<'n>> + use<'a, 'n> {
    part.spike_projections().flat_map(LocalProjection::by_source).filter_map(move |projection| {
        let target = projection.target_population();
        let group = groups.iter().find(|group| group.population == target)?;
        let receptor = projection.spec.receptor;
        let quantum = part.network.weight_quantum(target, receptor);
        #[expect(clippy::cast_possible_truncation, reason = "compared when the groups were made")]
        let slots = group.receptor(receptor).start as u32..group.receptor(receptor).end as u32;
        Some(Onto { projection, slots, quantum })
    })
}

fn is_static(onto: &Onto<'_>) -> bool {
    *onto.projection.spec.synapse::<Native>() == Synapse::Static
}

/// Makes the connections of `part` onto `groups` that do not change, and the sources of all.
pub(crate) fn wire(part: &Part<'_>, groups: &[Group], plastic: &Tables) -> Result<(Vec<Source>, Vec<Drive>)> {
    let (mut rest, mut drives) = (Vec::new(), Vec::new());
    for onto in onto(part, groups).filter(is_static) {
        if Native::draws(part.network, onto.projection.spec) {
            drives.push(Drive::new(part, &onto)?);
        } else {
            rest.push(onto);
        }
    }
    Ok((sources(part, build::tables(part, rest)?, plastic), drives))
}

/// The tables by source population, ordered by global id.
fn sources(part: &Part<'_>, tables: Vec<(PopulationId, Table)>, plastic: &Tables) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    let changing = plastic.sources().map(|(population, _)| (population, None));
    for (population, table) in
        tables.into_iter().map(|(population, table)| (population, Some(table))).chain(changing)
    {
        match sources.iter_mut().find(|source| source.population == population) {
            Some(source) => source.tables.extend(table),
            None => {
                let spec = &part.network.populations()[population.0];
                sources.push(Source {
                    population,
                    first_gid: spec.first_gid,
                    size: spec.cells().size(),
                    tables: Vec::from_iter(table),
                    shortest: 0,
                    history: History::new(0),
                });
            }
        }
    }
    for source in &mut sources {
        let changing = plastic.sources().filter(|(population, _)| *population == source.population);
        let delays = source.tables.iter().flat_map(|table| &table.delays);
        let delays = delays.chain(changing.flat_map(|(_, delays)| delays));
        source.shortest = delays.clone().min().copied().unwrap_or(1);
        source.history = History::new(delays.max().copied().unwrap_or(1));
    }
    sources.sort_by_key(|source| source.first_gid);
    sources
}

impl Simulator for Engine {
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()> {
        let mut source = 0;
        for spike in packet.spikes {
            let is_from = |source: &Source| spike.gid.wrapping_sub(source.first_gid) < source.size;
            if !self.sources.get(source).is_some_and(is_from) {
                source =
                    self.sources.partition_point(|source| source.first_gid <= spike.gid).saturating_sub(1);
                if !self.sources.get(source).is_some_and(is_from) {
                    continue;
                }
            }
            let number = source;
            let source = &mut self.sources[number];
            let stamp = packet.timestep * i64::from(spike.step);
            let (step, row) = (stamp.steps_up(self.timestep), spike.gid - source.first_gid);
            let step = u32::try_from(step).map_err(|_| too_far(stamp))?;
            if source.is_late(row, step, self.now, |steps| self.plastic.has_delay_within(number, row, steps))
            {
                return Err(Error::new(
                    ErrorKind::Simulator,
                    format!(
                        "a spike of cell {} at {stamp} came at {}, too late",
                        spike.gid,
                        self.timestep * i64::from(self.now)
                    ),
                ));
            }
            source.history.push(step, row);
        }
        Ok(())
    }

    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()> {
        let last = u32::try_from(to.steps_down(self.timestep)).map_err(|_| too_far(to))?;
        while self.now < last {
            self.step(out);
        }
        Ok(())
    }

    fn potentials(&mut self, cells: &[u32], out: &mut Vec<f64>) -> Result<()> {
        for gid in cells {
            let group = self.groups.partition_point(|group| group.first_gid <= *gid).saturating_sub(1);
            let group = self.groups.get(group);
            let v =
                group.and_then(|group| group.potentials()?.get(gid.checked_sub(group.first_gid)? as usize));
            out.push(*v.ok_or_else(|| {
                Error::new(ErrorKind::Simulator, format!("there is no potential of a cell {gid} here"))
            })?);
        }
        Ok(())
    }

    fn take_potentials(&mut self, cells: &[u32], potentials: &[f64]) -> Result<()> {
        self.gaps.take(cells, potentials)
    }

    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        self.groups.iter_mut().for_each(|group| group.drain(take));
    }

    fn reset(&mut self) -> Result<()> {
        (self.now, self.events) = (0, 0);
        self.inputs.fill(0);
        self.sources.iter_mut().for_each(|source| source.history.reset());
        self.drives.iter_mut().for_each(Drive::reset);
        self.plastic.reset();
        self.currents.reset();
        inject(&mut self.groups, self.currents.cells());
        self.gaps.note(self.currents.cells());
        self.groups.iter_mut().for_each(Group::reset);
        self.link();
        Ok(())
    }

    fn change(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        self.take_over(part, change)
    }

    fn state(&mut self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        let group = self.groups.iter().find(|group| group.population == population.spec.id);
        group.map_or_else(|| Ok(Vec::new()), |group| group.state(population, state))
    }

    fn synapse_values(
        &mut self,
        projection: &LocalProjection<'_>,
        value: SynapseValue,
    ) -> Result<Option<Vec<f64>>> {
        match value {
            SynapseValue::Weight => self.plastic.weights(projection, self.now),
            SynapseValue::Delay | SynapseValue::Parameter(_) => Ok(None),
        }
    }

    fn statistics(&self) -> Statistics {
        let tables = || self.sources.iter().flat_map(|source| &source.tables);
        let drives = || self.drives.iter();
        Statistics {
            synapses: (tables().map(Table::synapses).sum::<usize>()
                + drives().map(Drive::synapses).sum::<usize>()
                + self.plastic.synapses()) as u64,
            events: self.events,
            synapse_bytes: (tables().map(Table::bytes).sum::<usize>()
                + drives().map(Drive::bytes).sum::<usize>()
                + self.plastic.bytes()) as u64,
            state_bytes: self.groups.iter().map(Group::bytes).sum::<usize>() as u64,
        }
    }
}

fn too_far(time: Tick) -> Error {
    Error::new(ErrorKind::Usage, format!("{time} is beyond the {} time steps of a run", u32::MAX))
}
