//! Distributions of quantities, PyNN's `RandomDistribution`.

use std::f64::consts::{PI, TAU};

use super::Stream;
use super::portable::{self, exp};
use crate::units::Unit;

/// A distribution of numbers in base units; what the typed distributions become.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Distribution {
    /// Uniform in [low, high).
    Uniform {
        /// Lower end, included.
        low: f64,
        /// Upper end, excluded.
        high: f64,
    },
    /// Normal, redrawn until it lies in [low, high]; infinite ends do not clip.
    Normal {
        /// Mean before clipping.
        mean: f64,
        /// Standard deviation before clipping.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// Normal; what lies beyond an end is moved to it.
    NormalToBoundary {
        /// Mean before clipping.
        mean: f64,
        /// Standard deviation before clipping.
        sd: f64,
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
    /// The exponential of a normal number.
    LogNormal {
        /// Mean of the logarithm of the number of base units.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// A gamma-distributed number of this shape, times the scale; shape 1 is exponential.
    Gamma {
        /// Shape, above 0.
        shape: f64,
        /// Scale; negative for negative numbers.
        scale: f64,
    },
    /// Von Mises, on the circle around `mu`.
    VonMises {
        /// Mean direction in radians.
        mu: f64,
        /// Concentration; 0 is uniform.
        kappa: f64,
    },
    /// Integers in [low, high), times `unit`.
    UniformInt {
        /// The smallest.
        low: i64,
        /// Above the largest.
        high: i64,
        /// What 1 stands for.
        unit: f64,
    },
    /// Poisson-distributed integers, times `unit`.
    Poisson {
        /// Mean.
        mean: f64,
        /// What 1 stands for.
        unit: f64,
    },
    /// How many of `n` trials of probability `p` succeed, times `unit`.
    Binomial {
        /// Trials.
        n: u32,
        /// Probability of success.
        p: f64,
        /// What 1 stands for.
        unit: f64,
    },
}

impl Distribution {
    /// Draws one number.
    #[inline]
    pub fn draw(&self, stream: &mut Stream) -> f64 {
        match *self {
            Self::Uniform { low, high } => low + (high - low) * stream.uniform(),
            Self::Normal { mean, sd, low, high } => loop {
                let value = mean + sd * stream.normal();
                if value >= low && value <= high {
                    return value;
                }
            },
            Self::LogNormal { mu, sigma } => exp(mu + sigma * stream.normal()),
            _ => self.draw_other(stream),
        }
    }

    /// Draws from the distributions that weights and delays seldom have.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a range is not negative")]
    fn draw_other(&self, stream: &mut Stream) -> f64 {
        match *self {
            Self::NormalToBoundary { mean, sd, low, high } => {
                (mean + sd * stream.normal()).max(low).min(high)
            }
            Self::Gamma { shape: 1.0, scale } => scale * stream.exponential(),
            Self::Gamma { shape, scale } => scale * stream.gamma(shape),
            Self::VonMises { mu, kappa } => mu + stream.von_mises(kappa),
            Self::UniformInt { low, high, unit } => {
                (low + i64::from(stream.below((high - low) as u32))) as f64 * unit
            }
            Self::Poisson { mean, unit } => stream.poisson(mean) as f64 * unit,
            Self::Binomial { n, p, unit } => stream.binomial(u64::from(n), p) as f64 * unit,
            Self::Uniform { .. } | Self::Normal { .. } | Self::LogNormal { .. } => self.draw(stream),
        }
    }

    /// No draw is below this.
    #[must_use]
    pub fn lower_bound(&self) -> f64 {
        self.bounds().0
    }

    /// No draw is above this.
    #[must_use]
    pub fn upper_bound(&self) -> f64 {
        self.bounds().1
    }

    fn bounds(&self) -> (f64, f64) {
        let times = |unit: f64, least: f64, most: f64| {
            // No 0 times infinity.
            let most = if unit == 0.0 { 0.0 } else { most * unit };
            (f64::min(least * unit, most), f64::max(least * unit, most))
        };
        match *self {
            Self::Uniform { low, high }
            | Self::Normal { low, high, .. }
            | Self::NormalToBoundary { low, high, .. } => (low, high),
            Self::LogNormal { .. } => (0.0, f64::INFINITY),
            Self::Gamma { scale, .. } => times(scale, 0.0, f64::INFINITY),
            Self::VonMises { mu, .. } => (mu - PI, mu + PI),
            Self::UniformInt { low, high, unit } => times(unit, low as f64, (high - 1) as f64),
            Self::Poisson { unit, .. } => times(unit, 0.0, f64::INFINITY),
            Self::Binomial { n, unit, .. } => times(unit, 0.0, f64::from(n)),
        }
    }

    /// A magnitude that draws seldom exceed: sets the resolution of weights.
    #[must_use]
    pub fn scale(&self) -> f64 {
        match *self {
            Self::Normal { mean, sd, low, high } | Self::NormalToBoundary { mean, sd, low, high } => {
                let (low, high) = (low.max(mean - 6.0 * sd), high.min(mean + 6.0 * sd));
                low.abs().max(high.abs())
            }
            Self::LogNormal { mu, sigma } => (mu + 6.0 * sigma).exp(),
            // Beyond with a probability of less than 1e-9, and of less than 1e-15 beyond twice as much.
            Self::Gamma { shape, scale } => (shape + 8.0 * shape.sqrt() + 20.0) * scale.abs(),
            Self::Poisson { mean, unit } => (mean + 8.0 * mean.sqrt() + 20.0) * unit.abs(),
            _ => {
                let (low, high) = self.bounds();
                low.abs().max(high.abs())
            }
        }
    }

    /// Says what is wrong with the distribution's parameters, if anything.
    ///
    /// # Errors
    /// When an end, a deviation or a number makes no sense, or clipping leaves next to nothing.
    pub fn check(&self) -> Result<(), String> {
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        match *self {
            Self::Uniform { low, high } if !(finite(&[low, high]) && low <= high) => {
                Err(format!("Uniform needs finite low <= high, but low is {low} and high is {high}"))
            }
            Self::Normal { mean, sd, .. } | Self::NormalToBoundary { mean, sd, .. }
                if !(finite(&[mean, sd]) && sd >= 0.0) =>
            {
                Err(format!("Normal needs a finite mean and sd >= 0, but mean is {mean} and sd is {sd}"))
            }
            // Redrawing must come to an end in useful time.
            Self::Normal { mean, sd, low, high } if kept(mean, sd, low, high) < 1e-4 => Err(format!(
                "NormalClipped to [{low}, {high}] leaves next to nothing of a normal with mean {mean} and sd {sd}; \
                 widen it, or use Uniform"
            )),
            Self::NormalToBoundary { low, high, .. } if low.is_nan() || high.is_nan() || low > high => {
                Err(format!("NormalClippedToBoundary needs low <= high, but low is {low} and high is {high}"))
            }
            Self::LogNormal { mu, sigma } if !(finite(&[mu, sigma]) && sigma >= 0.0) => Err(format!(
                "LogNormal needs a finite median and sigma >= 0, but the logarithm's mean is {mu} and sigma {sigma}"
            )),
            Self::Gamma { shape, scale } if !(finite(&[shape, scale]) && shape > 0.0) => Err(format!(
                "Gamma needs shape > 0 and a finite scale, but shape is {shape} and scale is {scale}"
            )),
            Self::VonMises { mu, kappa } if !(finite(&[mu, kappa]) && kappa >= 0.0) => {
                Err(format!("VonMises needs a finite mu and kappa >= 0, but mu is {mu} and kappa is {kappa}"))
            }
            Self::UniformInt { low, high, .. }
                if low >= high || high.checked_sub(low).is_none_or(|width| width > i64::from(u32::MAX)) =>
            {
                Err(format!(
                    "UniformInt needs low < high, less than 2^32 apart, but low is {low} and high, which is not \
                     drawn, is {high}"
                ))
            }
            Self::Poisson { mean, .. } if !(0.0..=1e9).contains(&mean) => {
                Err(format!("Poisson needs a mean from 0 to 1e9, but mean is {mean}"))
            }
            Self::Binomial { p, .. } if !(0.0..=1.0).contains(&p) => {
                Err(format!("Binomial needs a probability from 0 to 1, but p is {p}"))
            }
            Self::UniformInt { unit, .. } | Self::Poisson { unit, .. } | Self::Binomial { unit, .. }
                if !unit.is_finite() =>
            {
                Err(format!("an integer distribution needs a finite unit, but unit is {unit}"))
            }
            _ => Ok(()),
        }
    }
}

/// The probability that a normal number lies in [low, high], by Simpson's rule; 0 if an end is no number.
fn kept(mean: f64, sd: f64, low: f64, high: f64) -> f64 {
    if sd == 0.0 {
        return f64::from(low <= mean && mean <= high);
    }
    let (a, b) = ((low - mean) / sd, (high - mean) / sd);
    if a.is_nan() || b.is_nan() || a >= b {
        return 0.0;
    }
    let (a, b) = (a.clamp(-10.0, 10.0), b.clamp(-10.0, 10.0));
    let step = (b - a) / 200.0;
    let sum: f64 = (0..=200)
        .map(|point| {
            let x = a + step * f64::from(point);
            let factor = if point % 200 == 0 { 1.0 } else { f64::from(2 + 2 * (point % 2)) };
            factor * exp(-0.5 * x * x)
        })
        .sum();
    sum * step / 3.0 / TAU.sqrt()
}

impl Stream {
    /// An angle in [-pi, pi] of the von Mises distribution of this concentration around 0, by rejection from a normal
    /// distribution that lies above it, since `cos x <= 1 - 2 x^2 / pi^2` there; nearly flat ones from a uniform one.
    fn von_mises(&mut self, kappa: f64) -> f64 {
        let cos = |angle: f64| portable::sin_turns(angle / TAU + 0.25);
        loop {
            let (angle, above) = if kappa < 1.0 {
                (PI * (2.0 * self.uniform() - 1.0), 0.0)
            } else {
                let angle = 0.5 * PI / kappa.sqrt() * self.normal();
                (angle, 2.0 * kappa * (angle / PI) * (angle / PI))
            };
            if angle.abs() <= PI && self.uniform() < exp(kappa * (cos(angle) - 1.0) + above) {
                return angle;
            }
        }
    }
}

/// Uniform between two quantities, `low` included, `high` not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Uniform<T> {
    /// Lower end.
    pub low: T,
    /// Upper end.
    pub high: T,
}

/// Normal (Gaussian).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal<T> {
    /// Mean.
    pub mean: T,
    /// Standard deviation.
    pub sd: T,
}

