//! Many marks as a picture of their density.

use super::canvas::{Canvas, Cap, Color, Point, Rect};

/// The side of a square, in px.
const SQUARE: f64 = 0.5;
/// Opacities that are told apart.
const LEVELS: usize = 6;

/// How much of each square of an area is covered by marks; more than 1 where they overlap.
pub(super) struct Density {
    area: Rect,
    columns: usize,
    cover: Vec<f32>,
}

impl Density {
    /// An area without marks.
    pub(super) fn new(area: Rect) -> Self {
        let columns = (area.width / SQUARE).ceil().max(1.0) as usize;
        let rows = (area.height / SQUARE).ceil().max(1.0) as usize;
        Self { area, columns, cover: vec![0.0; columns * rows] }
    }

    /// Adds a mark about `middle`, in shares of the squares that it covers, so that cells that do not divide the rows
    /// evenly give no stripes.
    pub(super) fn add(&mut self, middle: Point, width: f64, height: f64) {
        let rows = self.cover.len() / self.columns;
        let across = shares((middle.0 - self.area.x) / SQUARE, width / SQUARE, self.columns);
        for (row, part) in shares((middle.1 - self.area.y) / SQUARE, height / SQUARE, rows) {
            for (column, share) in across.clone() {
                self.cover[row * self.columns + column] += (part * share) as f32;
            }
        }
    }

    /// The mean over the squares with marks; 0 without any.
    fn mean(&self) -> f64 {
        let marked = self.cover.iter().filter(|cover| **cover > 0.0);
        let (count, sum) =
            marked.fold((0_usize, 0.0), |(count, sum), cover| (count + 1, sum + f64::from(*cover)));
        sum / count.max(1) as f64
    }

    /// Draws the squares: the more is covered, the more opaque; the mean gives four fifths.
    pub(super) fn draw(&self, canvas: &mut dyn Canvas, color: Color) {
        let steepness = 1.6 / self.mean().max(0.25);
        let level = |cover: f32| {
            let opacity = 1.0 - (-steepness * f64::from(cover)).exp();
            (opacity * LEVELS as f64 + 0.4).floor() as usize
        };
        let mut runs: [Vec<(Point, Point)>; LEVELS] = Default::default();
        for (row, covers) in self.cover.chunks_exact(self.columns).enumerate() {
            let y = self.area.y + (row as f64 + 0.5) * SQUARE;
            let mut begin = 0;
            while begin < covers.len() {
                let here = level(covers[begin]);
                let end = begin + covers[begin..].iter().take_while(|cover| level(**cover) == here).count();
                if here > 0 {
                    let x = |column: usize| self.area.x + column as f64 * SQUARE;
                    runs[(here - 1).min(LEVELS - 1)].push(((x(begin), y), (x(end), y)));
                }
                begin = end;
            }
        }
        for (number, runs) in runs.iter().enumerate() {
            let opacity = (number + 1) as f64 / LEVELS as f64;
            canvas.strokes(runs, SQUARE, Cap::Butt, color.with_alpha(opacity));
        }
    }
}

/// The squares from 0 to `count` that a mark about `middle` touches, and the share of each that it covers.
fn shares(middle: f64, size: f64, count: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
    let (low, high) = ((middle - size / 2.0).max(0.0), (middle + size / 2.0).min(count as f64));
    let last = (high.ceil() as usize).min(count);
    (low as usize..last).map(move |square| {
        let square_low = square as f64;
        (square, (high.min(square_low + 1.0) - low.max(square_low)).max(0.0))
    })
}
