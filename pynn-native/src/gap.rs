//! Gap junctions: currents between cells, at all times. See the crate's documentation for the scheme.

use pynn_core::backend::{GapJunction, Injected, Part};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::population::PopulationId;

use crate::group::Group;

/// The gap junctions of one rank.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    cells: Vec<Joined>,
    /// The cells of other ranks that these are joined to, by global id, ascending.
    ghosts: Vec<u32>,
    junctions: Vec<GapJunction>,
    /// The potential of each cell at the beginning of the step, mV; then those of the ghosts.
    v: Vec<f64>,
    /// The current of each through its junctions, nA; of ghosts a part of it that nobody needs.
    currents: Vec<f64>,
}

/// A cell with gap junctions.
#[derive(Debug)]
struct Joined {
    population: PopulationId,
    group: usize,
    cell: u32,
    /// What electrodes inject, nA.
    electrodes: f64,
}

impl Gaps {
    /// The gap junctions of cells of `groups`.
    pub(crate) fn new(part: &Part<'_>, groups: &mut [Group]) -> Result<Self> {
        let all = part.gap_junctions()?;
        let joined = |(population, cell)| joined(part, groups, population, cell);
        let cells = all.cells.into_iter().map(joined).collect::<Result<Vec<_>>>()?;
        let count = cells.len() + all.ghosts.len();
        let (v, currents) = (vec![0.0; count], vec![0.0; count]);
        Ok(Self { cells, ghosts: all.ghosts, junctions: all.junctions, v, currents })
    }

    /// What electrodes inject from now on.
    pub(crate) fn note(&mut self, injected: &[Injected]) {
        if self.cells.is_empty() {
            return;
        }
        for Injected { population, cell, current } in injected {
            let key = (*population, *cell);
            if let Ok(number) =
                self.cells.binary_search_by_key(&key, |joined| (joined.population, joined.cell))
            {
                self.cells[number].electrodes = *current;
            }
        }
    }

    /// Takes the potentials that cells of other ranks have at the beginning of the step to come.
    pub(crate) fn take(&mut self, cells: &[u32], potentials: &[f64]) -> Result<()> {
        let first = self.cells.len();
        for (gid, v) in cells.iter().zip(potentials) {
            let ghost = self.ghosts.binary_search(gid).map_err(|_| {
                let message =
                    format!("cell {gid}, whose potential came, has no gap junctions with cells of this rank");
                Error::new(ErrorKind::Simulator, message)
            })?;
            self.v[first + ghost] = *v;
        }
        Ok(())
    }

    /// Gives the cells their currents for the step to come.
    pub(crate) fn inject(&mut self, groups: &mut [Group]) {
        for (joined, v) in self.cells.iter().zip(&mut self.v) {
            *v = groups[joined.group].potential(joined.cell).unwrap_or_default();
        }
        self.currents.fill(0.0);
        for GapJunction { cells: [a, b], conductance } in &self.junctions {
            let current = conductance * (self.v[*a] - self.v[*b]);
            self.currents[*b] += current;
            self.currents[*a] -= current;
        }
        for (joined, current) in self.cells.iter().zip(&self.currents) {
            let _injected = groups[joined.group].inject(joined.cell, joined.electrodes + current);
        }
    }
}

fn joined(part: &Part<'_>, groups: &mut [Group], population: PopulationId, cell: u32) -> Result<Joined> {
    let index = groups.iter().position(|group| group.population == population);
    let takes_current = |index: &usize| {
        let group = &mut groups[*index];
        group.potential(cell).is_some() && group.inject(cell, 0.0)
    };
    let Some(group) = index.filter(takes_current) else {
        let spec = &part.network.populations()[population.0];
        return Err(Error::description(format!(
            "population `{}`: the native engine's kernel of {} takes no gap junctions; give it a column `v` and \
             write its `CellKernel::inject`, or join other cells",
            spec.name, spec.cell.name
        )));
    };
    Ok(Joined { population, group, cell, electrodes: 0.0 })
}
