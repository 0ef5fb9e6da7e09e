//! What may change between runs: parameters, states, weights and electrodes, in a description of their own.
//!
//! A change is made to a copy of the [`Network`]; a simulator is then told what of it is new
//! ([`Simulator::change`](crate::backend::Simulator::change)) and lowers that as when it was built.

use std::sync::Arc;

use crate::cell::Bound;
use crate::delay::{Delays, not_finite};
use crate::error::{Error, ErrorKind, Result};
use crate::network::{Network, PopulationKind, PopulationSpec, ProjectionSpec};
use crate::part::bad_value;
use crate::population::{ElectrodeId, PopulationId, ProjectionId};
use crate::random::{Key, Purpose};
use crate::row::WeightRule;
use crate::source::Sources;
use crate::units::{Time, Unit};
use crate::values::{Column, SynapseColumn};

/// What of a network has changed; the new values are in the network itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A parameter of a population. Of a spike source only where the backend [draws](crate::backend::Backend::draws).
    Parameter {
        /// The population.
        population: PopulationId,
        /// The index in [`CellInfo::parameters`](crate::cell::CellInfo::parameters).
        parameter: usize,
    },
    /// The initial values of a state variable. Some cells take them at once, all of them at a reset.
    State {
        /// The population.
        population: PopulationId,
        /// The index in [`CellInfo::states`](crate::cell::CellInfo::states).
        state: usize,
        /// The cells that take them at once: indices among those that live here, ascending.
        cells: Vec<usize>,
    },
    /// A value of the connections of a projection.
    Synapses {
        /// The projection.
        projection: ProjectionId,
        /// Which value.
        value: SynapseValue,
    },
    /// The source of an electrode.
    Electrode {
        /// The electrode.
        electrode: ElectrodeId,
    },
}

/// A value that each connection has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SynapseValue {
    /// The weight, in the receptor's base unit.
    Weight,
    /// The delay, in ms.
    Delay,
    /// A parameter of the synapse type, by its number.
    Parameter(usize),
}

/// A column of a population: what each cell has a value of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CellValue {
    /// The parameter of this number.
    Parameter(usize),
    /// The initial value of the state variable of this number.
    Initial(usize),
}

impl CellValue {
    /// Name, unit's symbol and bound.
    fn info(self, spec: &PopulationSpec) -> (&'static str, &'static str, Bound) {
        match self {
            Self::Parameter(index) => {
                let info = &spec.cell.parameters[index];
                (info.name, info.symbol, info.bound)
            }
            Self::Initial(index) => {
                (spec.cell.states[index].name, spec.cell.states[index].symbol, Bound::any)
            }
        }
    }
}

impl Network {
    /// The key of the draws of a column.
    pub(crate) fn cell_key(&self, population: PopulationId, value: CellValue) -> Key {
        let (purpose, index) = match value {
            CellValue::Parameter(index) => (Purpose::Parameter, index),
            CellValue::Initial(index) => (Purpose::Initial, index),
        };
        self.key(purpose, (population.0 as u64) << 16 | index as u64)
    }

    /// The values of all cells of a population, in base units.
    #[must_use]
    pub fn cell_values(&self, population: PopulationId, value: CellValue) -> Vec<f64> {
        let spec = &self.populations[population.0];
        let column = match value {
            CellValue::Parameter(index) => &spec.parameters[index],
            CellValue::Initial(index) => &spec.initial[index],
        };
        let mut values = Vec::new();
        column.fill(self.cell_key(population, value), 0..spec.size, &mut values);
        values
    }

    /// Replaces the values of all cells of a population. They are not checked: [`changed_cells`](Self::changed_cells)
    /// has done that.
    pub fn set_cells(&mut self, population: PopulationId, value: CellValue, column: Column) {
        let spec = &mut self.populations[population.0];
        match value {
            CellValue::Parameter(index) => spec.parameters[index] = column,
            CellValue::Initial(index) => spec.initial[index] = column,
        }
    }

