//! What a synapse type is.
//!
//! A synapse type is a struct: `weight`, `delay` and other parameters of each connection, each a quantity, a list, a
//! closure `|source, target|` or a distribution, and the constants of its rule, plain values that all connections of a
//! projection share. [`synapse!`](crate::synapse!) writes the rest, for a type whose weights are in the receptor's unit; another
//! says by [`WeightUnit`] in which they are. A backend says by
//! [`Transmits`](crate::backend::Transmits) which types it can do.

mod stdp;
mod types;

use std::fmt;

use crate::cell::ParameterInfo;
use crate::random::{
    Binomial, Exponential, Gamma, LogNormal, Normal, NormalClipped, NormalClippedToBoundary, Poisson,
    Uniform, UniformInt, VonMises,
};
use crate::units::{Capacitance, Conductance, Current, Frequency, Time, Unit, Voltage};
use crate::values::{IntoSynapseValues, SynapseColumn, SynapseValues};

pub use stdp::{
    AdditivePotentiationMultiplicativeDepression, AdditiveWeightDependence, GutigWeightDependence,
    MultiplicativeWeightDependence, SpikePairRule, StdpMechanism, TimingDependence, Vogels2011Rule,
    WeightDependence, WeightLimits,
};
pub use types::{
    ElectricalSynapse, MultiQuantalSynapse, SimpleStochasticSynapse, StaticSynapse,
    StochasticTsodyksMarkramSynapse, TsodyksMarkramSynapse,
};

/// A type of synapse that takes weights of unit `W`. Whether a backend can do it is said by
/// [`Transmits`](crate::backend::Transmits). Written by [`synapse!`](crate::synapse!).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no synapse with weights in `{W}`",
    label = "the target's receptor takes weights in `{W}`",
    note = "current-based receptors take a current (nA), conductance-based ones a conductance (uS), delta ones a voltage (mV)"
)]
pub trait SynapseType<W> {
    /// The synapse type without the types of its values, as in `Transmits<StaticSynapse>`.
    type Family: SynapseFamily;
    /// What all connections of a projection share, and what each has of its own.
    fn into_parts(self) -> (Self::Family, SynapseColumns);
}

/// A synapse type without the values of its connections: its name, what parameters a connection has, and the constants
/// of its rule. What the struct's other fields hold means nothing here.
///
/// `Debug` shows the constants: ranks compare their descriptions by it.
pub trait SynapseFamily: fmt::Debug + Send + Sync + 'static {
    /// Name, units, defaults and bounds.
    fn info(&self) -> &'static SynapseInfo;

    /// Says what is wrong with the constants, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the projection.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// The smallest and the largest weight that a connection can have, in the receptor's base unit, if the rule sets
    /// limits. Weights that are given lie within them.
    fn weight_limits(&self) -> Option<(f64, f64)> {
        None
    }

    /// How many times its weight a spike transmits at most.
    fn largest_factor(&self) -> f64 {
        1.0
    }
}

/// The description of a synapse type.
#[derive(Debug)]
pub struct SynapseInfo {
    /// PyNN's name: `"TsodyksMarkramSynapse"`.
    pub name: &'static str,
    /// The parameters of a connection beyond weight and delay.
    pub parameters: &'static [ParameterInfo],
    /// Whether it carries spikes. One that does not has no delay.
    pub carries_spikes: bool,
}

impl SynapseInfo {
    /// The index of the parameter called `name`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }
}

/// What each connection of a projection has of its own.
#[derive(Clone, Debug)]
pub struct SynapseColumns {
    /// Weights, in the receptor's base unit.
    pub weight: SynapseColumn,
    /// Delays, in ms.
    pub delay: SynapseColumn,
    /// The parameters, in base units, in the order of [`SynapseInfo::parameters`].
    pub parameters: Vec<SynapseColumn>,
}

/// A weight or delay type that has a default, for `..` in a synapse.
pub trait SynapseDefault {
    /// The quantity of `value` base units.
    fn of(value: f64) -> Self;
}

impl<T: Unit> SynapseDefault for T {
    fn of(value: f64) -> T {
        T::from_base(value)
    }
}

impl<T: Unit> SynapseDefault for SynapseValues<T> {
    fn of(value: f64) -> Self {
        SynapseValues::new(SynapseColumn::Constant(value))
    }
}

