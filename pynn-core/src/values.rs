//! Values that may differ from cell to cell: a constant, a list, a function of the index, a distribution.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use crate::change::SetValues;
use crate::connector::Ends;
use crate::connectors::check_shape;
use crate::distance::DistanceFunction;
use crate::random::{
    Binomial, Distributed, Distribution, Exponential, Gamma, Key, LogNormal, Normal, NormalClipped,
    NormalClippedToBoundary, Poisson, Stream, Uniform, UniformInt, VonMises,
};
use crate::units::{Capacitance, Conductance, Current, Frequency, Length, Time, Unit, Voltage};

/// One value for each cell of a population, in base units.
#[derive(Clone)]
#[non_exhaustive]
pub enum Column {
    /// The same for all.
    Constant(f64),
    /// Listed, by the cell's index in its population.
    List(Arc<[f64]>),
    /// A function of the cell's index in its population.
    Function(Arc<dyn Fn(usize) -> f64 + Send + Sync>),
    /// Drawn for each cell.
    Random(Distribution),
}

impl Column {
    /// Appends the values of the cells with indices `cells`. Random ones are the first draw of the stream
    /// numbered by the index, so they do not depend on who asks.
    pub fn fill(&self, key: Key, cells: Range<usize>, out: &mut Vec<f64>) {
        match self {
            Self::Constant(value) => out.extend(std::iter::repeat_n(*value, cells.len())),
            Self::List(values) => out.extend_from_slice(&values[cells]),
            Self::Function(function) => out.extend(cells.map(|index| function(index))),
            Self::Random(distribution) => {
                out.extend(cells.map(|index| distribution.draw(&mut Stream::new(key, index as u64))));
            }
        }
    }

    /// The value of all cells, if it is one.
    #[must_use]
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(*value),
            _ => None,
        }
    }
}

impl Column {
    /// A few values of a closure, which cannot be printed, for cells of a population of `size`; nothing for others,
    /// which print themselves.
    pub(crate) fn samples(&self, size: usize) -> Vec<f64> {
        let Self::Function(function) = self else { return Vec::new() };
        sampled(size).map(|index| function(index)).collect()
    }
}

/// Up to 17 indices below `size`, the first and the last among them.
fn sampled(size: usize) -> impl Iterator<Item = usize> {
    (0..size).step_by((size / 16).max(1)).chain(size.checked_sub(1))
}

/// A list, or a digest of it: it may have as many numbers as there are synapses.
fn write_list(f: &mut fmt::Formatter<'_>, values: &[f64]) -> fmt::Result {
    if values.len() <= 16 {
        return write!(f, "{values:?}");
    }
    let mut digest = crate::digest::Digest::new();
    values.iter().for_each(|value| digest.write_u64(value.to_bits()));
    write!(f, "{} values, digest {:016x}", values.len(), digest.finish())
}

impl fmt::Debug for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::List(values) => write_list(f, values),
            Self::Function(_) => f.write_str("Function"),
            Self::Random(distribution) => write!(f, "{distribution:?}"),
        }
    }
}

/// One value of unit `T` for each cell of a population.
#[derive(Clone, Debug)]
pub struct Values<T> {
    column: Column,
    unit: PhantomData<T>,
}

impl<T: Unit> Values<T> {
    fn new(column: Column) -> Self {
        Self { column, unit: PhantomData }
    }

    /// The values in base units.
    #[must_use]
    pub fn into_column(self) -> Column {
        self.column
    }
}

/// What can be given where each cell gets a value of unit `T`: a quantity, a list of them, a closure from the
/// cell's index, or a distribution such as [`Uniform`], [`Normal`] or [`Gamma`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` gives no values of unit `{T}`",
    label = "expected `{T}`: a quantity, a list, a closure of the cell's index, or a distribution of such",
    note = "units are PyNN's: a time in ms, a voltage in mV, a current in nA, a conductance in uS"
)]
pub trait IntoValues<T> {
    /// The values.
    fn into_values(self) -> Values<T>;
}

macro_rules! quantities_are_values {
    ($($unit:ty)*) => {$(
        impl IntoValues<$unit> for $unit {
            fn into_values(self) -> Values<$unit> {
                Values::new(Column::Constant(self.base()))
            }
        }
    )*};
}
quantities_are_values!(Time Voltage Current Capacitance Conductance Frequency Length f64);

impl<T: Unit> IntoValues<T> for Values<T> {
    fn into_values(self) -> Values<T> {
        self
    }
}

impl<T: Unit> IntoValues<T> for Vec<T> {
    fn into_values(self) -> Values<T> {
        self.as_slice().into_values()
    }
}

impl<T: Unit> IntoValues<T> for &[T] {
    fn into_values(self) -> Values<T> {
        Values::new(Column::List(self.iter().map(|value| value.base()).collect()))
    }
}

impl<T: Unit, const N: usize> IntoValues<T> for [T; N] {
    fn into_values(self) -> Values<T> {
        self.as_slice().into_values()
    }
}