    /// The values that all cells of a population have when those numbered `cells` get theirs from `column`: a constant,
    /// or a list of all. A listed column has one value for each of `cells`; a function is given the index in the
    /// population; draws are numbered by the index, and differ from one number `change` to the next.
    ///
    /// # Errors
    /// When a value does not make sense, or a list is not as long as there are cells: the words are those of the build.
    pub fn changed_cells(
        &self,
        population: PopulationId,
        value: CellValue,
        cells: &[usize],
        column: &Column,
        change: u64,
    ) -> Result<Column> {
        let spec = &self.populations[population.0];
        check_column(spec, value, cells.iter().copied(), column)?;
        if let (Some(constant), true) = (column.constant(), cells.len() == spec.size) {
            return Ok(Column::Constant(constant));
        }
        let key = self.key(Purpose::Change, change);
        self.laid(population, value, key, [(cells.iter().copied(), column)])
    }

    /// The values that all cells of a population have when those of each part in turn get theirs from its column, as
    /// [`changed_cells`](Self::changed_cells) says: a list of all. Draws are those of `key`.
    pub(crate) fn laid<'a>(
        &self,
        population: PopulationId,
        value: CellValue,
        key: Key,
        parts: impl IntoIterator<Item = (impl Iterator<Item = usize>, &'a Column)>,
    ) -> Result<Column> {
        let spec = &self.populations[population.0];
        let mut values = self.cell_values(population, value);
        let mut given = Vec::with_capacity(1);
        for (cells, column) in parts {
            for (number, cell) in cells.enumerate() {
                given.clear();
                match column {
                    Column::List(list) => given.push(list[number]),
                    other => other.fill(key, cell..cell + 1, &mut given),
                }
                values[cell] = given[0];
            }
        }
        let (name, symbol, bound) = value.info(spec);
        for (cell, value) in values.iter().enumerate() {
            if let Err(must_be) = bound.check(*value) {
                return Err(bad_value(spec, name, symbol, *value, must_be, Some(cell)));
            }
        }
        Ok(Column::List(values.into()))
    }

    /// Replaces the spike times of a [`SpikeSourceArray`](crate::cells::SpikeSourceArray) population.
    ///
    /// # Errors
    /// When it is none, or the times are not in order, or there is not one train a cell.
    pub fn set_spike_times(
        &mut self,
        population: PopulationId,
        trains: crate::cells::SpikeTrains,
    ) -> Result<()> {
        let spec = &mut self.populations[population.0];
        if !matches!(spec.kind, PopulationKind::Source(Sources::Array(_))) {
            return Err(no_spike_times(spec));
        }
        trains
            .check(spec.size)
            .map_err(|message| Error::description(format!("population `{}`: {message}", spec.name)))?;
        spec.kind = PopulationKind::Source(Sources::Array(trains));
        Ok(())
    }

    /// The spike times of each cell of a [`SpikeSourceArray`](crate::cells::SpikeSourceArray) population, in ms.
    ///
    /// # Errors
    /// When it is none.
    pub fn spike_times(&self, population: PopulationId) -> Result<Vec<Vec<f64>>> {
        let spec = &self.populations[population.0];
        match &spec.kind {
            PopulationKind::Source(Sources::Array(trains)) => {
                Ok((0..spec.size).map(|cell| trains.train(cell)).collect())
            }
            _ => Err(no_spike_times(spec)),
        }
    }