// What is given as a distribution is given: of these only other fields' defaults are used.
macro_rules! distributions_have_defaults {
    ($($name:ident { $($field:ident: $value:expr),* } |$of:ident|;)*) => {$(
        impl<T: Unit> SynapseDefault for $name<T> {
            fn of(value: f64) -> Self {
                let $of = T::from_base(value);
                Self { $($field: $value),* }
            }
        }
    )*};
}
distributions_have_defaults! {
    Uniform { low: v, high: v } |v|;
    Normal { mean: v, sd: T::from_base(0.0) } |v|;
    NormalClipped { mean: v, sd: T::from_base(0.0), low: v, high: v } |v|;
    NormalClippedToBoundary { mean: v, sd: T::from_base(0.0), low: v, high: v } |v|;
    LogNormal { median: v, sigma: 0.0 } |v|;
    Exponential { mean: v } |v|;
    Gamma { shape: 1.0, scale: v } |v|;
    VonMises { mu: v, kappa: 0.0 } |v|;
    UniformInt { low: 1, high: 2, unit: v } |v|;
    Poisson { mean: 1.0, unit: v } |v|;
    Binomial { n: 1, p: 1.0, unit: v } |v|;
}

/// A synapse type, without the types of its values, that has defaults for all of them: what `network!` fills in for `..`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no synapse type, or one without defaults",
    label = "expected a synapse such as `StaticSynapse`",
    note = "of a synapse type of your own write out every field, or implement `SynapseDefaults` for it"
)]
pub trait SynapseDefaults<W> {
    /// The synapse type with values of every kind.
    type Full: Default;
}

/// In which unit a synapse type, without the types of its values, has its weights where the target's receptor takes `W`:
/// `W` for all that end on a receptor, another for a type that ends elsewhere, as `ElectricalSynapse` does on the membrane.
/// It is what `network!` holds the weights of a projection to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no synapse type, or does not say in which unit its weights are",
    label = "expected a synapse such as `StaticSynapse`",
    note = "for a synapse type of your own that `synapse!` does not write: `impl<W: Unit> WeightUnit<W> for {Self} {{ type Unit = W; }}`"
)]
pub trait WeightUnit<W> {
    /// The unit.
    type Unit: Unit;
}

/// A value that all connections of a projection share, as a field of a synapse: a number, a quantity, a rule.
pub trait SharedField {}

macro_rules! shared_fields {
    ($($ty:ty)*) => {$(
        impl SharedField for $ty {}
    )*};
}
shared_fields!(f64 u32 usize bool Time Voltage Current Capacitance Conductance Frequency);

/// What can be given for a field of type `T` of a synapse: for [`SynapseValues`] a quantity, a list, a closure
/// `|source, target|` or a distribution, for a [`SharedField`] the value itself.
#[diagnostic::on_unimplemented(
    message = "this field of the synapse takes `{T}`, but this is `{Self}`",
    label = "expected `{T}`",
    note = "`SynapseValues` of a unit are a quantity, a list, a closure `|source, target|`, or a distribution; times are in ms, probabilities plain numbers"
)]
pub trait IntoField<T> {
    /// The field.
    fn into_field(self) -> T;
}

