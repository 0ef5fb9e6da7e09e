//! What surrounds the data of a panel: axes, ticks, names. Every kind of panel says what it wants; the figure draws it.

use std::fmt;

use pynn_core::Result;

use super::axis::{Tick, ticks};
use super::canvas::{Align, Canvas, Color, PIECE_GAP, Point, Rect, TextStyle};
use super::palette::{FAINT, GREY, INK, Palette};
use super::text;

/// Heights of texts, in px.
const TICK_SIZE: f64 = 11.0;
const LABEL_SIZE: f64 = 12.0;
pub(super) const NAME_SIZE: f64 = 12.0;
/// Length of a tick.
const TICK: f64 = 4.0;
/// From the axis to the text of a tick.
const TICK_GAP: f64 = 7.0;
/// From the data to the names at their right.
const NAME_GAP: f64 = 10.0;

/// The most that names may take on each side of a figure so wide.
pub(super) fn room_for_names(width: f64) -> f64 {
    (width * 0.2).clamp(70.0, 240.0)
}

/// One panel of a [`Figure`](super::Figure): a [`Raster`](super::Raster), [`Traces`](super::Traces),
/// [`Rates`](super::Rates) or [`RateBars`](super::RateBars).
pub struct Panel<'a>(pub(super) Box<dyn Draw + 'a>);

impl fmt::Debug for Panel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Panel")
    }
}

macro_rules! panels {
    ($($kind:ident)*) => {$(
        impl<'a> From<super::$kind<'a>> for Panel<'a> {
            fn from(panel: super::$kind<'a>) -> Self {
                Self(Box::new(panel))
            }
        }
    )*};
}

panels! { Raster Traces Rates RateBars }

/// A kind of panel.
pub(super) trait Draw {
    /// Refuses what cannot be drawn.
    fn check(&self) -> Result<()>;
    /// The height of the data's area in px.
    fn height(&self) -> f64;
    /// The heading of the panel.
    fn heading(&self) -> &str;
    /// The end of the data in ms; `None` if the horizontal axis is not time.
    fn stop(&self) -> Option<f64>;
    /// The names of the populations, for their colours.
    fn populations(&self) -> Vec<&str>;
    /// What surrounds the data.
    fn frame(&self, scope: &Scope<'_>) -> Frame;
    /// Draws the data.
    fn paint(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>);
}

/// What a panel knows before its place.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    /// The time shown, in ms.
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) height: f64,
    pub(super) palette: &'s Palette,
}

/// Where the data goes.
pub(super) struct Plot<'s> {
    pub(super) scope: Scope<'s>,
    pub(super) area: Rect,
}

impl Plot<'_> {
    /// The place of a time.
    pub(super) fn x(&self, time: f64) -> f64 {
        self.area.x + (time - self.scope.from) / (self.scope.to - self.scope.from) * self.area.width
    }

    /// Whether a time is shown.
    pub(super) fn shows(&self, time: f64) -> bool {
        (self.scope.from..=self.scope.to).contains(&time)
    }
}

/// What the figure decides about a frame.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Where the titles of vertical axes stand.
    pub(super) label_x: f64,
    /// The widest that names may be.
    pub(super) room: f64,
    /// Whether the ticks of the time axis have numbers.
    pub(super) with_axis: bool,
}

/// What surrounds the data of a panel. Heights are in px from the top of the data.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// Title of the vertical axis.
    pub(super) label: String,
    /// Ticks of the vertical axis.
    pub(super) ticks: Vec<(f64, String)>,
    /// Names instead of ticks at the vertical axis.
    pub(super) rows: Vec<(f64, String, Color)>,
    /// Faint lines across, which part the populations.
    pub(super) lines: Vec<f64>,
    /// Names at the right.
    pub(super) names: Vec<Name>,
    /// The largest value of a horizontal axis that is not time, and its title.
    pub(super) across: Option<(f64, &'static str)>,
    /// What is written in an area without data.
    pub(super) missing: Option<&'static str>,
}