impl<T: Unit, F: Fn(usize) -> T + Send + Sync + 'static> IntoValues<T> for F {
    fn into_values(self) -> Values<T> {
        Values::new(Column::Function(Arc::new(move |index| self(index).base())))
    }
}

macro_rules! distributions_are_values {
    ($($name:ident)*) => {$(
        impl<T: Unit> IntoValues<T> for $name<T> {
            fn into_values(self) -> Values<T> {
                Values::new(Column::Random(self.distribution()))
            }
        }

        impl<T: Unit> IntoSynapseValues<T> for $name<T> {
            fn into_synapse_values(self) -> SynapseValues<T> {
                SynapseValues::new(SynapseColumn::Random(self.distribution()))
            }
        }

        impl<T: Unit> From<$name<T>> for SynapseValues<T> {
            fn from(values: $name<T>) -> Self {
                values.into_synapse_values()
            }
        }
    )*};
}
distributions_are_values!(
    Uniform Normal NormalClipped NormalClippedToBoundary LogNormal Exponential Gamma VonMises UniformInt Poisson Binomial
);

/// One value for each connection of a projection, in base units.
#[derive(Clone)]
#[non_exhaustive]
pub enum SynapseColumn {
    /// The same for all.
    Constant(f64),
    /// Listed, one a connection, in the order in which the connector lists them or else target by target and, within a
    /// target, as the connector gives them. Needs a connector whose number of connections is known beforehand.
    List(Arc<[f64]>),
    /// A function of the source's and the target's index in the two ends of the projection.
    Function(Arc<dyn Fn(usize, usize) -> f64 + Send + Sync>),
    /// Drawn for each connection.
    Random(Distribution),
    /// A function of the distance of source and target.
    Distance(DistanceFunction),
    /// A matrix: one row a source, one column a target.
    Array(Matrix),
    /// Set between runs.
    Set(SetValues),
}

/// One value for each pair of a source and a target.
#[derive(Clone)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    /// Row by row.
    values: Arc<[f64]>,
    /// The first row that is not as long as row 0, and its length.
    ragged: Option<(usize, usize)>,
}

impl Matrix {
    fn new<T: Unit>(rows: &[impl AsRef<[T]>]) -> Self {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let ragged = rows.iter().map(|row| row.as_ref().len()).enumerate().find(|(_, len)| *len != columns);
        let values = rows.iter().flat_map(|row| row.as_ref()).map(|value| value.base()).collect();
        Self { rows: rows.len(), columns, values, ragged }
    }

    /// The largest magnitude.
    pub(crate) fn scale(&self) -> f64 {
        self.values.iter().fold(0.0, |scale, value| scale.max(value.abs()))
    }

    /// The value of a pair.
    ///
    /// # Panics
    /// When there is no such pair.
    #[must_use]
    pub fn get(&self, source: usize, target: usize) -> f64 {
        self.values[source * self.columns + target]
    }
}

impl SynapseColumn {
    /// Says what is wrong with a column of `what` for these ends, but for its values.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn check(&self, what: &str, ends: &Ends<'_>) -> Result<(), String> {
        match self {
            Self::Distance(function) => function.check().map_err(|message| format!("{what}: {message}")),
            Self::Array(Matrix { ragged: Some((row, len)), columns, .. }) => {
                Err(format!("{what}: row {row} of the matrix has {len} entries, but row 0 has {columns}"))
            }
            Self::Array(matrix) => check_shape(what, matrix.rows, matrix.columns, ends),
            _ => Ok(()),
        }
    }

    /// The value of all connections, if it is one.
    #[must_use]
    pub fn constant(&self) -> Option<f64> {
        match self {
            Self::Constant(value) => Some(*value),
            _ => None,
        }
    }
}

impl SynapseColumn {
    /// A few values of a closure, which cannot be printed, for ends of the given sizes; nothing for others, which print
    /// themselves.
    pub(crate) fn samples(&self, sources: usize, targets: usize) -> Vec<f64> {
        let Self::Function(function) = self else { return Vec::new() };
        let pairs = sampled(sources).flat_map(|source| sampled(targets).map(move |target| (source, target)));
        pairs.map(|(source, target)| function(source, target)).collect()
    }
}

impl fmt::Debug for SynapseColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => write!(f, "{value}"),
            Self::List(values) => write_list(f, values),
            Self::Function(_) => f.write_str("Function"),
            Self::Random(distribution) => write!(f, "{distribution:?}"),
            Self::Distance(function) => write!(f, "{function:?}"),
            Self::Array(matrix) => {
                write!(f, "{} x {} ", matrix.rows, matrix.columns)?;
                write_list(f, &matrix.values)
            }
            Self::Set(set) => write_list(f, &set.values),
        }
    }
}

/// One value of unit `T` for each connection of a projection: a weight, a delay, a parameter. `into()` makes it of a
/// quantity, a list, a closure `|source, target|` or a distribution.
#[derive(Clone, Debug)]
pub struct SynapseValues<T> {
    column: SynapseColumn,
    unit: PhantomData<T>,
}

impl<T: Unit> SynapseValues<T> {
    pub(crate) fn new(column: SynapseColumn) -> Self {
        Self { column, unit: PhantomData }
    }

