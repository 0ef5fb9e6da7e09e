//! Synapses of one population of sources onto the cells of one rank.
//!
//! Stored by source. A row is sorted by delay, and [`Table::segment`] finds the synapses of one delay: at each step
//! and for each delay `d`, the segments `d` of the sources that fired `d` steps ago are added to the inputs. There is
//! no ring of delay slots to be missed by the caches.

use crate::kernels::deliver::Targets;

/// Synapses of one population of sources.
#[derive(Debug)]
pub(crate) struct Table {
    /// The delays that occur, in steps, ascending.
    pub(crate) delays: Vec<u32>,
    /// Where the segment of delay number `d` of row `r` starts: `starts[r * delays.len() + d]`, and one more at the end.
    starts: Vec<u32>,
    /// Where each synapse ends: a slot of the inputs.
    targets: Targets,
    /// Multiples of the target's quantum.
    weights: Weights,
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
        Self { delays, starts, targets, weights }
    }

    /// The synapses of delay number `delay` of source `row`.
    #[inline]
    pub(crate) fn segment(&self, row: u32, delay: usize) -> std::ops::Range<usize> {
        let at = row as usize * self.delays.len() + delay;
        self.starts[at] as usize..self.starts[at + 1] as usize
    }

    /// Adds the weights of delay number `delay` of all `rows` to `inputs`, and says how many.
    pub(crate) fn deliver(&self, rows: &[u32], delay: usize, inputs: &mut [i64]) -> u64 {
        let mut events = 0;
        for (k, &row) in rows.iter().enumerate() {
            let segment = self.segment(row, delay);
            events += segment.len() as u64;
            if let Some(next) = rows.get(k + 1) {
                self.targets.prefetch(self.segment(*next, delay));
            }
            match &self.weights {
                Weights::Same(weight) => self.targets.add_same(segment, *weight, inputs),
                Weights::Each(weights) => self.targets.add_each(segment, weights, inputs),
            }
        }
        events
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