#[diagnostic::do_not_recommend]
impl<T: SharedField> IntoField<T> for T {
    fn into_field(self) -> T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Unit, V: IntoSynapseValues<T>> IntoField<SynapseValues<T>> for V {
    fn into_field(self) -> SynapseValues<T> {
        self.into_synapse_values()
    }
}

/// Defines a synapse type: the struct with `weight`, `delay`, the parameters of a connection and their defaults, and
/// the constants that all connections of a projection share.
///
/// Values are in base units (ms, mV, nA, uS, Hz). After a default, `=> positive`, `=> non_negative` or `=> fraction`
/// bounds the parameter. A block `family` may hold methods of
/// [`SynapseFamily`](crate::synapse::SynapseFamily).
///
/// ```
/// use pynn_core::prelude::*;
///
/// pynn_core::synapse! {
///     /// Loses a part `loss` of its weight on the way.
///     #[derive(Clone, Debug)]
///     pub struct LossySynapse: "LossySynapse" {
///         /// How much is lost.
///         loss: f64 = 0.1 => fraction,
///     }
/// }
///
/// let lossy = LossySynapse { weight: 1.0 * nA, delay: 0.5 * ms, loss: 0.2.into() };
/// # let _: LossySynapse = lossy;
/// ```
#[macro_export]
macro_rules! synapse {
    (
        $(#[$meta:meta])*
        $vis:vis struct $synapse:ident: $name:literal {
            $($(#[$pmeta:meta])* $parameter:ident: $punit:ty = $pdefault:expr $(=> $bound:ident)?),* $(,)?
        }
        $(constants { $($(#[$cmeta:meta])* $constant:ident: $cty:ty = $cdefault:expr),* $(,)? })?
        $(family { $($family:tt)* })?
    ) => {
        $(#[$meta])*
        ///
        /// `weight` and `delay` are each a quantity, a list, a closure `|source, target|` or a distribution.
        #[allow(non_snake_case, reason = "parameters keep PyNN's spelling")]
        $vis struct $synapse<W = $crate::units::Current, D = $crate::units::Time> {
            /// The weight, in the unit of the target's receptor; default 0.
            pub weight: W,
            /// The delay; default 0.1 ms, the default time step.
            pub delay: D,
            $(
                $(#[$pmeta])*
                #[doc = concat!("\n\nDefault: `", stringify!($pdefault), "` in the base unit of `", stringify!($punit), "`.")]
                pub $parameter: $crate::values::SynapseValues<$punit>,
            )*
            $($(
                $(#[$cmeta])*
                #[doc = concat!("\n\nThe same for all connections of a projection. Default: `", stringify!($cdefault), "`.")]
                pub $constant: $cty,
            )*)?
        }

        impl<W, D> ::core::default::Default for $synapse<W, D>
        where
            W: $crate::synapse::SynapseDefault,
            D: $crate::synapse::SynapseDefault,
        {
            fn default() -> Self {
                Self {
                    weight: W::of(0.0),
                    delay: D::of(0.1),
                    $($parameter: $crate::synapse::SynapseDefault::of($pdefault),)*
                    $($($constant: $cdefault,)*)?
                }
            }
        }

        impl<W: $crate::units::Unit> $crate::synapse::SynapseDefaults<W> for $synapse {
            type Full = $synapse<
                $crate::values::SynapseValues<W>,
                $crate::values::SynapseValues<$crate::units::Time>,
            >;
        }

        impl<W: $crate::units::Unit> $crate::synapse::WeightUnit<W> for $synapse {
            type Unit = W;
        }

        impl<W, V, D> $crate::synapse::SynapseType<W> for $synapse<V, D>
        where
            W: $crate::units::Unit,
            V: $crate::values::IntoSynapseValues<W>,
            D: $crate::values::IntoSynapseValues<$crate::units::Time>,
        {
            type Family = $synapse;
            fn into_parts(self) -> ($synapse, $crate::synapse::SynapseColumns) {
                let family = $synapse {
                    $($($constant: self.$constant,)*)?
                    ..<$synapse as ::core::default::Default>::default()
                };
                let columns = $crate::synapse::SynapseColumns {
                    weight: self.weight.into_synapse_values().into_column(),
                    delay: self.delay.into_synapse_values().into_column(),
                    parameters: ::std::vec![$(self.$parameter.into_column()),*],
                };
                (family, columns)
            }
        }

        impl $crate::synapse::SynapseFamily for $synapse {
            fn info(&self) -> &'static $crate::synapse::SynapseInfo {
                static INFO: $crate::synapse::SynapseInfo = $crate::synapse::SynapseInfo {
                    name: $name,
                    parameters: &[$($crate::cell::ParameterInfo {
                        name: stringify!($parameter),
                        symbol: <$punit as $crate::units::Unit>::SYMBOL,
                        default: $pdefault,
                        bound: {
                            #[allow(unused_mut, unused_assignments, reason = "not every parameter is bounded")]
                            let mut bound = $crate::cell::Bound::any;
                            $(bound = $crate::cell::Bound::$bound;)?
                            bound
                        },
                    }),*],
                    carries_spikes: true,
                };
                &INFO
            }
            $($($family)*)?
        }
    };
}
