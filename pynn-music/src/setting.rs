//! How the driver sets and reads values between runs.

use std::sync::Arc;

use pynn_core::backend::delay_steps;
use pynn_core::cells::SpikeTrains;
use pynn_core::change::{CellValue, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Network, PopulationSpec, ProjectionSpec};
use pynn_core::population::ProjectionId;
use pynn_core::random::{Purpose, Stream};
use pynn_core::recording::SynapseData;
use pynn_core::values::{Column, SynapseColumn};

use crate::change;
use crate::command::{Command, Object, Values};
use crate::driver::{Driver, population_of};
use crate::objects::Chosen;
use crate::route::links_of;
use crate::schedule::{Channel, Link};
use crate::wire;

/// A connection: target, source, bits of its value.
type Connection = [u64; 3];

impl Driver {
    /// Has all ranks take new values, and notes them; or none, when they are refused.
    pub(crate) fn change(&mut self, object: Object, values: Values) -> Result<()> {
        let mut network = self.network().clone();
        change::describe(&mut network, self.common.plan.layout(), 0, object, &values)?;
        if let Err(refused) = self.ask_between_runs(Command::Set { object, values }) {
            // Other ranks may have taken them. What these say to that is no news.
            if self.check_alive().is_ok() {
                let undone = self.team.order(Command::Undo, |_| {});
                self.note(undone)?;
            }
            return Err(refused);
        }
        self.changed = Some(network);
        self.met = false;
        self.changes += 1;
        Ok(())
    }

    /// The ranks' answers to a command that they may refuse: a refusal is no failure.
    fn ask_between_runs(&mut self, command: Command) -> Result<Vec<Vec<u64>>> {
        self.check_alive()?;
        let answers = self.team.order(command, |_| {});
        let answers = self.note(answers)?;
        let garbled = || Error::new(ErrorKind::Transport, "a rank gave an answer that makes no sense");
        answers.into_iter().map(|words| wire::answer_of(words).ok_or_else(garbled)?).collect()
    }

