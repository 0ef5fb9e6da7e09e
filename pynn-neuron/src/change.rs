//! What changes between runs: values of cells, potentials, connections.

use std::collections::HashMap;

use pynn_core::backend::{
    DELAYS_STAY, Draw, LocalPopulation, LocalProjection, Part, unchangeable, unchangeable_delays,
};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, Result};
use pynn_core::population::{PopulationId, ProjectionId};

use crate::Neuron;
use crate::engine::{Engine, onto, rounded, shorten};

impl Engine {
    /// Takes over what is new in `part`.
    pub(crate) fn take_over(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        match change {
            Change::Parameter { population, .. } => self.renew(part, *population),
            Change::State { population, state, cells } => self.place(part, *population, *state, cells),
            Change::Synapses { projection, value: SynapseValue::Delay } => self.delay(part, *projection),
            Change::Synapses { projection, value: SynapseValue::Weight } => {
                self.plastic.arriving.change(part, *projection)?;
                self.reweigh(part, *projection)
            }
            Change::Synapses { projection, .. } if self.plastic.arriving.has(*projection) => {
                self.plastic.arriving.change(part, *projection)
            }
            Change::Electrode { electrode } => self.currents.change(part, *electrode),
            other => Err(unchangeable(part, other)),
        }
    }

    /// Gives the cells of a population their values anew; states stay.
    fn renew(&mut self, part: &Part<'_>, population: PopulationId) -> Result<()> {
        let Some((first, local)) = self.find(part, population) else { return Ok(()) };
        let model = local.model::<Neuron>();
        let capacitances = model.capacitance.column(part.network, &local, self.timestep)?;
        let values = model.values(part.network, &local, self.timestep)?;
        self.kernel.give(first, model.width(), &values)?;
        self.kernel.renew(first, &capacitances)
    }

    /// Gives all cells new initial values, which `cells` have at once.
    fn place(
        &mut self,
        part: &Part<'_>,
        population: PopulationId,
        state: usize,
        cells: &[usize],
    ) -> Result<()> {
        let Some((first, local)) = self.find(part, population) else { return Ok(()) };
        let model = local.model::<Neuron>();
        let column = model.shown_state(&local, state)?;
        let initial = local.initial(state)?;
        self.kernel.give(first, model.width(), &model.values(part.network, &local, self.timestep)?)?;
        let number = |cell: usize| first + u32::try_from(cell).unwrap_or(u32::MAX);
        if local.spec.cell.states[state].name == "v" {
            let potentials: Vec<_> = cells.iter().map(|cell| (number(*cell), initial[*cell])).collect();
            self.kernel.place(&potentials)?;
            self.potentials[first as usize..][..initial.len()].copy_from_slice(&initial);
        }
        cells.iter().for_each(|cell| self.kernel.set_value(number(*cell), column, initial[*cell]));
        self.kernel.sample_again();
        Ok(())
    }

    /// The values of a state variable of the cells of a population.
    pub(crate) fn values(&self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        let column = population.model::<Neuron>().shown_state(population, state)?;
        let first = self.groups.iter().find(|group| group.population == population.spec.id);
        let Some(first) = first.map(|group| group.first) else { return Ok(Vec::new()) };
        Ok((first..).zip(population.cells.clone()).map(|(cell, _)| self.kernel.value(cell, column)).collect())
    }

    /// Sets the weights onto the receptors on which a projection ends: with the largest of them their resolution changes.
    fn reweigh(&mut self, part: &Part<'_>, projection: ProjectionId) -> Result<()> {
        let spec = &part.network.projections()[projection.0];
        if spec.is_gap() {
            return self.join(part);
        }
        // Also where none of it ends on this rank.
        let (changed, receptor): (Vec<_>, _) = (spec.target.populations().collect(), spec.receptor);
        let is_changed = |local: &LocalProjection<'_>| {
            local.spec.receptor == receptor && changed.contains(&local.target_population())
        };
        let mut all = Vec::new();
        for local in part.spike_projections().filter(is_changed) {
            let Some(first) = self.first_connections.get(&onto(&local)) else { continue };
            let target = local.target_population();
            let exact = self.groups.iter().any(|group| group.population == target && group.exact);
            let quantum = part.network.weight_quantum(target, receptor);
            let mut weights = Vec::new();
            local.connect(Draw::All, &mut |row| {
                let row_weights = (0..row.sources.len()).map(|k| row.weights.get(k));
                weights.extend(row_weights.map(|weight| rounded(weight, quantum, exact)));
            })?;
            all.push((*first, weights));
        }
        for (first, weights) in all {
            let numbers: Vec<u64> = (first..).take(weights.len()).collect();
            self.kernel.weigh(&numbers, &weights);
        }
        changed.into_iter().try_for_each(|population| self.renew(part, population))
    }

    /// Where NEURON sends the spikes of a cell by one event, it has noted their delay when it was initialised.
    fn delay(&mut self, part: &Part<'_>, projection: ProjectionId) -> Result<()> {
        if part.network.projections()[projection.0].synapse::<Neuron>().changes() {
            return Err(unchangeable_delays(part, projection, DELAYS_STAY));
        }
        if self.now > 0 {
            let why = "NEURON's delays change at time 0 only; `reset` first, or take the native engine";
            return Err(unchangeable_delays(part, projection, why));
        }
        let mut all = Vec::new();
        for local in part.spike_projections().filter(|local| local.spec.id == projection) {
            let Some(first) = self.first_connections.get(&onto(&local)) else { continue };
            let target = local.target_population();
            let Some(group) = self.groups.iter().find(|group| group.population == target) else { continue };
            let mut delays = Vec::new();
            local.connect(Draw::Delays, &mut |row| {
                let steps = (0..row.sources.len()).map(|k| f64::from(row.delays.get(k)));
                delays.extend(steps.map(|steps| (steps - group.early) * self.timestep.ms()));
            })?;
            all.push(((*first..).take(delays.len()).collect::<Vec<_>>(), delays));
        }
        let shortest = self.shortest_delays(part)?;
        for (numbers, delays) in all {
            self.kernel.delay(&numbers, &delays);
        }
        self.shortest = shortest;
        self.restart()
    }

    /// The shortest delay, in steps, of each cell that is heard here.
    fn shortest_delays(&self, part: &Part<'_>) -> Result<HashMap<u32, u32>> {
        let mut shortest = HashMap::new();
        let here = |local: &LocalProjection<'_>| self.first_connections.contains_key(&onto(local));
        for local in part.spike_projections().filter(here) {
            local.connect(Draw::Delays, &mut |row| {
                for (k, source) in row.sources.iter().enumerate() {
                    shorten(&mut shortest, local.source_gid(*source), row.delays.get(k));
                }
            })?;
        }
        Ok(shortest)
    }

    /// The number of the first cell of a population, and the population, if it has cells here.
    fn find<'n>(&self, part: &Part<'n>, population: PopulationId) -> Option<(u32, LocalPopulation<'n>)> {
        let group = self.groups.iter().find(|group| group.population == population)?;
        let local = part.populations().find(|local| local.spec.id == population)?;
        Some((group.first, local))
    }
}

impl crate::Model {
    /// The column that shows state variable number `state`, and by which it is set.
    fn shown_state(&self, population: &LocalPopulation<'_>, state: usize) -> Result<usize> {
        let (cell, name) = (population.spec.cell, population.spec.cell.states[state].name);
        self.shown().iter().position(|shown| *shown == name).ok_or_else(|| {
            let (population, cell) = (&population.spec.name, cell.name);
            Error::description(format!("population `{population}`: NEURON shows no `{name}` of {cell}"))
        })
    }
}
