//! What one rank simulates: its share of the cells, and the connections onto them.

mod projection;

use std::ops::Range;

use crate::backend::Backend;
use crate::cell::CellInfo;
use crate::electrode::LocalElectrode;
use crate::error::{Error, Result};
use crate::network::{
    ErasedModel, Network, PopulationKind, PopulationSpec, ProjectionSpec, SampledVariable, Selection,
    SimulatorSpec,
};
use crate::population::SimulatorId;
use crate::random::{Key, Purpose};
use crate::source::{Sources, SpikeSource};
use crate::time::Tick;
use crate::values::Column;

pub use projection::LocalProjection;

/// The indices that share number `share` of `shares` has of `size` cells: contiguous blocks, as equal as can be.
#[must_use]
pub fn share_of(size: usize, share: usize, shares: usize) -> Range<usize> {
    size * share / shares..size * (share + 1) / shares
}

/// One rank's share of a simulator's part of a network.
#[derive(Clone, Copy, Debug)]
pub struct Part<'n> {
    /// The whole description.
    pub network: &'n Network,
    /// The simulator.
    pub simulator: SimulatorId,
    /// Which of the simulator's ranks, from 0.
    pub share: usize,
    /// How many ranks the simulator has.
    pub shares: usize,
}

impl<'n> Part<'n> {
    /// The simulator.
    #[must_use]
    pub fn spec(&self) -> &'n SimulatorSpec {
        &self.network.simulators()[self.simulator.0]
    }

    /// The simulator's time step.
    #[must_use]
    pub fn timestep(&self) -> Tick {
        self.spec().timestep
    }

    fn local(&self, spec: &'n PopulationSpec) -> LocalPopulation<'n> {
        LocalPopulation { network: self.network, spec, cells: share_of(spec.size, self.share, self.shares) }
    }

    /// The populations that the backend simulates here, in order of declaration. Some may have no cell here.
    pub fn populations(&self) -> impl Iterator<Item = LocalPopulation<'n>> {
        let part = *self;
        part.of_simulator().filter(|spec| !spec.is_source()).map(move |spec| part.local(spec))
    }

    /// The spike sources that live here, in order of declaration.
    pub fn sources(&self) -> impl Iterator<Item = LocalPopulation<'n>> {
        let part = *self;
        part.of_simulator().filter(|spec| spec.is_source()).map(move |spec| part.local(spec))
    }

    fn of_simulator(self) -> impl Iterator<Item = &'n PopulationSpec> {
        self.network.populations().iter().filter(move |spec| spec.simulator == self.simulator)
    }

    /// The electrodes that inject into cells that live here, in order of declaration; one for each part of their cells
    /// (a population or a view of one).
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn electrodes(&self) -> impl Iterator<Item = LocalElectrode<'n>> {
        let part = *self;
        let ends = self.network.electrodes().iter();
        let ends = ends.flat_map(|spec| spec.cells.parts().iter().map(move |end| (spec, end)));
        ends.filter_map(move |(spec, end)| {
            let population = &part.network.populations()[end.population.0];
            let here = share_of(population.size, part.share, part.shares);
            let injected = end.within(&here);
            let is_here = population.simulator == part.simulator && !injected.is_empty();
            is_here.then(|| LocalElectrode {
                spec,
                population: population.id,
                cells: injected.map(|cell| (end.cell(cell) - here.start) as u32).collect(),
            })
        })
    }

    /// The projections onto cells that live here, in order of declaration; one for each part of its
    /// target end.
    pub fn projections(&self) -> impl Iterator<Item = LocalProjection<'n>> {
        let part = *self;
        self.network.projections().iter().flat_map(move |spec| {
            LocalProjection::onto(part.network, spec, move |population| {
                if population.simulator != part.simulator {
                    return 0..0;
                }
                share_of(population.size, part.share, part.shares)
            })
        })
    }

    /// Those of them that carry spikes: all but [gap junctions](Self::gap_junctions).
    pub fn spike_projections(&self) -> impl Iterator<Item = LocalProjection<'n>> {
        self.projections().filter(|projection| projection.spec.family.info().carries_spikes)
    }
}

/// One rank's share of a population.
#[derive(Clone, Debug)]
pub struct LocalPopulation<'n> {
    network: &'n Network,
    /// The population.
    pub spec: &'n PopulationSpec,
    /// The indices of the cells that live here.
    pub cells: Range<usize>,
}

