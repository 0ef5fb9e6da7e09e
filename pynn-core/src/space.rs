//! Where cells are, and how far from each other.
//!
//! The positions of a population's cells come from its [`Structure`], a [`Line`] where none is given; the distance of two
//! cells is taken in the network's [`Space`]. Both are functions of the description: every rank has the same.

use std::fmt;

use crate::random::Key;
use crate::units::{Length, Unit};

mod structures;

pub use structures::{Cuboid, FillOrder, Grid2D, Grid3D, Line, RandomStructure, Sphere, Volume};

/// x, y and z in um.
pub type Point = [f64; 3];

#[diagnostic::on_unimplemented(
    message = "`{Self}` places no cells",
    label = "expected a structure such as `Line`, `Grid2D` or `RandomStructure`"
)]
/// Places the cells of a population. `Debug` is its spelling in the digest of a description.
pub trait Structure: fmt::Debug + Send + Sync + 'static {
    /// Says what is wrong with it for a population of `size` cells, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the population, and the remedy.
    fn check(&self, size: usize) -> Result<(), String>;

    /// The positions of the cells, by index; random ones from the streams of `key`.
    fn positions(&self, size: usize, key: Key) -> Vec<Point>;
}

/// The axes along which distances are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "named by the axes")]
pub enum Axes {
    X,
    Y,
    Z,
    Xy,
    Yz,
    Xz,
    #[default]
    Xyz,
}

impl Axes {
    /// Their numbers: 0 for x, 1 for y, 2 for z.
    fn numbers(self) -> &'static [usize] {
        match self {
            Self::X => &[0],
            Self::Y => &[1],
            Self::Z => &[2],
            Self::Xy => &[0, 1],
            Self::Yz => &[1, 2],
            Self::Xz => &[0, 2],
            Self::Xyz => &[0, 1, 2],
        }
    }
}

/// The topology in which distances are taken. PyNN's `Space`.
///
/// The distance of a source at a from a target at b is that of a from `scale_factor` (b + `offset`), along `axes`. Along
/// an axis with periodic boundaries (low, high) it is at most half of their distance: what leaves at one end comes back
/// at the other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Space {
    /// The axes; default all three.
    pub axes: Axes,
    /// What the targets' positions are multiplied by; default 1.
    pub scale_factor: f64,
    /// What is added to the targets' positions before that; default 0.
    pub offset: [Length; 3],
    /// The boundaries of the axes that are periodic, for x, y and z; default none.
    pub periodic_boundaries: [Option<(Length, Length)>; 3],
}

impl Default for Space {
    fn default() -> Self {
        let offset = [Length::new(0.0); 3];
        Self { axes: Axes::default(), scale_factor: 1.0, offset, periodic_boundaries: [None; 3] }
    }
}

impl Space {
    /// The distance of a target at `target` from a source at `source`, in um.
    #[must_use]
    pub fn distance(&self, source: Point, target: Point) -> f64 {
        let squares = self.axes.numbers().iter().map(|&axis| {
            let there = self.scale_factor * (target[axis] + self.offset[axis].base());
            let mut apart = (source[axis] - there).abs();
            if let Some((low, high)) = self.periodic_boundaries[axis] {
                apart = apart.min((high - low).base() - apart);
            }
            apart * apart
        });
        squares.sum::<f64>().sqrt()
    }

    pub(crate) fn check(&self) -> Result<(), String> {
        let numbers = self.offset.iter().map(|offset| offset.base()).chain([self.scale_factor]);
        for number in numbers {
            if !number.is_finite() {
                return Err("space: scale_factor and offset must be finite".into());
            }
        }
        for (axis, (low, high)) in
            ["x", "y", "z"].iter().zip(self.periodic_boundaries).filter_map(|(a, b)| Some((a, b?)))
        {
            let extent = (high - low).base();
            if extent <= 0.0 || !extent.is_finite() {
                return Err(format!(
                    "space: the periodic boundaries of {axis} are {low} and {high}; the second must be the larger"
                ));
            }
        }
        Ok(())
    }
}
