//! One integer time base for the whole run.

use std::fmt;
use std::ops::{Add, AddAssign, Mul, Sub};

use crate::error::{Error, Result};
use crate::units::{Time, Unit};

/// A duration or a point in time as a whole number of nanoseconds: the time base of every run, exact for
/// every time step and delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Tick(pub i64);

impl Tick {
    /// No time at all.
    pub const ZERO: Tick = Tick(0);
    /// One millisecond.
    pub const MILLISECOND: Tick = Tick(1_000_000);

    /// `time` exactly.
    ///
    /// # Errors
    /// When `time` is no whole number of nanoseconds, or not finite; `what` names it in the message.
    pub fn exactly(time: Time, what: &str) -> Result<Tick> {
        let nanoseconds = time.base() * 1e6;
        let whole = nanoseconds.round();
        // 0.1 ms is not a binary fraction: accept the rounding of the decimal, not more.
        if !nanoseconds.is_finite()
            || whole.abs() > 9e18
            || (nanoseconds - whole).abs() > 1e-9 * whole.abs().max(1e3)
        {
            return Err(Error::description(format!(
                "{what} of {time} is no whole number of nanoseconds, the time base of a run"
            )));
        }
        Ok(Tick(whole as i64))
    }

    /// The time in ms.
    #[must_use]
    pub fn ms(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The time as a quantity.
    #[must_use]
    pub fn time(self) -> Time {
        Time::from_base(self.ms())
    }

    /// How many whole steps of `step` fit.
    #[must_use]
    pub fn steps_down(self, step: Tick) -> i64 {
        self.0.div_euclid(step.0)
    }

    /// How many steps of `step` cover the time: rounded up.
    #[must_use]
    pub fn steps_up(self, step: Tick) -> i64 {
        -(-self.0).div_euclid(step.0)
    }

    /// Whether the time is a multiple of `step`.
    #[must_use]
    pub fn is_multiple_of(self, step: Tick) -> bool {
        self.0.rem_euclid(step.0) == 0
    }
}

impl Add for Tick {
    type Output = Tick;
    fn add(self, other: Tick) -> Tick {
        Tick(self.0 + other.0)
    }
}

impl AddAssign for Tick {
    fn add_assign(&mut self, other: Tick) {
        self.0 += other.0;
    }
}

impl Sub for Tick {
    type Output = Tick;
    fn sub(self, other: Tick) -> Tick {
        Tick(self.0 - other.0)
    }
}

impl Mul<i64> for Tick {
    type Output = Tick;
    fn mul(self, factor: i64) -> Tick {
        Tick(self.0 * factor)
    }
}

/// In milliseconds.
impl fmt::Display for Tick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.ms())
    }
}

/// A spike as it travels: the cell, and the step of its simulator at whose end it fired. The stamp is
/// `step` times that simulator's time step; steps count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Spike {
    /// The step at whose end the cell fired.
    pub step: u32,
    /// The cell's global id.
    pub gid: u32,
}

impl Spike {
    /// The spike as one word: what a packet consists of.
    #[must_use]
    pub fn to_word(self) -> u64 {
        u64::from(self.step) << 32 | u64::from(self.gid)
    }

    /// The spike of a word.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the two halves of the word")]
    pub fn from_word(word: u64) -> Self {
        Self { step: (word >> 32) as u32, gid: word as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::ms;

    #[test]
    fn decimal_time_steps_are_exact() {
        for (time, nanoseconds) in
            [(0.1, 100_000), (0.05, 50_000), (0.025, 25_000), (1e-6, 1), (1000.3, 1_000_300_000)]
        {
            assert_eq!(Tick::exactly(time * ms, "a step").unwrap(), Tick(nanoseconds));
        }
    }

    #[test]
    fn a_time_between_two_nanoseconds_is_rejected() {
        let error = Tick::exactly(1.5e-6 * ms, "the delay").unwrap_err();
        assert!(error.message().contains("the delay"), "{error}");
        assert!(Tick::exactly(f64::NAN * ms, "the delay").is_err());
    }

    #[test]
    fn a_due_time_off_the_grid_is_rounded_up() {
        assert_eq!(Tick(250_000).steps_up(Tick(100_000)), 3);
        assert_eq!(Tick(300_000).steps_up(Tick(100_000)), 3);
        assert_eq!(Tick(250_000).steps_down(Tick(100_000)), 2);
    }

    #[test]
    fn a_spike_survives_its_word() {
        let spike = Spike { step: 4_000_000_000, gid: 77_169 };
        assert_eq!(Spike::from_word(spike.to_word()), spike);
    }
}
