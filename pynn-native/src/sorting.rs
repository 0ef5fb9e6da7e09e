//! Synapses as connectors make them, target by target, sorted by source and delay.
//!
//! To put each at once where it belongs, all over a table, would miss the caches with each. So they are first dealt out to
//! blocks of sources, of which there are so few that the end of each is in the caches, and each block is then sorted by
//! itself.

use pynn_core::backend::LONGEST_DELAY;
use pynn_core::error::{Error, Result};

/// A synapse: where it ends, its weight in quanta, its delay in steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed {
    pub(crate) slot: u32,
    pub(crate) weight: i32,
    pub(crate) delay: u32,
}

/// What is kept of a synapse: slot, weight, and delay together with the number of its row in the block.
pub(crate) type Packed = [u32; 3];

/// The delay of a synapse, in steps.
#[inline]
pub(crate) fn delay(packed: &Packed) -> u32 {
    packed[2] >> ROW_BITS
}

/// So many bits does the longest delay leave for the number of a row.
const ROW_BITS: u32 = LONGEST_DELAY.leading_zeros();
/// Fewest bits of the number of a row.
const FEW_ROWS: u32 = 6;
/// So many blocks if they can be; the end of each is a cache line that is written.
const BLOCKS: usize = 256;
/// As many synapses of a block lie side by side.
const CHUNK: usize = 1024;

/// Synapses of one population of sources, by blocks of rows.
pub(crate) struct Sorter {
    rows: usize,
    /// A block has two to the power of so many rows.
    bits: u32,
    chunks: Vec<Packed>,
    /// Where the chunks of each block start.
    starts: Vec<Vec<usize>>,
    /// Where the next synapse of each block goes; a multiple of [`CHUNK`] if there is no room.
    next: Vec<usize>,
    /// Whether a delay occurs.
    occurs: Vec<bool>,
}

impl Sorter {
    /// For synapses of `rows` sources, which are kept in `memory`.
    pub(crate) fn new(rows: usize, mut memory: Vec<Packed>) -> Self {
        memory.clear();
        let blocks = |bits: u32| rows.div_ceil(1 << bits);
        let bits = (FEW_ROWS..ROW_BITS).find(|bits| blocks(*bits) <= BLOCKS).unwrap_or(ROW_BITS);
        let count = blocks(bits);
        let (starts, next) = (vec![Vec::new(); count], vec![0; count]);
        Self { rows, bits, chunks: memory, starts, next, occurs: Vec::new() }
    }

    /// Adds a synapse of `row`.
    #[inline]
    pub(crate) fn add(&mut self, row: u32, Placed { slot, weight, delay }: Placed) {
        let block = (row >> self.bits) as usize;
        let mut at = self.next[block];
        if at.is_multiple_of(CHUNK) {
            at = self.lengthen(block);
        }
        let row = row & ((1 << self.bits) - 1);
        self.chunks[at] = [slot, weight.cast_unsigned(), delay << ROW_BITS | row];
        self.next[block] = at + 1;
        match self.occurs.get_mut(delay as usize) {
            Some(occurs) => *occurs = true,
            None => self.meet(delay),
        }
    }

    /// Gives a block one more chunk, and says where it starts.
    #[cold]
    fn lengthen(&mut self, block: usize) -> usize {
        let start = self.chunks.len();
        self.chunks.resize(start + CHUNK, Packed::default());
        self.starts[block].push(start);
        start
    }

    /// A delay longer than all before.
    #[cold]
    fn meet(&mut self, delay: u32) {
        self.occurs.resize(delay as usize + 1, false);
        self.occurs[delay as usize] = true;
    }

    /// Memory for another one, as much as was needed: what the system has given once is quicker than what it gives anew.
    pub(crate) fn into_memory(mut self) -> Vec<Packed> {
        self.chunks.shrink_to_fit();
        self.chunks
    }

    /// The synapses of a block, in the order in which they were added.
    fn synapses(&self, block: usize) -> impl Iterator<Item = &[Packed]> {
        let next = self.next[block];
        self.starts[block].iter().map(move |start| {
            let is_last = next.div_ceil(CHUNK) == start / CHUNK + 1;
            &self.chunks[*start..if is_last { next } else { start + CHUNK }]
        })
    }

    /// How many synapses there are.
    pub(crate) fn len(&self) -> usize {
        (0..self.starts.len()).flat_map(|block| self.synapses(block)).map(<[Packed]>::len).sum()
    }

