//! Synapses of one population of sources onto the cells of one rank.
//!
//! Stored by source. A row is sorted by delay: the synapses of one delay are a [`Segment`], which is added to the inputs
//! when it acts. On a rank of few cells a segment would be a few synapses: there it has several delays, so many steps as the
//! ring of inputs has, and is added when the first of them acts.

use std::ops::{Range, RangeInclusive};

use crate::agenda::{Agenda, Segment};
use crate::kernels::deliver::{Targets, prefetch};
use crate::kernels::ring::Ring;

/// How many synapses ahead the caches are asked for those of a segment, about, and how many segments.
const AHEAD: usize = 160;
const SEGMENTS_AHEAD: RangeInclusive<usize> = 4..=16;

/// Synapses of one population of sources.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) delays: Delays,
    /// Where the segment of number `d` of row `r` starts: `starts[r * delays.firsts.len() + d]`, and one more at the end.
    starts: Vec<u32>,
    /// Where each synapse ends: its delay, counted from the first of the segment, and a slot of the inputs.
    targets: Targets,
    /// Multiples of the target's quantum.
    weights: Weights,
}

/// The delays of a table, in steps.
#[derive(Debug)]
pub(crate) struct Delays {
    /// The shortest delay that the segments of each number can have, ascending.
    pub(crate) firsts: Vec<u32>,
    pub(crate) longest: u32,
}

impl Delays {
    /// `delays`, ascending, in segments of at most so many steps.
    pub(crate) fn new(delays: &[u32], steps: usize) -> Self {
        let mut firsts: Vec<u32> = Vec::new();
        for delay in delays {
            if firsts.last().is_none_or(|first| (delay - first) as usize >= steps) {
                firsts.push(*delay);
            }
        }
        Self { firsts, longest: delays.last().copied().unwrap_or(0) }
    }

    /// How many steps each delay, from 0 on, is longer than the first of its segment.
    pub(crate) fn steps(&self) -> Vec<usize> {
        let mut firsts = self.firsts.iter().copied().peekable();
        let mut first = 0;
        let step = |delay| {
            first = firsts.next_if(|next| *next == delay).unwrap_or(first);
            (delay - first) as usize
        };
        (0..=self.longest).map(step).collect()
    }
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
    pub(crate) fn new(delays: Delays, starts: Vec<u32>, targets: Targets, weights: Weights) -> Self {
        debug_assert!(starts.is_sorted() && starts.last().is_some_and(|end| *end as usize == targets.len()));
        Self { delays, starts, targets, weights }
    }

    /// Where the segments of `row` start, and where the last one ends.
    #[inline]
    fn row(&self, row: u32) -> &[u32] {
        let count = self.delays.firsts.len();
        let first = row as usize * count;
        &self.starts[first..=first + count]
    }

    /// Asks the caches for what [`note`](Self::note) looks up.
    #[inline]
    pub(crate) fn prefetch_row(&self, row: u32) {
        prefetch(self.row(row));
    }

    /// The segments of `row` that are not empty, with their first delays.
    #[inline]
    fn segments(&self, row: u32) -> impl Iterator<Item = (u32, Range<u32>)> {
        let segments = self.delays.firsts.iter().zip(self.row(row).windows(2));
        segments.filter(|(_, ends)| ends[0] != ends[1]).map(|(first, ends)| (*first, ends[0]..ends[1]))
    }

    /// Notes when the synapses of `row` act, which fired in `fired`; this is table number `number`. Those of segments that
    /// should have begun to act are added to `ring` at once, as far as they act in its steps, and counted.
    #[inline]
    pub(crate) fn note(
        &self,
        (number, row, fired): (u32, u32, u32),
        agenda: &mut Agenda,
        ring: &mut Ring,
    ) -> u64 {
        let mut events = 0;
        for (first, ends) in self.delays.firsts.iter().zip(self.row(row).windows(2)) {
            if ends[0] != ends[1] {
                let (step, segment) =
                    (fired.saturating_add(*first), Segment { table: number, start: ends[0], end: ends[1] });
                if !agenda.add(step, segment) {
                    events += self.add_rest(ends[0]..ends[1], agenda.step() - step, ring);
                }
            }
        }
        events
    }

    /// Adds to `ring` those of `synapses` that do not act in the first `past` steps of their segment, and says how many.
    #[cold]
    fn add_rest(&self, synapses: Range<u32>, past: u32, ring: &mut Ring) -> u64 {
        let synapses = synapses.start as usize..synapses.end as usize;
        let mut events = 0;
        for (synapse, (step, slot)) in synapses.clone().zip(self.targets.ends(synapses)) {
            if let Some(ahead) = step.checked_sub(past as usize) {
                ring.add(ahead, slot, self.weight(synapse));
                events += 1;
            }
        }
        events
    }

