//! Synapses that do not change, and what arrives by them.
//!
//! What arrives in a step is added up at its beginning, or, where a rank would only wait for spikes of others, before
//! these have come: then what they add follows.

use std::collections::VecDeque;
use std::ops::Range;

use pynn_core::backend::{Backend, LocalProjection, Part};
use pynn_core::error::Result;
use pynn_core::plastic::{History, Synapse, Tables};
use pynn_core::population::PopulationId;

use crate::Native;
use crate::agenda::Agenda;
use crate::build::{self, Onto};
use crate::drive::Drive;
use crate::group::Group;
use crate::kernels::ring::{Ring, Shape};
use crate::table::{Table, deliver};
use crate::under_way::UnderWay;

/// A population whose spikes act on cells of this rank, wherever it lives.
struct Source {
    population: PopulationId,
    first_gid: u32,
    size: u32,
    /// The numbers of its tables.
    tables: Range<usize>,
    shortest: u32,
    /// Its spikes, as far as synapses that change want to know them.
    history: Option<History>,
}

/// A spike of a cell of a source.
#[derive(Clone, Copy)]
struct Heard {
    source: u32,
    row: u32,
    step: u32,
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
    /// Of the ring that [`deliver`](Self::deliver) adds to.
    pub(crate) ring: Shape,
    /// Ordered by global id.
    sources: Vec<Source>,
    pub(crate) drives: Vec<Drive>,
    agenda: Agenda,
    /// The longest delay of `tables`.
    longest: u32,
    /// Spikes that may still be under way, and how many of the last ones are not on the agenda yet.
    recent: VecDeque<Heard>,
    new: usize,
    /// Whether drives have been added for the next step.
    driven: bool,
    /// What arrives by connections whose delays have changed since.
    pub(crate) under_way: UnderWay,
}

