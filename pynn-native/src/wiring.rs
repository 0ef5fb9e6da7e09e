//! Synapses that do not change, and what arrives by them.
//!
//! What arrives in a step is added up at its beginning, or, where a rank would only wait for spikes of others, before
//! these have come: then their segments follow one by one.

use std::ops::Range;

use pynn_core::backend::{Backend, LocalProjection, Part};
use pynn_core::error::Result;
use pynn_core::plastic::{History, Synapse, Tables};
use pynn_core::population::PopulationId;

use crate::Native;
use crate::build::{self, Onto};
use crate::drive::Drive;
use crate::group::Group;
use crate::table::{Due, Table, deliver};

/// A population whose spikes act on cells of this rank, wherever it lives.
pub(crate) struct Source {
    population: PopulationId,
    pub(crate) first_gid: u32,
    size: u32,
    /// The numbers of its tables.
    tables: Range<usize>,
    shortest: u32,
    pub(crate) history: History,
}

impl Source {
    #[inline]
    fn has(&self, gid: u32) -> bool {
        gid.wrapping_sub(self.first_gid) < self.size
    }
}

/// The synapses of one rank that do not change, and the sources of all.
pub(crate) struct Wiring {
    tables: Vec<Table>,
    /// Ordered by global id.
    pub(crate) sources: Vec<Source>,
    pub(crate) drives: Vec<Drive>,
    /// The step for which all has been delivered but for `due`.
    prepared: Option<u32>,
    due: Due,
}

impl Wiring {
    /// The connections of `part` onto `groups`.
    pub(crate) fn new(part: &Part<'_>, groups: &[Group], plastic: &Tables) -> Result<Self> {
        let (mut rest, mut drives) = (Vec::new(), Vec::new());
        for onto in onto(part, groups).filter(is_static) {
            if Native::draws(part.network, onto.projection.spec) {
                drives.push(Drive::new(part, &onto)?);
            } else {
                rest.push(onto);
            }
        }
        let mut tables = build::tables(part, rest)?;
        tables.sort_by_key(|(population, _)| part.network.populations()[population.0].first_gid);
        let sources = sources(part, &tables, plastic);
        let tables = tables.into_iter().map(|(_, table)| table).collect();
        Ok(Self { tables, sources, drives, prepared: None, due: Due::default() })
    }

    /// The number of the source that `population` is, if it is one.
    pub(crate) fn source_of(&self, population: PopulationId) -> Option<usize> {
        self.sources.iter().position(|source| source.population == population)
    }

    /// The number of the source that cell `gid` belongs to, if it does; `guess` is looked at first.
    #[inline]
    pub(crate) fn find(&self, guess: usize, gid: u32) -> Option<usize> {
        if self.sources.get(guess).is_some_and(|source| source.has(gid)) {
            return Some(guess);
        }
        let number = self.sources.partition_point(|source| source.first_gid <= gid).checked_sub(1)?;
        self.sources[number].has(gid).then_some(number)
    }

    /// Whether the spike of `row` of `source` in `step` would have had to act at step `now` or before.
    /// `changing` says whether it has a delay of so many steps or less in tables of synapses that change.
    #[inline]
    pub(crate) fn is_late(
        &self,
        source: &Source,
        row: u32,
        step: u32,
        now: u32,
        changing: impl Fn(u32) -> bool,
    ) -> bool {
        let tables = || &self.tables[source.tables.clone()];
        step.saturating_add(source.shortest) <= now
            && (tables().iter().any(|table| table.has_delay_within(row, now - step)) || changing(now - step))
    }

    /// Takes in the spike of `row` of source number `source` in `step`, which is not late.
    #[inline]
    pub(crate) fn hear(&mut self, source: usize, row: u32, step: u32) {
        let source = &mut self.sources[source];
        source.history.push(step, row);
        if let Some(prepared) = self.prepared {
            for number in source.tables.clone() {
                self.tables[number].due_late(number as u32, (step, row), prepared, &mut self.due);
            }
        }
    }