    fn weight(&self, synapse: usize) -> i32 {
        match &self.weights {
            Weights::Same(weight) => *weight,
            Weights::Each(weights) => weights[synapse],
        }
    }

    /// How many synapses of `row`, which fired in `fired`, are in the ring after `now` steps, to act in a later one.
    pub(crate) fn in_ring(&self, row: u32, fired: u32, now: u32) -> u64 {
        let begun = |(first, _): &(u32, _)| fired.saturating_add(*first) <= now;
        let later = |(first, synapses): (u32, Range<u32>)| {
            let past = (now - fired - first) as usize;
            let ends = self.targets.ends(synapses.start as usize..synapses.end as usize);
            ends.filter(|(step, _)| *step > past).count() as u64
        };
        self.segments(row).take_while(begun).map(later).sum()
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
        let begun = |(first, _): &(u32, _)| *first <= steps;
        let is_within = |(first, synapses): (u32, Range<u32>)| {
            let mut ends = self.targets.ends(synapses.start as usize..synapses.end as usize);
            ends.any(|(step, _)| step <= (steps - first) as usize)
        };
        self.segments(row).take_while(begun).any(is_within)
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

/// Adds the weights of the synapses of `segments` of `tables` to `ring`, and says how many there are.
pub(crate) fn deliver(tables: &[Table], segments: &[Segment], ring: &mut Ring) -> u64 {
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
            Weights::Same(weight) => table.targets.add_same(synapses, *weight, ring),
            Weights::Each(weights) => table.targets.add_each(synapses, weights, ring),
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::build::sorted;
    use crate::kernels::ring::Shape;
    use crate::sorting::{Placed, Sorter};

    const ROWS: u32 = 3;
    const SLOTS: usize = 5;

    fn synapse() -> impl Strategy<Value = (u32, Placed)> {
        let placed = (0..SLOTS as u32, -9..9, 1u32..40);
        (0..ROWS, placed).prop_map(|(row, (slot, weight, delay))| (row, Placed { slot, weight, delay }))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Also those of spikes that are heard of as late as the shortest delay of their cell allows.
        #[test]
        fn synapses_act_after_their_delays_whatever_the_ring(
            synapses in vec(synapse(), 1..60),
            spikes in vec((0..ROWS, 1u32..50, 0u32..40), 0..20),
            steps in prop_oneof![Just(1), 2usize..50],
        ) {
            let mut sorter = Sorter::new(ROWS as usize, Vec::new());
            synapses.iter().for_each(|(row, placed)| sorter.add(*row, *placed));
            let shape = Shape { slots: SLOTS, steps };
            let table = [sorted(&sorter, 0..SLOTS, shape, None).unwrap()];
            let of = |row| synapses.iter().filter(move |(of, _)| *of == row).map(|(_, placed)| placed);
            let heard = |&(row, fired, late): &(u32, u32, u32)| {
                fired + late.min(of(row).map(|placed| placed.delay - 1).min().unwrap_or(0))
            };
            let (mut agenda, mut ring, mut events, mut expected_events) = (Agenda::new(1), Ring::new(shape), 0, 0);
            for step in 1..100 {
                for (row, fired, _) in spikes.iter().filter(|spike| heard(spike) == step - 1) {
                    prop_assert!(!table[0].has_delay_within(*row, step - 1 - fired));
                    events += table[0].note((0, *row, *fired), &mut agenda, &mut ring);
                }
                events += deliver(&table, agenda.next(), &mut ring);
                agenda.next().clear();
                agenda.rotate();
                let mut expected = [0; SLOTS];
                for (row, fired, _) in &spikes {
                    for placed in of(*row).filter(|placed| fired + placed.delay == step) {
                        expected[placed.slot as usize] += i64::from(placed.weight);
                        expected_events += 1;
                    }
                }
                prop_assert_eq!(ring.next_step(), &expected, "step {}", step);
                ring.next_step().fill(0);
                ring.rotate();
                let noted = spikes.iter().filter(|spike| heard(spike) < step);
                let later: u64 = noted.map(|(row, fired, _)| table[0].in_ring(*row, *fired, step)).sum();
                prop_assert_eq!(events - later, expected_events, "step {}", step);
            }
        }
    }
}
