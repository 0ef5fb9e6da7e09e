//! What panels draw on: a few marks in logical pixels, y downwards, the same for PNG and SVG.

/// A point.
pub(super) type Point = (f64, f64);

/// A box by its left upper corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Rect {
    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }
}

/// Red, green, blue and opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Color {
    pub(super) rgb: [u8; 3],
    pub(super) alpha: f64,
}

impl Color {
    pub(super) const fn hex(rgb: u32) -> Self {
        Self { rgb: [(rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8], alpha: 1.0 }
    }

    pub(super) fn with_alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// This colour with `share` of `other` in it.
    pub(super) fn mixed(self, other: Color, share: f64) -> Self {
        let mix = |a: u8, b: u8| (f64::from(a) * (1.0 - share) + f64::from(b) * share).round() as u8;
        let [r, g, b] = self.rgb;
        let [r2, g2, b2] = other.rgb;
        Self { rgb: [mix(r, r2), mix(g, g2), mix(b, b2)], alpha: self.alpha }
    }
}

/// How the ends of a stroke look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cap {
    /// Cut at the end.
    Butt,
    /// Half a disc more; a stroke without length is a dot.
    Round,
}

/// Where a text lies about its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
}

/// How a text looks; its anchor is on the base line.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextStyle {
    /// Height of the em square.
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: Color,
    pub(super) align: Align,
    /// Reads upwards.
    pub(super) upwards: bool,
}

/// Between two pieces of a text, in px.
pub(super) const PIECE_GAP: f64 = 6.0;

/// A picture in the making. Nothing is clipped: what is drawn outside is lost or seen in the margins.
pub(super) trait Canvas {
    /// Fills a box.
    fn fill(&mut self, area: Rect, color: Color);
    /// Draws a line through points.
    fn line(&mut self, points: &[Point], width: f64, color: Color);
    /// Draws many horizontal, vertical or empty strokes.
    fn strokes(&mut self, strokes: &[(Point, Point)], width: f64, cap: Cap, color: Color);
    /// Writes a line of text; of several pieces only the first may be aligned, the others follow it.
    fn text(&mut self, at: Point, pieces: &[(&str, TextStyle)]);
}
