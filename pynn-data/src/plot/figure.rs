//! Panels below one another, and the file they go to.

use std::path::Path;

use pynn_core::units::Time;
use pynn_core::{Error, ErrorKind, Result};

use super::canvas::{Align, Canvas, Rect};
use super::frame::{Frame, Panel, Place, Plot, Scope, room_for_names, style};
use super::palette::{INK, Palette};
use super::png::PngCanvas;
use super::svg::SvgCanvas;
use super::text;
use crate::file;

/// White around everything, in px.
const MARGIN: f64 = 14.0;
/// From a panel to the next one.
const GAP: f64 = 14.0;
const TITLE_SIZE: f64 = 15.0;
const HEADING_SIZE: f64 = 12.0;
/// The data is never narrower than this.
const LEAST_WIDTH: f64 = 80.0;
/// The largest width and height of a picture, in px.
const LARGEST: f64 = 20_000.0;

/// A picture of stacked panels, as PyNN's `Figure`. See the [module](super) for an example.
///
/// Defaults: 800 px wide, as high as the panels need; a PNG has 2 by 2 pixels for each px; the time shown is from 0 to
/// the end of the longest recording.
#[derive(Debug)]
pub struct Figure<'a> {
    title: String,
    panels: Vec<Panel<'a>>,
    width: f64,
    height: Option<f64>,
    scale: f64,
    window: Option<(f64, f64)>,
}

impl<'a> Figure<'a> {
    /// A figure without panels; `title` stands above them and may be empty.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), panels: Vec::new(), width: 800.0, height: None, scale: 2.0, window: None }
    }

    /// Adds a panel below the others.
    #[must_use]
    pub fn panel(mut self, panel: impl Into<Panel<'a>>) -> Self {
        self.panels.push(panel.into());
        self
    }

    /// The width in px; 800 by default, at least 200.
    #[must_use]
    pub fn width(mut self, width: u32) -> Self {
        self.width = f64::from(width);
        self
    }

    /// The height in px, for which the panels are stretched or squeezed; by default as much as they need.
    #[must_use]
    pub fn height(mut self, height: u32) -> Self {
        self.height = Some(f64::from(height));
        self
    }

    /// How many pixels a PNG has along a px; 2 by default, from 0.5 to 8. An SVG does not depend on it.
    #[must_use]
    pub fn scale(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// Shows the time from `from` to `to` only.
    #[must_use]
    pub fn between(mut self, from: Time, to: Time) -> Self {
        self.window = Some((from.value(), to.value()));
        self
    }

    /// Draws the figure and saves it, over a file that is there. The extension says how: `.png` or `.svg`.
    ///
    /// # Errors
    /// [`ErrorKind::File`] for another extension and for a file that cannot be written; [`ErrorKind::Usage`] for panels
    /// that cannot be drawn as asked: a cell that the population does not have, different units on one axis, a time bin
    /// of 0, a picture of too many pixels.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("svg") => {
                let svg = self.to_svg()?;
                std::fs::write(path, svg).map_err(|error| file::failure(path, &error))
            }
            Some("png") => {
                let layout = Layout::of(self)?;
                let mut canvas = PngCanvas::new(self.width, layout.height, self.scale)?;
                layout.draw(&mut canvas);
                canvas.save(path)
            }
            _ => {
                let message = format!(
                    "cannot tell what kind of picture `{}` is: the name must end in .png or .svg",
                    path.display()
                );
                Err(Error::new(ErrorKind::File, message))
            }
        }
    }

    /// The figure as an SVG document.
    ///
    /// # Errors
    /// As [`save`](Self::save), but for files.
    pub fn to_svg(&self) -> Result<String> {
        let layout = Layout::of(self)?;
        let mut canvas = SvgCanvas::new(self.width, layout.height, &self.title);
        layout.draw(&mut canvas);
        Ok(canvas.finish())
    }

    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Error::new(ErrorKind::Usage, message));
        for (what, size, least) in [("width", Some(self.width), 200.0), ("height", self.height, 50.0)] {
            if let Some(size) = size.filter(|size| !(least..=LARGEST).contains(size)) {
                return refuse(format!(
                    "a figure cannot have a {what} of {size} px: take one from {least} to {LARGEST} px"
                ));
            }
        }
        if !(0.5..=8.0).contains(&self.scale) {
            return refuse(format!("a figure cannot have a scale of {}: take one from 0.5 to 8", self.scale));
        }
        if let Some((from, to)) = self.window
            && !(from < to && from.is_finite() && to.is_finite())
        {
            return refuse(format!(
                "a figure cannot show the time from {from} ms to {to} ms: the end must be after the begin"
            ));
        }
        let together: f64 = self.panels.iter().map(|panel| panel.0.height()).sum();
        if together > LARGEST {
            return refuse(format!(
                "the panels are {together} px high together, a figure at most {LARGEST} px: give them less height, or \
                 make several figures"
            ));
        }
        self.panels.iter().try_for_each(|panel| panel.0.check())
    }

    /// The time shown, in ms; 1 ms if nothing has a length.
    fn window(&self) -> (f64, f64) {
        let stops = self.panels.iter().filter_map(|panel| panel.0.stop()).filter(|stop| stop.is_finite());
        let stop = stops.fold(0.0, f64::max);
        self.window.unwrap_or((0.0, if stop > 0.0 { stop } else { 1.0 }))
    }
}

