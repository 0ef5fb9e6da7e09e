//! What is recorded.

use super::NetworkBuilder;
use crate::backend::Records;
use crate::cell::{CellType, Observable, Sampled, Variable};
use crate::end::Selection;
use crate::network::SampledVariable;
use crate::population::{Assembly, PopulationId};
use crate::time::Tick;
use crate::units::Time;
use crate::view::Chosen;

impl NetworkBuilder {
    /// Records `variable` of the cells of a population, a view or an assembly: spikes, or a sample of a state variable at
    /// every time step.
    ///
    /// What is recorded of a population in several calls adds up, variable by variable; a variable has one sampling
    /// interval.
    pub fn record<B: Records<V>, C: CellType, V: Observable>(
        &mut self,
        cells: impl Into<Assembly<B, C>>,
        variable: Variable<V>,
    ) {
        let spikes = C::info().variables[variable.index()].name == "spikes";
        for part in self.recorded(cells.into()) {
            if spikes {
                let recording = &mut self.network.populations[part.population.0].recording;
                recording.spikes = Some(joined(recording.spikes.take(), part.cells));
            } else {
                let timestep = self.network.simulator_of(part.population).timestep;
                self.sample_variable(part.population, part.cells, variable.index(), timestep);
            }
        }
    }

    /// Records `variable` of the cells of a population, a view or an assembly at time 0 and then every `every`, a multiple
    /// of the time step.
    pub fn record_every<B: Records<V>, C: CellType, V: Sampled>(
        &mut self,
        cells: impl Into<Assembly<B, C>>,
        variable: Variable<V>,
        every: Time,
    ) {
        for part in self.recorded(cells.into()) {
            let timestep = self.network.simulator_of(part.population).timestep;
            match Tick::exactly(every, "the sampling interval") {
                Ok(tick) if tick > Tick::ZERO && tick.is_multiple_of(timestep) => {
                    self.sample_variable(part.population, part.cells, variable.index(), tick);
                }
                _ => self.mistake(format!(
                    "population `{}`: {} is recorded every {every}, but that is no multiple of the time step, {timestep}",
                    part.name,
                    C::info().variables[variable.index()].name
                )),
            }
        }
    }

    /// The parts of `cells` that were declared here and are right; reports the others.
    fn recorded<B, C>(&mut self, cells: Assembly<B, C>) -> Vec<Chosen> {
        let mut parts: Vec<Chosen> = cells.parts.into_iter().map(Chosen::from).collect();
        parts.retain(|part| self.owns_named(part.population, &part.name));
        for part in &parts {
            if let Some(mistake) = &part.mistake {
                self.mistake(format!("`record` of `{}`: {mistake}", part.name));
            }
        }
        parts.retain(|part| part.mistake.is_none());
        parts
    }

    fn sample_variable(&mut self, population: PopulationId, cells: Selection, variable: usize, every: Tick) {
        let spec = &mut self.network.populations[population.0];
        let Some(other) = spec.recording.sampled.iter_mut().find(|other| other.variable == variable) else {
            spec.recording.sampled.push(SampledVariable { variable, cells, every });
            return;
        };
        if other.every == every {
            other.cells = other.cells.union(&cells);
            return;
        }
        let message = format!(
            "population `{}`: {} is recorded every {} and every {every}; choose one",
            spec.name, spec.cell.variables[variable].name, other.every
        );
        self.mistake(message);
    }
}

fn joined(before: Option<Selection>, more: Selection) -> Selection {
    before.map_or_else(|| more.clone(), |before| before.union(&more))
}
