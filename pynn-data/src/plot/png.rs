//! The canvas of PNG files: plotters' bitmap, drawn larger and averaged down, because plotters knows whole pixels only.

use std::path::Path;

use ab_glyph::OutlinedGlyph;
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color as _, RGBColor};
use pynn_core::{Error, ErrorKind, Result};

use super::canvas::{Align, Canvas, Cap, Color, PIECE_GAP, Point, Rect, TextStyle};
use super::text;
use crate::file;

/// Above so many subpixels (300 MB) the oversampling is reduced, and at last the picture refused.
const MOST_SUBPIXELS: f64 = 1e8;

/// A picture of pixels.
pub(super) struct PngCanvas {
    pixels: Vec<u8>,
    /// Width and height of the finished picture.
    size: (u32, u32),
    /// Subpixels along a pixel.
    oversampling: u32,
    /// Subpixels along a logical pixel.
    scale: f64,
    failure: Option<String>,
}

type Bitmap<'a> = BitMapBackend<'a>;

impl PngCanvas {
    /// A white picture of `width` by `height` logical px, each `scale` pixels wide.
    pub(super) fn new(width: f64, height: f64, scale: f64) -> Result<Self> {
        let (across, down) = ((width * scale).round().max(1.0), (height * scale).round().max(1.0));
        let fits = |n: &u32| across * down * f64::from(n * n) <= MOST_SUBPIXELS;
        let Some(oversampling) = (1..=3).rev().find(fits) else {
            let message =
                format!("a PNG of {across} by {down} pixels is too large: lower its scale, or save as .svg");
            return Err(Error::new(ErrorKind::Usage, message));
        };
        let size = (across as u32, down as u32);
        let subpixels = (across * down) as usize * (oversampling * oversampling) as usize;
        let scale = scale * f64::from(oversampling);
        Ok(Self { pixels: vec![255; subpixels * 3], size, oversampling, scale, failure: None })
    }

    /// Writes the picture into the file.
    pub(super) fn save(self, path: &Path) -> Result<()> {
        let refused = |what: String| {
            let message = format!("cannot write `{}`: {what}; save as .svg instead", path.display());
            Error::new(ErrorKind::File, message)
        };
        if let Some(failure) = &self.failure {
            return Err(refused(failure.clone()));
        }
        drop(file::create(path)?);
        let mut bitmap = BitMapBackend::new(path, self.size);
        bitmap
            .blit_bitmap((0, 0), self.size, &self.averaged())
            .map_err(|error| refused(error.to_string()))?;
        bitmap.present().map_err(|error| refused(error.to_string()))
    }

    /// The finished pixels: means over squares of subpixels.
    fn averaged(&self) -> Vec<u8> {
        let n = self.oversampling as usize;
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let mut finished = Vec::with_capacity(width * height * 3);
        let mut sums = vec![0_u32; width * 3];
        for rows in self.pixels.chunks_exact(width * n * 3 * n) {
            sums.fill(0);
            for row in rows.chunks_exact(width * n * 3) {
                for (sum, square) in sums.chunks_exact_mut(3).zip(row.chunks_exact(n * 3)) {
                    for pixel in square.chunks_exact(3) {
                        sum.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
                    }
                }
            }
            let count = (n * n) as u32;
            finished.extend(sums.iter().map(|sum| ((sum + count / 2) / count) as u8));
        }
        finished
    }

