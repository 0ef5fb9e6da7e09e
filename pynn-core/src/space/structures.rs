//! PyNN's structures: lines, grids, and random places in a volume.

use super::{Point, Structure};
use crate::random::{Key, Stream};
use crate::units::{Length, Unit};

/// Cells on a line along x: cell i at `x0` + i `dx`. PyNN's `Line`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// From cell to cell; default 1 um.
    pub dx: Length,
    /// Where cell 0 is; default 0.
    pub x0: Length,
    /// The line's y; default 0.
    pub y: Length,
    /// The line's z; default 0.
    pub z: Length,
}

const ZERO: Length = Length::new(0.0);
const ONE: Length = Length::new(1.0);
/// `..Default::default()` must not stand in for it.
const MISSING: Length = Length::new(f64::NAN);

impl Default for Line {
    fn default() -> Self {
        Self { dx: ONE, x0: ZERO, y: ZERO, z: ZERO }
    }
}

impl Structure for Line {
    fn check(&self, _: usize) -> Result<(), String> {
        finite("Line", &[("dx", self.dx), ("x0", self.x0), ("y", self.y), ("z", self.z)])
    }

    fn positions(&self, size: usize, _: Key) -> Vec<Point> {
        let at = |index: usize| self.x0.base() + index as f64 * self.dx.base();
        (0..size).map(|index| [at(index), self.y.base(), self.z.base()]).collect()
    }
}

/// In which order the cells of a population take the places of a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FillOrder {
    /// Along the last axis first, then the one before it.
    #[default]
    Sequential,
    /// In random order.
    Random,
}

impl FillOrder {
    fn fill(self, mut places: Vec<Point>, key: Key) -> Vec<Point> {
        if self == Self::Random {
            let mut stream = Stream::new(key, 0);
            for last in (1..places.len()).rev() {
                let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
                places.swap(last, stream.below(bound) as usize);
            }
        }
        places
    }
}

/// Cells on a grid in the x-y plane: cell i of nx times ny at column i / ny along x and row i % ny along y. PyNN's
/// `Grid2D`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid2D {
    /// nx / ny; default 1. The size of the population must be nx times ny for whole numbers.
    pub aspect_ratio: f64,
    /// From cell to cell along x; default 1 um.
    pub dx: Length,
    /// From cell to cell along y; default 1 um.
    pub dy: Length,
    /// x of the first place; default 0.
    pub x0: Length,
    /// y of the first place; default 0.
    pub y0: Length,
    /// The plane's z; default 0.
    pub z: Length,
    /// Which cell takes which place; default sequential.
    pub fill_order: FillOrder,
}

impl Default for Grid2D {
    fn default() -> Self {
        let fill_order = FillOrder::Sequential;
        Self { aspect_ratio: 1.0, dx: ONE, dy: ONE, x0: ZERO, y0: ZERO, z: ZERO, fill_order }
    }
}

impl Grid2D {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    fn sides(&self, size: usize) -> [usize; 2] {
        let nx = (size as f64 * self.aspect_ratio).sqrt().round().max(1.0) as usize;
        [nx, size / nx]
    }
}

impl Structure for Grid2D {
    fn check(&self, size: usize) -> Result<(), String> {
        let Self { dx, dy, x0, y0, z, .. } = *self;
        finite("Grid2D", &[("dx", dx), ("dy", dy), ("x0", x0), ("y0", y0), ("z", z)])?;
        ratio("Grid2D", "aspect_ratio", self.aspect_ratio)?;
        let [nx, ny] = self.sides(size);
        if nx * ny == size {
            return Ok(());
        }
        Err(format!(
            "Grid2D with aspect_ratio {} has {nx} columns, which do not divide {size} cells; change the size or the ratio",
            self.aspect_ratio
        ))
    }

    fn positions(&self, size: usize, key: Key) -> Vec<Point> {
        let [_, ny] = self.sides(size);
        let ny = ny.max(1);
        let place = |index: usize| {
            let (column, row) = ((index / ny) as f64, (index % ny) as f64);
            let (x, y) = (self.x0 + column * self.dx, self.y0 + row * self.dy);
            [x.base(), y.base(), self.z.base()]
        };
        self.fill_order.fill((0..size).map(place).collect(), key)
    }
}

/// Cells on a grid of nx times ny times nz: z changes fastest, then y. PyNN's `Grid3D`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(non_snake_case, reason = "spelled as in PyNN")]
pub struct Grid3D {
    /// nx / ny; default 1.
    pub aspect_ratioXY: f64,
    /// nx / nz; default 1.
    pub aspect_ratioXZ: f64,
    /// From cell to cell along x; default 1 um.
    pub dx: Length,
    /// From cell to cell along y; default 1 um.
    pub dy: Length,
    /// From cell to cell along z; default 1 um.
    pub dz: Length,
    /// x of the first place; default 0.
    pub x0: Length,
    /// y of the first place; default 0.
    pub y0: Length,
    /// z of the first place; default 0.
    pub z0: Length,
    /// Which cell takes which place; default sequential.
    pub fill_order: FillOrder,
}

impl Default for Grid3D {
    fn default() -> Self {
        Self {
            aspect_ratioXY: 1.0,
            aspect_ratioXZ: 1.0,
            dx: ONE,
            dy: ONE,
            dz: ONE,
            x0: ZERO,
            y0: ZERO,
            z0: ZERO,
            fill_order: FillOrder::Sequential,
        }
    }
}

