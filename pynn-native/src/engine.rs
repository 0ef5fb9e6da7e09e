//! One rank of the engine: groups of cells, tables of synapses, and the step that ties them together.

use pynn_core::backend::{
    Currents, Injected, LocalPopulation, LocalProjection, Packet, Part, Samples, Simulator, Statistics,
    too_far, too_late,
};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::plastic::{self, Tables};
use pynn_core::time::{Spike, Tick};

use crate::Native;
use crate::gap::Gaps;
use crate::group::Group;
use crate::kernels::ring::Ring;
use crate::wiring::{Wiring, onto};

/// One rank of the engine.
pub(crate) struct Engine {
    timestep: Tick,
    /// Steps done.
    pub(crate) now: u32,
    pub(crate) groups: Vec<Group>,
    /// Synapses that do not change.
    pub(crate) wiring: Wiring,
    /// Synapses that change.
    pub(crate) plastic: Tables,
    pub(crate) currents: Currents,
    pub(crate) gaps: Gaps,
    /// What arrives at the ends of the next steps, in quanta: in a step for each receptor number the slots of each group.
    pub(crate) inputs: Ring,
    /// Events that are added to `inputs`.
    pub(crate) events: u64,
}

impl Engine {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let populations = part.populations().filter(|population| !population.cells.is_empty());
        let groups = populations.map(|population| Group::new(part, &population));
        let mut groups = groups.collect::<Result<Vec<Group>>>()?;
        let slots = lay_out(&mut groups)?;
        let plastic = Tables::new::<Native>(part, onto(part, &groups).map(plastic::Onto::from))?;
        let wiring = Wiring::new(part, &groups, slots, &plastic)?;
        let currents = Currents::new(part)?;
        check_injected(part, &mut groups, &currents)?;
        let gaps = Gaps::new(part, &mut groups)?;
        let mut engine = Self {
            timestep: part.timestep(),
            now: 0,
            groups,
            inputs: Ring::new(wiring.ring),
            wiring,
            plastic,
            currents,
            gaps,
            events: 0,
        };
        engine.reset()?;
        Ok(engine)
    }

    /// Notes which source each group is.
    pub(crate) fn link(&mut self) {
        for group in &mut self.groups {
            group.source = self.wiring.source_of(group.population);
        }
        let wiring = &self.wiring;
        self.plastic.link(|from| wiring.source_of(from).expect("each table has made its source one"));
    }

    /// Adds up what arrives at the end of `step`.
    fn gather(&mut self, step: u32) {
        self.events += self.wiring.deliver(step, &mut self.inputs);
        let wiring = &self.wiring;
        self.events += self.plastic.deliver(|from| wiring.history(from), step, self.inputs.next_step());
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
            group.step(step, self.inputs.next_step(), out);
            if let Some(source) = group.source {
                for spike in &out[fired..] {
                    self.wiring.hear(source, spike.gid, step);
                }
            }
            self.plastic.fired(group.population, group.first_gid, &out[fired..]);
        }
        self.plastic.tidy(step);
        self.wiring.rotate();
        self.inputs.rotate();
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

impl Simulator for Engine {
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()> {
        let mut from = 0;
        for spike in packet.spikes {
            let Some(number) = self.wiring.find(from, spike.gid) else { continue };
            from = number;
            let stamp = packet.timestep * i64::from(spike.step);
            let step = u32::try_from(stamp.steps_up(self.timestep)).map_err(|_| too_far(stamp))?;
            let changing = |row, steps| self.plastic.has_delay_within(number, row, steps);
            if self.wiring.is_late(number, spike.gid, step, self.now, changing) {
                return Err(too_late(spike.gid, stamp, self.timestep * i64::from(self.now)));
            }
            self.wiring.hear(number, spike.gid, step);
        }
        Ok(())
    }

    fn prepare(&mut self) -> Result<bool> {
        if self.wiring.is_prepared() {
            return Ok(self.wiring.look_ahead());
        }
        self.events += self.wiring.prepare(self.now + 1, &mut self.inputs);
        Ok(!self.wiring.drives.is_empty())
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
        self.inputs.clear();
        self.wiring.reset();
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
        Statistics {
            synapses: (self.wiring.synapses() + self.plastic.synapses()) as u64,
            events: self.events - self.wiring.in_ring(self.now),
            synapse_bytes: (self.wiring.bytes() + self.plastic.bytes()) as u64,
            state_bytes: (self.groups.iter().map(Group::bytes).sum::<usize>() + self.inputs.bytes()) as u64,
        }
    }
}
