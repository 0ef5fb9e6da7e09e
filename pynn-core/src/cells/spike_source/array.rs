//! Spikes at given times.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use super::source;
use crate::error::{Error, ErrorKind, Result};
use crate::source::{Sources, SpikeSource};
use crate::time::{Spike, Tick};
use crate::units::{Time, Unit};

/// The spike times of the cells of a [`SpikeSourceArray`] population.
#[derive(Clone)]
pub struct SpikeTrains(Trains);

#[derive(Clone)]
enum Trains {
    Same(Arc<[f64]>),
    Each(Arc<[Vec<f64>]>),
    Function(Arc<dyn Fn(usize) -> Vec<Time> + Send + Sync>),
}

impl SpikeTrains {
    /// The same times for every cell.
    pub fn same(times: impl IntoIterator<Item = Time>) -> Self {
        Self(Trains::Same(times.into_iter().map(Time::base).collect()))
    }

    /// One list of times a cell, by index.
    pub fn each<T: IntoIterator<Item = Time>>(trains: impl IntoIterator<Item = T>) -> Self {
        Self(Trains::Each(
            trains.into_iter().map(|train| train.into_iter().map(Time::base).collect()).collect(),
        ))
    }

    /// The times of each cell as a function of its index.
    pub fn from_fn(train: impl Fn(usize) -> Vec<Time> + Send + Sync + 'static) -> Self {
        Self(Trains::Function(Arc::new(train)))
    }

    /// Reads one train a line from a text file: times in ms, separated by blanks or commas; `#` begins a comment, an
    /// empty line is a cell without spikes.
    ///
    /// # Errors
    /// When the file cannot be read, or a word is no time; the message names the file and the line.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(ErrorKind::File, format!("{}: {error}", path.display())))?;
        let mut trains = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let content = line.split('#').next().unwrap_or_default();
            if content.trim().is_empty() && !line.trim().is_empty() {
                continue;
            }
            let mut train = Vec::new();
            for word in content.split([' ', '\t', ',']).filter(|word| !word.is_empty()) {
                match word.parse::<f64>() {
                    Ok(time) if time.is_finite() => train.push(time),
                    _ => {
                        return Err(Error::new(
                            ErrorKind::File,
                            format!("{}:{}: `{word}` is no spike time in ms", path.display(), number + 1),
                        ));
                    }
                }
            }
            if let Some(bad) = unsorted(&train) {
                return Err(Error::new(ErrorKind::File, format!("{}:{}: {bad}", path.display(), number + 1)));
            }
            trains.push(train);
        }
        Ok(Self(Trains::Each(trains.into())))
    }

    /// How many trains are listed, if each cell has its own.
    #[must_use]
    pub fn listed(&self) -> Option<usize> {
        match &self.0 {
            Trains::Each(trains) => Some(trains.len()),
            _ => None,
        }
    }

    /// The times of cell `index`, in ms.
    pub(crate) fn train(&self, index: usize) -> Vec<f64> {
        match &self.0 {
            Trains::Same(times) => times.to_vec(),
            Trains::Each(trains) => trains[index].clone(),
            Trains::Function(train) => train(index).into_iter().map(Time::base).collect(),
        }
    }

    /// The times of each of `count` cells, in ms.
    ///
    /// # Errors
    /// When times are not in order, or there is not one train a cell; with words that fit behind the population's name.
    pub fn of(&self, count: usize) -> Result<Vec<Vec<f64>>, String> {
        self.check(count)?;
        Ok((0..count).map(|index| self.train(index)).collect())
    }

    /// Says what is wrong with the trains of a population of `size` cells that steps by `timestep`, if anything.
    pub(crate) fn check(&self, size: usize) -> Result<(), String> {
        if let Some(listed) = self.listed()
            && listed != size
        {
            return Err(format!("spike_times lists {listed} trains for {size} cells; give one a cell"));
        }
        for index in 0..if matches!(self.0, Trains::Same(_)) { 1 } else { size } {
            if let Some(bad) = unsorted(&self.train(index)) {
                return Err(format!("spike_times of cell {index}: {bad}"));
            }
        }
        Ok(())
    }
}

