//! What a cell type is to NEST: a model, the parameters that it is given in NEST's units, and what it shows.

use std::borrow::Cow;

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};
use pynn_core::time::Tick;

use crate::composed::Composed;
use crate::ffi::{Kernel, Kind, Settings};
use crate::generator::Generators;
use crate::native::NativeCell;
use crate::standard::Standard;

/// A cell type as NEST sees it.
#[derive(Clone, Debug)]
pub struct Model(Kinds);

#[derive(Clone, Debug)]
enum Kinds {
    Standard(Standard<'static>),
    Composed(Composed),
    Native(NativeCell),
    /// Repeats what NEST's generators draw.
    Poisson,
}

/// A parameter of NEST's and what it is set to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) key: Cow<'static, str>,
    pub(crate) kind: Kind,
    /// One, but for lists.
    pub(crate) columns: Vec<Column>,
}

/// How a variable is recorded.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// NEST's name.
    pub(crate) key: &'static str,
    /// From NEST's unit to ours.
    pub(crate) factor: f64,
    /// The values at time 0, in our unit; `None` for what NEST's nodes say.
    pub(crate) initial: Option<Vec<f64>>,
}

/// Where spikes for a receptor go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Port {
    /// What to multiply weights by.
    pub(crate) factor: f64,
    /// NEST's number of the receptor, to be checked; `None` for 0, which is known to be there.
    pub(crate) receptor: Option<u32>,
}

/// A value of every cell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Column {
    /// The same for all.
    Same(f64),
    /// One a cell.
    Each(Vec<f64>),
}

impl From<Standard<'static>> for Model {
    fn from(standard: Standard<'static>) -> Self {
        Self(Kinds::Standard(standard))
    }
}

impl From<Composed> for Model {
    fn from(composed: Composed) -> Self {
        Self(Kinds::Composed(composed))
    }
}

impl From<NativeCell> for Model {
    fn from(native: NativeCell) -> Self {
        Self(Kinds::Native(native))
    }
}

impl Model {
    /// That of [`PoissonGenerator`](crate::PoissonGenerator).
    pub(crate) fn poisson() -> Self {
        Self(Kinds::Poisson)
    }

    /// NEST's name of the model.
    pub(crate) fn name(&self) -> &str {
        match &self.0 {
            Kinds::Standard(standard) => standard.name,
            Kinds::Composed(composed) => composed.standard().name,
            Kinds::Native(native) => native.model(),
            Kinds::Poisson => "parrot_neuron",
        }
    }

    /// What draws the spikes of the cells of `population`, if that is not they themselves.
    pub(crate) fn generators(
        &self,
        population: &LocalPopulation<'_>,
        timestep: Tick,
    ) -> Result<Option<Generators>> {
        match &self.0 {
            Kinds::Poisson => Generators::new(population, timestep).map(Some),
            _ => Ok(None),
        }
    }

    /// What NEST is given for the cells of `population`.
    pub(crate) fn settings(&self, population: &LocalPopulation<'_>, kernel: &Kernel) -> Result<Vec<Setting>> {
        match &self.0 {
            Kinds::Standard(standard) => standard.settings(population),
            Kinds::Composed(composed) => composed.settings(population),
            Kinds::Native(native) => native.settings(population, kernel),
            Kinds::Poisson => Ok(Vec::new()),
        }
    }

    /// How variable number `variable` of the cell type is recorded.
    pub(crate) fn shown(
        &self,
        population: &LocalPopulation<'_>,
        variable: usize,
        kernel: &Kernel,
    ) -> Result<Shown> {
        match &self.0 {
            Kinds::Standard(standard) => standard.shown(population, variable),
            Kinds::Composed(composed) => composed.standard().shown(population, variable),
            Kinds::Native(native) => native.shown(population, variable, kernel),
            Kinds::Poisson => Err(Error::description("spike sources show no more than spikes")),
        }
    }

    /// Where spikes for receptor number `receptor` of the cell type go.
    pub(crate) fn port(&self, receptor: usize) -> Port {
        match &self.0 {
            Kinds::Standard(standard) => standard.receptors[receptor],
            Kinds::Composed(composed) => composed.standard().receptors[receptor],
            Kinds::Poisson => Port { factor: 1.0, receptor: None },
            Kinds::Native(_) => Port { factor: 1.0, receptor: u32::try_from(receptor).ok() },
        }
    }

    /// Whether weights are in units of ours, which [`port`](Self::port) makes NEST's.
    pub(crate) fn knows_weights(&self) -> bool {
        !matches!(self.0, Kinds::Native(_))
    }

