//! Changing synapses for a simulator that is given weights as they arrive.

use std::ops::Range;

use super::{History, Onto, Synapse, Tables};
use crate::backend::{Backend, LocalProjection, Part};
use crate::error::Result;
use crate::population::{PopulationId, ProjectionId};
use crate::time::Spike;

/// The changing synapses of one rank of a simulator: it is told all spikes, of own cells and of others, and says step by
/// step which weights arrive at which cells.
#[derive(Debug)]
pub struct Arriving {
    tables: Tables,
    /// Ordered by global id.
    sources: Vec<Source>,
    targets: Vec<Target>,
    inputs: Vec<i64>,
    /// The last step whose arrivals were taken.
    step: u32,
}

/// A population whose spikes are heard.
#[derive(Debug)]
struct Source {
    population: PopulationId,
    first_gid: u32,
    size: u32,
    shortest: u32,
    history: History,
}

/// A receptor of the cells that live here of a population.
#[derive(Debug)]
struct Target {
    population: PopulationId,
    receptor: usize,
    slots: Range<usize>,
    quantum: f64,
    /// The cells.
    gids: Range<u32>,
}

/// What arrives at a cell at the end of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// The cell's population.
    pub population: PopulationId,
    /// The receptor's number.
    pub receptor: usize,
    /// The index of the cell among those of its population that live here.
    pub cell: u32,
    /// The sum of the weights, in the receptor's base unit.
    pub weight: f64,
}

impl Arriving {
    /// The changing synapses of `part`.
    ///
    /// # Errors
    /// When a connection cannot be made, or a value does not make sense.
    pub fn new<B: Backend<Synapse = Synapse>>(part: &Part<'_>) -> Result<Self> {
        let (mut targets, mut slots): (Vec<Target>, u32) = (Vec::new(), 0);
        let mut onto = Vec::new();
        let changes = |local: &LocalProjection<'_>| local.spec.synapse::<B>().changes();
        for projection in part.projections().filter(changes).flat_map(LocalProjection::by_source) {
            let (population, receptor) = (projection.target_population(), projection.spec.receptor);
            let same = |target: &Target| target.population == population && target.receptor == receptor;
            let number = targets.iter().position(same).unwrap_or_else(|| {
                let gids = cells(part, population);
                let end = slots + gids.end - gids.start;
                let quantum = part.network.weight_quantum(population, receptor);
                let here = slots as usize..end as usize;
                targets.push(Target { population, receptor, slots: here, quantum, gids });
                slots = end;
                targets.len() - 1
            });
            let Target { slots, quantum, .. } = &targets[number];
            onto.push(Onto { projection, slots: narrow(slots.start)..narrow(slots.end), quantum: *quantum });
        }
        let tables = Tables::new::<B>(part, onto.into_iter())?;
        let mut arriving =
            Self { tables, sources: Vec::new(), targets, inputs: vec![0; slots as usize], step: 0 };
        arriving.link(part);
        Ok(arriving)
    }

    /// Makes a history for each source.
    fn link(&mut self, part: &Part<'_>) {
        let mut sources: Vec<Source> = Vec::new();
        for (population, delays) in self.tables.sources() {
            let shortest = delays.first().copied().unwrap_or(1);
            let longest = delays.last().copied().unwrap_or(1);
            match sources.iter_mut().find(|source| source.population == population) {
                Some(source) => {
                    source.shortest = source.shortest.min(shortest);
                    source.history = History::new(source.history.longest().max(longest));
                }
                None => {
                    let spec = &part.network.populations()[population.0];
                    let (first_gid, size) = (spec.first_gid, narrow(spec.size));
                    let history = History::new(longest);
                    sources.push(Source { population, first_gid, size, shortest, history });
                }
            }
        }
        sources.sort_by_key(|source| source.first_gid);
        let number = |from| sources.iter().position(|source| source.population == from);
        self.tables.link(|from| number(from).expect("each table has made its source one"));
        self.sources = sources;
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.synapses() == 0
    }

    /// Whether a projection has changing synapses here.
    #[must_use]
    pub fn has(&self, projection: ProjectionId) -> bool {
        self.tables.has(projection)
    }