    /// What is known of the population of `chosen` cells, and their indices in it.
    fn cells<'a>(&self, chosen: &'a Chosen) -> Result<(&PopulationSpec, &'a [usize])> {
        let spec = population_of(self.network(), chosen.population)?;
        let cells = chosen.cells.as_ref().map_err(Error::clone)?;
        if *spec.name != *chosen.name || cells.iter().any(|cell| *cell >= spec.size) {
            let message =
                format!("`{}` is no population of network `{}`", chosen.name, self.network().name());
            return Err(Error::new(ErrorKind::Usage, message));
        }
        Ok((spec, cells))
    }

    pub(crate) fn set_cells(&mut self, chosen: &Chosen, value: CellValue, column: &Column) -> Result<()> {
        let (spec, cells) = self.cells(chosen)?;
        let (population, all) = (spec.id, cells.len() == spec.size);
        let column = self.network().changed_cells(population, value, cells, column, self.changes)?;
        let numbers = match column {
            Column::Constant(value) => [value].into(),
            Column::List(values) => values,
            _ => return Err(Error::new(ErrorKind::Usage, "these values cannot be sent to the ranks")),
        };
        let (object, places) = match value {
            CellValue::Parameter(index) => (Object::Parameter(population, index), Arc::from([])),
            CellValue::Initial(index) => {
                let places = cells.iter().map(|cell| *cell as u64);
                (Object::State(population, index), if all { Arc::from([]) } else { places.collect() })
            }
        };
        self.change(object, Values { numbers, places })
    }

    pub(crate) fn cell_values(&self, chosen: &Chosen, value: CellValue) -> Result<Vec<f64>> {
        let (spec, cells) = self.cells(chosen)?;
        let values = self.network().cell_values(spec.id, value);
        Ok(cells.iter().map(|cell| values[*cell]).collect())
    }

    pub(crate) fn states(&mut self, chosen: &Chosen, state: usize) -> Result<Vec<f64>> {
        let (spec, cells) = self.cells(chosen)?;
        let size = spec.size;
        let answers = self.ask_between_runs(Command::Get(Object::State(spec.id, state)))?;
        // A rank has a block of the cells, and ranks are in the order of their blocks.
        let values: Vec<f64> = answers.into_iter().flatten().map(f64::from_bits).collect();
        if values.len() != size {
            let message = format!("the ranks have {} values of {size} cells", values.len());
            return Err(Error::new(ErrorKind::Transport, message));
        }
        Ok(cells.iter().map(|cell| values[*cell]).collect())
    }

    pub(crate) fn spike_times(&self, chosen: &Chosen) -> Result<Vec<Vec<f64>>> {
        let (spec, cells) = self.cells(chosen)?;
        let mut trains = self.network().spike_times(spec.id)?;
        Ok(cells.iter().map(|cell| std::mem::take(&mut trains[*cell])).collect())
    }

    pub(crate) fn set_spike_times(&mut self, chosen: &Chosen, times: &SpikeTrains) -> Result<()> {
        let (spec, cells) = self.cells(chosen)?;
        let new = times
            .of(cells.len())
            .map_err(|message| Error::description(format!("population `{}`: {message}", spec.name)))?;
        let now = self.time();
        let mut trains = self.network().spike_times(spec.id)?;
        for (&cell, train) in cells.iter().zip(new) {
            if let Some(past) = train.iter().find(|time| **time <= now.ms()) {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!(
                        "population `{}`: spike_times of cell {cell}: {past} ms has passed, it is {now}; give times after now",
                        spec.name
                    ),
                ));
            }
            trains[cell] = train;
        }
        let object = Object::SpikeTimes(spec.id);
        let places = trains.iter().map(|train| train.len() as u64).collect();
        self.change(object, Values { numbers: trains.concat().into(), places })
    }

    fn projection(&self, id: ProjectionId) -> Result<&ProjectionSpec> {
        self.network().projections().get(id.0).ok_or_else(|| {
            let name = self.network().name();
            Error::new(ErrorKind::Usage, format!("network `{name}` has no projection number {}", id.0))
        })
    }

    /// The connections of each rank, in the order in which it emits them.
    fn connections(&mut self, id: ProjectionId, value: SynapseValue) -> Result<Vec<Vec<Connection>>> {
        self.projection(id)?;
        let answers = self.ask_between_runs(Command::Get(Object::Synapses(id, value)))?;
        let connection = |words: &[u64]| [words[0], words[1], words[2]];
        Ok(answers.iter().map(|words| words.chunks_exact(3).map(connection).collect()).collect())
    }

    pub(crate) fn synapses(&mut self, id: ProjectionId, value: SynapseValue) -> Result<SynapseData> {
        let mut connections = self.connections(id, value)?.concat();
        connections.sort_by_key(|[target, source, _]| (*target, *source));
        let spec = self.projection(id)?;
        let (name, symbol) = self.network().synapse_value(spec, value);
        let ends = self.network().ends(spec);
        Ok(SynapseData {
            projection: spec.name.to_string(),
            annotations: spec.annotations.clone(),
            value: name.to_owned(),
            unit: symbol.to_owned(),
            source_size: ends.sources.size() as usize,
            target_size: ends.targets.size() as usize,
            sources: connections.iter().map(|[_, source, _]| *source as u32).collect(),
            targets: connections.iter().map(|[target, ..]| *target as u32).collect(),
            values: connections.iter().map(|[.., bits]| f64::from_bits(*bits)).collect(),
        })
    }

    /// The number of a parameter of the projection's synapse type.
    pub(crate) fn synapse_parameter(&self, id: ProjectionId, name: &str) -> Result<SynapseValue> {
        let spec = self.projection(id)?;
        let info = spec.family.info();
        info.parameter(name).map(SynapseValue::Parameter).ok_or_else(|| {
            let names: Vec<&str> = info.parameters.iter().map(|parameter| parameter.name).collect();
            let has = if names.is_empty() { "none".into() } else { names.join(", ") };
            Error::new(
                ErrorKind::Usage,
                format!("projection `{}`: {} has no parameter `{name}`; it has {has}", spec.name, info.name),
            )
        })
    }

    /// Sets values of the unit with this name and symbol.
    pub(crate) fn set_synapses(
        &mut self,
        id: ProjectionId,
        value: SynapseValue,
        (unit, symbol): (&str, &str),
        column: &SynapseColumn,
    ) -> Result<()> {
        let spec = self.projection(id)?;
        let (name, own) = self.network().synapse_value(spec, value);
        if own != symbol {
            let own = if own.is_empty() { "a number" } else { own };
            return Err(Error::new(
                ErrorKind::Usage,
                format!("projection `{}`: its {name} is in {own}, not a {unit} in {symbol}", spec.name),
            ));
        }
        let object = Object::Synapses(id, value);
        if value == SynapseValue::Delay {
            self.check_drawn(spec)?;
        }
        if let SynapseColumn::Constant(number) = column {
            self.network().check_synapses(id, value, *number)?;
            if self.can_share(id, value, *number) {
                self.check_windows(id, value, *number)?;
                return self.change(object, Values { numbers: [*number].into(), places: [].into() });
            }
        }
        let by_rank = self.connections(id, value)?;
        let mut connections = by_rank.concat();
        let places = if self.projection(id)?.is_gap() {
            connections.sort_by_key(|[target, ..]| *target);
            [connections.len() as u64].into()
        } else {
            by_rank.iter().map(|connections| connections.len() as u64).collect()
        };
        let values = evaluated(self.network(), (id, value), column, &connections, self.changes)?;
        if let Some(shortest) = values.iter().copied().reduce(f64::min) {
            self.check_windows(id, value, shortest)?;
        }
        self.change(object, Values { numbers: values.into(), places })
    }
}

