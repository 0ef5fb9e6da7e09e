//! Cells that only send spikes.
//!
//! Their spikes are pure functions of seed, cell and time ([`SpikeSource`]), evaluated by whoever needs them: every
//! backend gets the same trains, on any number of ranks.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::backend::{Backend, Lowered, Simulates};
use crate::cell::{
    Bound, CellInfo, CellType, Observes, Parameter, ParameterInfo, Variable, VariableInfo, name, observable,
};
use crate::error::{Error, ErrorKind, Result};
use crate::random::{Key, philox, portable};
use crate::source::{Sources, SpikeSource};
use crate::time::{Spike, Tick};
use crate::units::{Frequency, Time, Unit};

/// Companion structs of the spike sources; reached through [`CellType`].
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "reached through the associated type")]
pub struct SourceVariables {
    pub spikes: Variable<observable::Spikes>,
}

/// No receptors, or no state variables.
#[derive(Clone, Copy)]
pub struct Nothing {}

static SPIKES: [VariableInfo; 1] = [VariableInfo { name: "spikes", symbol: "" }];

/// The parameters of [`SpikeSourcePoisson`] as tokens.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "reached through the associated type")]
pub struct PoissonParameters {
    pub rate: Parameter<Frequency>,
    pub start: Parameter<Time>,
    pub duration: Parameter<Time>,
}

/// Independent Poisson spike trains.
///
/// In each time step a cell fires a Poisson-distributed number of times with mean `rate * timestep`; several spikes in
/// a step have the same time. Active in steps that end in (start, start + duration]. PyNN's `SpikeSourcePoisson`.
#[derive(Clone, Debug, PartialEq)]
pub struct SpikeSourcePoisson {
    /// Mean firing rate, at most 10 MHz; default 1 Hz.
    pub rate: Frequency,
    /// Start time; default 0 ms.
    pub start: Time,
    /// Duration; default 1e10 ms.
    pub duration: Time,
}

impl Default for SpikeSourcePoisson {
    fn default() -> Self {
        Self { rate: Frequency::new(1.0), start: Time::new(0.0), duration: Time::new(1e10) }
    }
}

static POISSON: CellInfo = CellInfo {
    name: "SpikeSourcePoisson",
    parameters: &[
        ParameterInfo { name: "rate", symbol: "Hz", default: 1.0, bound: Bound::rate },
        ParameterInfo { name: "start", symbol: "ms", default: 0.0, bound: Bound::any },
        ParameterInfo { name: "duration", symbol: "ms", default: 1e10, bound: Bound::non_negative },
    ],
    receptors: &[],
    states: &[],
    variables: &SPIKES,
};

impl CellType for SpikeSourcePoisson {
    type Receptors = Nothing;
    type States = Nothing;
    type Variables = SourceVariables;
    type Parameters = PoissonParameters;
    const VARIABLES: &'static [&'static str] = &["spikes"];
    fn info() -> &'static CellInfo {
        &POISSON
    }
    fn receptors() -> Nothing {
        Nothing {}
    }
    fn states() -> Nothing {
        Nothing {}
    }
    fn variables() -> SourceVariables {
        SourceVariables { spikes: Variable::new(0) }
    }
    fn parameters() -> PoissonParameters {
        PoissonParameters { rate: Parameter::new(0), start: Parameter::new(1), duration: Parameter::new(2) }
    }
    fn parameter_values(&self) -> Vec<f64> {
        vec![self.rate.base(), self.start.base(), self.duration.base()]
    }
}

impl Observes<{ name("spikes", &["spikes"]) }> for SpikeSourcePoisson {
    type Observable = observable::Spikes;
}

impl Observes<0> for SpikeSourcePoisson {
    type Observable = observable::Spikes;
}

impl<B: Backend> Simulates<SpikeSourcePoisson> for B {
    fn lower(_: &SpikeSourcePoisson) -> Lowered<B::Model> {
        Lowered::Source(Sources::Poisson)
    }
}

/// The inverse of a Poisson distribution as a table: a 32-bit random word is turned into a count.
#[derive(Clone, Debug, PartialEq)]
pub struct PoissonTable {
    /// `2^32 P(count <= k)` for k = 0, 1, ...: the count is how many of these the word reaches.
    thresholds: Vec<u32>,
}

impl PoissonTable {
    /// The table for a mean of `mean` spikes a step.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "bounded by the clamp")]
    pub fn new(mean: f64) -> Self {
        // A mean of 0 never fires: e^0 fills the table at once.
        let log_mean = if mean > 0.0 { portable::ln(mean) } else { 0.0 };
        let mut thresholds = Vec::new();
        // Start where the density does not underflow; below, the probability is nil.
        let (mut count, mut log_density, mut cumulative) = (0u32, -mean, 0.0f64);
        loop {
            cumulative += portable::exp(log_density);
            let threshold = (cumulative * 4_294_967_296.0).round();
            if threshold >= 4_294_967_295.0 || (f64::from(count) > mean + 12.0 * mean.sqrt() + 20.0) {
                return Self { thresholds };
            }
            thresholds.push(threshold as u32);
            count += 1;
            log_density += log_mean - portable::ln(f64::from(count));
        }
    }

    /// The count for a random word.
    #[inline]
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "a table has far fewer rows")]
    pub fn count(&self, word: u32) -> u32 {
        if self.thresholds.len() <= 16 {
            self.thresholds.iter().map(|threshold| u32::from(word >= *threshold)).sum()
        } else {
            self.thresholds.partition_point(|threshold| word >= *threshold) as u32
        }
    }

    /// The thresholds, ascending: a count is how many of them a word reaches.
    #[must_use]
    pub fn thresholds(&self) -> &[u32] {
        &self.thresholds
    }
}