    /// Draws with plotters, and keeps the first failure for the end.
    fn draw<E: std::fmt::Display>(
        &mut self,
        draw: impl FnOnce(&mut Bitmap<'_>) -> std::result::Result<(), E>,
    ) {
        let size = (self.size.0 * self.oversampling, self.size.1 * self.oversampling);
        let drawn = match BitMapBackend::with_buffer_and_format(&mut self.pixels, size) {
            Ok(mut bitmap) => draw(&mut bitmap).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        if let Err(failure) = drawn {
            self.failure.get_or_insert(failure);
        }
    }

    fn at(&self, value: f64) -> i32 {
        (value * self.scale).round() as i32
    }

    /// The corners of a box in subpixels; plotters fills up to the second one, without it.
    fn corners(&self, area: Rect) -> ((i32, i32), (i32, i32)) {
        ((self.at(area.x), self.at(area.y)), (self.at(area.right()), self.at(area.bottom())))
    }
}

fn paint(color: Color) -> plotters::style::RGBAColor {
    let [r, g, b] = color.rgb;
    RGBColor(r, g, b).mix(color.alpha)
}

/// The box that a horizontal or vertical stroke covers.
fn covered((x, y): Point, (to_x, to_y): Point, width: f64) -> Rect {
    let (across, along) = if y == to_y { (0.0, width / 2.0) } else { (width / 2.0, 0.0) };
    let (left, top) = (x.min(to_x) - across, y.min(to_y) - along);
    Rect { x: left, y: top, width: (x - to_x).abs() + 2.0 * across, height: (y - to_y).abs() + 2.0 * along }
}

/// The corners of a piece of a line, `half` of its width to each side.
fn corners_of((x, y): Point, (to_x, to_y): Point, half: f64) -> [(i32, i32); 4] {
    let length = (to_x - x).hypot(to_y - y);
    let (dx, dy) = ((to_x - x) / length * half, (to_y - y) / length * half);
    let corners = [(x - dy, y + dx), (to_x - dy, to_y + dx), (to_x + dy, to_y - dx), (x + dy, y - dx)];
    corners.map(|(x, y)| (x.round() as i32, y.round() as i32))
}

impl Canvas for PngCanvas {
    fn fill(&mut self, area: Rect, color: Color) {
        let (from, to) = self.corners(area);
        self.draw(|bitmap| bitmap.draw_rect(from, to, &paint(color), true));
    }

    fn line(&mut self, points: &[Point], width: f64, color: Color) {
        let (half, color) = (width * self.scale / 2.0, paint(color));
        let points: Vec<Point> = points.iter().map(|(x, y)| (x * self.scale, y * self.scale)).collect();
        let joint = |(x, y): Point| (x.round() as i32, y.round() as i32);
        self.draw(|bitmap| {
            let mut pairs = points.windows(2).filter(|pair| pair[0] != pair[1]);
            pairs.try_for_each(|pair| {
                bitmap.fill_polygon(corners_of(pair[0], pair[1], half), &color)?;
                // Fills the notch to the next piece.
                bitmap.draw_circle(joint(pair[1]), (half - 1.0).max(0.0) as u32, &color, true)
            })
        });
    }

    fn strokes(&mut self, strokes: &[(Point, Point)], width: f64, cap: Cap, color: Color) {
        let radius = (width * self.scale / 2.0 - 0.5).round().max(0.0) as u32;
        let marks: Vec<_> = match cap {
            Cap::Round => strokes.iter().map(|((x, y), _)| ((self.at(*x), self.at(*y)), (0, 0))).collect(),
            Cap::Butt => strokes.iter().map(|(a, b)| self.corners(covered(*a, *b, width))).collect(),
        };
        let color = paint(color);
        self.draw(|bitmap| {
            marks.into_iter().try_for_each(|(from, to)| match cap {
                Cap::Round => bitmap.draw_circle(from, radius, &color, true),
                Cap::Butt => bitmap.draw_rect(from, to, &color, true),
            })
        });
    }

    fn text(&mut self, (mut x, y): Point, pieces: &[(&str, TextStyle)]) {
        for (text, style) in pieces {
            let (outlines, width) = text::outlines(text, style.size * self.scale, style.bold);
            let before = match style.align {
                Align::Left => 0.0,
                Align::Centre => width / 2.0,
                Align::Right => width,
            };
            self.write((x * self.scale, y * self.scale), outlines, before, style);
            x += width / self.scale + PIECE_GAP;
        }
    }
}

impl PngCanvas {
    /// Draws glyphs at a place in subpixels, which lies `before` behind their begin.
    fn write(&mut self, (x, y): Point, outlines: Vec<OutlinedGlyph>, before: f64, style: &TextStyle) {
        let color = paint(style.color);
        self.draw(|bitmap| {
            let mut drawn = Ok(());
            for glyph in outlines {
                let corner = glyph.px_bounds().min;
                glyph.draw(|across, down, cover| {
                    let along = f64::from(corner.x) + f64::from(across) - before;
                    let below = f64::from(corner.y) + f64::from(down);
                    let (x, y) = if style.upwards { (x + below, y - along) } else { (x + along, y + below) };
                    let color = color.mix(f64::from(cover.min(1.0))).to_backend_color();
                    if drawn.is_ok() {
                        drawn = bitmap.draw_pixel((x.round() as i32, y.round() as i32), color);
                    }
                });
            }
            drawn
        });
    }
}
