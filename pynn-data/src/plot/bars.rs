//! Mean rates of populations side by side.

use pynn_core::Result;
use pynn_core::recording::SpikeData;

use super::canvas::{Align, Canvas, Rect};
use super::frame::{Draw, Frame, Plot, Scope, style};
use super::palette::INK;
use super::raster::rate;
use crate::one_or_many::OneOrMany;
use crate::summary::mean_rate;

/// The height of a bar with the space about it, in px.
const ROW: f64 = 24.0;
/// What the bar fills of it.
const BAR: f64 = 0.66;

/// A bar a population: its mean rate over the whole recording, in the given order from the top.
#[derive(Clone, Debug)]
pub struct RateBars<'a> {
    populations: OneOrMany<'a, SpikeData>,
    heading: String,
}

impl<'a> RateBars<'a> {
    /// The bars of one or several populations.
    #[must_use]
    pub fn of(populations: impl Into<OneOrMany<'a, SpikeData>>) -> Self {
        Self { populations: populations.into(), heading: String::new() }
    }

    /// A heading above the panel; none by default.
    #[must_use]
    pub fn title(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    fn row(&self, height: f64) -> f64 {
        height / self.populations.0.len().max(1) as f64
    }

    fn highest(&self) -> f64 {
        let highest = self.populations.0.iter().map(|spikes| mean_rate(spikes)).fold(0.0, f64::max);
        // Room for the number behind the longest bar.
        if highest > 0.0 && highest.is_finite() { highest * 1.12 } else { 1.0 }
    }
}

impl Draw for RateBars<'_> {
    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn height(&self) -> f64 {
        ROW * self.populations.0.len().max(1) as f64
    }

    fn heading(&self) -> &str {
        &self.heading
    }

    fn stop(&self) -> Option<f64> {
        None
    }

    fn populations(&self) -> Vec<&str> {
        self.populations.0.iter().map(|spikes| spikes.population.as_str()).collect()
    }

    fn frame(&self, scope: &Scope<'_>) -> Frame {
        let row = self.row(scope.height);
        let colors = scope.palette.of(self.populations());
        let named = self.populations.0.iter().zip(colors).enumerate();
        Frame {
            rows: named
                .map(|(number, (spikes, color))| {
                    ((number as f64 + 0.5) * row, spikes.population.clone(), color)
                })
                .collect(),
            across: Some((self.highest(), "mean rate (Hz)")),
            missing: self.populations.0.is_empty().then_some("no populations"),
            ..Frame::default()
        }
    }

    fn paint(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>) {
        let (area, row, highest) = (plot.area, self.row(plot.area.height), self.highest());
        let colors = plot.scope.palette.of(self.populations());
        for (number, (spikes, color)) in self.populations.0.iter().zip(colors).enumerate() {
            let mean = mean_rate(spikes);
            let middle = area.y + (number as f64 + 0.5) * row;
            let width = (mean / highest).clamp(0.0, 1.0) * area.width;
            let bar = Rect { x: area.x, y: middle - row * BAR / 2.0, width, height: row * BAR };
            canvas.fill(bar, color);
            let number = (rate(mean), style(11.0, false, INK, Align::Left));
            canvas.text((bar.right() + 5.0, middle + 4.0), &[(&number.0, number.1)]);
        }
    }
}
