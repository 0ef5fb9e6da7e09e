//! Gap junctions: currents between cells, at all times. See the crate's documentation for the scheme.

use pynn_core::backend::{GapJunction, Injected, Part};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::population::PopulationId;

use crate::group::Group;

/// The gap junctions of one rank, each at both its ends, if both are here.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    blocks: Vec<Block>,
    cells: Vec<Joined>,
    /// The cells of other ranks that these are joined to, by global id, ascending.
    ghosts: Vec<u32>,
    /// What each cell is joined to, cell by cell.
    sides: Vec<Side>,
    /// The potential of each cell at the beginning of the step, mV; then those of the ghosts.
    v: Vec<f64>,
}

/// The cells with gap junctions of one group.
#[derive(Debug)]
struct Block {
    group: usize,
    population: PopulationId,
    /// Where they end.
    end: usize,
}

/// A cell with gap junctions.
#[derive(Debug)]
struct Joined {
    cell: u32,
    /// What electrodes inject, nA.
    electrodes: f64,
    /// Where its sides end.
    end: usize,
}

/// What a cell is joined to.
#[derive(Clone, Copy, Debug)]
struct Side {
    /// The number of the other cell.
    other: u32,
    /// uS.
    conductance: f64,
}

impl Gaps {
    /// The gap junctions of cells of `groups`.
    #[expect(clippy::cast_possible_truncation, reason = "cells are numbered by 32 bits")]
    pub(crate) fn new(part: &Part<'_>, groups: &mut [Group]) -> Result<Self> {
        let all = part.gap_junctions()?;
        let (mut blocks, mut cells) = (Vec::new(), Vec::<Joined>::new());
        for same in all.cells.chunk_by(|one, next| one.0 == next.0) {
            let (population, cell) = same[0];
            cells.extend(same.iter().map(|(_, cell)| Joined { cell: *cell, electrodes: 0.0, end: 0 }));
            blocks.push(Block {
                group: group_of(part, groups, population, cell)?,
                population,
                end: cells.len(),
            });
        }
        let mut ends: Vec<(usize, Side)> = Vec::with_capacity(2 * all.junctions.len());
        for GapJunction { cells: [a, b], conductance } in all.junctions {
            let side = |cell: usize, other: usize| (cell, Side { other: other as u32, conductance });
            ends.extend([side(a, b), side(b, a)].into_iter().filter(|(cell, _)| *cell < cells.len()));
        }
        // Stable: the order of a cell's junctions is that of its sum.
        ends.sort_by_key(|(cell, _)| *cell);
        for (number, joined) in cells.iter_mut().enumerate() {
            joined.end = ends.partition_point(|(cell, _)| *cell <= number);
        }
        let v = vec![0.0; cells.len() + all.ghosts.len()];
        Ok(Self {
            blocks,
            cells,
            ghosts: all.ghosts,
            sides: ends.into_iter().map(|(_, side)| side).collect(),
            v,
        })
    }

    /// What electrodes inject from now on.
    pub(crate) fn note(&mut self, injected: &[Injected]) {
        for Injected { population, cell, current } in injected {
            let mut first = 0;
            for Block { population: of, end, .. } in &self.blocks {
                let cells = &mut self.cells[first..*end];
                if of == population
                    && let Ok(number) = cells.binary_search_by_key(cell, |joined| joined.cell)
                {
                    cells[number].electrodes = *current;
                }
                first = *end;
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
        let mut first = 0;
        for Block { group, end, .. } in &self.blocks {
            let own = self.cells[first..*end].iter().zip(&mut self.v[first..*end]);
            if let Some(potentials) = groups[*group].potentials() {
                own.for_each(|(joined, v)| *v = potentials[joined.cell as usize]);
            }
            first = *end;
        }
        let (mut first, mut side) = (0, 0);
        for Block { group, end, .. } in &self.blocks {
            let group = &mut groups[*group];
            for (joined, v) in self.cells[first..*end].iter().zip(&self.v[first..*end]) {
                let sides = self.sides[side..joined.end].iter();
                let current =
                    sides.fold(0.0, |sum, side| sum + side.conductance * (self.v[side.other as usize] - v));
                let _injected = group.inject(joined.cell, joined.electrodes + current);
                side = joined.end;
            }
            first = *end;
        }
    }
}

/// The number of the group of a population whose cells, such as `cell`, can have gap junctions.
fn group_of(part: &Part<'_>, groups: &mut [Group], population: PopulationId, cell: u32) -> Result<usize> {
    let index = groups.iter().position(|group| group.population == population);
    let can = |index: &usize| groups[*index].potentials().is_some() && groups[*index].inject(cell, 0.0);
    index.filter(can).ok_or_else(|| {
        let spec = &part.network.populations()[population.0];
        Error::description(format!(
            "population `{}`: the native engine's kernel of {} takes no gap junctions; give it a column `v` and \
             write its `CellKernel::inject`, or join other cells",
            spec.name, spec.cell.name
        ))
    })
}