    /// The symbol of the unit of a projection's weights: the receptor's.
    #[must_use]
    pub fn weight_symbol(&self, projection: &ProjectionSpec) -> &'static str {
        self.receptor(projection).symbol
    }

    /// Whether a value makes sense for a connection of a projection.
    ///
    /// # Errors
    /// When it does not: the words are those of the build.
    pub fn check_synapse(&self, projection: ProjectionId, value: SynapseValue, number: f64) -> Result<()> {
        let spec = &self.projections[projection.0];
        let result = match value {
            SynapseValue::Weight => WeightRule::new(self, spec).check(number),
            SynapseValue::Delay => self.check_delay(spec, number),
            SynapseValue::Parameter(index) => {
                let info = &spec.family.info().parameters[index];
                let wrong =
                    |must_be| format!("{} is {number} {}, but must be {must_be}", info.name, info.symbol);
                info.bound.check(number).map_err(wrong)
            }
        };
        result.map_err(|message| Error::description(format!("projection `{}`: {message}", spec.name)))
    }

    fn check_delay(&self, spec: &ProjectionSpec, delay: f64) -> Result<(), String> {
        if !spec.family.info().carries_spikes {
            return Err("gap junctions have no delay".to_owned());
        }
        if !delay.is_finite() {
            return Err(not_finite(delay));
        }
        Delays::between(delay, delay, self.target_simulator(spec)).check(self, spec)
    }

    /// Whether a value makes sense for all connections of a projection: as one delay for all, a multiple of the target's
    /// time step.
    ///
    /// # Errors
    /// When it does not: the words are those of the build.
    pub fn check_synapses(&self, projection: ProjectionId, value: SynapseValue, number: f64) -> Result<()> {
        let spec = &self.projections[projection.0];
        if value == SynapseValue::Delay && spec.family.info().carries_spikes {
            let target = self.target_simulator(spec);
            let least = target.timestep * spec.shortest_delay_allowed(self).steps_up(target.timestep);
            Delays::constant(number, target, least)
                .map_err(|message| Error::description(format!("projection `{}`: {message}", spec.name)))?;
        }
        self.check_synapse(projection, value, number)
    }

    /// Replaces a value of a projection's connections. They are not checked: [`check_synapse`](Self::check_synapse) or
    /// [`check_synapses`](Self::check_synapses) has done that.
    pub fn set_synapses(&mut self, projection: ProjectionId, value: SynapseValue, column: SynapseColumn) {
        let values = &mut self.projections[projection.0].values;
        match value {
            SynapseValue::Weight => values.weight = column,
            SynapseValue::Delay => values.delay = column,
            SynapseValue::Parameter(index) => values.parameters[index] = column,
        }
    }

    /// Name and unit's symbol of a value of a projection's connections.
    #[must_use]
    pub fn synapse_value(
        &self,
        projection: &ProjectionSpec,
        value: SynapseValue,
    ) -> (&'static str, &'static str) {
        match value {
            SynapseValue::Weight => ("weight", self.weight_symbol(projection)),
            SynapseValue::Delay => ("delay", Time::SYMBOL),
            SynapseValue::Parameter(index) => {
                let info = &projection.family.info().parameters[index];
                (info.name, info.symbol)
            }
        }
    }
}

fn no_spike_times(spec: &PopulationSpec) -> Error {
    Error::new(ErrorKind::Usage, format!("population `{}`: {} has no spike_times", spec.name, spec.cell.name))
}

/// Whether `column` gives these cells of a population values that make sense, as far as can be told without drawing.
pub(crate) fn check_column(
    spec: &PopulationSpec,
    value: CellValue,
    mut cells: impl ExactSizeIterator<Item = usize>,
    column: &Column,
) -> Result<()> {
    let (name, symbol, bound) = value.info(spec);
    match column {
        Column::List(values) if values.len() != cells.len() => Err(Error::description(format!(
            "population `{}`: {name} lists {} values for {} cells; list one a cell",
            spec.name,
            values.len(),
            cells.len(),
        ))),
        Column::List(values) => values.iter().zip(&mut cells).try_for_each(|(value, cell)| {
            bound.check(*value).map_err(|must_be| bad_value(spec, name, symbol, *value, must_be, Some(cell)))
        }),
        Column::Random(distribution) => distribution
            .check()
            .map_err(|message| Error::description(format!("population `{}`: {name}: {message}", spec.name))),
        Column::Constant(constant) => match bound.check(*constant) {
            Err(must_be) => Err(bad_value(spec, name, symbol, *constant, must_be, None)),
            Ok(()) => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Values of connections set between runs: one for each connection onto the cells of one rank, in the order in which
/// [`connect`](crate::backend::LocalProjection::connect) of the rank's [`projections`](crate::backend::Part::projections)
/// emits them. Of gap junctions those of all ranks, in the order of targets: a junction is needed where either end is.
#[derive(Clone, Debug, PartialEq)]
pub struct SetValues {
    /// The values, in base units.
    pub values: Arc<[f64]>,
    /// The largest magnitude among those of all ranks.
    pub scale: f64,
}