/// A name at the right of the data.
#[derive(Debug)]
pub(super) struct Name {
    /// The height of its middle.
    pub(super) at: f64,
    pub(super) text: String,
    /// Written behind it in grey, or below it if there is room.
    pub(super) detail: String,
    pub(super) color: Color,
    /// The height that it may fill.
    pub(super) room: f64,
}

impl Name {
    /// A remark in grey.
    pub(super) fn note(at: f64, detail: String) -> Self {
        Self { at, text: String::new(), detail, color: GREY, room: LINE }
    }

    fn in_two_lines(&self) -> bool {
        self.room >= 32.0
    }

    /// The width of what is written behind the name.
    fn behind(&self) -> f64 {
        if self.detail.is_empty() || self.in_two_lines() {
            0.0
        } else {
            PIECE_GAP + text::width(&self.detail, TICK_SIZE, false)
        }
    }

    fn width(&self) -> f64 {
        let below = text::width(&self.detail, TICK_SIZE, false);
        (text::width(&self.text, NAME_SIZE, true) + self.behind()).max(below)
    }

    fn draw(&self, canvas: &mut dyn Canvas, (x, y): Point, room: f64) {
        let text = text::shortened(&self.text, NAME_SIZE, true, room - self.behind());
        let name = (text.as_str(), style(NAME_SIZE, true, self.color, Align::Left));
        let detail = (self.detail.as_str(), style(TICK_SIZE, false, GREY, Align::Left));
        match (self.text.is_empty(), self.detail.is_empty()) {
            (true, _) => canvas.text((x, y + 4.0), &[detail]),
            (false, true) => canvas.text((x, y + 4.0), &[name]),
            (false, false) if self.in_two_lines() => {
                canvas.text((x, y - 3.0), &[name]);
                canvas.text((x, y + 11.0), &[detail]);
            }
            (false, false) => canvas.text((x, y + 4.0), &[name, detail]),
        }
    }
}

impl Frame {
    /// The width that is needed at the left of the data.
    pub(super) fn left(&self, room: f64) -> f64 {
        let ticks = self.ticks.iter().map(|(_, text)| text::width(text, TICK_SIZE, false));
        let rows = self.rows.iter().map(|(_, text, _)| text::width(text, NAME_SIZE, true).min(room));
        let label = if self.label.is_empty() { 0.0 } else { LABEL_SIZE + 8.0 };
        ticks.chain(rows).fold(0.0, f64::max) + TICK_GAP + label
    }

    /// The width that is needed at the right of the data.
    pub(super) fn right(&self, room: f64) -> f64 {
        let widest = self.names.iter().map(Name::width).fold(0.0, f64::max);
        if widest > 0.0 { widest.min(room) + NAME_GAP } else { 0.0 }
    }

    /// The height that is needed below the data, with or without the axis' text.
    pub(super) fn below(&self, with_axis: bool) -> f64 {
        if with_axis || self.across.is_some() { 38.0 } else { TICK }
    }

    /// Draws what lies below the data.
    pub(super) fn draw_behind(&self, canvas: &mut dyn Canvas, area: Rect) {
        for height in &self.lines {
            let y = crisp(area.y + height);
            canvas.line(&[(area.x, y), (area.right(), y)], 1.0, FAINT);
        }
        if let Some(missing) = self.missing {
            let middle = (area.x + area.width / 2.0, area.y + area.height / 2.0 + 4.0);
            canvas.text(middle, &[(missing, style(LABEL_SIZE, false, GREY, Align::Centre))]);
        }
    }