/// Normal, redrawn until it lies in [low, high] (PyNN's `normal_clipped`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalClipped<T> {
    /// Mean before clipping.
    pub mean: T,
    /// Standard deviation before clipping.
    pub sd: T,
    /// Lower end; `-f64::INFINITY` units for none.
    pub low: T,
    /// Upper end; `f64::INFINITY` units for none.
    pub high: T,
}

/// Normal; what lies below `low` becomes `low`, what lies above `high` becomes `high` (PyNN's
/// `normal_clipped_to_boundary`, for models of the literature that have it; else [`NormalClipped`]).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalClippedToBoundary<T> {
    /// Mean before clipping.
    pub mean: T,
    /// Standard deviation before clipping.
    pub sd: T,
    /// Lower end.
    pub low: T,
    /// Upper end.
    pub high: T,
}

/// Lognormal: `median * exp(sigma * z)` with z standard normal. PyNN's `mu` is the logarithm of the median in base units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal<T> {
    /// The median, positive.
    pub median: T,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
}

/// Exponential; a negative mean gives negative quantities. PyNN's `beta` is the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exponential<T> {
    /// Mean.
    pub mean: T,
}

/// Gamma, of mean `shape * scale`; a negative scale gives negative quantities. PyNN's `k` and `theta`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma<T> {
    /// Shape, above 0; 1 is exponential.
    pub shape: f64,
    /// Scale.
    pub scale: T,
}

