//! Synapses of one population of sources onto the cells of one rank.
//!
//! Stored by source. A row is sorted by delay, and [`Table::segment`] finds the synapses of one delay: at each step
//! and for each delay `d`, the segments `d` of the sources that fired `d` steps ago are added to the inputs. There is
//! no ring of delay slots to be missed by the caches.

use std::ops::Range;

use pynn_core::plastic::History;

use crate::kernels::deliver::{Targets, prefetch};

/// How many segments ahead the caches are asked for the synapses of one.
const AHEAD: usize = 4;

/// Synapses of one population of sources.
#[derive(Debug)]
pub(crate) struct Table {
    /// The delays that occur, in steps, ascending.
    pub(crate) delays: Vec<u32>,
    /// The number of each delay, or [`NONE`].
    numbers: Vec<u32>,
    /// Where the segment of delay number `d` of row `r` starts: `starts[r * delays.len() + d]`, and one more at the end.
    starts: Vec<u32>,
    /// Where each synapse ends: a slot of the inputs.
    targets: Targets,
    /// Multiples of the target's quantum.
    weights: Weights,
}

/// The number of a delay that does not occur.
const NONE: u32 = u32::MAX;

/// The segments whose synapses act now.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// By number of the table and of the segment.
    numbers: Vec<(u32, usize)>,
    /// By number of the table and of the synapses; room for the delivery to work in.
    synapses: Vec<(u32, u32, u32)>,
}

/// Weights as multiples of the quantum of their target.
#[derive(Debug)]
pub(crate) enum Weights {
    /// One for all.
    Same(i32),
    /// One a synapse.
    Each(Vec<i32>),
}

impl Table {
    pub(crate) fn new(delays: Vec<u32>, starts: Vec<u32>, targets: Targets, weights: Weights) -> Self {
        debug_assert!(starts.is_sorted() && starts.last().is_some_and(|end| *end as usize == targets.len()));
        let mut numbers = vec![NONE; delays.last().map_or(0, |longest| *longest as usize + 1)];
        for (number, delay) in (0..).zip(&delays) {
            numbers[*delay as usize] = number;
        }
        Self { delays, numbers, starts, targets, weights }
    }

    /// The number of a delay of `steps`, if there is one.
    #[inline]
    fn number(&self, steps: i64) -> Option<usize> {
        let number = *self.numbers.get(usize::try_from(steps).ok()?)?;
        (number != NONE).then_some(number as usize)
    }

    /// Adds to `due` the segments that act in `step` of the spikes in `history`; this is table number `table`.
    #[inline]
    pub(crate) fn due(&self, table: u32, history: &History, step: i64, due: &mut Due) {
        if self.delays.len() < history.spiking() {
            for (number, delay) in self.delays.iter().enumerate() {
                self.due_of(table, history.at(step - i64::from(*delay)), number, due);
            }
        } else {
            for (fired, rows) in history.before(step) {
                if let Some(number) = self.number(step - fired) {
                    self.due_of(table, rows, number, due);
                }
            }
        }
    }

    /// Adds to `due` the segments that act in `step` of a spike of `row` in `fired`; this is table number `table`.
    #[inline]
    pub(crate) fn due_late(&self, table: u32, (fired, row): (u32, u32), step: u32, due: &mut Due) {
        if let Some(number) = self.number(i64::from(step) - i64::from(fired)) {
            self.due_of(table, &[row], number, due);
        }
    }

    /// Adds to `due` the segments of delay number `number` of `rows`.
    #[inline]
    fn due_of(&self, table: u32, rows: &[u32], number: usize, due: &mut Due) {
        for row in rows {
            let segment = *row as usize * self.delays.len() + number;
            // Each segment is somewhere else in memory, and so is the place that says where.
            prefetch(&self.starts[segment..segment + 2]);
            due.numbers.push((table, segment));
        }
    }

    /// The synapses of delay number `delay` of source `row`.
    #[inline]
    pub(crate) fn segment(&self, row: u32, delay: usize) -> Range<usize> {
        self.synapses_of(row as usize * self.delays.len() + delay)
    }

    /// The synapses of segment number `segment`.
    #[inline]
    fn synapses_of(&self, segment: usize) -> Range<usize> {
        self.starts[segment] as usize..self.starts[segment + 1] as usize
    }

    /// Asks the caches for `synapses`.
    #[inline]
    fn prefetch(&self, synapses: Range<usize>) {
        if let Weights::Each(weights) = &self.weights {
            prefetch(&weights[synapses.clone()]);
        }
        self.targets.prefetch(synapses);
    }

    /// Whether source `row` has a delay of at most `steps`.
    pub(crate) fn has_delay_within(&self, row: u32, steps: u32) -> bool {
        (0..self.delays.len()).any(|d| self.delays[d] <= steps && !self.segment(row, d).is_empty())
    }

    pub(crate) fn synapses(&self) -> usize {
        self.targets.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        let weights = match &self.weights {
            Weights::Same(_) => 0,
            Weights::Each(weights) => size_of_val(weights.as_slice()),
        };
        self.targets.bytes() + weights + size_of_val(self.starts.as_slice())
    }
}

/// Adds the weights of all synapses that are `due` in `tables` to `inputs`, and says how many there are.
pub(crate) fn deliver(tables: &[Table], due: &mut Due, inputs: &mut [i64]) -> u64 {
    // Half of the segments of short rows are empty: they are left out before anything has to be decided about them.
    due.synapses.resize(due.numbers.len(), (0, 0, 0));
    let mut count = 0;
    for &(table, segment) in &due.numbers {
        let starts = &tables[table as usize].starts[segment..segment + 2];
        due.synapses[count] = (table, starts[0], starts[1]);
        count += usize::from(starts[0] != starts[1]);
    }
    due.numbers.clear();
    let segments = &due.synapses[..count];
    let resolve =
        |&(table, start, end): &(u32, u32, u32)| (&tables[table as usize], start as usize..end as usize);
    let mut events = 0;
    for (k, segment) in segments.iter().enumerate() {
        if let Some((table, synapses)) = segments.get(k + AHEAD).map(resolve) {
            table.prefetch(synapses);
        }
        let (table, synapses) = resolve(segment);
        events += synapses.len() as u64;
        match &table.weights {
            Weights::Same(weight) => table.targets.add_same(synapses, *weight, inputs),
            Weights::Each(weights) => table.targets.add_each(synapses, weights, inputs),
        }
    }
    events
}
