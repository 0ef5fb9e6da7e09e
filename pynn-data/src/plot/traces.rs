//! Samples of single cells as curves over time.

use pynn_core::recording::TraceData;
use pynn_core::{Error, ErrorKind, Result};

use super::axis::ticks;
use super::canvas::{Canvas, Color, Point};
use super::frame::{Draw, Frame, Plot, Scope, height_of_names, stacked_names};
use super::palette::shade;
use super::thin::Thinned;
use crate::one_or_many::OneOrMany;

/// The cells drawn of each population where none are named.
const DEFAULT_CELLS: usize = 3;

/// Curves of a variable of single cells, by default of the first three of each population that are recorded.
#[derive(Clone, Debug)]
pub struct Traces<'a> {
    populations: OneOrMany<'a, TraceData>,
    cells: Option<Vec<usize>>,
    heading: String,
    height: Option<f64>,
}

impl<'a> Traces<'a> {
    /// The curves of one or several populations, all in one unit.
    #[must_use]
    pub fn of(populations: impl Into<OneOrMany<'a, TraceData>>) -> Self {
        Self { populations: populations.into(), cells: None, heading: String::new(), height: None }
    }

    /// The cells to draw, by their index in the population; of each population, if there are several.
    #[must_use]
    pub fn cells(mut self, cells: impl IntoIterator<Item = usize>) -> Self {
        self.cells = Some(cells.into_iter().collect());
        self
    }

    /// A heading above the panel; none by default.
    #[must_use]
    pub fn title(mut self, heading: impl Into<String>) -> Self {
        self.heading = heading.into();
        self
    }

    /// The height of the area with the curves in px; by default 150, or more for many names.
    #[must_use]
    pub fn height(mut self, height: u32) -> Self {
        self.height = Some(f64::from(height));
        self
    }

    fn curves(&self, scope: &Scope<'_>) -> Vec<Curve<'a>> {
        let colors = scope.palette.of(self.populations());
        let mut curves = Vec::new();
        for (trace, color) in self.populations.0.iter().zip(colors) {
            let first: Vec<usize> = trace.recorded().iter().take(DEFAULT_CELLS).collect();
            let cells = self.cells.as_ref().unwrap_or(&first);
            let shaded = cells.iter().enumerate();
            curves.extend(shaded.map(|(number, cell)| Curve {
                trace,
                cell: *cell,
                color: shade(color, number),
            }));
        }
        curves
    }

    /// The lowest and highest value shown, with some air; about 0 if there is none.
    fn range(&self, scope: &Scope<'_>) -> (f64, f64) {
        let values = || {
            let shown = self.curves(scope).into_iter().flat_map(|curve| curve.shown(scope.from, scope.to));
            shown.map(|(_, value)| value).filter(|value| value.is_finite())
        };
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let air = 0.06 * (high - low);
        match (low, high) {
            (low, high) if low > high => (-1.0, 1.0),
            (low, high) if low + air < high => (low - air, high + air),
            (low, _) => (low - 1.0_f64.max(low.abs() * 0.05), low + 1.0_f64.max(low.abs() * 0.05)),
        }
    }
}

/// A cell of a population.
struct Curve<'a> {
    trace: &'a TraceData,
    cell: usize,
    color: Color,
}

impl<'a> Curve<'a> {
    /// The samples from time `from` to `to`, and one more on each side.
    fn shown(&self, from: f64, to: f64) -> impl Iterator<Item = (f64, f64)> + use<'a> {
        let TraceData { values, interval, .. } = self.trace;
        let (cells, interval) = (self.trace.recorded(), *interval);
        let (cell, size) = (cells.number_of(self.cell).unwrap_or(values.len()), cells.len().max(1));
        let first = if interval > 0.0 { (from / interval).floor().max(0.0) as usize } else { 0 };
        let all = values.iter().skip(cell).step_by(size).enumerate().skip(first);
        all.map(move |(row, value)| (row as f64 * interval, *value))
            .take_while(move |(time, _)| *time <= to + interval)
    }

    fn name(&self) -> String {
        if self.trace.size == 1 {
            self.trace.population.clone()
        } else {
            format!("{}[{}]", self.trace.population, self.cell)
        }
    }

    /// Unbroken lines of places: parted by samples that are not numbers.
    fn lines(&self, plot: &Plot<'_>, y: impl Fn(f64) -> f64) -> Vec<Vec<Point>> {
        let (mut lines, mut thinned) = (Vec::new(), Thinned::default());
        for (time, value) in self.shown(plot.scope.from, plot.scope.to).filter(|(time, _)| plot.shows(*time))
        {
            if value.is_finite() {
                thinned.add((plot.x(time), y(value)));
            } else {
                lines.push(thinned.take());
            }
        }
        lines.push(thinned.take());
        lines
    }
}

