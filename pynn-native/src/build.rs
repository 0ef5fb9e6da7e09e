//! From the description's connections to tables of synapses.
//!
//! Projections from one population share a table where they can: those of constant weight and delay with the same two
//! numbers, and all those whose weights (or delays) differ from synapse to synapse. Each table is built in two passes
//! over the connectors, which give the same connections again: count, then place.

use std::ops::Range;

use pynn_core::backend::{Draw, LocalProjection, Part, RowValues, delay_steps};
use pynn_core::error::{Error, Result};
use pynn_core::plastic::{self, Counts};
use pynn_core::population::PopulationId;
use pynn_core::time::Tick;
use pynn_core::values::SynapseColumn;

use crate::kernels::deliver::Targets;
use crate::table::{Table, Weights};

/// Which projections share a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kind {
    source: PopulationId,
    /// Delay in steps, if it is one.
    delay: Option<u32>,
    /// Weight in quanta, if it is one.
    weight: Option<i32>,
}

/// The projections of one table.
struct Plan<'n> {
    kind: Kind,
    /// Cells of the source population.
    rows: usize,
    onto: Vec<Onto<'n>>,
}

/// A projection, and where its targets' inputs are.
pub(crate) struct Onto<'n> {
    pub(crate) projection: LocalProjection<'n>,
    /// The slots of the cells that live here of the target population, for the projection's receptor.
    pub(crate) slots: Range<u32>,
    /// What weights are multiples of.
    pub(crate) quantum: f64,
}

impl<'n> From<Onto<'n>> for plastic::Onto<'n> {
    fn from(onto: Onto<'n>) -> Self {
        Self { projection: onto.projection, slots: onto.slots, quantum: onto.quantum }
    }
}

impl Onto<'_> {
    /// `weight` in quanta.
    pub(crate) fn quanta(&self, weight: f64) -> Result<i32> {
        let quanta = (weight / self.quantum).round();
        if quanta.abs() > f64::from(i32::MAX) {
            return Err(Error::description(format!(
                "projection `{}`: a weight of {weight} is more than twice {}, the largest that its description \
                 announces; give weights as a constant, a list or a distribution, or scale the function",
                self.projection.spec.name,
                self.quantum * f64::from(1 << 30),
            )));
        }
        #[expect(clippy::cast_possible_truncation, reason = "compared above")]
        Ok(quanta as i32)
    }

    fn kind(&self, timestep: Tick) -> Result<Kind> {
        let (spec, connector) = (self.projection.spec, &self.projection.spec.connector);
        let delay = match (&spec.values.delay, connector.listed_delays()) {
            (SynapseColumn::Constant(delay), None) => Some(delay_steps(*delay, timestep)),
            _ => None,
        };
        let weight = match (&spec.values.weight, connector.listed_weights()) {
            (SynapseColumn::Constant(weight), None) => Some(self.quanta(*weight)?),
            _ => None,
        };
        Ok(Kind { source: self.projection.source_part().population, delay, weight })
    }
}

/// The tables of a rank, with the population that each is from.
pub(crate) fn tables(part: &Part<'_>, onto: Vec<Onto<'_>>) -> Result<Vec<(PopulationId, Table)>> {
    let mut plans: Vec<Plan<'_>> = Vec::new();
    for onto in onto {
        let kind = onto.kind(part.timestep())?;
        match plans.iter_mut().find(|plan| plan.kind == kind) {
            Some(plan) => plan.onto.push(onto),
            None => {
                let rows = part.network.populations()[kind.source.0].size;
                plans.push(Plan { kind, rows, onto: vec![onto] });
            }
        }
    }
    plans.into_iter().map(|plan| Ok((plan.kind.source, plan.table()?))).collect()
}

