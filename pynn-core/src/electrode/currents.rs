//! What the electrodes of a rank inject, step by step.

use super::Waveform;
use crate::error::Result;
use crate::part::Part;
use crate::population::{ElectrodeId, PopulationId};

/// A cell and the current that is injected into it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Injected {
    /// The cell's population.
    pub population: PopulationId,
    /// The cell's index among those of its population that live here.
    pub cell: u32,
    /// The sum of all electrodes' currents, in nA.
    pub current: f64,
}

/// The currents of all electrodes of a rank: what backends play.
///
/// Ask for the steps from 1 on, one after the other; each gives the cells whose current differs from the step before.
pub struct Currents {
    electrodes: Vec<Playing>,
    /// The injected cells, by population and index, with the current that each has now.
    cells: Vec<Injected>,
    /// For each cell the end of its part of `sums`.
    ends: Vec<usize>,
    /// The electrodes of each cell, in order of declaration.
    sums: Vec<usize>,
    changes: Vec<Injected>,
}

struct Playing {
    id: ElectrodeId,
    waveform: Waveform,
    current: f64,
}

impl std::fmt::Debug for Currents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} electrodes into {} cells", self.electrodes.len(), self.cells.len())
    }
}

impl Currents {
    /// The electrodes that have cells on this rank, before the first step.
    ///
    /// # Errors
    /// When a description does not make sense.
    pub fn new(part: &Part<'_>) -> Result<Self> {
        let mut electrodes: Vec<Playing> = Vec::new();
        let mut pairs = Vec::new();
        for local in part.electrodes() {
            let id = local.spec.id;
            if electrodes.last().is_none_or(|last| last.id != id) {
                let waveform = part.network.waveform(id, part.timestep())?;
                electrodes.push(Playing { id, waveform, current: 0.0 });
            }
            let number = electrodes.len() - 1;
            pairs.extend(local.cells.iter().map(|cell| (local.population, *cell, number)));
        }
        pairs.sort_unstable();
        let mut currents =
            Self { electrodes, cells: Vec::new(), ends: Vec::new(), sums: Vec::new(), changes: Vec::new() };
        for (population, cell, number) in pairs {
            if currents.cells.last().is_none_or(|last| (last.population, last.cell) != (population, cell)) {
                currents.cells.push(Injected { population, cell, current: 0.0 });
                currents.ends.push(currents.sums.len());
            }
            currents.sums.push(number);
            *currents.ends.last_mut().expect("pushed with the cell") = currents.sums.len();
        }
        Ok(currents)
    }

    /// Whether nothing is injected here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The injected cells, by population and index, each with what it gets in the step asked for last.
    #[must_use]
    pub fn cells(&self) -> &[Injected] {
        &self.cells
    }

    /// The cells whose current in step `step` is another than in the step asked for before, by population and index.
    #[inline]
    pub fn step(&mut self, step: u32) -> &[Injected] {
        self.changes.clear();
        if !self.electrodes.is_empty() {
            self.play(step);
        }
        &self.changes
    }

    fn play(&mut self, step: u32) {
        let mut changed = false;
        for electrode in &mut self.electrodes {
            let current = (electrode.waveform)(step);
            changed |= current != electrode.current;
            electrode.current = current;
        }
        if !changed {
            return;
        }
        let mut first = 0;
        for (cell, end) in self.cells.iter_mut().zip(&self.ends) {
            let current = self.sums[first..*end].iter().map(|number| self.electrodes[*number].current).sum();
            first = *end;
            if current != cell.current {
                cell.current = current;
                self.changes.push(*cell);
            }
        }
    }

    /// Takes over an electrode's new description, from the next step asked for on. Electrodes without cells here are
    /// left out.
    ///
    /// # Errors
    /// When the description does not make sense.
    pub fn change(&mut self, part: &Part<'_>, electrode: ElectrodeId) -> Result<()> {
        let waveform = part.network.waveform(electrode, part.timestep())?;
        if let Some(playing) = self.electrodes.iter_mut().find(|playing| playing.id == electrode) {
            playing.waveform = waveform;
        }
        Ok(())
    }

    /// Back to before the first step; descriptions stay as they were changed last.
    pub fn reset(&mut self) {
        self.electrodes.iter_mut().for_each(|electrode| electrode.current = 0.0);
        self.cells.iter_mut().for_each(|cell| cell.current = 0.0);
    }
}
