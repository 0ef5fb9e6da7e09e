//! Connections that are listed one by one.

use std::fmt::Write as _;
use std::ops::Range;

use crate::connector::{Ends, Reaching, Row};
use crate::digest::Digest;

/// Listed connections, by target and then in the order of the list.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    sources: Vec<u32>,
    targets: Vec<u32>,
    /// The place of each connection in the list, if that is not ordered by target.
    order: Option<Vec<u32>>,
    weights: Option<Vec<f64>>,
    delays: Option<Vec<f64>>,
    largest_source: Largest,
    largest_target: Largest,
}

/// The largest index of a list, and where in the list it is first.
#[derive(Clone, Copy, Debug, Default)]
struct Largest {
    index: u64,
    place: usize,
}

impl Largest {
    fn take(&mut self, index: u64, place: usize) {
        if index > self.index {
            *self = Self { index, place };
        }
    }
}

/// Entries of a list while it is read.
#[derive(Debug, Default)]
pub(super) struct Entries {
    table: Table,
}

impl Entries {
    /// Adds a connection. Indices that no population has are kept for the error message.
    pub(super) fn push(&mut self, source: u64, target: u64) {
        let table = &mut self.table;
        let place = table.sources.len();
        table.largest_source.take(source, place);
        table.largest_target.take(target, place);
        table.sources.push(u32::try_from(source).unwrap_or(u32::MAX));
        table.targets.push(u32::try_from(target).unwrap_or(u32::MAX));
    }

    /// Adds the weight, in the receptor's base unit, of the connection added last.
    pub(super) fn push_weight(&mut self, weight: f64) {
        self.table.weights.get_or_insert_default().push(weight);
    }

    /// Adds the delay, in ms, of the connection added last.
    pub(super) fn push_delay(&mut self, delay: f64) {
        self.table.delays.get_or_insert_default().push(delay);
    }

    /// The connections by target.
    #[allow(clippy::cast_possible_truncation, reason = "a longer list is an error of the check")]
    pub(super) fn finish(self) -> Table {
        let mut table = self.table;
        if table.targets.is_sorted() {
            return table;
        }
        let place = |(place, target): (usize, &u32)| u64::from(*target) << 32 | place as u64;
        let mut keys: Vec<u64> = table.targets.iter().enumerate().map(place).collect();
        keys.sort_unstable();
        let order: Vec<u32> = keys.into_iter().map(|key| key as u32).collect();
        let indices = |column: &[u32]| order.iter().map(|place| column[*place as usize]).collect();
        let values = |column: Vec<f64>| order.iter().map(|place| column[*place as usize]).collect();
        (table.sources, table.targets) = (indices(&table.sources), indices(&table.targets));
        (table.weights, table.delays) = (table.weights.map(values), table.delays.map(values));
        table.order = Some(order);
        table
    }
}

impl Table {
    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }

    /// Says which entry has an index that the ends do not have, if any: its place and what is wrong with it.
    pub(super) fn out_of_range(&self, ends: &Ends<'_>) -> Option<(usize, String)> {
        let ends =
            [("source", self.largest_source, &ends.sources), ("target", self.largest_target, &ends.targets)];
        ends.into_iter()
            .find(|(_, largest, cells)| !self.sources.is_empty() && largest.index >= u64::from(cells.size()))
            .map(|(what, largest, cells)| {
                let Largest { index, place } = largest;
                (
                    place,
                    format!(
                        "{what} {index} is not one of the {} {what}s; indices count from 0",
                        cells.size()
                    ),
                )
            })
    }

    /// The connections onto `targets`.
    fn places(&self, targets: &Range<u32>) -> Range<usize> {
        let begin = |target: u32| self.targets.partition_point(|other| *other < target);
        begin(targets.start)..begin(targets.end)
    }

    pub(super) fn emit(&self, targets: &Range<u32>, emit: &mut dyn FnMut(Row<'_>)) {
        let places = self.places(targets);
        let mut begin = places.start;
        for row in self.targets[places].chunk_by(|a, b| a == b) {
            let places = begin..begin + row.len();
            emit(Row {
                target: row[0],
                sources: &self.sources[places.clone()],
                first: Some(begin as u64),
                order: self.order.as_ref().map(|order| &order[places.clone()]),
                weights: self.weights.as_ref().map(|weights| &weights[places.clone()]),
                delays: self.delays.as_ref().map(|delays| &delays[places]),
            });
            begin += row.len();
        }
    }

    pub(super) fn reaching(&self, targets: &Range<u32>) -> Reaching {
        let mut sources = self.sources[self.places(targets)].to_vec();
        sources.sort_unstable();
        sources.dedup();
        Reaching::Listed(sources)
    }

    pub(super) fn weight_range(&self) -> Option<(f64, f64)> {
        self.weights.as_deref().and_then(extremes)
    }

    pub(super) fn delay_range(&self) -> Option<(f64, f64)> {
        self.delays.as_deref().and_then(extremes)
    }

    /// The number of connections, and a digest in place of a list that may be long.
    pub(super) fn describe(&self) -> String {
        let mut digest = Digest::new();
        for (source, target) in self.sources.iter().zip(&self.targets) {
            digest.write_u64(u64::from(*target) << 32 | u64::from(*source));
        }
        for value in [&self.weights, &self.delays].into_iter().flatten().flatten() {
            digest.write_u64(value.to_bits());
        }
        for place in self.order.iter().flatten() {
            digest.write_u64(u64::from(*place));
        }
        let mut text = format!("{} connections, ", self.len());
        let _ = write!(text, "digest {:016x}", digest.finish());
        text
    }
}

fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(low, high), value| (low.min(*value), high.max(*value))))
}