impl Plan<'_> {
    /// The slots that can be reached.
    fn slots(&self) -> Range<usize> {
        let starts = self.onto.iter().map(|onto| onto.slots.start as usize);
        let ends = self.onto.iter().map(|onto| onto.slots.end as usize);
        starts.min().unwrap_or(0)..ends.max().unwrap_or(0)
    }

    fn table(&self) -> Result<Table> {
        let mut counts = Counts::new(self.rows);
        // Where the delay is one, a row has one column and the delay is not looked at.
        self.kind.delay.map(|delay| counts.column(delay));
        for onto in &self.onto {
            let mut cells = Vec::new();
            onto.projection.connect(Draw::Delays, &mut |row| {
                let rows = onto.projection.source_cells(row.sources, &mut cells);
                match row.delays {
                    _ if self.kind.delay.is_some() => {
                        rows.iter().for_each(|source| counts.count(*source as usize, 0));
                    }
                    delays => {
                        for (k, source) in rows.iter().enumerate() {
                            let column = counts.column(delays.get(k));
                            counts.count(*source as usize, column);
                        }
                    }
                }
            })?;
        }
        let (delays, mut starts) = counts.starts()?;
        // Column of each delay in a row of the finished table.
        let mut column = vec![0; delays.last().map_or(1, |last| *last as usize + 1)];
        delays.iter().enumerate().for_each(|(k, delay)| column[*delay as usize] = k);
        let total = counts.total();
        drop(counts);
        let mut filled = Filled {
            targets: Targets::new(total, self.slots()),
            weights: if self.kind.weight.is_some() { Vec::new() } else { vec![0; total] },
        };
        // starts[i + 1] is the next place of segment i; when all are placed, the end of segment i.
        for onto in &self.onto {
            self.place(onto, &column, delays.len(), &mut starts[1..], &mut filled)?;
        }
        let weights = self.kind.weight.map_or(Weights::Each(filled.weights), Weights::Same);
        Ok(Table::new(delays, starts, filled.targets, weights))
    }

    /// Places the synapses of one projection.
    fn place(
        &self,
        onto: &Onto<'_>,
        column: &[usize],
        stride: usize,
        next: &mut [u32],
        filled: &mut Filled,
    ) -> Result<()> {
        let (mut quanta, mut cells, mut failed) = (Vec::new(), Vec::new(), None);
        onto.projection.connect(Draw::All, &mut |row| {
            quanta.clear();
            if self.kind.weight.is_none() {
                for k in 0..row.sources.len() {
                    match onto.quanta(row.weights.get(k)) {
                        Ok(weight) => quanta.push(weight),
                        Err(error) => return failed = failed.take().or(Some(error)),
                    }
                }
            }
            let slot = onto.slots.start + row.target;
            let rows = onto.projection.source_cells(row.sources, &mut cells);
            match row.delays {
                RowValues::Each(delays) if self.kind.delay.is_none() => {
                    let segments = rows.iter().zip(delays);
                    let segments =
                        segments.map(|(source, delay)| *source as usize * stride + column[*delay as usize]);
                    filled.place(segments, next, slot, &quanta);
                }
                delays => {
                    let column = if self.kind.delay.is_some() { 0 } else { column[delays.get(0) as usize] };
                    let segments = rows.iter().map(|source| *source as usize * stride + column);
                    filled.place(segments, next, slot, &quanta);
                }
            }
        })?;
        failed.map_or(Ok(()), Err)
    }
}

/// Synapses as they are placed.
struct Filled {
    targets: Targets,
    weights: Vec<i32>,
}

impl Filled {
    /// Places a synapse onto `slot` in each of `segments`, with weights `quanta`, or without if there are none.
    #[inline]
    fn place(&mut self, segments: impl Iterator<Item = usize>, next: &mut [u32], slot: u32, quanta: &[i32]) {
        let mut weights = quanta.iter();
        let all_weights = &mut self.weights;
        self.targets.place(
            slot,
            segments.map(|segment| {
                let at = next[segment] as usize;
                next[segment] += 1;
                if let Some(weight) = weights.next() {
                    all_weights[at] = *weight;
                }
                at
            }),
        );
    }
}