impl Grid3D {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    fn sides(&self, size: usize) -> [usize; 3] {
        let whole = |side: f64| side.round().max(1.0) as usize;
        let nx = whole((size as f64 * self.aspect_ratioXY * self.aspect_ratioXZ).cbrt());
        [nx, whole(nx as f64 / self.aspect_ratioXY), whole(nx as f64 / self.aspect_ratioXZ)]
    }
}

impl Structure for Grid3D {
    fn check(&self, size: usize) -> Result<(), String> {
        let Self { dx, dy, dz, x0, y0, z0, .. } = *self;
        finite("Grid3D", &[("dx", dx), ("dy", dy), ("dz", dz), ("x0", x0), ("y0", y0), ("z0", z0)])?;
        ratio("Grid3D", "aspect_ratioXY", self.aspect_ratioXY)?;
        ratio("Grid3D", "aspect_ratioXZ", self.aspect_ratioXZ)?;
        let [nx, ny, nz] = self.sides(size);
        if nx.checked_mul(ny).and_then(|area| area.checked_mul(nz)) == Some(size) {
            return Ok(());
        }
        Err(format!("Grid3D has {nx} x {ny} x {nz} places for {size} cells; change the size or the ratios"))
    }

    fn positions(&self, size: usize, key: Key) -> Vec<Point> {
        let [_, ny, nz] = self.sides(size);
        let place = |index: usize| {
            let (x, y, z) = (index / (ny * nz), index / nz % ny, index % nz);
            let at = |origin: Length, number: usize, step: Length| (origin + number as f64 * step).base();
            [at(self.x0, x, self.dx), at(self.y0, y, self.dy), at(self.z0, z, self.dz)]
        };
        self.fill_order.fill((0..size).map(place).collect(), key)
    }
}

/// A volume around an origin.
pub trait Volume: std::fmt::Debug + Send + Sync + 'static {
    /// Says what is wrong with it, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the population, and the remedy.
    fn check(&self) -> Result<(), String>;

    /// A point of the volume, each as likely as any other.
    fn point(&self, stream: &mut Stream) -> Point;
}

/// A box with the origin in its middle. PyNN's `Cuboid`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cuboid {
    /// Its extent along x.
    pub width: Length,
    /// Its extent along y.
    pub height: Length,
    /// Its extent along z.
    pub depth: Length,
}

/// Every extent is to be given.
impl Default for Cuboid {
    fn default() -> Self {
        Self { width: MISSING, height: MISSING, depth: MISSING }
    }
}

impl Volume for Cuboid {
    fn check(&self) -> Result<(), String> {
        extent("Cuboid", &[("width", self.width), ("height", self.height), ("depth", self.depth)])
    }

    fn point(&self, stream: &mut Stream) -> Point {
        [self.width, self.height, self.depth].map(|side| side.base() * (stream.uniform() - 0.5))
    }
}

/// A ball with the origin in its middle. PyNN's `Sphere`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sphere {
    /// Its radius.
    pub radius: Length,
}

/// The radius is to be given.
impl Default for Sphere {
    fn default() -> Self {
        Self { radius: MISSING }
    }
}

impl Volume for Sphere {
    fn check(&self) -> Result<(), String> {
        extent("Sphere", &[("radius", self.radius)])
    }

    fn point(&self, stream: &mut Stream) -> Point {
        // The ball fills more than half of its cube.
        loop {
            let point = [(); 3].map(|()| 2.0 * stream.uniform() - 1.0);
            if point.iter().map(|x| x * x).sum::<f64>() <= 1.0 {
                return point.map(|x| x * self.radius.base());
            }
        }
    }
}

/// Cells at random places in a volume. PyNN's `RandomStructure`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RandomStructure<V> {
    /// The volume: a [`Cuboid`] or a [`Sphere`].
    pub boundary: V,
    /// Where the volume's middle is; default 0.
    pub origin: [Length; 3],
}

impl<V: Volume> Structure for RandomStructure<V> {
    fn check(&self, _: usize) -> Result<(), String> {
        let [x, y, z] = self.origin;
        finite("RandomStructure", &[("origin x", x), ("origin y", y), ("origin z", z)])?;
        self.boundary.check()
    }

    fn positions(&self, size: usize, key: Key) -> Vec<Point> {
        let place = |index: usize| {
            let point = self.boundary.point(&mut Stream::new(key, index as u64));
            std::array::from_fn(|axis| self.origin[axis].base() + point[axis])
        };
        (0..size).map(place).collect()
    }
}

fn finite(structure: &str, lengths: &[(&str, Length)]) -> Result<(), String> {
    match lengths.iter().find(|(_, length)| !length.base().is_finite()) {
        Some((name, length)) => Err(format!("{name} of {structure} is {length}, but must be finite")),
        None => Ok(()),
    }
}

fn extent(volume: &str, lengths: &[(&str, Length)]) -> Result<(), String> {
    if let Some((name, _)) = lengths.iter().find(|(_, length)| length.base().is_nan()) {
        return Err(format!("{volume} needs {name}, a length"));
    }
    finite(volume, lengths)?;
    match lengths.iter().find(|(_, length)| length.base() < 0.0) {
        Some((name, length)) => Err(format!("{name} of {volume} is {length}, but must not be negative")),
        None => Ok(()),
    }
}

fn ratio(structure: &str, name: &str, ratio: f64) -> Result<(), String> {
    if ratio > 0.0 && ratio.is_finite() {
        return Ok(());
    }
    Err(format!("{name} of {structure} is {ratio}, but must be positive"))
}
