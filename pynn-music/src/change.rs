//! What is set and read between runs, on one rank.

use pynn_core::backend::{Draw, LocalProjection, Part};
use pynn_core::cells::SpikeTrains;
use pynn_core::change::{CellValue, Change, SetValues, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::Network;
use pynn_core::population::PopulationId;
use pynn_core::time::Tick;
use pynn_core::units::{Time, Unit};
use pynn_core::values::{Column, SynapseColumn};

use crate::command::{Object, Values};
use crate::layout::Layout;
use crate::node::RankNode;

/// Puts new values into the description that a rank has.
pub(crate) fn describe(
    network: &mut Network,
    layout: &Layout,
    rank: usize,
    object: Object,
    values: &Values,
) -> Result<()> {
    match object {
        Object::Parameter(population, index) => {
            network.set_cells(population, CellValue::Parameter(index), column(values));
        }
        Object::State(population, index) => {
            network.set_cells(population, CellValue::Initial(index), column(values));
        }
        Object::SpikeTimes(population) => network.set_spike_times(population, trains(values))?,
        Object::Synapses(projection, value) => {
            let column = match values.numbers[..] {
                [number] if values.places.is_empty() => SynapseColumn::Constant(number),
                _ if network.projections()[projection.0].is_gap() => {
                    SynapseColumn::Set(set(&values.numbers, values))
                }
                _ => SynapseColumn::Set(own(layout, rank, values)),
            };
            network.set_synapses(projection, value, column);
        }
        Object::Electrode(electrode) => network.set_electrode(electrode, values.numbers.to_vec()),
    }
    Ok(())
}

fn column(values: &Values) -> Column {
    match values.numbers[..] {
        [value] => Column::Constant(value),
        _ => Column::List(values.numbers.clone()),
    }
}

fn trains(values: &Values) -> SpikeTrains {
    let mut rest = &values.numbers[..];
    SpikeTrains::each(values.places.iter().map(|count| {
        let train;
        (train, rest) =
            rest.split_at(usize::try_from(*count).map_or(rest.len(), |count| count.min(rest.len())));
        train.iter().map(|time| Time::from_base(*time)).collect::<Vec<_>>()
    }))
}

/// A rank's share of values that lie rank by rank.
fn own(layout: &Layout, rank: usize, values: &Values) -> SetValues {
    debug_assert_eq!(values.places.len(), layout.ranks());
    let before: u64 = values.places[..rank].iter().sum();
    let (first, count) = (before as usize, values.places[rank] as usize);
    set(&values.numbers[first..first + count], values)
}

fn set(here: &[f64], all: &Values) -> SetValues {
    let scale = all.numbers.iter().fold(0.0, |scale: f64, value| scale.max(value.abs()));
    SetValues { values: here.into(), scale }
}

/// Tells the rank's spike sources and its simulator what is new in `part`.
pub(crate) fn take_over(node: &mut RankNode, part: &Part<'_>, object: Object, values: &Values) -> Result<()> {
    match object {
        Object::Parameter(population, parameter) => {
            let change = Change::Parameter { population, parameter };
            if !part.network.populations()[population.0].is_source() {
                return if lives_here(part, population) {
                    node.simulator().change(part, &change)
                } else {
                    Ok(())
                };
            }
            if draws(part, population) {
                node.simulator().change(part, &change)?;
            }
            node.renew_source(part, population)
        }
        Object::SpikeTimes(population) => node.renew_source(part, population),
        Object::State(population, state) => {
            let Some(local) = part.populations().find(|local| local.spec.id == population) else {
                return Ok(());
            };
            let here = |place: &u64| {
                let index = usize::try_from(*place).ok().filter(|index| local.cells.contains(index))?;
                Some(index - local.cells.start)
            };
            let cells: Vec<usize> = if values.places.is_empty() {
                (0..local.cells.len()).collect()
            } else {
                values.places.iter().filter_map(here).collect()
            };
            if local.cells.is_empty() {
                return Ok(());
            }
            node.simulator().change(part, &Change::State { population, state, cells })
        }
        Object::Synapses(projection, value) => {
            let spec = &part.network.projections()[projection.0];
            let target = &part.network.populations()[spec.target.parts()[0].population.0];
            // Weights and delays also where none of them ends: weights are multiples of a quantum that the largest onto a
            // receptor gives, and where delays change all that is under way is frozen; on all ranks or on none.
            let concerns_all = matches!(value, SynapseValue::Weight | SynapseValue::Delay);
            let ends_here = || part.projections().any(|local| local.spec.id == projection);
            if target.simulator == part.simulator && (concerns_all || ends_here()) {
                node.simulator().change(part, &Change::Synapses { projection, value })?;
            }
            Ok(())
        }
        Object::Electrode(electrode) => {
            if part.electrodes().any(|local| local.spec.id == electrode) {
                node.simulator().change(part, &Change::Electrode { electrode })?;
            }
            Ok(())
        }
    }
}

fn lives_here(part: &Part<'_>, population: PopulationId) -> bool {
    part.populations().any(|local| local.spec.id == population && !local.cells.is_empty())
}

/// Whether the rank's simulator itself draws spikes of the source `population`.
fn draws(part: &Part<'_>, population: PopulationId) -> bool {
    let simulator = part.spec();
    part.projections().any(|local| {
        local.spec.source.populations().any(|source| source == population)
            && (simulator.draws)(part.network, local.spec)
    })
}

/// The values of `object` on this rank, as words.
pub(crate) fn read(node: &mut RankNode, part: &Part<'_>, object: Object) -> Result<Vec<u64>> {
    match object {
        Object::State(population, state) => {
            let local = part.populations().find(|local| local.spec.id == population);
            let Some(local) = local.filter(|local| !local.cells.is_empty()) else { return Ok(Vec::new()) };
            let values = node.simulator().state(&local, state)?;
            if values.len() != local.cells.len() {
                let message =
                    format!("`{}`: {} values of {} cells", local.spec.name, values.len(), local.cells.len());
                return Err(Error::new(ErrorKind::Simulator, message));
            }
            Ok(values.into_iter().map(f64::to_bits).collect())
        }
        Object::Synapses(projection, value) => {
            let mut words = Vec::new();
            for local in part.projections().filter(|local| local.spec.id == projection) {
                read_synapses(node, &local, value, part.timestep(), &mut words)?;
            }
            Ok(words)
        }
        Object::Parameter(..) | Object::SpikeTimes(_) | Object::Electrode(_) => {
            Err(Error::new(ErrorKind::Usage, "parameters are known without asking ranks"))
        }
    }
}

/// Appends target, source and the bits of the value of each connection, in the order in which they are emitted.
fn read_synapses(
    node: &mut RankNode,
    local: &LocalProjection<'_>,
    value: SynapseValue,
    timestep: Tick,
    words: &mut Vec<u64>,
) -> Result<()> {
    let running = node.simulator().synapse_values(local, value)?;
    let mut running = running.map(Vec::into_iter);
    local.connect(Draw::All, &mut |row| {
        let target = u64::from(local.end_target(row.target));
        for (k, source) in row.sources.iter().enumerate() {
            let described = match value {
                SynapseValue::Weight => Some(row.weights.get(k)),
                SynapseValue::Delay => Some((timestep * i64::from(row.delays.get(k))).ms()),
                SynapseValue::Parameter(index) => row.parameters.get(index).map(|values| values.get(k)),
            };
            let now = running.as_mut().map_or(described, Iterator::next);
            words.extend([target, u64::from(*source), now.unwrap_or(f64::NAN).to_bits()]);
        }
    })
}
