//! Poisson spike trains.

use std::ops::Range;

use super::source;
use crate::random::{Key, philox, portable};
use crate::source::{Sources, SpikeSource};
use crate::time::{Spike, Tick};
use crate::units::{Frequency, Time};

source! {
    /// Independent Poisson spike trains.
    ///
    /// In each time step a cell fires a Poisson-distributed number of times with mean `rate * timestep`; several spikes in
    /// a step have the same time. Active in steps that end in (start, start + duration]. PyNN's `SpikeSourcePoisson`.
    #[derive(Clone, Debug, PartialEq)]
    SpikeSourcePoisson {
        /// Mean firing rate, at most 10 MHz.
        rate: Frequency = 1.0 => rate,
        /// Start time.
        start: Time = 0.0,
        /// Duration.
        duration: Time = 1e10 => non_negative,
    }
    given {}
    |_source| Sources::Poisson
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

    /// The count for the random word that has these halves; the lower is asked for only where it matters.
    #[inline]
    #[must_use]
    pub fn count(&self, upper: u16, lower: impl FnOnce() -> u16) -> u32 {
        let least = u32::from(upper) << 16;
        let most = self.reached(least | 0xffff);
        // Where the last threshold that the word may reach is reached by all words with this upper half.
        if most == 0 || self.thresholds[most as usize - 1] <= least {
            return most;
        }
        self.reached(least | u32::from(lower()))
    }

    /// How many thresholds `word` reaches.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "a table has far fewer rows")]
    fn reached(&self, word: u32) -> u32 {
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

/// Steps whose random words have their upper halves in one Philox block.
pub const POISSON_STEPS: u32 = 8;

/// The upper halves of the random words of Poisson cell number `cell` in the time steps of `block`, which are
/// `POISSON_STEPS * block` and those that follow: the Philox block with counter (cell, block, 0, 0), lower bits first.
#[inline]
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "the halves of a word")]
pub fn poisson_uppers(key: [u32; 2], cell: u32, block: u32) -> [u16; POISSON_STEPS as usize] {
    let words = philox([cell, block, 0, 0], key);
    std::array::from_fn(|half| (words[half / 2] >> (16 * (half % 2))) as u16)
}

/// The lower half of the random word of Poisson cell number `cell` in time step `step` (from 1), of which one in thousands is
/// needed: the lowest bits of the Philox block with counter (cell, step, 1, 0).
#[inline]
#[must_use]
#[allow(clippy::cast_possible_truncation, reason = "half a word")]
pub fn poisson_lower(key: [u32; 2], cell: u32, step: u32) -> u16 {
    philox([cell, step, 1, 0], key)[0] as u16
}

struct PoissonCell {
    table: usize,
    /// Active in steps first..end.
    steps: Range<u32>,
}

/// Poisson cells of one rank.
pub(crate) struct PoissonSource {
    key: [u32; 2],
    first_gid: u32,
    tables: Vec<PoissonTable>,
    cells: Vec<PoissonCell>,
    /// The upper halves of each cell's words in the time steps of this block.
    block: Option<u32>,
    uppers: Vec<[u16; POISSON_STEPS as usize]>,
}

impl PoissonSource {
    /// Cells with the given parameter columns (rate, start, duration); the first has global id `first_gid`. Streams
    /// are numbered by global id.
    pub(crate) fn new(key: Key, first_gid: u32, timestep: Tick, columns: &[Vec<f64>]) -> Self {
        let key = key.words();
        let (tables, cells, uppers) = (Vec::new(), Vec::new(), Vec::new());
        let mut source = Self { key, first_gid, tables, cells, block: None, uppers };
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

    /// Makes `uppers` those of `block`.
    fn draw(&mut self, block: u32) {
        if self.block != Some(block) {
            self.block = Some(block);
            let gids = (self.first_gid..).take(self.cells.len());
            self.uppers.clear();
            self.uppers.extend(gids.map(|gid| poisson_uppers(self.key, gid, block)));
        }
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
            self.draw(step / POISSON_STEPS);
            for ((gid, cell), uppers) in (self.first_gid..).zip(&self.cells).zip(&self.uppers) {
                if cell.steps.contains(&step) {
                    let upper = uppers[(step % POISSON_STEPS) as usize];
                    let count = self.tables[cell.table].count(upper, || poisson_lower(self.key, gid, step));
                    out.extend((0..count).map(|_| Spike { step, gid }));
                }
            }
        }
    }

    fn skip(&mut self, _: Range<u32>) {}

    fn reset(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    const STEP: Tick = Tick(100_000);

    #[test]
    fn poisson_counts_have_the_mean_and_variance_of_the_rate() {
        let key = Key::new(3, Purpose::Source, 0).words();
        for mean in [0.001, 0.8, 1.82, 30.0, 1000.0] {
            let table = PoissonTable::new(mean);
            let n = 200_000;
            let uppers = (0..n / POISSON_STEPS).flat_map(|block| poisson_uppers(key, 7, block));
            let count = |(upper, step)| f64::from(table.count(upper, || poisson_lower(key, 7, step)));
            let counts: Vec<f64> = uppers.zip(0..).map(count).collect();
            let found = counts.iter().sum::<f64>() / f64::from(n);
            let variance = counts.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / f64::from(n);
            // 6 standard errors; the variance's is sqrt((mean + 2 mean^2) / n).
            assert!((found - mean).abs() < 6.0 * (mean / f64::from(n)).sqrt(), "{found} for {mean}");
            let error = 6.0 * ((mean + 2.0 * mean * mean) / f64::from(n)).sqrt();
            assert!((variance - mean).abs() < error, "variance {variance} for {mean}");
        }
    }

    #[test]
    fn a_count_is_how_many_thresholds_the_whole_word_reaches() {
        let table = PoissonTable::new(1.82);
        for threshold in table.thresholds() {
            for word in [threshold.saturating_sub(1), *threshold, threshold | 0xffff, threshold & !0xffff] {
                let reached = table.thresholds().iter().filter(|threshold| word >= **threshold).count();
                let count = table.count((word >> 16) as u16, || word as u16);
                assert_eq!(count as usize, reached, "word {word:#x}");
            }
        }
        // One word in thousands needs its lower half: not those with no threshold among them.
        let decided =
            |upper: u16| table.thresholds().iter().all(|threshold| threshold >> 16 != u32::from(upper));
        for upper in (0..u16::MAX).filter(|upper| decided(*upper)) {
            let _count = table.count(upper, || panic!("asked for the lower half of {upper}"));
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
