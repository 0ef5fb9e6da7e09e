//! What a run gives back.

use crate::digest::Digest;
use crate::end::Selection;

/// The recorded spikes of a population, ordered by time and then by cell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SpikeData {
    /// The population's name.
    pub population: String,
    /// What the user noted about the population: keys and values.
    pub annotations: Vec<(String, String)>,
    /// How many cells the population has.
    pub size: usize,
    /// Which of them these are the spikes of; `None` for all.
    pub cells: Option<Selection>,
    /// When the recording ends, in ms; it begins at 0.
    pub stop: f64,
    /// Spike times in ms.
    pub times: Vec<f64>,
    /// The cell of each spike: its index in the population.
    pub indices: Vec<u32>,
}

impl SpikeData {
    /// How many spikes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether no cell fired.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The cells that these are the spikes of, by index in the population.
    #[must_use]
    pub fn recorded(&self) -> Selection {
        recorded(self.cells.as_ref(), self.size)
    }

    /// How many spikes each recorded cell fired, by index.
    #[must_use]
    pub fn counts(&self) -> Vec<u32> {
        let cells = self.recorded();
        let mut counts = vec![0; cells.len()];
        for number in self.indices.iter().filter_map(|index| cells.number_of(*index as usize)) {
            counts[number] += 1;
        }
        counts
    }

    /// The mean number of spikes a recorded cell.
    #[must_use]
    pub fn mean_count(&self) -> f64 {
        self.len() as f64 / self.recorded().len().max(1) as f64
    }

    /// The mean firing rate of a recorded cell in Hz, over the whole recording; 0 if it has no length.
    #[must_use]
    pub fn mean_rate(&self) -> f64 {
        if self.stop > 0.0 { self.mean_count() / self.stop * 1000.0 } else { 0.0 }
    }

    /// The spike times of cell `index`, in ms.
    #[must_use]
    pub fn train(&self, index: usize) -> Vec<f64> {
        let of_cell = self.times.iter().zip(&self.indices).filter(|(_, cell)| **cell as usize == index);
        of_cell.map(|(time, _)| *time).collect()
    }

    /// Takes the spikes into a digest: name, times in ns and indices.
    pub fn digest_into(&self, digest: &mut Digest) {
        digest.write(self.population.as_bytes());
        for (time, index) in self.times.iter().zip(&self.indices) {
            digest.write_u64((time * 1e6).round() as u64);
            digest.write_u64(u64::from(*index));
        }
    }
}

/// The samples of one variable of a population.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceData {
    /// The population's name.
    pub population: String,
    /// The variable's name: `"v"`.
    pub variable: String,
    /// The unit's symbol: `"mV"`; empty for a number without unit.
    pub unit: String,
    /// What the user noted about the population: keys and values.
    pub annotations: Vec<(String, String)>,
    /// How many cells the population has.
    pub size: usize,
    /// Which of them these are the samples of; `None` for all.
    pub cells: Option<Selection>,
    /// The time from sample to sample, in ms; the first sample is at time 0.
    pub interval: f64,
    /// The samples: for each time, one a recorded cell, by index.
    pub values: Vec<f64>,
}

impl TraceData {
    /// How many sample times.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len() / self.recorded().len().max(1)
    }

    /// The cells that these are the samples of, by index in the population.
    #[must_use]
    pub fn recorded(&self) -> Selection {
        recorded(self.cells.as_ref(), self.size)
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The sample times, in ms.
    #[must_use]
    pub fn times(&self) -> Vec<f64> {
        (0..self.len()).map(|row| row as f64 * self.interval).collect()
    }

    /// The samples of cell `index` of the population; none if it is not recorded.
    #[must_use]
    pub fn of(&self, index: usize) -> Vec<f64> {
        let Some(number) = self.recorded().number_of(index) else { return Vec::new() };
        self.rows().filter_map(|row| row.get(number).copied()).collect()
    }

    /// The samples of all recorded cells at sample time number `row`; none if there is no such time.
    #[must_use]
    pub fn at(&self, row: usize) -> &[f64] {
        self.rows().nth(row).unwrap_or_default()
    }

    fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.recorded().len().max(1))
    }
}

