//! The shipped font: widths and outlines of texts. plotters' own texts are not used: they leave out the space before a
//! glyph.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, OutlinedGlyph, PxScale, ScaleFont, point};

fn font(bold: bool) -> Option<&'static FontRef<'static>> {
    static REGULAR: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    static BOLD: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    let (font, bytes) = if bold {
        (&BOLD, include_bytes!("../../fonts/Arimo-Bold.ttf").as_slice())
    } else {
        (&REGULAR, include_bytes!("../../fonts/Arimo-Regular.ttf").as_slice())
    };
    font.get_or_init(|| FontRef::try_from_slice(bytes).ok()).as_ref()
}

/// The outlines of a text's glyphs, which begins at (0, 0) on the base line, with an em square of `size`; and its width.
pub(super) fn outlines(text: &str, size: f64, bold: bool) -> (Vec<OutlinedGlyph>, f64) {
    let Some(font) = font(bold) else { return (Vec::new(), 0.0) };
    let em = font.units_per_em().unwrap_or(1000.0);
    let scaled = font.as_scaled(PxScale::from(size as f32 * font.height_unscaled() / em));
    let (mut x, mut outlines, mut before) = (0.0, Vec::new(), None);
    for glyph in text.chars().map(|letter| font.glyph_id(letter)) {
        x += before.map_or(0.0, |before| scaled.kern(before, glyph));
        let placed = glyph.with_scale_and_position(scaled.scale(), point(x, 0.0));
        outlines.extend(font.outline_glyph(placed));
        x += scaled.h_advance(glyph);
        before = Some(glyph);
    }
    (outlines, f64::from(x))
}

/// The width of a text.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    outlines(text, size, bold).1
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
    fn the_shipped_font_has_the_letters_of_names_and_units() {
        for bold in [false, true] {
            let (outlines, _) = outlines("Größe_µΩ−…é", 12.0, bold);
            assert_eq!(outlines.len(), 11);
            let font = font(bold).unwrap();
            assert!("Größe_µΩ−…é".chars().all(|letter| font.glyph_id(letter).0 != 0));
        }
    }

    #[test]
    fn bold_text_is_wider() {
        assert!(width("relay", 12.0, true) > width("relay", 12.0, false));
    }
}