/// What breaks the order of spike times, if anything.
fn unsorted(train: &[f64]) -> Option<String> {
    if let Some(bad) = train.iter().find(|time| !(**time > 0.0 && time.is_finite())) {
        return Some(format!("{bad} ms is no spike time; times are positive"));
    }
    let pair = train.windows(2).find(|pair| pair[0] >= pair[1])?;
    Some(if pair[0] > pair[1] {
        format!("{} ms comes after {} ms; sort the times", pair[1], pair[0])
    } else {
        format!("{} ms is listed twice", pair[0])
    })
}

impl Default for SpikeTrains {
    fn default() -> Self {
        Self::same([])
    }
}

impl fmt::Debug for SpikeTrains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Trains::Same(times) => write!(f, "{times:?}"),
            Trains::Each(trains) => write!(f, "{trains:?}"),
            Trains::Function(train) => write!(f, "Function({:?})", train(0)),
        }
    }
}

/// The same times for every cell, or, from a list of lists, one list a cell.
impl<const N: usize> From<[Time; N]> for SpikeTrains {
    fn from(times: [Time; N]) -> Self {
        Self::same(times)
    }
}

impl From<Vec<Time>> for SpikeTrains {
    fn from(times: Vec<Time>) -> Self {
        Self::same(times)
    }
}

impl From<Vec<Vec<Time>>> for SpikeTrains {
    fn from(trains: Vec<Vec<Time>>) -> Self {
        Self::each(trains)
    }
}

source! {
    /// Spikes at given times.
    ///
    /// A time between two grid points is moved to the next one. Times are in ms, positive, sorted, without doubles.
    /// PyNN's `SpikeSourceArray`.
    #[derive(Clone, Debug)]
    SpikeSourceArray {}
    given {
        /// The spike times; default none. See [`SpikeTrains`].
        spike_times: SpikeTrains = SpikeTrains::default(),
    }
    |source| Sources::Array(source.spike_times.clone())
}

/// Array cells of one rank: all their spikes, sorted, and how far they have been given out.
pub(crate) struct ArraySource {
    spikes: Vec<Spike>,
    given: usize,
}

impl ArraySource {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked against the range of steps"
    )]
    pub(crate) fn new(trains: &SpikeTrains, cells: Range<usize>, first_gid: u32, timestep: Tick) -> Self {
        let mut spikes = Vec::new();
        for (gid, index) in (first_gid..).zip(cells) {
            let steps =
                trains.train(index).into_iter().map(|time| (time / timestep.ms() - 1e-6).ceil().max(1.0));
            let within = steps.take_while(|step| *step < f64::from(u32::MAX));
            spikes.extend(within.map(|step| Spike { step: step as u32, gid }));
        }
        spikes.sort_unstable();
        Self { spikes, given: 0 }
    }
}

impl SpikeSource for ArraySource {
    fn spikes(&mut self, steps: Range<u32>, out: &mut Vec<Spike>) {
        let rest = &self.spikes[self.given..];
        let count = rest.partition_point(|spike| spike.step < steps.end);
        out.extend_from_slice(&rest[..count]);
        self.given += count;
    }

    fn reset(&mut self) {
        self.given = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::ms;

    const STEP: Tick = Tick(100_000);

    #[test]
    fn a_spike_time_between_grid_points_moves_up() {
        let trains = SpikeTrains::each([vec![0.3 * ms, 1.25 * ms], vec![1.25 * ms]]);
        let mut source = ArraySource::new(&trains, 0..2, 5, STEP);
        let mut out = Vec::new();
        source.spikes(1..4, &mut out);
        assert_eq!(out, [Spike { step: 3, gid: 5 }]);
        source.spikes(4..100, &mut out);
        assert_eq!(out[1..], [Spike { step: 13, gid: 5 }, Spike { step: 13, gid: 6 }]);
        source.reset();
        out.clear();
        source.spikes(1..100, &mut out);
        assert_eq!(out.len(), 3);
    }

    #[test]
    fn unsorted_doubled_and_negative_times_are_rejected() {
        for (train, words) in [
            (vec![2.0 * ms, 1.0 * ms], "sort the times"),
            (vec![1.0 * ms, 1.0 * ms], "listed twice"),
            (vec![-1.0 * ms], "positive"),
        ] {
            let message = SpikeTrains::same(train).check(1).unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }
}
