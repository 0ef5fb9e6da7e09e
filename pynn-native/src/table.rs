//! Synapses of one population of sources onto the cells of one rank.
//!
//! Stored by source. A row is sorted by delay: the synapses of one delay are a [`Segment`], which is added to the inputs
//! when it acts. There is no ring of delay slots to be missed by the caches.

use std::ops::{Range, RangeInclusive};

use crate::agenda::{Agenda, Segment};
use crate::kernels::deliver::{Targets, prefetch};

/// How many synapses ahead the caches are asked for those of a segment, about, and how many segments.
const AHEAD: usize = 160;
const SEGMENTS_AHEAD: RangeInclusive<usize> = 4..=16;

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

    /// Where the segments of `row` start, and where the last one ends.
    #[inline]
    fn row(&self, row: u32) -> &[u32] {
        let first = row as usize * self.delays.len();
        &self.starts[first..=first + self.delays.len()]
    }

    /// Asks the caches for what [`note`](Self::note) looks up.
    #[inline]
    pub(crate) fn prefetch_row(&self, row: u32) {
        prefetch(self.row(row));
    }

    /// Notes when the synapses of `row` act, which fired in `fired`; this is table number `number`.
    #[inline]
    pub(crate) fn note(&self, number: u32, row: u32, fired: u32, agenda: &mut Agenda) {
        for (delay, ends) in self.delays.iter().zip(self.row(row).windows(2)) {
            if ends[0] != ends[1] {
                agenda.add(
                    fired.saturating_add(*delay),
                    Segment { table: number, start: ends[0], end: ends[1] },
                );
            }
        }
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
        let within = self.delays.partition_point(|delay| *delay <= steps);
        let starts = self.row(row);
        starts[0] != starts[within]
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

/// Adds the weights of the synapses of `segments` of `tables` to `inputs`, and says how many there are.
pub(crate) fn deliver(tables: &[Table], segments: &[Segment], inputs: &mut [i64]) -> u64 {
    let find =
        |segment: &Segment| (&tables[segment.table as usize], segment.start as usize..segment.end as usize);
    let ask = |segment: &Segment| {
        let (table, synapses) = find(segment);
        table.prefetch(synapses);
    };
    let events = segments.iter().map(|segment| u64::from(segment.end - segment.start)).sum::<u64>();
    // Each segment is somewhere else in memory: many are on their way at once if they are short.
    let ahead = AHEAD * segments.len() / (events as usize).max(1);
    let ahead = ahead.clamp(*SEGMENTS_AHEAD.start(), *SEGMENTS_AHEAD.end());
    segments.iter().take(ahead).for_each(ask);
    for (k, segment) in segments.iter().enumerate() {
        segments.get(k + ahead).into_iter().for_each(ask);
        let (table, synapses) = find(segment);
        match &table.weights {
            Weights::Same(weight) => table.targets.add_same(synapses, *weight, inputs),
            Weights::Each(weights) => table.targets.add_each(synapses, weights, inputs),
        }
    }
    events
}
