//! Gap junctions: each side is a point process in its cell; cells of other processes are ghosts.

use pynn_core::backend::Part;
use pynn_core::error::{Error, ErrorKind, Result};

use crate::engine::{Engine, number_of};

/// The cells of other processes that own cells are joined to.
#[derive(Debug, Default)]
pub(crate) struct Ghosts {
    /// Their global ids, ascending.
    gids: Vec<u32>,
    /// Room for numbers.
    numbers: Vec<u32>,
}

impl Engine {
    /// Makes the gap junctions, or gives those that there are their conductances.
    pub(crate) fn join(&mut self, part: &Part<'_>) -> Result<()> {
        let all = part.gap_junctions()?;
        let own = |number: usize| {
            let (population, cell) = all.cells.get(number)?;
            number_of(&self.groups, *population, *cell).map(f64::from)
        };
        let other = |number: usize| own(number).unwrap_or(all.cells.len() as f64 - 1.0 - number as f64);
        let mut sides = Vec::new();
        for junction in &all.junctions {
            let [a, b] = junction.cells;
            for (here, there) in [(a, b), (b, a)] {
                sides.extend(own(here).map(|cell| [cell, other(there), junction.conductance]));
            }
        }
        self.ghosts.gids = all.ghosts;
        if sides.is_empty() { Ok(()) } else { self.kernel.join(&sides) }
    }

    /// Appends the potentials that own cells have now.
    pub(crate) fn tell(&mut self, cells: &[u32], out: &mut Vec<f64>) -> Result<()> {
        let numbers = &mut self.ghosts.numbers;
        numbers.clear();
        for gid in cells {
            let group = self.groups.partition_point(|group| group.first_gid <= *gid).checked_sub(1);
            let number =
                group.map(|group| &self.groups[group]).map(|group| group.first + gid - group.first_gid);
            numbers.push(number.ok_or_else(|| unknown(*gid))?);
        }
        self.kernel.potentials(numbers, out)
    }

    /// Takes the potentials that ghosts have now.
    pub(crate) fn hear(&mut self, cells: &[u32], potentials: &[f64]) -> Result<()> {
        let Ghosts { gids, numbers } = &mut self.ghosts;
        numbers.clear();
        for gid in cells {
            let number = gids.binary_search(gid).map_err(|_| unknown(*gid))?;
            numbers.push(u32::try_from(number).map_err(|_| unknown(*gid))?);
        }
        self.kernel.haunt(numbers, potentials)
    }
}

fn unknown(gid: u32) -> Error {
    Error::new(ErrorKind::Simulator, format!("cell {gid} has no gap junctions here"))
}
