//! From the description's connections to tables of synapses.
//!
//! Projections from one population share a table where they can: those of constant weight and delay with the same two
//! numbers, and all those whose weights (or delays) differ from synapse to synapse. Each table is built in two passes
//! over the connectors, which give the same connections again: count those of each row, then place them; where delays
//! differ, each row is then sorted by them.

use std::ops::Range;

use pynn_core::backend::{Draw, LocalProjection, Part, RowValues, SynapseRow, delay_steps};
use pynn_core::error::{Error, Result};
use pynn_core::plastic;
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

/// The places of synapses: each the next of its row.
struct Places<'a> {
    rows: std::slice::Iter<'a, u32>,
    next: &'a mut [u32],
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        let next = &mut self.next[*self.rows.next()? as usize];
        *next += 1;
        Some(*next as usize - 1)
    }
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
        match self.beyond(weight) {
            false => Ok(nearest(weight / self.quantum)),
            true => Err(self.too_large(weight)),
        }
    }

    /// Whether a weight has too many quanta.
    #[inline]
    fn beyond(&self, weight: f64) -> bool {
        (weight / self.quantum).abs() >= f64::from(i32::MAX) + 0.5
    }

    fn too_large(&self, weight: f64) -> Error {
        Error::description(format!(
            "projection `{}`: a weight of {weight} is more than twice {}, the largest that its description \
             announces; give weights as a constant, a list or a distribution, or scale the function",
            self.projection.spec.name,
            self.quantum * f64::from(1 << 30),
        ))
    }

    /// Replaces `quanta` by the weights of a row in quanta.
    fn row_quanta(&self, weights: RowValues<'_, f64>, count: usize, quanta: &mut Vec<i32>) -> Result<()> {
        quanta.clear();
        match weights {
            RowValues::Constant(weight) => quanta.resize(count, self.quanta(weight)?),
            RowValues::Each(weights) => {
                if let Some(weight) = weights.iter().find(|weight| self.beyond(**weight)) {
                    return Err(self.too_large(*weight));
                }
                quanta.extend(weights.iter().map(|weight| nearest(weight / self.quantum)));
            }
        }
        Ok(())
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
        let starts = self.row_starts()?;
        let total = starts.last().copied().unwrap_or(0) as usize;
        if let Kind { delay: Some(delay), weight: Some(weight), .. } = self.kind {
            let mut targets = Targets::new(total, self.slots());
            self.place(&starts, |onto, row, places| {
                targets.place(onto.slots.start + row.target, places);
                Ok(())
            })?;
            return Ok(Table::new(vec![delay], starts, targets, Weights::Same(weight)));
        }
        let placed = self.placed(&starts, total)?;
        let mut targets = Targets::new(total, self.slots());
        let mut weights = if self.kind.weight.is_some() { Vec::new() } else { vec![0; total] };
        let (delays, starts) = sort_rows(&starts, &placed, |row, places| {
            let slots = row.iter().map(|synapse| synapse.slot);
            targets.place_each(places.iter().copied().zip(slots));
            if !weights.is_empty() {
                row.iter().zip(places).for_each(|(synapse, at)| weights[*at] = synapse.weight);
            }
        });
        Ok(Table::new(
            delays,
            starts,
            targets,
            self.kind.weight.map_or(Weights::Each(weights), Weights::Same),
        ))
    }

    /// The number of the first synapse of each row, and at the end that of all.
    fn row_starts(&self) -> Result<Vec<u32>> {
        // Row r is counted in place r + 1.
        let mut starts = vec![0u32; self.rows + 1];
        for onto in &self.onto {
            let (mut cells, counts) = (Vec::new(), &mut starts[1..]);
            onto.projection.connect(Draw::Sources, &mut |row| {
                let rows = onto.projection.source_cells(row.sources, &mut cells);
                rows.iter().for_each(|source| counts[*source as usize] += 1);
            })?;
        }
        let mut total = 0u32;
        for start in &mut starts {
            total = total.checked_add(*start).ok_or_else(|| {
                Error::description("more than 2^32 synapses of one kind onto one rank; use more processes")
            })?;
            *start = total;
        }
        Ok(starts)
    }

    /// The synapses of all projections, each at the next place of its row. Slot, weight and delay side by side: a row and
    /// target has a cache line of its own, and but one.
    fn placed(&self, starts: &[u32], total: usize) -> Result<Vec<Placed>> {
        let (mut all, mut quanta) = (vec![Placed::default(); total], Vec::new());
        self.place(starts, |onto, row, places| {
            onto.row_quanta(row.weights, row.sources.len(), &mut quanta)?;
            let slot = onto.slots.start + row.target;
            match row.delays {
                RowValues::Each(delays) => {
                    for ((at, weight), delay) in places.zip(&quanta).zip(delays) {
                        all[at] = Placed { slot, weight: *weight, delay: *delay };
                    }
                }
                RowValues::Constant(delay) => {
                    places
                        .zip(&quanta)
                        .for_each(|(at, weight)| all[at] = Placed { slot, weight: *weight, delay });
                }
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// Gives the connections onto each target with their places: each the next of its row, which starts at `starts`.
    fn place(
        &self,
        starts: &[u32],
        mut put: impl FnMut(&Onto<'_>, &SynapseRow<'_>, Places<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut next = starts[..self.rows].to_vec();
        for onto in &self.onto {
            let (mut cells, mut failed) = (Vec::new(), None);
            onto.projection.connect(Draw::All, &mut |row| {
                let rows = onto.projection.source_cells(row.sources, &mut cells);
                let places = Places { rows: rows.iter(), next: &mut next };
                failed = failed.take().or(put(onto, &row, places).err());
            })?;
            failed.map_or(Ok(()), Err)?;
        }
        Ok(())
    }
}

/// The nearest integer, half away from zero, of a number within the range of the type.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "within the range")]
fn nearest(number: f64) -> i32 {
    let whole = number as i32;
    let rest = number - f64::from(whole);
    whole + i32::from(rest >= 0.5) - i32::from(rest <= -0.5)
}

/// A synapse as it is placed: where it ends, its weight in quanta, its delay in steps.
#[derive(Clone, Copy, Debug, Default)]
struct Placed {
    slot: u32,
    weight: i32,
    delay: u32,
}

/// Finds for each synapse of each row, which start at `starts`, its place if the row is sorted by delay, and gives both to
/// `take`. Gives the delays that occur, ascending, and where their segments of each row start.
fn sort_rows(
    starts: &[u32],
    placed: &[Placed],
    mut take: impl FnMut(&[Placed], &[usize]),
) -> (Vec<u32>, Vec<u32>) {
    let (delays, column) = columns(placed);
    let mut segments = Vec::with_capacity((starts.len() - 1) * delays.len() + 1);
    let (mut next, mut places) = (vec![0; delays.len()], Vec::new());
    for row in starts.windows(2) {
        let synapses = &placed[row[0] as usize..row[1] as usize];
        next.fill(0);
        synapses.iter().for_each(|synapse| next[column[synapse.delay as usize]] += 1);
        let mut place = row[0];
        for next in &mut next {
            segments.push(place);
            (*next, place) = (place, place + *next);
        }
        places.clear();
        places.extend(synapses.iter().map(|synapse| {
            let next = &mut next[column[synapse.delay as usize]];
            *next += 1;
            *next as usize - 1
        }));
        take(synapses, &places);
    }
    segments.extend(starts.last());
    (delays, segments)
}

/// The delays that occur, ascending, and by delay which number it has among them.
fn columns(placed: &[Placed]) -> (Vec<u32>, Vec<usize>) {
    let longest = placed.iter().map(|synapse| synapse.delay).max();
    let mut column = vec![usize::MAX; longest.map_or(0, |longest| longest as usize + 1)];
    placed.iter().for_each(|synapse| column[synapse.delay as usize] = 0);
    let mut delays = Vec::new();
    for (delay, column) in (0..).zip(&mut column).filter(|(_, column)| **column == 0) {
        *column = delays.len();
        delays.push(delay);
    }
    (delays, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_integer_is_half_away_from_zero() {
        for number in [0.0, 0.5, 0.499_999_999_999_999_94, 1.5, 2.5, 7.49, 2_147_483_647.49, 1e9 + 0.5] {
            assert_eq!(f64::from(nearest(number)), number.round());
            assert_eq!(f64::from(nearest(-number)), (-number).round());
        }
    }

    #[test]
    fn rows_are_sorted_by_delay() {
        let placed = [9, 2, 9, 5, 2].map(|delay| Placed { slot: 0, weight: 0, delay });
        let mut all = Vec::new();
        let (delays, starts) = sort_rows(&[0, 3, 3, 5], &placed, |_, places| all.extend_from_slice(places));
        assert_eq!(all, [1, 0, 2, 4, 3]);
        assert_eq!(delays, [2, 5, 9]);
        assert_eq!(starts, [0, 1, 1, 3, 3, 3, 3, 4, 5, 5]);
    }
}