    /// Adds to `inputs` what arrives at the end of `step` as far as it is known, and says how many events that were.
    pub(crate) fn prepare(&mut self, step: u32, inputs: &mut [i64]) -> u64 {
        for source in &self.sources {
            for number in source.tables.clone() {
                self.tables[number].due(number as u32, &source.history, i64::from(step), &mut self.due);
            }
        }
        self.prepared = Some(step);
        let drives = self.drives.iter_mut().map(|drive| drive.deliver(step, inputs)).sum::<u64>();
        drives + self.deliver_due(inputs)
    }

    /// Adds to `inputs` what arrives at the end of `step`, all of which is known and some of which may have been added
    /// before, and says how many events were not.
    pub(crate) fn deliver(&mut self, step: u32, inputs: &mut [i64]) -> u64 {
        let events =
            if self.prepared == Some(step) { self.deliver_due(inputs) } else { self.prepare(step, inputs) };
        self.prepared = None;
        events
    }

    fn deliver_due(&mut self, inputs: &mut [i64]) -> u64 {
        deliver(&self.tables, &mut self.due, inputs)
    }

    /// Back to time 0.
    pub(crate) fn reset(&mut self) {
        self.prepared = None;
        self.due = Due::default();
        self.sources.iter_mut().for_each(|source| source.history.reset());
        self.drives.iter_mut().for_each(Drive::reset);
    }

    /// Takes over the spikes that are under way in `old`, whose connections are the same.
    pub(crate) fn keep(&mut self, old: &mut Self) {
        for source in &mut self.sources {
            if let Some(old) = old.sources.iter_mut().find(|old| old.population == source.population) {
                std::mem::swap(&mut source.history, &mut old.history);
            }
        }
        for (drive, old) in self.drives.iter_mut().zip(&mut old.drives) {
            drive.keep_rates(old);
        }
    }

    pub(crate) fn synapses(&self) -> usize {
        self.tables.iter().map(Table::synapses).sum::<usize>()
            + self.drives.iter().map(Drive::synapses).sum::<usize>()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.tables.iter().map(Table::bytes).sum::<usize>()
            + self.drives.iter().map(Drive::bytes).sum::<usize>()
    }
}

/// The projections of `part` onto `groups`.
pub(crate) fn onto<'a, 'n>(
    part: &'a Part<'n>,
    groups: &'a [Group],
) -> impl Iterator<Item = Onto<'n>> + use<'a, 'n> {
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

/// The populations that `tables`, ordered by them, and changing synapses are from, ordered by global id.
fn sources(part: &Part<'_>, tables: &[(PopulationId, Table)], plastic: &Tables) -> Vec<Source> {
    let populations = tables.iter().map(|(population, _)| *population);
    let mut populations: Vec<_> =
        populations.chain(plastic.sources().map(|(population, _)| population)).collect();
    let first_gid = |population: &PopulationId| part.network.populations()[population.0].first_gid;
    populations.sort_by_key(first_gid);
    populations.dedup();
    let source = |population: PopulationId| {
        let of = |other: &PopulationId| first_gid(other).cmp(&first_gid(&population));
        let start = tables.partition_point(|(other, _)| of(other).is_lt());
        let tables_of = start..tables.partition_point(|(other, _)| of(other).is_le());
        let changing = plastic.sources().filter(|(other, _)| *other == population);
        let delays = tables[tables_of.clone()].iter().flat_map(|(_, table)| &table.delays);
        let delays = delays.chain(changing.flat_map(|(_, delays)| delays));
        let spec = &part.network.populations()[population.0];
        Source {
            population,
            first_gid: spec.first_gid,
            size: spec.cells().size(),
            tables: tables_of,
            shortest: delays.clone().min().copied().unwrap_or(1),
            history: History::new(delays.max().copied().unwrap_or(1)),
        }
    };
    populations.into_iter().map(source).collect()
}