impl<'n> LocalPopulation<'n> {
    /// The whole description.
    #[must_use]
    pub fn network(&self) -> &'n Network {
        self.network
    }

    /// The global id of the first cell that lives here; the others follow.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn first_gid(&self) -> u32 {
        self.spec.first_gid + self.cells.start as u32
    }

    /// The cells that live here and that `sampled` is recorded of, numbered among those that live here.
    #[must_use]
    pub fn recorded(&self, sampled: &SampledVariable) -> Selection {
        sampled.cells.shared(&self.cells)
    }

    /// What backend `B` made of the cell type.
    ///
    /// # Panics
    /// When the population is a spike source or `B` is not its simulator's backend: never for what
    /// [`Part::populations`] gives to `B`.
    #[must_use]
    pub fn model<B: Backend>(&self) -> &'n B::Model {
        match &self.spec.kind {
            PopulationKind::Model(ErasedModel { model, .. }) => {
                model.downcast_ref().expect("a simulator is asked for its own populations")
            }
            PopulationKind::Source(_) => panic!("{} is a spike source", self.spec.name),
        }
    }

    /// The value of parameter number `index` if it is the same for all cells.
    #[must_use]
    pub fn constant_parameter(&self, index: usize) -> Option<f64> {
        self.spec.parameters[index].constant()
    }

    /// The values of parameter number `index` for the cells that live here, in base units.
    ///
    /// # Errors
    /// When a value does not make sense; the message names population, cell and parameter.
    pub fn parameter(&self, index: usize) -> Result<Vec<f64>> {
        let info = &self.spec.cell.parameters[index];
        let values = self.fill(&self.spec.parameters[index], Purpose::Parameter, index);
        for (cell, value) in self.cells.clone().zip(&values) {
            if let Err(must_be) = info.bound.check(*value) {
                return Err(bad_value(self.spec, info.name, info.symbol, *value, must_be, Some(cell)));
            }
        }
        Ok(values)
    }

    /// The values of the parameter called `name`; see [`parameter`](Self::parameter).
    ///
    /// # Errors
    /// When a value does not make sense, or there is no such parameter.
    pub fn parameter_named(&self, name: &str) -> Result<Vec<f64>> {
        self.parameter(named(self.spec.cell, "parameter", name, self.spec.cell.parameter(name))?)
    }

    /// The initial values of state variable number `index` for the cells that live here, in base units.
    ///
    /// # Errors
    /// When a value is not finite; the message names population, cell and variable.
    pub fn initial(&self, index: usize) -> Result<Vec<f64>> {
        let info = &self.spec.cell.states[index];
        let values = self.fill(&self.spec.initial[index], Purpose::Initial, index);
        for (cell, value) in self.cells.clone().zip(&values) {
            if !value.is_finite() {
                return Err(bad_value(self.spec, info.name, info.symbol, *value, "finite", Some(cell)));
            }
        }
        Ok(values)
    }

    /// The initial values of the state variable called `name`; see [`initial`](Self::initial).
    ///
    /// # Errors
    /// When a value is not finite, or there is no such state variable.
    pub fn initial_named(&self, name: &str) -> Result<Vec<f64>> {
        self.initial(named(self.spec.cell, "state variable", name, self.spec.cell.state(name))?)
    }

    fn fill(&self, column: &Column, purpose: Purpose, index: usize) -> Vec<f64> {
        let mut values = Vec::with_capacity(self.cells.len());
        let key = self.network.key(purpose, (self.spec.id.0 as u64) << 16 | index as u64);
        column.fill(key, self.cells.clone(), &mut values);
        values
    }

    fn parameter_columns(&self) -> Result<Vec<Vec<f64>>> {
        (0..self.spec.parameters.len()).map(|index| self.parameter(index)).collect()
    }

    /// The key of the random numbers that the cell model draws for this population while it runs.
    #[must_use]
    pub fn model_key(&self) -> Key {
        self.network.key(Purpose::Model, self.spec.id.0 as u64)
    }

    /// The spike source of these cells.
    ///
    /// # Errors
    /// When a parameter does not make sense.
    ///
    /// # Panics
    /// When the population is no spike source: never for what [`Part::sources`] gives.
    pub fn source(&self) -> Result<Box<dyn SpikeSource>> {
        let PopulationKind::Source(source) = &self.spec.kind else {
            panic!("{} is no spike source", self.spec.name)
        };
        let timestep = self.network.simulator_of(self.spec.id).timestep;
        Ok(match source {
            Sources::Poisson => {
                let key = self.network.source_key(self.spec.id);
                let columns = self.parameter_columns()?;
                Box::new(crate::cells::PoissonSource::new(key, self.first_gid(), timestep, &columns))
            }
            Sources::Renewal(intervals) => {
                let key = self.network.source_key(self.spec.id);
                let (columns, intervals) = (self.parameter_columns()?, intervals.clone());
                let source =
                    crate::cells::RenewalSource::new(intervals, key, self.first_gid(), timestep, &columns);
                Box::new(source.map_err(|(cell, message)| {
                    let (name, cell) = (&self.spec.name, self.cells.start + cell);
                    Error::description(format!("population `{name}`: of cell {cell}, {message}"))
                })?)
            }
            Sources::Array(trains) => Box::new(crate::cells::ArraySource::new(
                trains,
                self.cells.clone(),
                self.first_gid(),
                timestep,
            )),
        })
    }
}