impl Wiring {
    /// The connections of `part` onto `groups`, which have so many `slots`.
    pub(crate) fn new(part: &Part<'_>, groups: &[Group], slots: usize, plastic: &Tables) -> Result<Self> {
        let (mut rest, mut drives) = (Vec::new(), Vec::new());
        for onto in onto(part, groups).filter(is_static) {
            if Native::draws(part.network, onto.projection.spec) {
                drives.push(Drive::new(part, &onto)?);
            } else {
                rest.push(onto);
            }
        }
        let (mut tables, ring) = build::tables(part, rest, slots)?;
        tables.sort_by_key(|(population, _)| part.network.populations()[population.0].first_gid);
        let sources = sources(part, &tables, plastic);
        let tables: Vec<Table> = tables.into_iter().map(|(_, table)| table).collect();
        let longest = tables.iter().map(|table| table.delays.longest).max().unwrap_or(0);
        let (agenda, recent) = (Agenda::new(1), VecDeque::new());
        let under_way = UnderWay::default();
        Ok(Self { tables, ring, sources, drives, agenda, longest, recent, new: 0, driven: false, under_way })
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

    /// The spikes of source number `source`, which has synapses that change.
    pub(crate) fn history(&self, source: usize) -> &History {
        self.sources[source].history.as_ref().expect("made for sources of synapses that change")
    }

    /// Whether the spike of cell `gid` of source number `source` in `step` would have had to act at step `now` or before.
    /// `changing` says whether a row of the source has a delay of so many steps or less among synapses that change.
    #[inline]
    pub(crate) fn is_late(
        &self,
        source: usize,
        gid: u32,
        step: u32,
        now: u32,
        changing: impl Fn(u32, u32) -> bool,
    ) -> bool {
        let source = &self.sources[source];
        if step.saturating_add(source.shortest) > now {
            return false;
        }
        let (row, ago) = (gid - source.first_gid, now - step);
        let tables = &self.tables[source.tables.clone()];
        tables.iter().any(|table| table.has_delay_within(row, ago)) || changing(row, ago)
    }

    /// Takes in the spike of cell `gid` of source number `source` in `step`, which is not late.
    #[inline]
    pub(crate) fn hear(&mut self, source: usize, gid: u32, step: u32) {
        let Source { tables, history, first_gid, .. } = &mut self.sources[source];
        let row = gid - *first_gid;
        self.tables[tables.clone()].iter().for_each(|table| table.prefetch_row(row));
        if let Some(history) = history {
            history.push(step, row);
        }
        self.recent.push_back(Heard { source: source as u32, row, step });
        self.new += 1;
    }

    /// Puts the spikes that are new on the agenda. Adds to `ring` what should have begun to act before the next step, and says
    /// how many events that were.
    fn note(&mut self, ring: &mut Ring) -> u64 {
        let mut events = 0;
        for heard in self.recent.iter().skip(self.recent.len() - self.new) {
            for number in self.sources[heard.source as usize].tables.clone() {
                let spike = (number as u32, heard.row, heard.step);
                events += self.tables[number].note(spike, &mut self.agenda, ring);
            }
        }
        self.new = 0;
        events
    }

    /// Adds to `ring` what begins to arrive at the end of `step`, the next one, as far as it is known and has not been added,
    /// and says how many events that were.
    pub(crate) fn prepare(&mut self, step: u32, ring: &mut Ring) -> u64 {
        let mut events = self.note(ring);
        events += deliver(&self.tables, self.agenda.next(), ring);
        self.agenda.next().clear();
        if !self.driven {
            self.driven = true;
            events += self.drives.iter_mut().map(|drive| drive.deliver(step, ring.next_step())).sum::<u64>();
            events += self.under_way.deliver(step, ring.next_step());
        }
        events
    }

    /// How many events are in the ring when `now` steps are done, of steps that are not.
    pub(crate) fn in_ring(&self, now: u32) -> u64 {
        if self.ring.steps == 1 {
            return 0;
        }
        let of_spike = |heard: &Heard| {
            let tables = &self.tables[self.sources[heard.source as usize].tables.clone()];
            tables.iter().map(|table| table.in_ring(heard.row, heard.step, now)).sum::<u64>()
        };
        self.recent.iter().take(self.recent.len() - self.new).map(of_spike).sum()
    }

    /// Whether the next step is prepared as far as it was known once.
    pub(crate) fn is_prepared(&self) -> bool {
        self.driven
    }

    /// Does some of what will be needed after the next step, and says whether there was anything left.
    pub(crate) fn look_ahead(&mut self) -> bool {
        self.drives.iter_mut().any(Drive::draw_ahead)
    }

    /// As [`prepare`](Self::prepare), when all is known; goes on by one step.
    pub(crate) fn deliver(&mut self, step: u32, ring: &mut Ring) -> u64 {
        let events = self.prepare(step, ring);
        self.driven = false;
        self.agenda.rotate();
        let is_over = |heard: &Heard| heard.step.saturating_add(self.longest) <= step;
        while self.recent.front().is_some_and(is_over) {
            self.recent.pop_front();
        }
        events
    }

    /// Forgets the oldest step of the histories.
    pub(crate) fn rotate(&mut self) {
        self.sources.iter_mut().filter_map(|source| source.history.as_mut()).for_each(History::rotate);
    }

    /// Back to time 0.
    pub(crate) fn reset(&mut self) {
        self.agenda.reset();
        self.recent.clear();
        (self.new, self.driven) = (0, false);
        self.under_way = UnderWay::default();
        self.sources.iter_mut().filter_map(|source| source.history.as_mut()).for_each(History::reset);
        self.drives.iter_mut().for_each(Drive::reset);
    }

    /// The last step in which a spike that is known when `now` steps are done can arrive.
    pub(crate) fn last_arrival(&self, now: u32) -> u32 {
        now.saturating_add(self.longest).max(self.under_way.last().unwrap_or(0))
    }

    /// Takes over the sources of `old` after `now` steps, whose connections have other delays: what is under way arrives as it
    /// was sent.
    pub(crate) fn keep_as_sent(&mut self, old: &mut Self, now: u32, under_way: UnderWay) {
        old.recent.clear();
        self.keep(old, now);
        self.under_way = under_way;
    }

    /// Takes over the spikes that are under way in `old` after `now` steps; its connections are the same.
    pub(crate) fn keep(&mut self, old: &mut Self, now: u32) {
        for source in &mut self.sources {
            if let Some(old) = old.sources.iter_mut().find(|old| old.population == source.population) {
                std::mem::swap(&mut source.history, &mut old.history);
            }
        }
        for (drive, old) in self.drives.iter_mut().zip(&mut old.drives) {
            drive.keep_rates(old);
        }
        std::mem::swap(&mut self.recent, &mut old.recent);
        (self.agenda, self.new) = (Agenda::new(now + 1), self.recent.len());
        std::mem::swap(&mut self.under_way, &mut old.under_way);
    }

    pub(crate) fn synapses(&self) -> usize {
        self.tables.iter().map(Table::synapses).sum::<usize>()
            + self.drives.iter().map(Drive::synapses).sum::<usize>()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.tables.iter().map(Table::bytes).sum::<usize>()
            + self.drives.iter().map(Drive::bytes).sum::<usize>()
            + self.agenda.bytes()
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
        let changing = || plastic.sources().filter(|(other, _)| *other == population);
        let changing_delays = || changing().flat_map(|(_, delays)| delays);
        let delays = tables[tables_of.clone()].iter().flat_map(|(_, table)| &table.delays.firsts);
        let spec = &part.network.populations()[population.0];
        Source {
            population,
            first_gid: spec.first_gid,
            size: spec.cells().size(),
            tables: tables_of,
            shortest: delays.chain(changing_delays()).min().copied().unwrap_or(1),
            history: changing().next().map(|_| History::new(changing_delays().max().copied().unwrap_or(1))),
        }
    };
    populations.into_iter().map(source).collect()
}
