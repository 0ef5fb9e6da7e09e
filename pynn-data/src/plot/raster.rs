//! Spikes as marks over time.

use std::ops::Range;

use pynn_core::Result;
use pynn_core::recording::SpikeData;

use super::axis::whole_ticks;
use super::canvas::{Canvas, Cap, Color, Rect};
use super::density::Density;
use super::frame::{Draw, Frame, Name, Plot, Scope};
use crate::one_or_many::OneOrMany;
use crate::summary::mean_rate;

/// So many spikes are drawn one by one; more of them as a density.
const MOST_MARKS: usize = 20_000;
/// The least height of a population, enough for its name, in px.
const LEAST_BAND: f64 = 18.0;
/// Between two populations.
const BAND_GAP: f64 = 3.0;
/// Cells with at least this height get strokes, smaller ones dots.
const STROKE_ROW: f64 = 4.0;

/// A spike raster: a mark for each spike, time to the right, cells upwards, populations from the top in the given order.
///
/// Of a population of which some cells are recorded the rows from the first to the last of these are shown. Heights follow
/// the numbers of rows, but each population has room for its name. Names carry the mean rate over the whole
/// recording.
#[derive(Clone, Debug)]
pub struct Raster<'a> {
    populations: OneOrMany<'a, SpikeData>,
    heading: String,
    height: Option<f64>,
}

impl<'a> Raster<'a> {
    /// The raster of one or several populations.
    #[must_use]
    pub fn of(populations: impl Into<OneOrMany<'a, SpikeData>>) -> Self {
        Self { populations: populations.into(), heading: String::new(), height: None }
    }

    /// A heading above the panel; none by default.
    #[must_use]
    pub fn title(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    /// The height of the area with the spikes in px; by default 60 to 520 by the number of cells and populations.
    #[must_use]
    pub fn height(mut self, height: u32) -> Self {
        self.height = Some(f64::from(height));
        self
    }

    fn bands(&self, height: f64) -> Vec<Band<'a>> {
        let rows = |spikes: &&SpikeData| spikes.recorded().span().len().max(1) as f64;
        let sizes: Vec<f64> = self.populations.0.iter().map(rows).collect();
        let gaps = BAND_GAP * sizes.len().saturating_sub(1) as f64;
        let mut top = 0.0;
        let heights = divided((height - gaps).max(1.0), &sizes);
        let bands = self.populations.0.iter().zip(heights).map(|(spikes, height)| {
            let band = Band { spikes, cells: spikes.recorded().span(), top, height };
            top += height + BAND_GAP;
            band
        });
        bands.collect()
    }
}

/// `height` in proportion to `sizes`, but for those that would get less than they need.
fn divided(height: f64, sizes: &[f64]) -> Vec<f64> {
    let least = LEAST_BAND.min(height / sizes.len().max(1) as f64);
    let mut small = vec![false; sizes.len()];
    loop {
        let kept = least * small.iter().filter(|small| **small).count() as f64;
        let rest: f64 = sizes.iter().zip(&small).filter(|(_, small)| !**small).map(|(size, _)| size).sum();
        let share = |number: usize| (height - kept) * sizes[number] / rest;
        let found = (0..sizes.len()).find(|number| !small[*number] && share(*number) < least);
        match found {
            Some(number) => small[number] = true,
            None => return (0..sizes.len()).map(|n| if small[n] { least } else { share(n) }).collect(),
        }
    }
}

/// The place of a population in the panel.
struct Band<'a> {
    spikes: &'a SpikeData,
    /// The cells that have a row.
    cells: Range<usize>,
    top: f64,
    height: f64,
}