fn named(cell: &CellInfo, what: &str, name: &str, index: Option<usize>) -> Result<usize> {
    index.ok_or_else(|| Error::description(format!("{} has no {what} `{name}`", cell.name)))
}

pub(crate) fn bad_value(
    population: &PopulationSpec,
    name: &str,
    symbol: &str,
    value: f64,
    must_be: &str,
    cell: Option<usize>,
) -> Error {
    let cell = cell.map(|index| format!("[{index}]")).unwrap_or_default();
    Error::description(format!(
        "population `{}`: {name}{cell} of {} is {value} {symbol}, but must be {must_be}",
        population.name, population.cell.name
    ))
}

/// What a pass over connections needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Sources alone; weights and delays are given as zero, parameters not at all. For a pass that counts.
    Sources,
    /// Sources and delays; weights are given as zero, parameters not at all. For a pass that counts by delay.
    Delays,
    /// Sources, delays, weights and parameters.
    All,
}

/// One value a connection of a row, or one for all.
#[derive(Clone, Copy, Debug)]
pub enum RowValues<'a, T> {
    /// The same for the whole row, and for every row of the projection.
    Constant(T),
    /// One a connection.
    Each(&'a [T]),
}

impl<T: Copy> RowValues<'_, T> {
    /// The value of connection number `index` of the row.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> T {
        match self {
            Self::Constant(value) => *value,
            Self::Each(values) => values[index],
        }
    }

    /// The values of the connections with the given numbers, kept in `buffer`.
    fn those<'b>(&self, numbers: impl Iterator<Item = usize>, buffer: &'b mut Vec<T>) -> RowValues<'b, T> {
        match self {
            Self::Constant(value) => RowValues::Constant(*value),
            Self::Each(values) => {
                buffer.clear();
                buffer.extend(numbers.map(|number| values[number]));
                RowValues::Each(buffer)
            }
        }
    }
}

/// The connections of a projection onto one cell of this rank.
#[derive(Clone, Copy, Debug)]
pub struct SynapseRow<'a> {
    /// The target: its index among the cells of its population that live here.
    pub target: u32,
    /// The sources, as indices in the source end: [`LocalProjection::source_gid`] gives their global ids.
    pub sources: &'a [u32],
    /// Weights in the receptor's base unit.
    pub weights: RowValues<'a, f64>,
    /// Delays in steps of this simulator, at least 1.
    pub delays: RowValues<'a, u32>,
    /// The synapse type's parameters, in base units, in the order of
    /// [`SynapseInfo::parameters`](crate::synapse::SynapseInfo::parameters); none in a pass that counts.
    pub parameters: &'a [RowValues<'a, f64>],
}

impl ProjectionSpec {
    /// The shortest delay that the time steps of both ends allow.
    pub(crate) fn shortest_delay_allowed(&self, network: &Network) -> Tick {
        let of = |population| network.simulator_of(population).timestep;
        self.source.populations().map(of).fold(network.target_simulator(self).timestep, Tick::max)
    }
}