/// Delays: what follows from where the connections are.
impl Driver {
    /// Whether the connections of a projection can share one value: not where the connector lists its own, nor where a
    /// backend would then draw the spikes of a source itself, which come to it as spikes.
    fn can_share(&self, id: ProjectionId, value: SynapseValue, number: f64) -> bool {
        let spec = &self.network().projections()[id.0];
        match value {
            SynapseValue::Weight => spec.connector.listed_weights().is_none(),
            SynapseValue::Parameter(_) => true,
            SynapseValue::Delay => {
                let mut network = self.network().clone();
                network.set_synapses(id, value, SynapseColumn::Constant(number));
                let draws = network.target_simulator(spec).draws;
                spec.connector.listed_delays().is_none() && !draws(&network, &network.projections()[id.0])
            }
        }
    }

    /// Where a backend draws the spikes of a source itself, they have no way to be under on.
    fn check_drawn(&self, spec: &ProjectionSpec) -> Result<()> {
        let target = self.network().target_simulator(spec);
        if !(target.draws)(self.network(), spec) {
            return Ok(());
        }
        let (name, backend) = (&spec.name, target.backend);
        let message = format!(
            "projection `{name}`: the {backend} backend draws the spikes of this source where they arrive, so that its delay \
             cannot be set between runs; describe it, or connect by FromList"
        );
        Err(Error::new(ErrorKind::Usage, message))
    }

    /// Whether ranks hear of spikes in time for a delay of `shortest` ms: they exchange them in windows that rest on the
    /// shortest delays of the description.
    fn check_windows(&self, id: ProjectionId, value: SynapseValue, shortest: f64) -> Result<()> {
        if value != SynapseValue::Delay {
            return Ok(());
        }
        let (network, plan) = (self.network(), &self.common.plan);
        let spec = self.projection(id)?;
        let step = network.target_simulator(spec).timestep;
        let delay = step * i64::from(delay_steps(shortest, step));
        let links = links_of(network, plan.layout(), spec);
        let is_on = |channel: &Channel, link: &Link| (channel.from, channel.to) == (link.from, link.to);
        let channel_of = |link: &Link| plan.schedule().channels().iter().find(|channel| is_on(channel, link));
        let Some(channel) = links.iter().filter_map(channel_of).find(|channel| delay < channel.rhythm.delay)
        else {
            return Ok(());
        };
        let Channel { from, to, rhythm, projections, .. } = channel;
        let (name, shortest) = (&spec.name, rhythm.delay);
        let of = projections.first().filter(|first| **first != **name);
        let of = of.map_or_else(String::new, |first| format!(" of `{first}`"));
        Err(Error::new(
            ErrorKind::Usage,
            format!(
                "projection `{name}`: a delay of {delay} is shorter than {shortest}, the shortest{of} between ranks {from} and \
                 {to} when the network was set up; their windows of exchange rest on it. Describe the projection with the \
                 shortest delay that it is to have, and set a longer one before the first run; or use fewer processes"
            ),
        ))
    }
}

/// The values of `connections`, in their order. Lists and draws follow targets and then sources.
fn evaluated(
    network: &Network,
    (id, value): (ProjectionId, SynapseValue),
    column: &SynapseColumn,
    connections: &[Connection],
    change: u64,
) -> Result<Vec<f64>> {
    let spec = &network.projections()[id.0];
    let (name, _) = network.synapse_value(spec, value);
    let ends = network.ends(spec);
    let mistake = |message: String| Error::description(format!("projection `{}`: {message}", spec.name));
    if let SynapseColumn::List(list) = column
        && list.len() != connections.len()
    {
        return Err(mistake(format!(
            "{} values of {name} are listed for {} connections; list one a connection",
            list.len(),
            connections.len()
        )));
    }
    column.check(name, &ends).map_err(mistake)?;
    if let SynapseColumn::Random(distribution) = column {
        distribution.check().map_err(|message| mistake(format!("{name}: {message}")))?;
    }
    let mut order: Vec<usize> = (0..connections.len()).collect();
    order.sort_by_key(|index| (connections[*index][0], connections[*index][1]));
    let key = network.key(Purpose::Change, change);
    let mut values = vec![0.0; connections.len()];
    let mut stream = (u64::MAX, Stream::new(key, u64::MAX));
    for (number, &index) in order.iter().enumerate() {
        let [target, source, _] = connections[index];
        values[index] = match column {
            SynapseColumn::Constant(number) => *number,
            SynapseColumn::List(list) => list[number],
            SynapseColumn::Function(function) => function(source as usize, target as usize),
            SynapseColumn::Random(distribution) => {
                if stream.0 != target {
                    stream = (target, Stream::new(key, target));
                }
                distribution.draw(&mut stream.1)
            }
            SynapseColumn::Distance(function) => function.at(ends.distance(source as u32, target as u32)),
            SynapseColumn::Array(matrix) => matrix.get(source as usize, target as usize),
            _ => return Err(Error::new(ErrorKind::Usage, "these values cannot be set")),
        };
        network.check_synapse(id, value, values[index])?;
    }
    Ok(values)
}
