//! Gap junctions: currents between the cells of a rank, at all times. See the crate's documentation for the scheme.

use std::collections::HashMap;

use pynn_core::backend::{GapJunction, Injected, Part};
use pynn_core::error::{Error, Result};
use pynn_core::population::PopulationId;

use crate::group::Group;

/// The gap junctions of one rank.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    cells: Vec<Joined>,
    /// The number of each cell among `cells`.
    numbers: HashMap<(PopulationId, u32), usize>,
    junctions: Vec<Junction>,
}

/// A cell with gap junctions.
#[derive(Debug)]
struct Joined {
    group: usize,
    cell: u32,
    /// What electrodes inject, nA.
    electrodes: f64,
    /// The potential at the beginning of the step, mV.
    v: f64,
    /// The current through its junctions, nA.
    current: f64,
}

#[derive(Debug)]
struct Junction {
    cells: [usize; 2],
    conductance: f64,
}

impl Gaps {
    /// The gap junctions between cells of `groups`.
    pub(crate) fn new(part: &Part<'_>, groups: &mut [Group]) -> Result<Self> {
        let mut gaps = Self::default();
        for GapJunction { cells: [a, b], conductance } in part.gap_junctions()? {
            let cells = [gaps.number(part, groups, a)?, gaps.number(part, groups, b)?];
            gaps.junctions.push(Junction { cells, conductance });
        }
        Ok(gaps)
    }

    fn number(
        &mut self,
        part: &Part<'_>,
        groups: &mut [Group],
        (population, cell): (PopulationId, u32),
    ) -> Result<usize> {
        if let Some(number) = self.numbers.get(&(population, cell)) {
            return Ok(*number);
        }
        let index = groups.iter().position(|group| group.population == population);
        let joined = index.filter(|index| {
            let group = &mut groups[*index];
            group.potential(cell).is_some() && group.inject(cell, 0.0)
        });
        let Some(group) = joined else {
            let spec = &part.network.populations()[population.0];
            return Err(Error::description(format!(
                "population `{}`: the native engine's kernel of {} takes no gap junctions; give it a column `v` and \
                 write its `CellKernel::inject`, or join other cells",
                spec.name, spec.cell.name
            )));
        };
        self.cells.push(Joined { group, cell, electrodes: 0.0, v: 0.0, current: 0.0 });
        self.numbers.insert((population, cell), self.cells.len() - 1);
        Ok(self.cells.len() - 1)
    }

    /// What electrodes inject from now on.
    pub(crate) fn note(&mut self, injected: &[Injected]) {
        if self.cells.is_empty() {
            return;
        }
        for Injected { population, cell, current } in injected {
            if let Some(number) = self.numbers.get(&(*population, *cell)) {
                self.cells[*number].electrodes = *current;
            }
        }
    }

    /// Gives the cells their currents for the step to come.
    pub(crate) fn inject(&mut self, groups: &mut [Group]) {
        for joined in &mut self.cells {
            joined.v = groups[joined.group].potential(joined.cell).unwrap_or_default();
            joined.current = 0.0;
        }
        for Junction { cells: [a, b], conductance } in &self.junctions {
            let current = conductance * (self.cells[*a].v - self.cells[*b].v);
            self.cells[*b].current += current;
            self.cells[*a].current -= current;
        }
        for joined in &self.cells {
            let _injected = groups[joined.group].inject(joined.cell, joined.electrodes + joined.current);
        }
    }
}