/// The random word of Poisson cell number `cell` in time step `step` (from 1): word `step % 4` of the Philox block
/// with counter (cell, step / 4). Engines that draw many at once compute the same.
#[inline]
#[must_use]
pub fn poisson_word(key: Key, cell: u32, step: u32) -> u32 {
    philox([cell, step / 4, 0, 0], key.words())[(step % 4) as usize]
}

struct PoissonCell {
    table: usize,
    /// Active in steps first..end.
    steps: Range<u32>,
}

/// Poisson cells of one rank.
pub(crate) struct PoissonSource {
    key: Key,
    first_gid: u32,
    tables: Vec<PoissonTable>,
    cells: Vec<PoissonCell>,
}

impl PoissonSource {
    /// Cells with the given parameter columns (rate, start, duration); the first has global id `first_gid`. Streams
    /// are numbered by global id.
    pub(crate) fn new(key: Key, first_gid: u32, timestep: Tick, columns: &[Vec<f64>]) -> Self {
        let mut source = Self { key, first_gid, tables: Vec::new(), cells: Vec::new() };
        let mut last_rate = f64::NAN;
        for ((&rate, &start), &duration) in columns[0].iter().zip(&columns[1]).zip(&columns[2]) {
            if rate.to_bits() != last_rate.to_bits() {
                source.tables.push(PoissonTable::new(rate * timestep.ms() * 1e-3));
                last_rate = rate;
            }
            let steps = active_steps(start, duration, timestep);
            source.cells.push(PoissonCell { table: source.tables.len() - 1, steps });
        }
        source
    }
}

/// The steps (from 1) that end in (start, start + duration], for times in ms.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
pub fn active_steps(start: f64, duration: f64, timestep: Tick) -> Range<u32> {
    let after =
        |time: f64| ((time / timestep.ms() + 1e-6).floor() + 1.0).clamp(1.0, f64::from(u32::MAX)) as u32;
    after(start)..after(start + duration)
}

impl SpikeSource for PoissonSource {
    fn spikes(&mut self, steps: Range<u32>, out: &mut Vec<Spike>) {
        for step in steps {
            for (gid, cell) in (self.first_gid..).zip(&self.cells) {
                if cell.steps.contains(&step) {
                    let count = self.tables[cell.table].count(poisson_word(self.key, gid, step));
                    out.extend((0..count).map(|_| Spike { step, gid }));
                }
            }
        }
    }

    fn skip(&mut self, _: Range<u32>) {}

    fn reset(&mut self) {}
}

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

/// Spikes at given times.
///
/// A time between two grid points is moved to the next one. Times are in ms, positive, sorted, without doubles.
/// PyNN's `SpikeSourceArray`.
#[derive(Clone, Debug, Default)]
pub struct SpikeSourceArray {
    /// The spike times; default none. See [`SpikeTrains`].
    pub spike_times: SpikeTrains,
}

static ARRAY: CellInfo =
    CellInfo { name: "SpikeSourceArray", parameters: &[], receptors: &[], states: &[], variables: &SPIKES };

impl CellType for SpikeSourceArray {
    type Receptors = Nothing;
    type States = Nothing;
    type Variables = SourceVariables;
    type Parameters = Nothing;
    const VARIABLES: &'static [&'static str] = &["spikes"];
    fn info() -> &'static CellInfo {
        &ARRAY
    }
    fn receptors() -> Nothing {
        Nothing {}
    }
    fn states() -> Nothing {
        Nothing {}
    }
    fn variables() -> SourceVariables {
        SourceVariables { spikes: Variable::new(0) }
    }
    fn parameters() -> Nothing {
        Nothing {}
    }
    fn parameter_values(&self) -> Vec<f64> {
        Vec::new()
    }
}

impl Observes<{ name("spikes", &["spikes"]) }> for SpikeSourceArray {
    type Observable = observable::Spikes;
}

impl Observes<0> for SpikeSourceArray {
    type Observable = observable::Spikes;
}

impl<B: Backend> Simulates<SpikeSourceArray> for B {
    fn lower(cell: &SpikeSourceArray) -> Lowered<B::Model> {
        Lowered::Source(Sources::Array(cell.spike_times.clone()))
    }
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
    use crate::random::Purpose;
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

    #[test]
    fn poisson_counts_have_the_mean_and_variance_of_the_rate() {
        let key = Key::new(3, Purpose::Source, 0);
        for mean in [0.001, 0.8, 1.82, 30.0, 1000.0] {
            let table = PoissonTable::new(mean);
            let n = 200_000;
            let counts: Vec<f64> =
                (0..n).map(|step| f64::from(table.count(poisson_word(key, 7, step)))).collect();
            let found = counts.iter().sum::<f64>() / f64::from(n);
            let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / f64::from(n);
            // 6 standard errors; the variance's is sqrt((mean + 2 mean^2) / n).
            assert!((found - mean).abs() < 6.0 * (mean / f64::from(n)).sqrt(), "{found} for {mean}");
            let error = 6.0 * ((mean + 2.0 * mean * mean) / f64::from(n)).sqrt();
            assert!((variance - mean).abs() < error, "variance {variance} for {mean}");
        }
    }

    #[test]
    fn a_poisson_cell_is_silent_outside_its_duration() {
        let columns = [vec![5000.0], vec![10.0], vec![20.0]];
        let mut source = PoissonSource::new(Key::new(3, Purpose::Source, 0), 0, STEP, &columns);
        let mut out = Vec::new();
        source.spikes(1..1000, &mut out);
        assert!(out.iter().all(|spike| (101..=300).contains(&spike.step)), "{:?}", (out.first(), out.last()));
        assert!(out.len() > 50);
    }
}
