//! How many connections a cell has.

use std::fmt;

use super::NOT_GIVEN;
use super::candidates::{Available, check_number};
use crate::random::{Binomial, Distributed, Distribution, Poisson, Stream, UniformInt};

/// How many connections each cell has: one number for all, or one drawn for each. `into()` makes it of a number or of a
/// distribution of integers, [`UniformInt`], [`Poisson`] or [`Binomial`] with unit 1.
///
/// What a cell draws is a function of the network's seed, the projection and the cell.
#[derive(Clone, Copy, PartialEq)]
pub struct Count(Kind);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Same(usize),
    Drawn(Distribution),
}

impl From<usize> for Count {
    fn from(n: usize) -> Self {
        Self(Kind::Same(n))
    }
}

macro_rules! integers_are_counts {
    ($($name:ident)*) => {$(
        impl From<$name<f64>> for Count {
            fn from(distribution: $name<f64>) -> Self {
                Self(Kind::Drawn(distribution.distribution()))
            }
        }
    )*};
}
integers_are_counts!(UniformInt Poisson Binomial);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Same(n) => write!(f, "{n}"),
            Kind::Drawn(distribution) => write!(f, "{distribution:?}"),
        }
    }
}

impl Count {
    pub(super) const NOT_GIVEN: Self = Self(Kind::Same(NOT_GIVEN));

    /// The number of each cell, if it is the same for all.
    pub(super) fn same(self) -> Option<usize> {
        match self.0 {
            Kind::Same(n) => Some(n),
            Kind::Drawn(_) => None,
        }
    }

    /// The number of cell `cell`, drawn from its stream, or what is wrong with it.
    pub(super) fn of(
        self,
        cell: u32,
        stream: &mut Stream,
        connector: &str,
        available: Available,
    ) -> Result<usize, String> {
        let drawn = match self.0 {
            Kind::Same(n) => return Ok(n),
            Kind::Drawn(distribution) => distribution.draw(stream),
        };
        let context = |message: String| format!("of {} {cell}, {message}", available.of);
        if drawn < 0.0 || drawn.fract() != 0.0 {
            let must_be = if drawn < 0.0 { "zero or more" } else { "a whole number; set unit: 1.0" };
            return Err(context(format!("{connector} draws n = {drawn}, but it must be {must_be}")));
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 2^52")]
        let n = drawn.min(2f64.powi(52)) as usize;
        check_number(connector, n, available).map_err(context)?;
        Ok(n)
    }

    /// Says what is wrong with the numbers of `cells` cells, if anything: each has a stream and so many available; `all` where
    /// they have the same number.
    pub(super) fn check(
        self,
        connector: &str,
        all: Available,
        cells: u32,
        each: impl Fn(u32) -> (Stream, Available),
    ) -> Result<(), String> {
        let Kind::Drawn(distribution) = self.0 else {
            return check_number(connector, self.same().unwrap_or(NOT_GIVEN), all);
        };
        distribution.check().map_err(|message| format!("{connector}: n: {message}"))?;
        (0..cells).try_for_each(|cell| {
            let (mut stream, available) = each(cell);
            self.of(cell, &mut stream, connector, available).map(drop)
        })
    }

    /// About how many connections so many cells have.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "about how many")]
    pub(super) fn expected(self, cells: u32) -> u64 {
        let mean = match self.0 {
            Kind::Same(n) => return (n as u64).saturating_mul(u64::from(cells)),
            Kind::Drawn(Distribution::UniformInt { low, high, unit }) => {
                (low as f64 + high as f64 - 1.0) / 2.0 * unit
            }
            Kind::Drawn(Distribution::Poisson { mean, unit }) => mean * unit,
            Kind::Drawn(Distribution::Binomial { n, p, unit }) => f64::from(n) * p * unit,
            Kind::Drawn(_) => 0.0,
        };
        (mean * f64::from(cells)) as u64
    }
}
