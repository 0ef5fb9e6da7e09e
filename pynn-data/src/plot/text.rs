//! The shipped font: its registration and the widths of texts.

use std::sync::OnceLock;

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};

/// The name under which the font is known to plotters; not the font's own, which the user may have registered.
const FAMILY: &str = "pynn-arimo";

/// plotters measures a size from the descent to the ascent, we by the em square: 2288 of 2048 units in this font.
const ASCENT_TO_DESCENT: f64 = 2288.0 / 2048.0;

/// The font with an em square of `size`, which is registered on first use.
pub(super) fn font(size: f64, bold: bool) -> FontDesc<'static> {
    static REGISTERED: OnceLock<()> = OnceLock::new();
    REGISTERED.get_or_init(|| {
        // A failure shows up as FontUnavailable where text is drawn.
        register_font(FAMILY, FontStyle::Normal, include_bytes!("../../fonts/Arimo-Regular.ttf")).ok();
        register_font(FAMILY, FontStyle::Bold, include_bytes!("../../fonts/Arimo-Bold.ttf")).ok();
    });
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(FAMILY), size * ASCENT_TO_DESCENT, style)
}

/// The width of a text.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    // plotters measures in whole pixels.
    const FINE: f64 = 64.0;
    match font(size * FINE, bold).box_size(text) {
        Ok((width, _)) => f64::from(width) / FINE,
        Err(_) => 0.6 * size * text.chars().count() as f64,
    }
}

/// The text, cut with an ellipsis if it is wider than `room`.
pub(super) fn shortened(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_string();
    }
    let mut kept: Vec<char> = text.chars().collect();
    loop {
        kept.pop();
        let shorter: String = kept.iter().chain(&['…']).collect();
        if kept.is_empty() || width(&shorter, size, bold) <= room {
            return shorter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_to_their_room() {
        let long = "a_population_with_a_name_that_never_ends";
        let short = shortened(long, 12.0, false, 100.0);
        assert!(short.ends_with('…') && short.len() > 10, "{short}");
        assert!(width(&short, 12.0, false) <= 100.0);
        assert_eq!(shortened("hh", 12.0, true, 100.0), "hh");
    }

    #[test]
    fn bold_text_is_wider() {
        assert!(width("relay", 12.0, true) > width("relay", 12.0, false));
    }
}