    /// The delays that occur, ascending.
    pub(crate) fn delays(&self) -> Vec<u32> {
        (0..).zip(&self.occurs).filter(|(_, occurs)| **occurs).map(|(delay, _)| delay).collect()
    }

    /// Gives `take` synapses with their places when all are sorted by row, then segment, then the order in which they were
    /// added. Says where the segments of each row start, one for each of `firsts`, the shortest delays that they can have,
    /// and where the last one ends.
    ///
    /// # Errors
    /// When there are more synapses than places have numbers.
    pub(crate) fn sort(&self, firsts: &[u32], mut take: impl FnMut(&[usize], &[Packed])) -> Result<Vec<u32>> {
        u32::try_from(self.len()).map_err(|_| {
            Error::description("more than 2^32 synapses of one kind onto one rank; use more processes")
        })?;
        let mut column = vec![0; self.occurs.len()];
        for delay in self.delays() {
            column[delay as usize] = firsts.partition_point(|first| *first <= delay) - 1;
        }
        let segment = |packed: &Packed| {
            let row = (packed[2] & ((1 << ROW_BITS) - 1)) as usize;
            row * firsts.len() + column[delay(packed) as usize]
        };
        let mut starts = Vec::with_capacity(self.rows * firsts.len() + 1);
        let (mut total, mut next, mut places) = (0, Vec::new(), Vec::with_capacity(CHUNK));
        for block in 0..self.starts.len() {
            let rows = (self.rows - (block << self.bits)).min(1 << self.bits);
            next.clear();
            next.resize(rows * firsts.len(), 0);
            self.synapses(block).flatten().for_each(|packed| next[segment(packed)] += 1);
            for next in &mut next {
                starts.push(total);
                (*next, total) = (total, total + *next);
            }
            for chunk in self.synapses(block) {
                places.clear();
                places.extend(chunk.iter().map(|packed| {
                    let next = &mut next[segment(packed)];
                    *next += 1;
                    *next as usize - 1
                }));
                take(&places, chunk);
            }
        }
        starts.push(total);
        Ok(starts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_by_delay() {
        let mut sorter = Sorter::new(3, Vec::new());
        for (slot, (row, delay)) in (0..).zip([(0, 9), (2, 5), (0, 2), (2, 2), (0, 9)]) {
            sorter.add(row, Placed { slot, weight: -7, delay });
        }
        let delays = sorter.delays();
        assert_eq!((sorter.len(), &delays[..]), (5, &[2, 5, 9][..]));
        let mut slots = [0; 5];
        let starts = sorter.sort(&delays, |places, synapses| {
            for (place, [slot, weight, _]) in places.iter().zip(synapses) {
                assert_eq!(weight.cast_signed(), -7);
                slots[*place] = *slot;
            }
        });
        assert_eq!(starts.unwrap(), [0, 1, 1, 3, 3, 3, 3, 4, 5, 5]);
        assert_eq!(slots, [2, 0, 4, 3, 1]);
    }

    #[test]
    fn many_synapses_in_many_blocks_are_sorted_as_a_stable_sort_does() {
        for rows in [1, 64, 65, 5_000, 200_000] {
            let mut sorter = Sorter::new(rows, Vec::new());
            let synapse = |number: u32| {
                let hash = number.wrapping_mul(2_654_435_761);
                (hash % rows as u32, Placed { slot: number, weight: 1, delay: 1 + (hash >> 13) % 37 })
            };
            (0..30_000).for_each(|number| sorter.add(synapse(number).0, synapse(number).1));
            let delays = sorter.delays();
            let mut sorted = vec![0; sorter.len()];
            let starts = sorter.sort(&delays, |places, synapses| {
                places.iter().zip(synapses).for_each(|(place, synapse)| sorted[*place] = synapse[0]);
            });
            let mut expected: Vec<u32> = (0..30_000).collect();
            expected.sort_by_key(|number| (synapse(*number).0, synapse(*number).1.delay));
            assert_eq!(sorted, expected, "{rows} rows");
            let starts = starts.unwrap();
            let segment = |number: u32| {
                let (row, Placed { delay, .. }) = synapse(number);
                row as usize * delays.len() + delays.binary_search(&delay).unwrap()
            };
            let is_within = |(place, number): (usize, &u32)| {
                let segment = segment(*number);
                (starts[segment] as usize..starts[segment + 1] as usize).contains(&place)
            };
            assert!(expected.iter().enumerate().all(is_within), "{rows} rows");
        }
    }
}