    /// The receptors at which weights can arrive: population, number of the receptor, number of cells that live here.
    pub fn targets(&self) -> impl Iterator<Item = (PopulationId, usize, u32)> {
        self.targets.iter().map(|target| (target.population, target.receptor, narrow(target.slots.len())))
    }

    fn source(&mut self, gid: u32) -> Option<(usize, &mut Source)> {
        let number = self.sources.partition_point(|source| source.first_gid <= gid).checked_sub(1)?;
        let source = &mut self.sources[number];
        (gid - source.first_gid < source.size).then_some((number, source))
    }

    /// Takes in the spike of a cell, of this rank or of another, in a step. Says whether it comes in time.
    #[must_use]
    pub fn hear(&mut self, gid: u32, step: u32) -> bool {
        let now = self.step;
        let Some((number, source)) = self.source(gid) else { return true };
        let row = gid - source.first_gid;
        if step.saturating_add(source.shortest) <= now
            && self.tables.has_delay_within(number, row, now - step)
        {
            return false;
        }
        self.sources[number].history.push(step, row);
        true
    }

    /// Takes in spikes of cells that live here, ordered by step: they act elsewhere, and change the synapses onto their
    /// cells.
    pub fn fired(&mut self, spikes: &[Spike]) {
        for spike in spikes {
            // A spike that has just been fired is not late.
            let _in_time = self.hear(spike.gid, spike.step);
            if let Some(target) = self.targets.iter().find(|target| target.gids.contains(&spike.gid)) {
                self.tables.fired(target.population, target.gids.start, std::slice::from_ref(spike));
            }
        }
    }

    /// Calls `take` with what arrives at the end of the step after the last one that was asked for; all spikes before it
    /// are known. Gives the number of synaptic events.
    pub fn next(&mut self, mut take: impl FnMut(Arrival)) -> u64 {
        self.tables.tidy(self.step);
        self.step += 1;
        let sources = &self.sources;
        let events = self.tables.deliver(|from| &sources[from].history, self.step, &mut self.inputs);
        self.sources.iter_mut().for_each(|source| source.history.rotate());
        if events == 0 {
            return 0;
        }
        for Target { population, receptor, slots, quantum, .. } in &self.targets {
            for (cell, sum) in (0..).zip(&mut self.inputs[slots.clone()]).filter(|(_, sum)| **sum != 0) {
                let weight = *sum as f64 * quantum;
                take(Arrival { population: *population, receptor: *receptor, cell, weight });
                *sum = 0;
            }
        }
        events
    }

    /// Back to time 0.
    pub fn reset(&mut self) {
        self.step = 0;
        self.inputs.fill(0);
        self.tables.reset();
        self.sources.iter_mut().for_each(|source| source.history.reset());
    }

    /// The weights of `projection`, in the order in which it emits its connections, if they change.
    ///
    /// # Errors
    /// When connections cannot be made again.
    pub fn weights(&self, projection: &LocalProjection<'_>) -> Result<Option<Vec<f64>>> {
        self.tables.weights(projection, self.step)
    }

    /// Takes over what has changed of the connections of a projection, also of one that is none of these: the resolution of
    /// weights is that of the largest onto a receptor.
    ///
    /// # Errors
    /// When a value does not make sense.
    pub fn change(&mut self, part: &Part<'_>, changed: ProjectionId) -> Result<()> {
        for target in &mut self.targets {
            target.quantum = part.network.weight_quantum(target.population, target.receptor);
        }
        self.tables.change(part, changed, self.step)
    }

    /// How many synapses.
    #[must_use]
    pub fn synapses(&self) -> u64 {
        self.tables.synapses() as u64
    }

    /// Bytes of memory.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.tables.bytes() as u64
    }
}

/// The global ids of the cells of `population` that live here.
fn cells(part: &Part<'_>, population: PopulationId) -> Range<u32> {
    let local = part.populations().find(|local| local.spec.id == population);
    local.map_or(0..0, |local| local.first_gid()..local.first_gid() + narrow(local.cells.len()))
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).expect("cells are numbered by 32 bits")
}
