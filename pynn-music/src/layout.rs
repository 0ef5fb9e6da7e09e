//! Which rank holds which cells: a pure function of the description and of the numbers of ranks.

use std::ops::Range;

use pynn_core::backend::{Part, share_of};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Network, PopulationSpec};
use pynn_core::population::{PopulationId, SimulatorId};
use pynn_core::time::Tick;

/// One rank's place: a share of one simulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The simulator.
    pub simulator: SimulatorId,
    /// Which of its ranks, from 0.
    pub share: usize,
    /// How many ranks it has.
    pub shares: usize,
}

/// All ranks: each simulator has a block of consecutive ones, in order of declaration, and each of its populations is
/// divided over them in contiguous blocks of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    places: Vec<Place>,
    first: Vec<usize>,
}

impl Layout {
    /// The ranks of simulators that have `processes` of them, one number a simulator.
    #[must_use]
    pub fn new(processes: &[usize]) -> Self {
        let mut layout = Self { places: Vec::new(), first: Vec::new() };
        for (simulator, &shares) in processes.iter().enumerate() {
            layout.first.push(layout.places.len());
            let place = |share| Place { simulator: SimulatorId(simulator), share, shares };
            layout.places.extend((0..shares).map(place));
        }
        layout
    }

    /// The number of ranks.
    #[must_use]
    pub fn ranks(&self) -> usize {
        self.places.len()
    }

    /// The place of `rank`.
    #[must_use]
    pub fn place(&self, rank: usize) -> Place {
        self.places[rank]
    }

    /// The ranks of `simulator`.
    #[must_use]
    pub fn ranks_of(&self, simulator: SimulatorId) -> Range<usize> {
        let first = self.first[simulator.0];
        let end = self.first.get(simulator.0 + 1).copied().unwrap_or(self.places.len());
        first..end
    }

    /// The indices of the cells of `population` that live on `rank`.
    #[must_use]
    pub fn cells(&self, population: &PopulationSpec, rank: usize) -> Range<usize> {
        let place = self.places[rank];
        if place.simulator == population.simulator {
            share_of(population.size, place.share, place.shares)
        } else {
            0..0
        }
    }

    /// The rank on which the cell with global id `gid` lives.
    ///
    /// # Panics
    /// When there is no such cell.
    #[must_use]
    pub fn rank_of(&self, network: &Network, gid: u32) -> usize {
        let population = network.population_of(gid);
        let index = (gid - population.first_gid) as usize;
        let mut ranks = self.ranks_of(population.simulator);
        ranks.find(|&rank| self.cells(population, rank).contains(&index)).expect("blocks cover a population")
    }

    /// The part of `network` that `rank` simulates.
    #[must_use]
    pub fn part<'n>(&self, network: &'n Network, rank: usize) -> Part<'n> {
        let Place { simulator, share, shares } = self.places[rank];
        Part { network, simulator, share, shares }
    }

    /// The time step of each rank.
    #[must_use]
    pub fn steps(&self, network: &Network) -> Vec<Tick> {
        self.places.iter().map(|place| network.simulators()[place.simulator.0].timestep).collect()
    }

    /// The thread of each rank, where all are in one process that has `cores` cores: a thread a rank if there are as many
    /// cores, else each simulator's ranks are spread evenly over a thread a core. Only simulators of fewer ranks than
    /// that keep a thread a rank: how much work they have beside the others the system finds out.
    #[must_use]
    pub fn threads(&self, cores: usize) -> Vec<usize> {
        let cores = cores.max(1);
        let spread = |place: &Place| self.ranks() > cores && place.shares >= cores;
        let mut spread_so_far = 0;
        let mut last = if self.places.iter().any(spread) { cores } else { 0 };
        let threads = self.places.iter().map(|place| {
            let count = if spread(place) { &mut spread_so_far } else { &mut last };
            *count += 1;
            if spread(place) { (*count - 1) % cores } else { *count - 1 }
        });
        threads.collect()
    }

    /// How `rank` is named to the user: `rank 3 (sim2, 1 of 2)`.
    #[must_use]
    pub fn name(&self, network: &Network, rank: usize) -> String {
        let Place { simulator, share, shares } = self.places[rank];
        format!("rank {rank} ({}, {} of {shares})", network.simulators()[simulator.0].name, share + 1)
    }

    /// Whether no cell of `population` lives on the ranks `here`: it is known there by its global ids alone.
    #[must_use]
    pub fn is_proxy(&self, network: &Network, population: PopulationId, here: Range<usize>) -> bool {
        let population = &network.populations()[population.0];
        here.into_iter().all(|rank| self.cells(population, rank).is_empty())
    }
}