    /// How many of the settings are parameters; states follow.
    pub(crate) fn parameters(&self) -> usize {
        match &self.0 {
            Kinds::Standard(standard) => standard.parameters(),
            Kinds::Composed(composed) => composed.parameters(),
            Kinds::Native(_) | Kinds::Poisson => 0,
        }
    }

    /// NEST's name of what we call `name`, and what to multiply NEST's values by.
    pub(crate) fn named(&self, name: &str) -> Option<(&'static str, f64)> {
        match &self.0 {
            Kinds::Standard(standard) => standard.named(name),
            Kinds::Composed(composed) => composed.named(name),
            Kinds::Native(_) | Kinds::Poisson => None,
        }
    }

    /// Words that differ for models that differ in what a population does not say.
    pub(crate) fn words(&self) -> String {
        match &self.0 {
            Kinds::Standard(_) | Kinds::Composed(_) | Kinds::Poisson => String::new(),
            Kinds::Native(native) => format!("{native:?}"),
        }
    }
}

impl Setting {
    pub(crate) fn number(key: &'static str, column: Column) -> Self {
        Self { key: Cow::Borrowed(key), kind: Kind::Number, columns: vec![column] }
    }

    /// Checks that the values are of its kind.
    ///
    /// # Errors
    /// With words that name it and the first that is not.
    pub(crate) fn check(&self) -> std::result::Result<(), String> {
        let (must_be, fits): (&str, fn(f64) -> bool) = match self.kind {
            Kind::Number | Kind::Numbers => ("a finite number", f64::is_finite),
            // Beyond 2^53 not every whole number is one of these.
            Kind::Whole | Kind::Wholes => {
                ("a whole number", |value| value.fract() == 0.0 && value.abs() < 9e15)
            }
            Kind::Flag => ("true or false", |value| value == 0.0 || value == 1.0),
        };
        let values = self.columns.iter().flat_map(|column| match column {
            Column::Same(value) => std::slice::from_ref(value),
            Column::Each(values) => values,
        });
        match values.copied().find(|value| !fits(*value)) {
            Some(value) => Err(format!("`{}` is {value}, but must be {must_be}", self.key)),
            None => Ok(()),
        }
    }

    /// Adds it, of some cells.
    pub(crate) fn add(&self, settings: &mut Settings, cells: std::ops::Range<usize>) -> Result<()> {
        let values = cells.flat_map(|cell| self.columns.iter().map(move |column| column.of(cell)));
        settings.add(&self.key, self.kind, self.columns.len(), values)
    }

    /// Adds it to what is the `same` for all `cells`, or to what `each` has of its own.
    pub(crate) fn add_to(&self, same: &mut Settings, each: &mut Settings, cells: usize) -> Result<()> {
        let Self { key, kind, columns } = self;
        let is_same = columns.iter().all(|column| matches!(column, Column::Same(_)));
        let (settings, cells) = if is_same { (same, 1) } else { (each, cells) };
        let values = (0..cells).flat_map(|cell| columns.iter().map(move |column| column.of(cell)));
        settings.add(key, *kind, columns.len(), values)
    }
}

impl Column {
    pub(crate) fn times(self, factor: f64) -> Self {
        match self {
            Self::Same(value) => Self::Same(value * factor),
            Self::Each(values) => Self::Each(values.into_iter().map(|value| value * factor).collect()),
        }
    }

    pub(crate) fn over(&self, other: &Self, cells: usize) -> Self {
        self.with(other, cells, |value, other| value / other)
    }

    /// What `function` makes of the values and those of `other`.
    pub(crate) fn with(&self, other: &Self, cells: usize, function: fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Same(value), Self::Same(other)) => Self::Same(function(*value, *other)),
            _ => Self::Each((0..cells).map(|cell| function(self.of(cell), other.of(cell))).collect()),
        }
    }

    /// The value of cell number `cell`.
    pub(crate) fn of(&self, cell: usize) -> f64 {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[cell],
        }
    }

    pub(crate) fn is(&self, value: f64) -> bool {
        match self {
            Self::Same(own) => *own == value,
            Self::Each(values) => values.iter().all(|own| *own == value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_of_constants_is_a_constant() {
        let (one, two) = (Column::Same(1.0), Column::Each(vec![20.0, 10.0]));
        assert_eq!(one.over(&Column::Same(20.0), 2), Column::Same(0.05));
        assert_eq!(one.over(&two, 2).times(1000.0), Column::Each(vec![50.0, 100.0]));
    }
}
