//! What a synapse type is.

use crate::units::{Time, Unit};
use crate::values::{IntoSynapseValues, SynapseColumn, SynapseValues};

/// A type of synapse that takes weights of unit `W`. Whether a backend can do it is said by
/// [`Transmits`](crate::backend::Transmits).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no synapse with weights in `{W}`",
    label = "the target's receptor takes weights in `{W}`",
    note = "current-based receptors take a current (nA), conductance-based ones a conductance (uS), delta ones a voltage (mV)"
)]
pub trait SynapseType<W> {
    /// The synapse type without the types of its values, as in `Transmits<StaticSynapse>`.
    type Family: Default + Send + Sync + 'static;
    /// Weight and delay of each connection.
    fn values(self) -> SynapseColumns;
}

/// Weight and delay of the connections of a projection.
#[derive(Clone, Debug)]
pub struct SynapseColumns {
    /// Weights, in the receptor's base unit.
    pub weight: SynapseColumn,
    /// Delays, in ms.
    pub delay: SynapseColumn,
}

/// A synapse of fixed weight and delay. PyNN's `StaticSynapse`.
///
/// `weight` and `delay` are each a quantity, a list, a closure `|source, target|` or a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StaticSynapse<W = crate::units::Current, D = Time> {
    /// The weight, in the unit of the target's receptor; default 0.
    pub weight: W,
    /// The delay; default 0.1 ms, the default time step.
    pub delay: D,
}

/// A weight or delay type that has a default, for `..` in a [`StaticSynapse`].
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

impl<W: SynapseDefault, D: SynapseDefault> Default for StaticSynapse<W, D> {
    fn default() -> Self {
        Self { weight: W::of(0.0), delay: D::of(0.1) }
    }
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

impl<W: Unit> SynapseDefaults<W> for StaticSynapse {
    type Full = StaticSynapse<SynapseValues<W>, SynapseValues<Time>>;
}

impl<W: Unit, V: IntoSynapseValues<W>, D: IntoSynapseValues<Time>> SynapseType<W> for StaticSynapse<V, D> {
    type Family = StaticSynapse;
    fn values(self) -> SynapseColumns {
        SynapseColumns {
            weight: self.weight.into_synapse_values().into_column(),
            delay: self.delay.into_synapse_values().into_column(),
        }
    }
}
