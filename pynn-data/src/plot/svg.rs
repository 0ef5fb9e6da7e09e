//! The canvas of SVG files. Written here and not with plotters' SVG backend, which knows whole pixels only and makes an
//! element of each spike: a path with all spikes of a population is eight times smaller.

use std::fmt::Write;

use super::canvas::{Align, Canvas, Cap, Color, PIECE_GAP, Point, Rect, TextStyle};

/// The shipped font first; the next ones have the same widths.
const FAMILIES: &str = "Arimo, Arial, Helvetica, 'Liberation Sans', sans-serif";

/// An SVG picture.
pub(super) struct SvgCanvas {
    text: String,
}

impl SvgCanvas {
    /// A white picture of `width` by `height` px; `title` is what viewers and screen readers call it.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        let mut text = String::new();
        put(
            &mut text,
            format_args!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
                 viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILIES}\" stroke-linejoin=\"round\">\n"
            ),
        );
        if !title.is_empty() {
            put(&mut text, format_args!("<title>{}</title>\n", escaped(title)));
        }
        put(&mut text, format_args!("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"));
        Self { text }
    }

    /// The finished document.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    fn stroke(&mut self, width: f64, color: Color) {
        self.text.push_str("\" fill=\"none\" stroke=\"");
        put_color(&mut self.text, color);
        if color.alpha < 1.0 {
            put(&mut self.text, format_args!("\" stroke-opacity=\"{}", short(color.alpha)));
        }
        put(&mut self.text, format_args!("\" stroke-width=\"{}", short(width)));
    }
}

impl Canvas for SvgCanvas {
    fn fill(&mut self, area: Rect, color: Color) {
        let (x, y, width, height) = (short(area.x), short(area.y), short(area.width), short(area.height));
        put(
            &mut self.text,
            format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\""),
        );
        put_color(&mut self.text, color);
        if color.alpha < 1.0 {
            put(&mut self.text, format_args!("\" fill-opacity=\"{}", short(color.alpha)));
        }
        self.text.push_str("\"/>\n");
    }

    fn line(&mut self, points: &[Point], width: f64, color: Color) {
        if points.len() < 2 {
            return;
        }
        self.text.push_str("<polyline points=\"");
        for (number, (x, y)) in points.iter().enumerate() {
            let gap = if number == 0 { "" } else { " " };
            put(&mut self.text, format_args!("{gap}{},{}", short(*x), short(*y)));
        }
        self.stroke(width, color);
        self.text.push_str("\"/>\n");
    }

    fn strokes(&mut self, strokes: &[(Point, Point)], width: f64, cap: Cap, color: Color) {
        if strokes.is_empty() {
            return;
        }
        self.text.push_str("<path d=\"");
        for ((x, y), (to_x, to_y)) in strokes {
            put(&mut self.text, format_args!("M{} {}", short(*x), short(*y)));
            if x == to_x && y != to_y {
                put(&mut self.text, format_args!("v{}", short(to_y - y)));
            } else {
                put(&mut self.text, format_args!("h{}", short(to_x - x)));
            }
        }
        self.stroke(width, color);
        self.text.push_str(if cap == Cap::Round { "\" stroke-linecap=\"round\"/>\n" } else { "\"/>\n" });
    }

    fn text(&mut self, (x, y): Point, pieces: &[(&str, TextStyle)]) {
        let (x, y) = (short(x), short(y));
        put(&mut self.text, format_args!("<text x=\"{x}\" y=\"{y}"));
        match pieces.first().map(|(_, style)| style.align) {
            Some(Align::Centre) => self.text.push_str("\" text-anchor=\"middle"),
            Some(Align::Right) => self.text.push_str("\" text-anchor=\"end"),
            _ => {}
        }
        if pieces.iter().any(|(_, style)| style.upwards) {
            put(&mut self.text, format_args!("\" transform=\"rotate(-90 {x} {y})"));
        }
        self.text.push_str("\">");
        for (number, (text, style)) in pieces.iter().enumerate() {
            let gap = if number == 0 { 0.0 } else { PIECE_GAP };
            put(
                &mut self.text,
                format_args!("<tspan dx=\"{gap}\" font-size=\"{}\" fill=\"", short(style.size)),
            );
            put_color(&mut self.text, style.color);
            self.text.push_str(if style.bold { "\" font-weight=\"bold\">" } else { "\">" });
            put(&mut self.text, format_args!("{}</tspan>", escaped(text)));
        }
        self.text.push_str("</text>\n");
    }
}

/// Appends to a text, which cannot fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).ok();
}

fn put_color(text: &mut String, color: Color) {
    let [r, g, b] = color.rgb;
    put(text, format_args!("#{r:02x}{g:02x}{b:02x}"));
}

/// Two decimals suffice for a picture.
fn short(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn escaped(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