impl Draw for Traces<'_> {
    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Usage, message));
        for trace in &self.populations.0 {
            let TraceData { population, variable, size, .. } = trace;
            if let Some(cell) = self.cells.iter().flatten().find(|cell| *cell >= size) {
                return refuse(format!(
                    "cannot draw {variable} of cell {cell} of `{population}`: it has {size} cells, counted from 0"
                ));
            }
            let recorded = trace.recorded();
            if let Some(cell) = self.cells.iter().flatten().find(|cell| recorded.number_of(**cell).is_none())
            {
                return refuse(format!(
                    "cannot draw {variable} of cell {cell} of `{population}`: recorded are the cells {recorded:?}"
                ));
            }
        }
        let mut pairs = self.populations.0.windows(2).map(|pair| (pair[0], pair[1]));
        if let Some((a, b)) = pairs.find(|(a, b)| a.unit != b.unit) {
            return refuse(format!(
                "cannot draw {} of `{}` in {} and {} of `{}` in {} on one axis: give each its own panel",
                a.variable, a.population, a.unit, b.variable, b.population, b.unit
            ));
        }
        Ok(())
    }

    fn height(&self) -> f64 {
        let shown = |trace: &&TraceData| trace.recorded().len().min(DEFAULT_CELLS);
        let cells = |trace: &&TraceData| self.cells.as_ref().map_or_else(|| shown(trace), Vec::len);
        self.height.unwrap_or_else(|| height_of_names(self.populations.0.iter().map(cells).sum()).max(150.0))
    }

    fn heading(&self) -> &str {
        &self.heading
    }

    fn stop(&self) -> Option<f64> {
        let stops =
            self.populations.0.iter().map(|trace| trace.len().saturating_sub(1) as f64 * trace.interval);
        Some(stops.fold(0.0, f64::max))
    }

    fn populations(&self) -> Vec<&str> {
        self.populations.0.iter().map(|trace| trace.population.as_str()).collect()
    }

    fn frame(&self, scope: &Scope<'_>) -> Frame {
        let (low, high) = self.range(scope);
        let place = |value: f64| (high - value) / (high - low) * scope.height;
        let mut variables: Vec<&str> =
            self.populations.0.iter().map(|trace| trace.variable.as_str()).collect();
        variables.dedup();
        let label = match self.populations.0.first().map(|trace| trace.unit.as_str()) {
            Some(unit) if !unit.is_empty() => format!("{} ({unit})", variables.join(", ")),
            _ => variables.join(", "),
        };
        let curves = self.curves(scope);
        let missing = curves.iter().all(|curve| curve.shown(scope.from, scope.to).next().is_none());
        let ticks =
            if missing { Vec::new() } else { ticks(low, high, (scope.height / 22.0).max(2.0) as usize) };
        let names = curves.iter().map(|curve| (curve.name(), curve.color)).collect();
        Frame {
            label,
            ticks: ticks.into_iter().map(|(value, text)| (place(value), text)).collect(),
            names: stacked_names(names, scope.height),
            missing: missing.then_some("no samples"),
            ..Frame::default()
        }
    }

    fn paint(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>) {
        let (low, high) = self.range(&plot.scope);
        let y = |value: f64| plot.area.y + (high - value) / (high - low) * plot.area.height;
        let curves = self.curves(&plot.scope);
        // The first cell is drawn last, on top.
        for curve in curves.iter().rev() {
            for line in curve.lines(plot, y) {
                canvas.line(&line, 1.1, curve.color);
            }
        }
    }
}
