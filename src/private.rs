//! What `network!` expands to beyond the builder.

use pynn_core::backend::{Connects, Records, Simulates, Transmits};
use pynn_core::cell::CellType;
use pynn_core::population::Target;
use pynn_core::units::{Time, Unit};
use pynn_core::values::{IntoSynapseValues, SynapseValues};

/// Asserts a capability, blaming the cell.
pub const fn simulates<B: Simulates<C>, C: CellType>() {}
/// Asserts a capability, blaming the connector.
pub const fn connects<B: Connects<K>, K>() {}
/// Asserts a capability, blaming the synapse.
pub const fn transmits<B: Transmits<S>, S>() {}
/// Asserts a capability, blaming the variable.
pub const fn records<B: Records<V>, V>() {}

/// The weights of a projection onto `target`, whose receptor fixes the unit.
pub fn weight<B, C, W: Unit>(_: &Target<B, C, W>, values: impl IntoSynapseValues<W>) -> SynapseValues<W> {
    values.into_synapse_values()
}

/// The delays of a projection.
pub fn delay(values: impl IntoSynapseValues<Time>) -> SynapseValues<Time> {
    values.into_synapse_values()
}
