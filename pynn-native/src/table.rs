//! Synapses of one population of sources onto the cells of one rank.
//!
//! Stored by source. A row is sorted by delay, and [`Table::segment`] finds the synapses of one delay: at each step
//! and for each delay `d`, the segments `d` of the sources that fired `d` steps ago are added to the inputs. There is
//! no ring of delay slots to be missed by the caches.

use std::ops::Range;

use crate::kernels::deliver::{Targets, prefetch};

/// How many segments ahead the caches are asked for the synapses of one, and for where they are.
const NEAR: usize = 4;
const FAR: usize = 12;

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
    pub(crate) fn segment(&self, row: u32, delay: usize) -> Range<usize> {
        self.synapses_of(row as usize * self.delays.len() + delay)
    }

    /// The synapses of segment number `segment`.
    #[inline]
    fn synapses_of(&self, segment: usize) -> Range<usize> {
        self.starts[segment] as usize..self.starts[segment + 1] as usize
    }

    /// Adds the weights of all synapses that act now to `inputs`, and says how many: `fired` gives the rows that fired
    /// a number of steps ago, `pending` is room to work in.
    pub(crate) fn deliver<'h>(
        &self,
        fired: impl Fn(u32) -> &'h [u32],
        pending: &mut Vec<usize>,
        inputs: &mut [i64],
    ) -> u64 {
        pending.clear();
        for (number, delay) in self.delays.iter().enumerate() {
            pending.extend(fired(*delay).iter().map(|row| *row as usize * self.delays.len() + number));
        }
        // Each segment is somewhere else in memory, and so is the place that says where: both are asked for ahead.
        pending.iter().take(FAR).for_each(|segment| prefetch(&self.starts[*segment..*segment + 2]));
        pending.iter().take(NEAR).for_each(|segment| self.prefetch(self.synapses_of(*segment)));
        let mut events = 0;
        for (k, &segment) in pending.iter().enumerate() {
            if let Some(far) = pending.get(k + FAR) {
                prefetch(&self.starts[*far..*far + 2]);
            }
            if let Some(near) = pending.get(k + NEAR) {
                self.prefetch(self.synapses_of(*near));
            }
            let synapses = self.synapses_of(segment);
            events += synapses.len() as u64;
            match &self.weights {
                Weights::Same(weight) => self.targets.add_same(synapses, *weight, inputs),
                Weights::Each(weights) => self.targets.add_each(synapses, weights, inputs),
            }
        }
        events
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