/// Where everything of a figure goes.
struct Layout<'f, 'a> {
    figure: &'f Figure<'a>,
    palette: Palette,
    window: (f64, f64),
    parts: Vec<Part>,
    height: f64,
}

/// Where a panel goes.
struct Part {
    frame: Frame,
    area: Rect,
    /// Whether the ticks of the time axis have numbers; only the lowest of panels with the same axis has them.
    with_axis: bool,
}

impl<'f, 'a> Layout<'f, 'a> {
    fn of(figure: &'f Figure<'a>) -> Result<Self> {
        figure.check()?;
        let mut palette = Palette::default();
        for panel in &figure.panels {
            palette.add(panel.0.populations());
        }
        let mut layout = Self { figure, palette, window: figure.window(), parts: Vec::new(), height: 0.0 };
        let stretched = layout.stretched();
        layout.place(stretched);
        // Whole pixels may leave some over.
        layout.height = layout.height.max(figure.height.unwrap_or(0.0));
        Ok(layout)
    }

    /// By how much the data's areas are stretched for the wanted height.
    fn stretched(&mut self) -> f64 {
        self.place(1.0);
        let data: f64 = self.parts.iter().map(|part| part.area.height).sum();
        let wanted = self.figure.height.unwrap_or(self.height);
        if data > 0.0 { ((wanted - self.height + data) / data).max(0.05) } else { 1.0 }
    }

    fn scope(&self, height: f64) -> Scope<'_> {
        Scope { from: self.window.0, to: self.window.1, height, palette: &self.palette }
    }

    fn place(&mut self, stretch: f64) {
        let panels = &self.figure.panels;
        let frames: Vec<(Frame, f64)> = panels
            .iter()
            .map(|panel| {
                let height = (panel.0.height() * stretch).max(4.0);
                (panel.0.frame(&self.scope(height)), height)
            })
            .collect();
        let room = room_for_names(self.figure.width);
        let left = MARGIN + frames.iter().map(|(frame, _)| frame.left(room)).fold(0.0, f64::max);
        let right = frames.iter().map(|(frame, _)| frame.right(room)).fold(10.0, f64::max);
        let x = left.floor();
        let width = (self.figure.width - x - right - MARGIN).floor().max(LEAST_WIDTH);
        let mut y = MARGIN + if self.figure.title.is_empty() { 0.0 } else { TITLE_SIZE + 12.0 };
        self.parts.clear();
        for (number, (frame, height)) in frames.into_iter().enumerate() {
            if !panels[number].0.heading().is_empty() {
                y += HEADING_SIZE + 7.0;
            }
            let next_has_time = panels.get(number + 1).is_some_and(|next| next.0.stop().is_some());
            let with_axis = panels[number].0.stop().is_some() && !next_has_time;
            let area = Rect { x, y: y.floor(), width, height: height.floor() };
            y = area.bottom() + frame.below(with_axis) + GAP;
            self.parts.push(Part { frame, area, with_axis });
        }
        self.height = (y - GAP.min(y) + MARGIN).ceil();
    }

    fn draw(&self, canvas: &mut dyn Canvas) {
        let bold = |size| style(size, true, INK, Align::Left);
        if !self.figure.title.is_empty() {
            let room = self.figure.width - 2.0 * MARGIN;
            let title = text::shortened(&self.figure.title, TITLE_SIZE, true, room);
            canvas.text((MARGIN, MARGIN + TITLE_SIZE * 0.8), &[(&title, bold(TITLE_SIZE))]);
        }
        for (panel, Part { frame, area, with_axis }) in self.figure.panels.iter().zip(&self.parts) {
            let heading = text::shortened(panel.0.heading(), HEADING_SIZE, true, area.width);
            if !heading.is_empty() {
                canvas.text((area.x, area.y - 7.0), &[(&heading, bold(HEADING_SIZE))]);
            }
            let plot = Plot { scope: self.scope(area.height), area: *area };
            frame.draw_behind(canvas, *area);
            panel.0.paint(canvas, &plot);
            let room = room_for_names(self.figure.width);
            frame.draw(canvas, &plot, Place { label_x: MARGIN, room, with_axis: *with_axis });
        }
    }
}
