//! Physical quantities in PyNN's units.
//!
//! A quantity is a number with a dimension: `20.0 * ms` is a [`Time`], `0.1 * nA` a [`Current`]. Inside
//! `network!` the same values are written with a suffix, `20.0ms`. Quantities of the same dimension add and
//! compare; a number scales them; everything else is a type error.
//!
//! Each dimension has one base unit (PyNN's), in which [`Unit::base`] gives the plain number.

use std::fmt;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub, SubAssign};

/// A physical dimension with a base unit.
pub trait Unit: Copy + PartialOrd + fmt::Debug + fmt::Display + Send + Sync + 'static {
    /// What is measured, for messages: `"time"`.
    const NAME: &'static str;
    /// The base unit's symbol: `"ms"`.
    const SYMBOL: &'static str;
    /// The quantity of `value` base units.
    fn from_base(value: f64) -> Self;
    /// The number of base units.
    fn base(self) -> f64;
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $symbol:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, PartialOrd, Default)]
        pub struct $name(f64);

        impl $name {
            /// The quantity of `value` base units; the `const` form of [`Unit::from_base`].
            #[must_use]
            pub const fn new(value: f64) -> Self {
                Self(value)
            }

            /// The number of base units; the `const` form of [`Unit::base`].
            #[must_use]
            pub const fn value(self) -> f64 {
                self.0
            }

            /// The magnitude without its sign.
            #[must_use]
            pub const fn abs(self) -> Self {
                Self(self.0.abs())
            }
        }

        impl Unit for $name {
            const NAME: &'static str = $what;
            const SYMBOL: &'static str = $symbol;
            fn from_base(value: f64) -> Self {
                Self(value)
            }
            fn base(self) -> f64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)?;
                f.write_str(concat!(" ", $symbol))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Mul<$name> for f64 {
            type Output = $name;
            fn mul(self, unit: $name) -> $name {
                $name(self * unit.0)
            }
        }

        impl Mul<f64> for $name {
            type Output = $name;
            fn mul(self, factor: f64) -> $name {
                $name(self.0 * factor)
            }
        }

        impl Div<f64> for $name {
            type Output = $name;
            fn div(self, divisor: f64) -> $name {
                $name(self.0 / divisor)
            }
        }

        impl Div for $name {
            type Output = f64;
            fn div(self, other: $name) -> f64 {
                self.0 / other.0
            }
        }

        impl Add for $name {
            type Output = $name;
            fn add(self, other: $name) -> $name {
                $name(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = $name;
            fn sub(self, other: $name) -> $name {
                $name(self.0 - other.0)
            }
        }

        impl Neg for $name {
            type Output = $name;
            fn neg(self) -> $name {
                $name(-self.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: $name) {
                self.0 += other.0;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: $name) {
                self.0 -= other.0;
            }
        }

        impl std::iter::Sum for $name {
            fn sum<I: Iterator<Item = $name>>(values: I) -> $name {
                $name(values.map(|value| value.0).sum())
            }
        }
    )*};
}

quantities! {
    /// A duration or a point in time; base unit ms.
    Time, "time", "ms";
    /// A voltage; base unit mV.
    Voltage, "voltage", "mV";
    /// A current; base unit nA.
    Current, "current", "nA";
    /// A capacitance; base unit nF.
    Capacitance, "capacitance", "nF";
    /// A conductance; base unit uS.
    Conductance, "conductance", "uS";
    /// A rate or a frequency; base unit Hz.
    Frequency, "frequency", "Hz";
    /// A length, of places and distances; base unit um.
    Length, "length", "um";
}

macro_rules! unit_names {
    ($($name:ident: $quantity:ident = $factor:expr, $words:literal;)*) => {
        $(
            #[doc = concat!("One ", $words, ".")]
            #[allow(non_upper_case_globals, reason = "units are spelled as in the SI")]
            pub const $name: $quantity = $quantity::new($factor);
        )*

        /// The units as functions of a number: what a suffixed literal of `network!` becomes (`20.0ms` is
        /// `literal::ms(20.0)`).
        pub mod literal {
            use super::*;
            $(
                #[doc = concat!("`value` ", $words, "s.")]
                #[allow(non_snake_case, reason = "units are spelled as in the SI")]
                #[must_use]
                pub const fn $name(value: f64) -> $quantity {
                    $quantity::new(value * $factor)
                }
            )*
        }
    };
}

unit_names! {
    s: Time = 1e3, "second";
    ms: Time = 1.0, "millisecond";
    us: Time = 1e-3, "microsecond";
    V: Voltage = 1e3, "volt";
    mV: Voltage = 1.0, "millivolt";
    uA: Current = 1e3, "microampere";
    nA: Current = 1.0, "nanoampere";
    pA: Current = 1e-3, "picoampere";
    nF: Capacitance = 1.0, "nanofarad";
    pF: Capacitance = 1e-3, "picofarad";
    mS: Conductance = 1e3, "millisiemens";
    uS: Conductance = 1.0, "microsiemens";
    nS: Conductance = 1e-3, "nanosiemens";
    kHz: Frequency = 1e3, "kilohertz";
    Hz: Frequency = 1.0, "hertz";
    mm: Length = 1e3, "millimeter";
    um: Length = 1.0, "micrometer";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_of_one_dimension_add_and_scale() {
        let tau = 20.0 * ms + 2.0 * s - 500.0 * us;
        assert_eq!(tau.base(), 2019.5);
        assert_eq!((-tau / 2.0).base(), -1009.75);
        assert_eq!(3.0 * ms / (1.5 * ms), 2.0);
        assert_eq!([1.0 * nA, 2.0 * nA].into_iter().sum::<Current>(), 3.0 * nA);
    }

    #[test]
    fn a_quantity_prints_its_base_unit() {
        assert_eq!(format!("{} {:?}", 500.0 * pA, 2.0 * nS), "0.5 nA 0.002 uS");
    }

    #[test]
    fn a_literal_is_the_same_value_as_the_product() {
        assert_eq!(literal::pA(87.8), 87.8 * pA);
        assert_eq!(literal::kHz(1.5), 1500.0 * Hz);
    }
}
