//! Everything that is decided before the first step: placement, routes, windows. The same on all ranks.

use std::fmt::Write;

use pynn_core::backend::{LocalProjection, Part};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Network, SimulatorSpec};
use pynn_core::time::Tick;

use crate::clock::Span;
use crate::joints::joints;
use crate::layout::Layout;
use crate::route::{self, Routes};
use crate::schedule::Schedule;
use crate::transport::dry_run::rehearse;

/// Most steps of the rehearsal at set-up.
const REHEARSED: i64 = 100_000;
/// Most steps of the fastest simulator until all simulators are at the end of a step again.
const APART: i64 = 10_000_000;

/// The placement and the schedule of a simulation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    layout: Layout,
    schedule: Schedule,
}

impl Plan {
    /// Plans `network` on `processes` ranks, one number a simulator, and rehearses some windows of the run.
    ///
    /// # Errors
    /// When there are more than 65534 ranks, gap junctions cannot be made, time steps have no common multiple that a run could reach, a delay is below
    /// a time step of the sender or the receiver, or ranks would wait for each other for ever.
    pub fn new(network: &Network, processes: &[usize]) -> Result<Self> {
        let ranks = processes.iter().fold(0, |sum: usize, of_one| sum.saturating_add(*of_one));
        if ranks >= usize::from(route::SELF) {
            return Err(Error::new(
                ErrorKind::Placement,
                format!(
                    "{ranks} ranks are more than the {} that there can be; declare fewer processes",
                    route::SELF - 1
                ),
            ));
        }
        let layout = Layout::new(processes);
        let (links, joints) = (route::links(network, &layout), joints(network, &layout)?);
        let schedule = Schedule::joined(layout.steps(network), links, joints)?;
        let plan = Self { layout, schedule };
        let grid = common_grid(network)?;
        rehearse(&plan.schedule, Span::new(Tick::ZERO, plan.rehearsal(grid)))?;
        Ok(plan)
    }

    /// Which rank holds what.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Who sends to whom, and when.
    #[must_use]
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The number of ranks.
    #[must_use]
    pub fn ranks(&self) -> usize {
        self.layout.ranks()
    }

    /// Two rounds of the longest window, as far as the number of steps allows; a multiple of `grid`.
    fn rehearsal(&self, grid: Tick) -> Tick {
        let steps = (0..self.ranks()).map(|rank| self.schedule.step(rank));
        let (shortest, ranks) = (steps.min().unwrap_or(Tick::MILLISECOND), self.ranks().max(1) as i64);
        let longest = self.schedule.channels().iter().map(|channel| channel.rhythm.window).max();
        let most = shortest * (REHEARSED / ranks).max(1);
        let wanted = (longest.unwrap_or(Tick::ZERO) * 2).min(most);
        grid * wanted.steps_up(grid)
    }

    /// The plan as a table: ranks with their cells, channels with their windows, and what they need in memory.
    #[must_use]
    pub fn table(&self, network: &Network) -> String {
        let mut text = String::new();
        self.write(network, &mut text).expect("a string takes all text");
        text
    }

    fn write(&self, network: &Network, text: &mut String) -> std::fmt::Result {
        writeln!(text, "{}: {} ranks", network.name(), self.ranks())?;
        writeln!(
            text,
            "\n{:>5}  {:<12} {:<8} {:>8} {:>9} {:>12} {:>9} {:>9}  populations",
            "rank", "simulator", "backend", "step", "cells", "synapses", "memory", "routes"
        )?;
        for rank in 0..self.ranks() {
            self.write_rank(network, rank, text)?;
        }
        if self.schedule.channels().is_empty() {
            return writeln!(text, "\nno spikes pass between ranks");
        }
        writeln!(
            text,
            "\n{:>5} -> {:<5} {:>12} {:>12} {:>6} {:>11}  projections",
            "from", "to", "delay", "window", "slots", "packets/s"
        )?;
        for (id, channel) in self.schedule.channels().iter().enumerate() {
            let rhythm = channel.rhythm;
            let per_second = 1e9 / rhythm.window.0 as f64;
            write!(
                text,
                "{:>5} -> {:<5} {:>12} {:>12} {:>6} {per_second:>11.0}  {}",
                channel.from,
                channel.to,
                rhythm.delay.to_string(),
                rhythm.window.to_string(),
                channel.slots,
                channel.projections.join(", ")
            )?;
            match self.schedule.potentials(id).len() {
                0 => writeln!(text)?,
                1 => writeln!(text, "; potential of 1 cell")?,
                cells => writeln!(text, "; potentials of {cells} cells")?,
            }
        }
        Ok(())
    }

    fn write_rank(&self, network: &Network, rank: usize, text: &mut String) -> std::fmt::Result {
        let simulator = &network.simulators()[self.layout.place(rank).simulator.0];
        let bytes = Routes::new(network, &self.layout, &self.schedule, rank).bytes();
        let synapses = synapses(&self.layout.part(network, rank));
        let cells: usize = network.populations().iter().map(|spec| self.layout.cells(spec, rank).len()).sum();
        write!(
            text,
            "{rank:>5}  {:<12} {:<8} {:>8} {cells:>9} {:>12} {:>9} {bytes:>7} B ",
            simulator.name,
            simulator.backend,
            simulator.timestep.to_string(),
            synapses.map_or_else(|| "?".into(), |count| format!("~{count}")),
            synapses
                .map_or_else(|| "?".into(), |count| mebibytes(count.saturating_mul(simulator.synapse_bytes))),
        )?;
        for population in network.populations() {
            let cells = self.layout.cells(population, rank);
            if !cells.is_empty() {
                write!(text, " {}[{}..{}]", population.name, cells.start, cells.end)?;
            }
        }
        writeln!(text)
    }
}

/// The times that all simulators step to: a run can end at no other.
fn common_grid(network: &Network) -> Result<Tick> {
    let steps = || network.simulators().iter().map(|simulator| simulator.timestep.0);
    let shortest = steps().min().unwrap_or(1);
    let grid = steps().try_fold(1, |grid, step| {
        least_multiple(grid, step).filter(|multiple| *multiple / APART <= shortest)
    });
    grid.map(Tick).ok_or_else(|| {
        let named = |simulator: &SimulatorSpec| format!("{} of `{}`", simulator.timestep, simulator.name);
        let list: Vec<String> = network.simulators().iter().map(named).collect();
        Error::new(
            ErrorKind::Placement,
            format!(
                "the time steps have no common multiple within {APART} steps, so no run could end: {}; choose steps \
                 that divide one another",
                list.join(", ")
            ),
        )
    })
}

/// Memory, rounded up.
fn mebibytes(bytes: u64) -> String {
    format!("<{} MiB", bytes / (1 << 20) + 1)
}

/// How many synapses a rank has: its targets' share of each projection, where connectors can tell.
fn synapses(part: &Part<'_>) -> Option<u64> {
    let of = |projection: LocalProjection<'_>| {
        let ends = part.network.ends(projection.spec);
        let (here, all) =
            (u64::from(projection.targets.end - projection.targets.start), u64::from(ends.targets.size()));
        projection.spec.connector.expected(&ends).map(|count| {
            u64::try_from(u128::from(count) * u128::from(here) / u128::from(all)).unwrap_or(u64::MAX)
        })
    };
    part.projections().map(of).sum()
}

/// The least common multiple of two positive numbers, if it is in range.
fn least_multiple(a: i64, b: i64) -> Option<i64> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).checked_mul(b)
}
