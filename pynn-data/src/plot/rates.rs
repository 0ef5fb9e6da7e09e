//! Mean rates of populations over time.

use pynn_core::recording::SpikeData;
use pynn_core::units::Time;
use pynn_core::{Error, ErrorKind, Result};

use super::axis::{round_step, ticks};
use super::canvas::Canvas;
use super::frame::{Draw, Frame, Name, Plot, Scope, height_of_names, stacked_names};
use super::thin::Thinned;
use crate::one_or_many::OneOrMany;

/// So many bins are still worth counting.
const MOST_BINS: f64 = 1e6;

/// The mean rate of a recorded cell over time, in bins: spikes in the bin / (cells * width of the bin).
///
/// A bin holds the spikes after its begin and up to its end, as a time step does. The last one may be shorter.
#[derive(Clone, Debug)]
pub struct Rates<'a> {
    populations: OneOrMany<'a, SpikeData>,
    bin: Option<f64>,
    heading: String,
    height: Option<f64>,
}

impl<'a> Rates<'a> {
    /// The rates of one or several populations.
    #[must_use]
    pub fn of(populations: impl Into<OneOrMany<'a, SpikeData>>) -> Self {
        Self { populations: populations.into(), bin: None, heading: String::new(), height: None }
    }

    /// The width of a bin; by default a round number of ms that makes 100 to 200 bins of the longest recording.
    #[must_use]
    pub fn bin(mut self, bin: Time) -> Self {
        self.bin = Some(bin.value());
        self
    }

    /// A heading above the panel; none by default.
    #[must_use]
    pub fn title(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    /// The height of the area with the curves in px; by default 130, or more for many names.
    #[must_use]
    pub fn height(mut self, height: u32) -> Self {
        self.height = Some(f64::from(height));
        self
    }

    fn longest(&self) -> f64 {
        self.populations
            .0
            .iter()
            .map(|spikes| spikes.stop)
            .filter(|stop| stop.is_finite())
            .fold(0.0, f64::max)
    }

    fn width_of_bin(&self) -> f64 {
        let longest = self.longest();
        self.bin.unwrap_or(if longest > 0.0 { round_step(longest / 200.0) } else { 1.0 })
    }

    /// The bins of a population that are shown: begin, end and rate.
    fn bins(&self, spikes: &SpikeData, scope: &Scope<'_>) -> Vec<(f64, f64, f64)> {
        let width = self.width_of_bin();
        let edge = |number: usize| (number as f64 * width).min(spikes.stop);
        let rates = binned(spikes, width).into_iter().enumerate();
        let bins = rates.map(|(number, rate)| (edge(number), edge(number + 1), rate));
        bins.filter(|(begin, end, _)| *end > scope.from && *begin < scope.to).collect()
    }

    fn highest(&self, scope: &Scope<'_>) -> f64 {
        let bins = self.populations.0.iter().flat_map(|spikes| self.bins(spikes, scope));
        let highest = bins.map(|(_, _, rate)| rate).fold(0.0, f64::max);
        if highest > 0.0 { highest * 1.06 } else { 1.0 }
    }
}

/// The mean rate of a cell in Hz in bins of `width` ms from time 0.
fn binned(spikes: &SpikeData, width: f64) -> Vec<f64> {
    // Times are multiples of a step with a rounding error; a spike at the end of a bin belongs to it.
    const SLACK: f64 = 1e-9;
    if spikes.stop.is_nan() || spikes.stop <= 0.0 || spikes.size == 0 {
        return Vec::new();
    }
    let count = (spikes.stop / width - SLACK).ceil().clamp(1.0, MOST_BINS) as usize;
    let mut bins = vec![0_u64; count];
    for time in spikes.times.iter().filter(|time| (0.0..=spikes.stop).contains(*time)) {
        let number = (time / width - SLACK).ceil().max(1.0) as usize - 1;
        bins[number.min(count - 1)] += 1;
    }
    let duration = |number: usize| width.min(spikes.stop - number as f64 * width);
    let cells = spikes.recorded().len() as f64;
    let rate = |(number, count): (usize, &u64)| *count as f64 / cells / duration(number) * 1000.0;
    bins.iter().enumerate().map(rate).collect()
}

impl Draw for Rates<'_> {
    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Usage, message));
        match self.bin {
            Some(bin) if !(bin > 0.0 && bin.is_finite()) => {
                refuse(format!("cannot draw rates in bins of {bin} ms: a bin must be longer than 0 ms"))
            }
            Some(bin) if self.longest() / bin > MOST_BINS => {
                let enough = round_step(self.longest() / 1000.0);
                refuse(format!(
                    "cannot draw rates in bins of {bin} ms: there are too many; {enough} ms will do"
                ))
            }
            _ => Ok(()),
        }
    }

    fn height(&self) -> f64 {
        // One line more for the width of the bins.
        self.height.unwrap_or_else(|| height_of_names(self.populations.0.len() + 1).max(130.0))
    }

    fn heading(&self) -> &str {
        &self.heading
    }

    fn stop(&self) -> Option<f64> {
        Some(self.longest())
    }

    fn populations(&self) -> Vec<&str> {
        self.populations.0.iter().map(|spikes| spikes.population.as_str()).collect()
    }

    fn frame(&self, scope: &Scope<'_>) -> Frame {
        let highest = self.highest(scope);
        let ticks = ticks(0.0, highest, (scope.height / 22.0).max(2.0) as usize);
        let colors = scope.palette.of(self.populations());
        let named = self.populations.0.iter().zip(colors);
        let named = named.map(|(spikes, color)| (spikes.population.clone(), color)).collect();
        let mut names = stacked_names(named, scope.height - height_of_names(1));
        if !names.is_empty() {
            names.push(Name::note(scope.height - 8.0, format!("{} ms bins", self.width_of_bin())));
        }
        Frame {
            label: "rate (Hz)".into(),
            ticks: ticks
                .into_iter()
                .map(|(value, text)| ((1.0 - value / highest) * scope.height, text))
                .collect(),
            missing: names.is_empty().then_some("no populations"),
            names,
            ..Frame::default()
        }
    }

    fn paint(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>) {
        let highest = self.highest(&plot.scope);
        let y = |rate: f64| plot.area.y + (1.0 - rate / highest) * plot.area.height;
        let colors = plot.scope.palette.of(self.populations());
        for (spikes, color) in self.populations.0.iter().zip(colors).rev() {
            let mut steps = Thinned::default();
            for (begin, end, rate) in self.bins(spikes, &plot.scope) {
                steps.add((plot.x(begin.max(plot.scope.from)), y(rate)));
                steps.add((plot.x(end.min(plot.scope.to)), y(rate)));
            }
            canvas.line(&steps.take(), 1.1, color);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_close_at_their_end_and_the_last_may_be_shorter() {
        let spikes = SpikeData {
            size: 2,
            stop: 25.0,
            times: vec![0.1, 10.0, 10.1, 25.0],
            indices: vec![0, 1, 0, 1],
            ..SpikeData::default()
        };
        assert_eq!(binned(&spikes, 10.0), [100.0, 50.0, 100.0]);
    }

    #[test]
    fn nothing_recorded_has_no_bins() {
        assert!(binned(&SpikeData::default(), 5.0).is_empty());
        assert!(binned(&SpikeData { size: 1, stop: f64::NAN, ..SpikeData::default() }, 5.0).is_empty());
    }
}
