//! Colours that the colour-blind tell apart (Okabe and Ito 2008; the last two from Tol 2021): the same one for a
//! population in all panels of a figure.

use super::canvas::Color;

pub(super) const INK: Color = Color::hex(0x222222);
pub(super) const GREY: Color = Color::hex(0x6b6b6b);
pub(super) const FAINT: Color = Color::hex(0xdcdcdc);
pub(super) const WHITE: Color = Color::hex(0xffffff);

const COLORS: [Color; 8] = [
    Color::hex(0x0072b2),
    Color::hex(0xd55e00),
    Color::hex(0x009e73),
    Color::hex(0xb0578d),
    Color::hex(0xd08700),
    Color::hex(0x3aa0d8),
    Color::hex(0x882255),
    Color::hex(0x777733),
];

/// The colours of a figure's populations, by the order in which the panels first name them.
#[derive(Debug, Default)]
pub(super) struct Palette {
    /// A name, and how many of the same name come before it in a panel.
    keys: Vec<(String, usize)>,
}

impl Palette {
    /// Takes in the names of a panel.
    pub(super) fn add<'n>(&mut self, names: impl IntoIterator<Item = &'n str>) {
        for key in numbered(names) {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
    }

    /// The colours for the names of a panel, in their order.
    pub(super) fn of<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<Color> {
        let place = |key: &(String, usize)| self.keys.iter().position(|known| known == key).unwrap_or(0);
        numbered(names).iter().map(|key| COLORS[place(key) % COLORS.len()]).collect()
    }
}

/// Names with the number of equal ones before: two runs of one network in a panel differ in colour.
fn numbered<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<(String, usize)> {
    let mut keys: Vec<(String, usize)> = Vec::new();
    for name in names {
        let before = keys.iter().filter(|(known, _)| known == name).count();
        keys.push((name.to_string(), before));
    }
    keys
}

/// The colours of several cells of one population: its own, then darker and lighter ones.
pub(super) fn shade(color: Color, number: usize) -> Color {
    match number % 4 {
        0 => color,
        1 => color.mixed(INK, 0.7),
        2 => color.mixed(WHITE, 0.5),
        _ => color.mixed(GREY, 0.75),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_population_keeps_its_colour_from_panel_to_panel() {
        let mut palette = Palette::default();
        palette.add(["exc", "inh"]);
        palette.add(["inh", "inh"]);
        assert_eq!(palette.of(["inh"]), [COLORS[1]]);
        assert_eq!(palette.of(["inh", "inh"]), [COLORS[1], COLORS[2]]);
    }
}