/// Von Mises, the normal distribution's counterpart on the circle: from `mu` - pi to `mu` + pi, in radians, of which one
/// is a base unit of `T`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VonMises<T> {
    /// Mean direction.
    pub mu: T,
    /// Concentration: 0 is uniform, 1 / variance for large ones.
    pub kappa: f64,
}

/// Integers, all as likely, times `unit`: `UniformInt { low: 1, high: 5, unit: 0.1ms }` gives 0.1, 0.2, 0.3 or 0.4 ms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UniformInt<T> {
    /// The smallest.
    pub low: i64,
    /// Not drawn; the largest is one less.
    pub high: i64,
    /// What 1 stands for. PyNN's is the base unit.
    pub unit: T,
}

/// Poisson-distributed integers, times `unit`. PyNN's `lambda_` is the mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Poisson<T> {
    /// Mean of the integers, at most 1e9.
    pub mean: f64,
    /// What 1 stands for. PyNN's is the base unit.
    pub unit: T,
}

/// How many of `n` trials succeed, times `unit`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Binomial<T> {
    /// Trials.
    pub n: u32,
    /// Probability of success.
    pub p: f64,
    /// What 1 stands for. PyNN's is the base unit.
    pub unit: T,
}

/// A typed distribution over quantities of unit `T`.
pub trait Distributed<T> {
    /// The distribution over base units.
    fn distribution(&self) -> Distribution;
}