/// The number of ranks of each simulator: as declared, unless `overrides` says otherwise. An override is a name and a
/// number; the last one for a name counts.
///
/// # Errors
/// When an override names no simulator of the network, or asks for no rank at all.
pub fn processes(network: &Network, overrides: &[(String, usize)]) -> Result<Vec<usize>> {
    let mut processes: Vec<usize> =
        network.simulators().iter().map(|simulator| simulator.processes).collect();
    for (name, ranks) in overrides {
        let Some(index) = network.simulators().iter().position(|simulator| *simulator.name == **name) else {
            let names: Vec<&str> = network.simulators().iter().map(|simulator| &*simulator.name).collect();
            return Err(Error::new(
                ErrorKind::Placement,
                format!(
                    "processes are set for `{name}`, but the simulators are: {}; correct the name in PYNN_PROCESSES or \
                     in the set-up",
                    names.join(", ")
                ),
            ));
        };
        if *ranks == 0 {
            return Err(Error::new(
                ErrorKind::Placement,
                format!("processes of `{name}` is 0, but a simulator needs at least one"),
            ));
        }
        processes[index] = *ranks;
    }
    Ok(processes)
}

/// Fits the numbers of ranks as declared to one process that has `cores` cores: if all ranks are more, a simulator gets no
/// more than a core each, unless `overrides` sets its number. Ranks that share a core would each do for itself what one
/// does for all of them, and what is simulated does not depend on their number. Simulators of which a process can hold
/// only some are left as they are, for the error that says so.
pub(crate) fn fit(network: &Network, processes: &mut [usize], overrides: &[(String, usize)], cores: usize) {
    if processes.iter().fold(0, |sum: usize, of_one| sum.saturating_add(*of_one)) <= cores {
        return;
    }
    for (simulator, ranks) in network.simulators().iter().zip(processes) {
        let is_set = overrides.iter().any(|(name, _)| *name == *simulator.name);
        if !is_set && simulator.per_process.is_none() {
            *ranks = (*ranks).min(cores.max(1));
        }
    }
}

/// Reads `sim1=2,sim2=1`, the form of the environment variable `PYNN_PROCESSES`.
///
/// # Errors
/// When the text has another form.
pub fn parse_overrides(text: &str) -> Result<Vec<(String, usize)>> {
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let read = |item: &str| {
        let (name, ranks) = item.split_once('=')?;
        Some((name.trim().to_owned(), ranks.trim().parse().ok()?))
    };
    items
        .map(|item| {
            read(item).ok_or_else(|| {
                Error::new(
                    ErrorKind::Placement,
                    format!(
                        "PYNN_PROCESSES: `{item}` is not of the form simulator=number, as in `sim1=2,sim2=1`"
                    ),
                )
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulators_have_consecutive_ranks_in_order_of_declaration() {
        let layout = Layout::new(&[2, 1, 3]);
        assert_eq!(layout.ranks(), 6);
        assert_eq!(layout.ranks_of(SimulatorId(0)), 0..2);
        assert_eq!(layout.ranks_of(SimulatorId(2)), 3..6);
        assert_eq!(layout.place(4), Place { simulator: SimulatorId(2), share: 1, shares: 3 });
    }

    #[test]
    fn ranks_of_each_simulator_are_spread_evenly_over_threads() {
        assert_eq!(Layout::new(&[2, 1]).threads(4), [0, 1, 2]);
        let layout = Layout::new(&[6, 10]);
        let threads = layout.threads(2);
        let on = |simulator, thread| {
            let ranks = layout.ranks_of(SimulatorId(simulator));
            ranks.filter(|&rank| threads[rank] == thread).count()
        };
        assert_eq!([on(0, 0), on(0, 1), on(1, 0), on(1, 1)], [3, 3, 5, 5]);
        assert_eq!(Layout::new(&[3]).threads(2), [0, 1, 0]);
        assert_eq!(Layout::new(&[3]).threads(0), [0, 0, 0]);
    }

    #[test]
    fn simulators_of_few_ranks_keep_threads_of_their_own() {
        assert_eq!(Layout::new(&[1, 1, 1]).threads(2), [0, 1, 2]);
        assert_eq!(Layout::new(&[1, 4, 1]).threads(2), [2, 0, 1, 0, 1, 3]);
    }

    #[test]
    fn overrides_are_read_from_text() {
        assert_eq!(parse_overrides(" sim1=2, sim2 = 1,").unwrap(), [("sim1".into(), 2), ("sim2".into(), 1)]);
        for bad in ["sim1", "sim1=", "sim1=two", "=,="] {
            assert!(parse_overrides(bad).is_err(), "{bad}");
        }
    }
}