    /// Draws the axes and names.
    pub(super) fn draw(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>, place: Place) {
        let area = plot.area;
        let (left, bottom) = (crisp(area.x), crisp(area.bottom()));
        canvas.line(&[(left, area.y), (left, bottom), (area.right(), bottom)], 1.0, INK);
        for (height, text) in &self.ticks {
            let y = crisp(area.y + height);
            canvas.line(&[(left - TICK, y), (left, y)], 1.0, INK);
            canvas.text((left - TICK_GAP, y + 4.0), &[(text, style(TICK_SIZE, false, INK, Align::Right))]);
        }
        for (height, text, color) in &self.rows {
            let name = text::shortened(text, NAME_SIZE, true, place.room);
            let at = (left - TICK_GAP, area.y + height + 4.0);
            canvas.text(at, &[(&name, style(NAME_SIZE, true, *color, Align::Right))]);
        }
        if !self.label.is_empty() {
            let middle = (place.label_x + LABEL_SIZE * 0.8, area.y + area.height / 2.0);
            let upwards = TextStyle { upwards: true, ..style(LABEL_SIZE, false, INK, Align::Centre) };
            canvas.text(middle, &[(&self.label, upwards)]);
        }
        for name in &self.names {
            name.draw(canvas, (area.right() + NAME_GAP, area.y + name.at), place.room);
        }
        self.draw_horizontal_axis(canvas, plot, place.with_axis);
    }

    fn draw_horizontal_axis(&self, canvas: &mut dyn Canvas, plot: &Plot<'_>, with_text: bool) {
        let area = plot.area;
        let most = (area.width / 70.0) as usize;
        let Scope { from, to, .. } = plot.scope;
        let (low, high, divisor, title) = match self.across {
            Some((largest, title)) => (0.0, largest, 1.0, title),
            None if to - from >= 10_000.0 => (from, to, 1000.0, "time (s)"),
            None => (from, to, 1.0, "time (ms)"),
        };
        let bottom = crisp(area.bottom());
        let marks: Vec<Tick> = ticks(low / divisor, high / divisor, most.clamp(2, 12));
        let with_text = with_text || self.across.is_some();
        for (value, text) in marks {
            let x = crisp(area.x + (value * divisor - low) / (high - low) * area.width);
            canvas.line(&[(x, bottom), (x, bottom + TICK)], 1.0, INK);
            if with_text {
                let below = (x, bottom + TICK + 12.0);
                canvas.text(below, &[(&text, style(TICK_SIZE, false, INK, Align::Centre))]);
            }
        }
        if with_text {
            let middle = (area.x + area.width / 2.0, bottom + 34.0);
            canvas.text(middle, &[(title, style(LABEL_SIZE, false, INK, Align::Centre))]);
        }
    }
}

/// The height of a line of names.
const LINE: f64 = 16.0;

/// The height that so many names below one another need.
pub(super) fn height_of_names(count: usize) -> f64 {
    LINE * count.min(30) as f64
}

/// The names of curves in one area, below one another from the top; a note counts those for which there is no room.
pub(super) fn stacked_names(curves: Vec<(String, Color)>, height: f64) -> Vec<Name> {
    let fitting = ((height / LINE) as usize).max(1);
    let hidden = if curves.len() > fitting { curves.len() + 1 - fitting } else { 0 };
    let shown = curves.len() - hidden;
    let place = |number: usize| LINE * (number as f64 + 0.5);
    let named = curves.into_iter().take(shown).enumerate();
    let name =
        |(number, (text, color))| Name { at: place(number), text, detail: String::new(), color, room: LINE };
    let mut names: Vec<Name> = named.map(name).collect();
    if hidden > 0 {
        names.push(Name::note(place(shown), format!("and {hidden} more")));
    }
    names
}

/// A text that is not upwards.
pub(super) fn style(size: f64, bold: bool, color: Color, align: Align) -> TextStyle {
    TextStyle { size, bold, color, align, upwards: false }
}

/// The middle of a pixel: a line of 1 px there is sharp.
pub(super) fn crisp(place: f64) -> f64 {
    place.floor() + 0.5
}