impl Band<'_> {
    /// The height of a cell.
    fn row(&self) -> f64 {
        self.height / self.cells.len().max(1) as f64
    }

    /// The middle of a cell, from the top of the panel.
    fn y(&self, index: f64) -> f64 {
        self.top + self.height - (index - self.cells.start as f64 + 0.5) * self.row()
    }

    fn ticks(&self) -> Vec<(f64, String)> {
        if self.height < 30.0 {
            return Vec::new();
        }
        let (first, last) = (self.cells.start as f64, self.cells.end.saturating_sub(1) as f64);
        let ticks = whole_ticks(first, last, (self.height / 32.0).ceil() as usize);
        let placed = ticks.into_iter().map(|(index, text)| (self.y(index), text));
        // Too close to the first cell of the population above.
        placed.filter(|(y, _)| self.top == 0.0 || *y > self.top + 10.0).collect()
    }

    /// The spikes that the plot shows.
    fn shown(&self, plot: &Plot<'_>) -> impl Iterator<Item = (f64, f64)> {
        let (left, top) = (plot.area.x, plot.area.y);
        let (from, to, width) = (plot.scope.from, plot.scope.to, plot.area.width);
        let spikes = self.spikes.times.iter().zip(&self.spikes.indices);
        spikes
            .filter(move |(time, index)| {
                (from..=to).contains(*time) && self.cells.contains(&(**index as usize))
            })
            .map(move |(time, index)| {
                (left + (time - from) / (to - from) * width, top + self.y(f64::from(*index)))
            })
    }

    fn draw_marks(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>, color: Color, dot: f64) {
        let row = self.row();
        if row < STROKE_ROW {
            let dots: Vec<_> = self.shown(plot).map(|at| (at, at)).collect();
            return canvas.strokes(&dots, dot, Cap::Round, color);
        }
        let half = (row * 0.38).min(10.0);
        let strokes: Vec<_> = self.shown(plot).map(|(x, y)| ((x, y - half), (x, y + half))).collect();
        canvas.strokes(&strokes, dot.min(1.2), Cap::Butt, color);
    }

    fn density(&self, plot: &Plot<'_>) -> Density {
        let area = Rect { y: plot.area.y + self.top, height: self.height, ..plot.area };
        let mut density = Density::new(area);
        let tall = self.row().max(1.0);
        for at in self.shown(plot) {
            density.add(at, 1.0, tall);
        }
        density
    }
}

impl Draw for Raster<'_> {
    fn check(&self) -> Result<()> {
        Ok(())
    }

    fn height(&self) -> f64 {
        let populations = self.populations.0.len() as f64;
        let cells: usize = self.populations.0.iter().map(|spikes| spikes.recorded().span().len()).sum();
        let natural = (cells as f64 * 12.0).clamp(30.0, 240.0).max(60.0 * populations).min(520.0);
        self.height.unwrap_or(natural.max((LEAST_BAND + BAND_GAP) * populations))
    }

    fn heading(&self) -> &str {
        &self.heading
    }

    fn stop(&self) -> Option<f64> {
        Some(self.populations.0.iter().map(|spikes| spikes.stop).fold(0.0, f64::max))
    }

    fn populations(&self) -> Vec<&str> {
        self.populations.0.iter().map(|spikes| spikes.population.as_str()).collect()
    }

    fn frame(&self, scope: &Scope<'_>) -> Frame {
        let bands = self.bands(scope.height);
        let colors = scope.palette.of(self.populations());
        let named = bands.iter().zip(colors).map(|(band, color)| Name {
            at: band.top + band.height / 2.0,
            text: band.spikes.population.clone(),
            detail: rate(mean_rate(band.spikes)),
            color,
            room: band.height,
        });
        Frame {
            label: "cell".into(),
            ticks: bands.iter().flat_map(Band::ticks).collect(),
            lines: bands.iter().skip(1).map(|band| band.top - BAND_GAP / 2.0).collect(),
            names: named.collect(),
            missing: bands.is_empty().then_some("no populations"),
            ..Frame::default()
        }
    }

    fn paint(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>) {
        let bands = self.bands(plot.area.height);
        let colors = plot.scope.palette.of(self.populations());
        let count: usize = bands.iter().map(|band| band.shown(plot).count()).sum();
        // Dots that together would cover at most a quarter of the panel.
        let dot = (0.25 * plot.area.height * plot.area.width / count.max(1) as f64).sqrt().clamp(1.1, 2.4);
        for (band, color) in bands.iter().zip(colors) {
            if count <= MOST_MARKS {
                band.draw_marks(canvas, plot, color, dot);
            } else {
                band.density(plot).draw(canvas, color);
            }
        }
    }
}

/// A rate with as many decimals as it deserves.
pub(super) fn rate(hz: f64) -> String {
    match hz {
        0.0 => "0 Hz".into(),
        hz if hz < 1.0 => format!("{hz:.2} Hz"),
        hz if hz < 100.0 => format!("{hz:.1} Hz"),
        hz => format!("{hz:.0} Hz"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heights_follow_sizes_but_a_single_cell_keeps_its_name() {
        assert_eq!(divided(300.0, &[100.0, 200.0]), [100.0, 200.0]);
        assert_eq!(divided(300.0, &[1000.0, 1.0]), [282.0, 18.0]);
        assert_eq!(divided(20.0, &[5.0, 5.0, 5.0, 5.0]), [5.0; 4]);
        assert!(divided(20.0, &[]).is_empty());
    }
}
