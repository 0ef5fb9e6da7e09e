//! From the description's connections to tables of synapses.
//!
//! Projections from one population share a table where they can: those of constant weight and delay with the same two
//! numbers, and all those whose weights (or delays) differ from synapse to synapse. Of the first kind a synapse is but its
//! target: two passes over the connectors, which give the same connections again, count those of each row and then place
//! them, and need no memory beside the table. The others are drawn once and then [sorted](crate::sorting).

use std::ops::Range;

use pynn_core::backend::{Draw, LocalProjection, Part, RowValues, delay_steps};
use pynn_core::error::{Error, Result};
use pynn_core::plastic;
use pynn_core::population::PopulationId;
use pynn_core::time::Tick;
use pynn_core::values::SynapseColumn;

use crate::kernels::deliver::{Targets, zeros};
use crate::kernels::ring::Shape;
use crate::sorting::{self, Packed, Placed, Sorter};
use crate::table::{Delays, Table, Weights};

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

/// The tables of a rank whose cells have so many `slots`, with the population that each is from; and the ring that they
/// need.
pub(crate) fn tables(
    part: &Part<'_>,
    onto: Vec<Onto<'_>>,
    slots: usize,
) -> Result<(Vec<(PopulationId, Table)>, Shape)> {
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
    let is_varied = |plan: &Plan<'_>| plan.kind.delay.is_none();
    let ring = if plans.iter().any(is_varied) { Shape::of_steps(slots) } else { Shape::of_a_step(slots) };
    let mut memory = Vec::new();
    let table = |plan: Plan<'_>| Ok((plan.kind.source, plan.table(ring, &mut memory)?));
    Ok((plans.into_iter().map(table).collect::<Result<_>>()?, ring))
}

impl Plan<'_> {
    /// The slots that can be reached.
    fn slots(&self) -> Range<usize> {
        let starts = self.onto.iter().map(|onto| onto.slots.start as usize);
        let ends = self.onto.iter().map(|onto| onto.slots.end as usize);
        starts.min().unwrap_or(0)..ends.max().unwrap_or(0)
    }

    /// The table; `memory` is for what is needed meanwhile.
    fn table(&self, ring: Shape, memory: &mut Vec<Packed>) -> Result<Table> {
        let of_one_delay = Shape::of_a_step(ring.slots);
        match self.kind {
            Kind { delay: Some(delay), weight: Some(weight), .. } => {
                self.homogeneous(of_one_delay, delay, weight)
            }
            Kind { delay: Some(_), .. } => self.sorted(of_one_delay, memory),
            Kind { delay: None, .. } => self.sorted(ring, memory),
        }
    }

    /// The table of synapses that have all the same delay and weight: each is put where it belongs.
    fn homogeneous(&self, ring: Shape, delay: u32, weight: i32) -> Result<Table> {
        let starts = self.row_starts()?;
        let mut targets = Targets::new(starts.last().map_or(0, |total| *total as usize), self.slots(), ring);
        let mut next = starts[..self.rows].to_vec();
        for onto in &self.onto {
            let mut cells = Vec::new();
            onto.projection.connect(Draw::Sources, &mut |row| {
                let rows = onto.projection.source_cells(row.sources, &mut cells);
                let places = Places { rows: rows.iter(), next: &mut next };
                targets.place(onto.slots.start + row.target, places);
            })?;
        }
        Ok(Table::new(Delays::new(&[delay], 1), starts, targets, Weights::Same(weight)))
    }

    /// The table of synapses whose delays or weights differ.
    fn sorted(&self, ring: Shape, memory: &mut Vec<Packed>) -> Result<Table> {
        let sorter = self.drawn(std::mem::take(memory))?;
        let table = sorted(&sorter, self.slots(), ring, self.kind.weight)?;
        *memory = sorter.into_memory();
        Ok(table)
    }

    /// The synapses of all projections.
    fn drawn(&self, memory: Vec<Packed>) -> Result<Sorter> {
        let (mut sorter, mut quanta) = (Sorter::new(self.rows, memory), Vec::new());
        for onto in &self.onto {
            let (mut cells, mut failed) = (Vec::new(), None);
            onto.projection.connect(Draw::All, &mut |row| {
                let rows = onto.projection.source_cells(row.sources, &mut cells);
                failed = failed.take().or(onto.row_quanta(row.weights, rows.len(), &mut quanta).err());
                let slot = onto.slots.start + row.target;
                let synapses = rows.iter().zip(&quanta);
                match row.delays {
                    RowValues::Each(delays) => synapses.zip(delays).for_each(|((row, weight), delay)| {
                        sorter.add(*row, Placed { slot, weight: *weight, delay: *delay });
                    }),
                    RowValues::Constant(delay) => synapses.for_each(|(row, weight)| {
                        sorter.add(*row, Placed { slot, weight: *weight, delay });
                    }),
                }
            })?;
            failed.map_or(Ok(()), Err)?;
        }
        Ok(sorter)
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
}

/// The table of the synapses of `sorter`, which end on `slots`; `weight` is that of all, if they have one.
pub(crate) fn sorted(
    sorter: &Sorter,
    slots: Range<usize>,
    ring: Shape,
    weight: Option<i32>,
) -> Result<Table> {
    let (delays, total) = (Delays::new(&sorter.delays(), ring.steps), sorter.len());
    let steps = delays.steps();
    let mut targets = Targets::new(total, slots, ring);
    let mut weights = if weight.is_some() { Vec::new() } else { zeros(total) };
    let starts = sorter.sort(&delays.firsts, |places, synapses| {
        let ends = synapses.iter().map(|synapse| (steps[sorting::delay(synapse) as usize], synapse[0]));
        targets.place_each(places.iter().zip(ends).map(|(place, (step, slot))| (*place, step, slot)));
        if !weights.is_empty() {
            let weight = |synapse: &Packed| synapse[1].cast_signed();
            places.iter().zip(synapses).for_each(|(at, synapse)| weights[*at] = weight(synapse));
        }
    })?;
    Ok(Table::new(delays, starts, targets, weight.map_or(Weights::Each(weights), Weights::Same)))
}

/// The nearest integer, half away from zero, of a number within the range of the type.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "within the range")]
fn nearest(number: f64) -> i32 {
    let whole = number as i32;
    let rest = number - f64::from(whole);
    whole + i32::from(rest >= 0.5) - i32::from(rest <= -0.5)
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
}
