//! Where the synapses of a table lie: by source, and sorted by delay.

use crate::error::{Error, Result};

/// How many synapses each row has of each delay.
#[derive(Debug)]
pub(super) struct Counts {
    /// The column of each delay, or [`NONE`].
    columns: Vec<u32>,
    /// The delay of each column, in the order in which they came up.
    delays: Vec<u32>,
    /// A row has room for as many columns.
    stride: usize,
    counts: Vec<u32>,
}

/// No synapse has this delay so far.
const NONE: u32 = u32::MAX;

impl Counts {
    /// None so far, of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { columns: Vec::new(), delays: Vec::new(), stride: 1, counts: vec![0; rows] }
    }

    /// The column of `delay`; makes one if need be.
    #[inline]
    pub(super) fn column(&mut self, delay: u32) -> usize {
        match self.columns.get(delay as usize) {
            Some(column) if *column != NONE => *column as usize,
            _ => self.add(delay),
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "there are fewer columns than delays, which are 32 bits"
    )]
    fn add(&mut self, delay: u32) -> usize {
        let column = self.delays.len();
        if column == self.stride {
            let mut wider = vec![0; 2 * self.counts.len()];
            for (new, old) in wider.chunks_mut(2 * self.stride).zip(self.counts.chunks(self.stride)) {
                new[..self.stride].copy_from_slice(old);
            }
            (self.stride, self.counts) = (2 * self.stride, wider);
        }
        self.columns.resize(self.columns.len().max(delay as usize + 1), NONE);
        self.columns[delay as usize] = column as u32;
        self.delays.push(delay);
        column
    }

    /// Counts one more synapse of a row, in a column.
    #[inline]
    pub(super) fn count(&mut self, row: usize, column: usize) {
        self.counts[row * self.stride + column] += 1;
    }

    /// How many synapses there are.
    pub(super) fn total(&self) -> usize {
        self.counts.iter().map(|count| *count as usize).sum()
    }

    /// The delays that occur, ascending, and the number of each synapse's first place: one number for each row and
    /// delay.
    pub(super) fn starts(&self) -> Result<(Vec<u32>, Vec<u32>)> {
        let mut order: Vec<usize> = (0..self.delays.len()).collect();
        order.sort_unstable_by_key(|column| self.delays[*column]);
        let mut starts = Vec::with_capacity(self.counts.len() / self.stride * order.len() + 2);
        starts.push(0);
        let mut total = 0u64;
        for row in self.counts.chunks(self.stride) {
            for column in &order {
                starts.push(u32::try_from(total).map_err(|_| too_many())?);
                total += u64::from(row[*column]);
            }
        }
        u32::try_from(total).map_err(|_| too_many())?;
        Ok((order.into_iter().map(|column| self.delays[column]).collect(), starts))
    }
}

fn too_many() -> Error {
    Error::description("more than 2^32 synapses of one kind onto one rank; use more processes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_ordered_and_far_ones_take_no_more_room() {
        let mut counts = Counts::new(2);
        for (row, delay) in [(0, 900_000), (1, 3), (0, 3), (0, 900_000), (1, 40)] {
            let column = counts.column(delay);
            counts.count(row, column);
        }
        assert_eq!(counts.counts.len(), 2 * 4);
        assert_eq!(counts.starts().unwrap(), (vec![3, 40, 900_000], vec![0, 0, 1, 1, 3, 4, 5]));
    }

    #[test]
    fn no_synapses_have_no_delays() {
        assert_eq!(Counts::new(3).starts().unwrap(), (vec![], vec![0]));
    }
}
