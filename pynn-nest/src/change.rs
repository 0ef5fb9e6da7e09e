//! What changes between runs: parameters, states, connections.

use pynn_core::backend::{DELAYS_STAY, LocalPopulation, Part, unchangeable, unchangeable_delays};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::population::{PopulationId, ProjectionId};

use crate::Nest;
use crate::electrodes::CONSTANT;
use crate::engine::{Engine, Group};
use crate::ffi::{Kernel, Settings};
use crate::model::Setting;
use crate::wiring::{Cells, Wiring};

impl Engine {
    /// Takes over what is new in `part`.
    pub(crate) fn take_over(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        match change {
            Change::Parameter { population, .. } => self.renew(part, *population),
            Change::State { population, state, cells } => self.initialize(part, *population, *state, cells),
            Change::Synapses { projection, value: SynapseValue::Delay } => self.delay(part, *projection),
            Change::Synapses { projection, value: SynapseValue::Weight } => {
                self.plastic.arriving.change(part, *projection)?;
                self.rewire(part)
            }
            Change::Synapses { projection, .. } if self.plastic.arriving.has(*projection) => {
                self.plastic.arriving.change(part, *projection)
            }
            Change::Electrode { electrode } => self.electrodes.change(part, *electrode),
            other => Err(unchangeable(part, other)),
        }
    }

    fn renew(&mut self, part: &Part<'_>, population: PopulationId) -> Result<()> {
        let Some((number, local)) = self.find(part, population) else { return Ok(()) };
        let model = local.model::<Nest>();
        let settings = model.settings(&local, &self.kernel)?;
        let generators = model.generators(&local, self.timestep)?;
        let group = &mut self.groups[number];
        if generators.is_some() && self.now > 0 {
            let words = format!(
                "population `{}`: NEST's generators change at time 0 only; `reset` first, or take SpikeSourcePoisson",
                local.spec.name
            );
            return Err(Error::new(ErrorKind::Usage, words));
        }
        (group.settings, group.generators) = (settings, generators);
        group.begin_anew(&local, &self.kernel)?;
        let groups = &self.groups;
        self.electrodes.renew(|population, cell| {
            let group = groups.iter().find(|group| group.population == population);
            group.map_or(0.0, |group| group.value(CONSTANT, cell))
        });
        if self.now == 0 {
            return self.restart();
        }
        let group = &self.groups[number];
        let (parameters, cells) = (&group.settings[..model.parameters()], 0..group.cells.count);
        self.kernel.pause()?;
        set(&mut self.kernel, &group.cells, parameters, cells)?;
        self.kernel.prepare()
    }

    fn initialize(
        &mut self,
        part: &Part<'_>,
        population: PopulationId,
        state: usize,
        cells: &[usize],
    ) -> Result<()> {
        let Some((number, local)) = self.find(part, population) else { return Ok(()) };
        let model = local.model::<Nest>();
        let settings = model.settings(&local, &self.kernel)?;
        let (key, _) = known_state(&local, state)?;
        let group = &mut self.groups[number];
        group.settings = settings;
        group.begin_anew(&local, &self.kernel)?;
        if self.now == 0 {
            return self.restart();
        }
        let group = &self.groups[number];
        let Some(setting) = group.settings.iter().find(|setting| setting.key == key) else { return Ok(()) };
        // In stretches of neighbours.
        for stretch in cells.chunk_by(|a, b| a + 1 == *b) {
            set(
                &mut self.kernel,
                &group.cells,
                std::slice::from_ref(setting),
                stretch[0]..stretch[0] + stretch.len(),
            )?;
        }
        Ok(())
    }

    /// The values of a state variable of the cells of a population.
    pub(crate) fn values(&mut self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        let (key, factor) = known_state(population, state)?;
        let Some(group) = self.groups.iter().find(|group| group.population == population.spec.id) else {
            return Ok(Vec::new());
        };
        let values = self.kernel.numbers(u64::from(group.cells.node), group.cells.count, key)?;
        Ok(values.into_iter().map(|value| value * factor).collect())
    }

    fn rewire(&mut self, part: &Part<'_>) -> Result<()> {
        let wiring = self.wiring_of(part)?;
        self.kernel.reweigh(&self.wiring.reweighed(&wiring))?;
        self.kernel.table(&wiring.table)?;
        self.wiring = wiring;
        Ok(())
    }

    /// NEST's kernel has its shortest and longest delay for good: it is made anew.
    fn delay(&mut self, part: &Part<'_>, projection: ProjectionId) -> Result<()> {
        if part.network.projections()[projection.0].synapse::<Nest>().changes() {
            return Err(unchangeable_delays(part, projection, DELAYS_STAY));
        }
        if self.now > 0 {
            let why = "NEST's delays change at time 0 only; `reset` first, or take the native engine";
            return Err(unchangeable_delays(part, projection, why));
        }
        let wiring = self.wiring_of(part)?;
        self.kernel.table(&wiring.table)?;
        self.wiring = wiring;
        self.pace();
        self.restart()
    }

    /// Makes the kernel anew at time 0. Samples of that time that are given out already are not taken again.
    fn restart(&mut self) -> Result<()> {
        let given: Vec<i64> =
            self.groups.iter().flat_map(|group| &group.samplers).map(|sampler| sampler.first_row).collect();
        self.reset_kernel()?;
        let samplers = self.groups.iter_mut().flat_map(|group| &mut group.samplers);
        for (sampler, first_row) in samplers.zip(given).filter(|(_, first_row)| *first_row > 0) {
            sampler.first_row = first_row;
            sampler.rows.clear();
        }
        Ok(())
    }

    /// The connections of `part`.
    fn wiring_of(&self, part: &Part<'_>) -> Result<Wiring> {
        let here = part.populations().filter_map(|local| {
            let group = self.groups.iter().find(|group| group.population == local.spec.id)?;
            Some((local, group.cells.clone()))
        });
        Wiring::new(part, &here.collect::<Vec<_>>())
    }

    /// The number of the group of a population, and the population, if it has cells here.
    fn find<'n>(&self, part: &Part<'n>, population: PopulationId) -> Option<(usize, LocalPopulation<'n>)> {
        let number = self.groups.iter().position(|group| group.population == population)?;
        Some((number, part.populations().find(|local| local.spec.id == population)?))
    }
}

/// Sets what some cells of a population are given.
fn set(kernel: &mut Kernel, cells: &Cells, settings: &[Setting], some: std::ops::Range<usize>) -> Result<()> {
    let mut all = Settings::default();
    settings.iter().try_for_each(|setting| setting.add(&mut all, some.clone()))?;
    kernel.set(u64::from(cells.node) + some.start as u64, some.len(), &all)
}

impl Group {
    /// Notes what is sampled at time 0 after a reset.
    fn begin_anew(&mut self, population: &LocalPopulation<'_>, kernel: &Kernel) -> Result<()> {
        let model = population.model::<Nest>();
        for (sampler, sampled) in self.samplers.iter_mut().zip(&population.spec.recording.sampled) {
            sampler.shown = model.shown(population, sampled.variable, kernel)?;
        }
        Ok(())
    }
}

/// NEST's name of state variable number `state`, and what to multiply NEST's values by.
fn known_state(population: &LocalPopulation<'_>, state: usize) -> Result<(&'static str, f64)> {
    let (cell, name) = (population.spec.cell, population.spec.cell.states[state].name);
    population.model::<Nest>().named(name).ok_or_else(|| {
        let (population, cell) = (&population.spec.name, cell.name);
        Error::description(format!(
            "population `{population}`: NEST knows no `{name}` of {cell} between runs"
        ))
    })
}