macro_rules! distributed {
    ($($name:ident: |$of:ident| $distribution:expr;)*) => {$(
        impl<T: Unit> Distributed<T> for $name<T> {
            fn distribution(&self) -> Distribution {
                let $of = self;
                $distribution
            }
        }
    )*};
}

distributed! {
    Uniform: |of| Distribution::Uniform { low: of.low.base(), high: of.high.base() };
    Normal: |of| Distribution::Normal {
        mean: of.mean.base(),
        sd: of.sd.base(),
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };
    NormalClipped: |of| Distribution::Normal {
        mean: of.mean.base(),
        sd: of.sd.base(),
        low: of.low.base(),
        high: of.high.base(),
    };
    NormalClippedToBoundary: |of| Distribution::NormalToBoundary {
        mean: of.mean.base(),
        sd: of.sd.base(),
        low: of.low.base(),
        high: of.high.base(),
    };
    LogNormal: |of| Distribution::LogNormal { mu: of.median.base().ln(), sigma: of.sigma };
    Exponential: |of| Distribution::Gamma { shape: 1.0, scale: of.mean.base() };
    Gamma: |of| Distribution::Gamma { shape: of.shape, scale: of.scale.base() };
    VonMises: |of| Distribution::VonMises { mu: of.mu.base(), kappa: of.kappa };
    UniformInt: |of| Distribution::UniformInt { low: of.low, high: of.high, unit: of.unit.base() };
    Poisson: |of| Distribution::Poisson { mean: of.mean, unit: of.unit.base() };
    Binomial: |of| Distribution::Binomial { n: of.n, p: of.p, unit: of.unit.base() };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Key, Purpose};
    use crate::units::{mV, nA};

    #[test]
    fn clipping_that_leaves_nothing_is_rejected() {
        let check = |low, high| Distribution::Normal { mean: 5.0, sd: 2.0, low, high }.check();
        for (low, high) in [(19.0, 30.0), (7.0, 7.0), (7.0, 7.0001), (7.0, 3.0), (f64::NAN, 7.0)] {
            let message = check(low, high).unwrap_err();
            assert!(message.contains("leaves next to nothing"), "{message}");
        }
        for (low, high) in [(-f64::INFINITY, f64::INFINITY), (11.0, f64::INFINITY), (0.0, 0.1)] {
            assert_eq!(check(low, high), Ok(()));
        }
        let fixed = |low| Distribution::Normal { mean: 5.0, sd: 0.0, low, high: 6.0 }.check();
        assert!(fixed(5.0).is_ok() && fixed(5.5).is_err());
        // P(-1 < z < 2)
        assert!((kept(5.0, 2.0, 3.0, 9.0) - 0.818_594_614_120_364).abs() < 1e-9);
    }

    /// Mean and variance within 6 standard errors, that of the variance from the fourth central moment, and all draws within
    /// the bounds.
    fn assert_moments(distribution: Distribution, mean: f64, variance: f64, fourth: f64) {
        const N: u64 = 100_000;
        distribution.check().unwrap();
        let key = Key::new(5, Purpose::Parameter, 1);
        let draws: Vec<f64> = (0..N).map(|cell| distribution.draw(&mut Stream::new(key, cell))).collect();
        let n = N as f64;
        let found = draws.iter().sum::<f64>() / n;
        let spread = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / n;
        assert!(
            (found - mean).abs() <= 6.0 * (variance / n).sqrt(),
            "{distribution:?}: mean {found}, not {mean}"
        );
        let error = 6.0 * ((fourth - variance * variance) / n).sqrt();
        assert!((spread - variance).abs() <= error, "{distribution:?}: variance {spread}, not {variance}");
        let (low, high) = (distribution.lower_bound(), distribution.upper_bound());
        assert!(
            draws.iter().all(|draw| (low..=high).contains(draw)),
            "{distribution:?} leaves {low} to {high}"
        );
        assert!(
            draws.iter().all(|draw| draw.abs() <= distribution.scale()),
            "{distribution:?} exceeds its scale"
        );
    }

    #[test]
    fn draws_have_the_moments_of_their_distribution() {
        let exponential = Exponential { mean: -2.0 * mV }.distribution();
        assert_moments(exponential, -2.0, 4.0, 9.0 * 16.0);
        for shape in [0.5, 3.0] {
            let gamma = Gamma { shape, scale: 0.5 * nA }.distribution();
            assert_moments(gamma, shape * 0.5, shape * 0.25, (3.0 * shape * shape + 6.0 * shape) / 16.0);
        }
        // Integers below 6 have variance 35 / 12 and fourth central moment 14.729.
        let dice = UniformInt { low: 1, high: 7, unit: 2.0 * mV }.distribution();
        assert_moments(dice, 7.0, 4.0 * 35.0 / 12.0, 16.0 * 14.729_166_7);
        for mean in [0.0, 0.3, 9.9, 10.1, 400.0] {
            let poisson = Poisson { mean, unit: 1.0 * mV }.distribution();
            assert_moments(poisson, mean, mean, 3.0 * mean * mean + mean);
        }
        let (n, p) = (20u32, 0.3);
        let variance = f64::from(n) * p * (1.0 - p);
        let fourth = variance * (1.0 + 3.0 * (f64::from(n) - 2.0) * p * (1.0 - p));
        let binomial = Binomial { n, p, unit: -1.0 * mV }.distribution();
        assert_moments(binomial, -f64::from(n) * p, variance, fourth);
    }

    /// The mean of the cosine is I1(kappa) / I0(kappa), that of the sine 0.
    #[test]
    fn directions_concentrate_as_von_mises_says() {
        for (kappa, expected) in [(0.0, 0.0), (0.9, 0.410_002_0), (2.0, 0.697_774_7), (50.0, 0.989_948_5)] {
            let directions = VonMises { mu: 1.0, kappa }.distribution();
            let key = Key::new(6, Purpose::Parameter, 1);
            let draws = (0..100_000u64).map(|cell| directions.draw(&mut Stream::new(key, cell)) - 1.0);
            let (mut cosine, mut sine) = (0.0, 0.0);
            for angle in draws {
                assert!(angle.abs() <= PI);
                cosine += angle.cos() / 1e5;
                sine += angle.sin() / 1e5;
            }
            // Neither's deviation is above 0.71.
            let error = 6.0 * 0.71 / 1e5f64.sqrt();
            assert!((cosine - expected).abs() < error && sine.abs() < error, "{kappa}: {cosine}, {sine}");
        }
    }

    /// P(z < -1) = 0.158655 lies at the lower end, P(z > 2) = 0.022750 at the upper one; 6 standard errors.
    #[test]
    fn what_lies_beyond_a_boundary_is_moved_to_it() {
        let clipped = NormalClippedToBoundary { mean: 5.0 * mV, sd: 2.0 * mV, low: 3.0 * mV, high: 9.0 * mV }
            .distribution();
        let key = Key::new(7, Purpose::Parameter, 1);
        let draws: Vec<f64> = (0..100_000u64).map(|cell| clipped.draw(&mut Stream::new(key, cell))).collect();
        assert!(draws.iter().all(|draw| (3.0..=9.0).contains(draw)));
        for (end, p) in [(3.0, 0.158_655), (9.0, 0.022_750)] {
            let share = draws.iter().filter(|draw| **draw == end).count() as f64 / 1e5;
            assert!((share - p).abs() < 6.0 * f64::sqrt(p * (1.0 - p) / 1e5), "{share} at {end}");
        }
    }

    #[test]
    fn numbers_that_make_no_distribution_are_rejected_with_their_value() {
        let cases = [
            (Gamma { shape: 0.0, scale: 1.0 * mV }.distribution(), "shape is 0"),
            (Exponential { mean: f64::INFINITY * mV }.distribution(), "scale is inf"),
            (VonMises { mu: 0.0, kappa: -1.0 }.distribution(), "kappa is -1"),
            (UniformInt { low: 3, high: 3, unit: 1.0 * mV }.distribution(), "low is 3"),
            (UniformInt { low: i64::MIN, high: 3, unit: 1.0 * mV }.distribution(), "less than 2^32 apart"),
            (Poisson { mean: -0.5, unit: 1.0 * mV }.distribution(), "mean is -0.5"),
            (Poisson { mean: 0.5, unit: f64::NAN * mV }.distribution(), "unit is NaN"),
            (Binomial { n: 3, p: 1.5, unit: 1.0 * mV }.distribution(), "p is 1.5"),
        ];
        for (distribution, words) in cases {
            let message = distribution.check().unwrap_err();
            assert!(message.contains(words), "{message}");
        }
    }
}