fn recorded(cells: Option<&Selection>, size: usize) -> Selection {
    cells.cloned().unwrap_or(Selection::Range(0..size))
}

/// A value of each connection of a projection, ordered by target, then by source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SynapseData {
    /// The projection's name.
    pub projection: String,
    /// What the user noted about the projection: keys and values.
    pub annotations: Vec<(String, String)>,
    /// What the values are: `"weight"`, `"delay"`.
    pub value: String,
    /// The unit's symbol: `"nA"`.
    pub unit: String,
    /// How many cells the source end has.
    pub source_size: usize,
    /// How many cells the target end has.
    pub target_size: usize,
    /// The source of each connection: its index in the source end.
    pub sources: Vec<u32>,
    /// The target of each connection: its index in the target end.
    pub targets: Vec<u32>,
    /// The value of each connection, in base units.
    pub values: Vec<f64>,
}

impl SynapseData {
    /// How many connections.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no connection.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The connections: source, target, value.
    pub fn list(&self) -> impl ExactSizeIterator<Item = (u32, u32, f64)> {
        (0..self.len()).map(|k| (self.sources[k], self.targets[k], self.values[k]))
    }

    /// A row a source, a column a target; NaN where there is no connection, the sum where there are several.
    #[must_use]
    pub fn matrix(&self) -> Vec<Vec<f64>> {
        let mut matrix = vec![vec![f64::NAN; self.target_size]; self.source_size];
        for (source, target, value) in self.list() {
            let entry = &mut matrix[source as usize][target as usize];
            *entry = if entry.is_nan() { value } else { *entry + value };
        }
        matrix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_counts_follow_from_the_spikes() {
        let spikes = SpikeData {
            population: "hh".into(),
            size: 4,
            stop: 500.0,
            times: vec![1.0, 2.0, 2.0],
            indices: vec![0, 0, 3],
            ..SpikeData::default()
        };
        assert_eq!(spikes.counts(), [2, 0, 0, 1]);
        assert_eq!(spikes.mean_rate(), 1.5);
        assert_eq!(spikes.train(0), [1.0, 2.0]);
    }

    #[test]
    fn a_trace_is_read_by_cell_and_by_time() {
        let trace =
            TraceData { size: 2, interval: 0.5, values: vec![1.0, 2.0, 3.0, 4.0], ..TraceData::default() };
        assert_eq!((trace.len(), trace.of(1), trace.at(1)), (2, vec![2.0, 4.0], [3.0, 4.0].as_slice()));
        assert_eq!(trace.times(), [0.0, 0.5]);
    }

    #[test]
    fn what_is_recorded_of_some_cells_is_read_by_their_indices_in_the_population() {
        let cells = Some(Selection::List([2, 5].into()));
        let spikes = SpikeData {
            size: 10,
            cells: cells.clone(),
            stop: 1000.0,
            times: vec![1.0, 2.0, 3.0],
            indices: vec![5, 2, 5],
            ..SpikeData::default()
        };
        assert_eq!((spikes.counts(), spikes.mean_rate(), spikes.train(5)), (vec![1, 2], 1.5, vec![1.0, 3.0]));
        let values = vec![1.0, 2.0, 3.0, 4.0];
        let trace = TraceData { size: 10, cells, interval: 0.5, values, ..TraceData::default() };
        assert_eq!((trace.len(), trace.of(5), trace.of(0)), (2, vec![2.0, 4.0], vec![]));
        assert_eq!((trace.at(1), trace.recorded().len()), ([3.0, 4.0].as_slice(), 2));
    }

    #[test]
    fn a_cell_or_time_that_there_is_not_has_no_samples() {
        let trace = TraceData { size: 2, values: vec![1.0, 2.0, 3.0, 4.0], ..TraceData::default() };
        assert_eq!((trace.of(2), trace.of(usize::MAX)), (vec![], vec![]));
        assert!(trace.at(2).is_empty() && trace.at(usize::MAX).is_empty());
        assert!(TraceData::default().of(0).is_empty());
    }
}