    /// The values in base units.
    #[must_use]
    pub fn into_column(self) -> SynapseColumn {
        self.column
    }
}

/// What can be given where each connection gets a value of unit `T`: a quantity, a list (one a connection, in the
/// order of [`FromList`](crate::connectors::FromList), else target by target, then source by source), a matrix of one row a
/// source and one column a target, a closure `|source, target|`, a function of the distance
/// ([`of_distance`](crate::distance::of_distance), [`Expression`](crate::expression::Expression)), or a distribution.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no weight or delay in `{T}`",
    label = "expected `{T}` here: the target's receptor (or the delay) fixes the unit",
    note = "current-based receptors take a current (nA), conductance-based ones a conductance (uS), delta ones a voltage (mV); delays are times (ms)"
)]
pub trait IntoSynapseValues<T> {
    /// The values.
    fn into_synapse_values(self) -> SynapseValues<T>;
}

macro_rules! quantities_are_synapse_values {
    ($($unit:ty)*) => {$(
        impl IntoSynapseValues<$unit> for $unit {
            fn into_synapse_values(self) -> SynapseValues<$unit> {
                SynapseValues::new(SynapseColumn::Constant(self.base()))
            }
        }

        impl From<$unit> for SynapseValues<$unit> {
            fn from(value: $unit) -> Self {
                value.into_synapse_values()
            }
        }
    )*};
}
quantities_are_synapse_values!(Time Voltage Current Capacitance Conductance Frequency f64);

impl<T: Unit> IntoSynapseValues<T> for SynapseValues<T> {
    fn into_synapse_values(self) -> SynapseValues<T> {
        self
    }
}

impl<T: Unit> IntoSynapseValues<T> for Vec<T> {
    fn into_synapse_values(self) -> SynapseValues<T> {
        SynapseValues::new(SynapseColumn::List(self.iter().map(|value| value.base()).collect()))
    }
}

impl<T: Unit, const N: usize> IntoSynapseValues<T> for [T; N] {
    fn into_synapse_values(self) -> SynapseValues<T> {
        self.to_vec().into_synapse_values()
    }
}

impl<T: Unit, const N: usize, const M: usize> IntoSynapseValues<T> for [[T; M]; N] {
    fn into_synapse_values(self) -> SynapseValues<T> {
        SynapseValues::new(SynapseColumn::Array(Matrix::new(&self)))
    }
}

impl<T: Unit> IntoSynapseValues<T> for Vec<Vec<T>> {
    fn into_synapse_values(self) -> SynapseValues<T> {
        SynapseValues::new(SynapseColumn::Array(Matrix::new(&self)))
    }
}

impl<T: Unit, const N: usize, const M: usize> From<[[T; M]; N]> for SynapseValues<T> {
    fn from(rows: [[T; M]; N]) -> Self {
        rows.into_synapse_values()
    }
}

impl<T: Unit> From<Vec<Vec<T>>> for SynapseValues<T> {
    fn from(rows: Vec<Vec<T>>) -> Self {
        rows.into_synapse_values()
    }
}

impl<T: Unit, F: Fn(usize, usize) -> T + Send + Sync + 'static> IntoSynapseValues<T> for F {
    fn into_synapse_values(self) -> SynapseValues<T> {
        SynapseValues::new(SynapseColumn::Function(Arc::new(move |pre, post| self(pre, post).base())))
    }
}

impl<T: Unit> From<Vec<T>> for SynapseValues<T> {
    fn from(values: Vec<T>) -> Self {
        values.into_synapse_values()
    }
}

impl<T: Unit, const N: usize> From<[T; N]> for SynapseValues<T> {
    fn from(values: [T; N]) -> Self {
        values.into_synapse_values()
    }
}

impl<T: Unit, F: Fn(usize, usize) -> T + Send + Sync + 'static> From<F> for SynapseValues<T> {
    fn from(function: F) -> Self {
        function.into_synapse_values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;
    use crate::units::mV;

    fn filled(values: impl IntoValues<Voltage>, cells: Range<usize>) -> Vec<f64> {
        let mut out = Vec::new();
        values.into_values().into_column().fill(Key::new(1, Purpose::Initial, 0), cells, &mut out);
        out
    }

    #[test]
    fn every_form_gives_one_value_a_cell() {
        assert_eq!(filled(2.0 * mV, 3..5), [2.0, 2.0]);
        assert_eq!(filled([1.0 * mV, 2.0 * mV, 3.0 * mV], 1..3), [2.0, 3.0]);
        assert_eq!(filled(|i: usize| i as f64 * mV, 3..5), [3.0, 4.0]);
    }

    #[test]
    fn random_values_do_not_depend_on_who_asks() {
        let uniform = Uniform { low: -65.0 * mV, high: -50.0 * mV };
        let all = filled(uniform, 0..10);
        assert!(all.iter().all(|v| (-65.0..-50.0).contains(v)));
        assert_eq!([filled(uniform, 0..4), filled(uniform, 4..10)].concat(), all);
    }
}
