//! Currents of electrodes: as NEST's generators do it, a current for each step goes into the cells' input buffers.

use pynn_core::backend::{Currents, Part};
use pynn_core::error::Result;
use pynn_core::population::{ElectrodeId, PopulationId};

use crate::ffi::{Injections, Kernel, Settings};

/// NEST's name of the constant current, pA.
pub(crate) const CONSTANT: &str = "I_e";
const TO_PICO: f64 = 1000.0;

/// The electrodes of a rank.
///
/// NEST reads the buffers at the end of a step and uses what it has read in the next. So the current of step `n` must be
/// there before step `n - 1` is done, and that of the first step after the beginning or after a change comes too late: it
/// goes into the constant current, which is put back after that step.
#[derive(Debug)]
pub(crate) struct Electrodes {
    currents: Currents,
    /// For each injected cell its node and its own constant current, pA.
    cells: Vec<(u32, f64)>,
    /// The last step whose currents are in NEST.
    played: u32,
    /// Whether those of the next step are not, or not any more.
    stale: bool,
    /// The cells whose constant current is not their own now.
    moved: Vec<usize>,
    injections: Injections,
}

impl Electrodes {
    /// The electrodes of `part`; `place` gives a cell's node and constant current.
    pub(crate) fn new(part: &Part<'_>, place: impl Fn(PopulationId, u32) -> (u32, f64)) -> Result<Self> {
        let currents = Currents::new(part)?;
        let cells = currents.cells().iter().map(|cell| place(cell.population, cell.cell)).collect();
        let injections = Injections::default();
        Ok(Self { currents, cells, played: 0, stale: true, moved: Vec::new(), injections })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Back to time 0, in a new kernel.
    pub(crate) fn reset(&mut self) {
        self.currents.reset();
        (self.played, self.stale) = (0, true);
        self.moved.clear();
    }

    /// Takes over the cells' own constant currents, which have changed.
    pub(crate) fn renew(&mut self, own: impl Fn(pynn_core::population::PopulationId, u32) -> f64) {
        for (injected, cell) in self.currents.cells().iter().zip(&mut self.cells) {
            cell.1 = own(injected.population, injected.cell);
        }
    }

    /// Takes over an electrode's new description.
    pub(crate) fn change(&mut self, part: &Part<'_>, electrode: ElectrodeId) -> Result<()> {
        self.stale = true;
        self.currents.change(part, electrode)
    }

    /// Whether the next step has to be run by itself, between [`begin`](Self::begin) and [`end`](Self::end).
    pub(crate) fn is_stale(&self) -> bool {
        self.stale && !self.is_empty()
    }

    /// Corrects the currents of the step after step `now` by the constant currents.
    pub(crate) fn begin(&mut self, kernel: &mut Kernel, now: u32) -> Result<()> {
        let before: Vec<f64> = self.currents.cells().iter().map(|cell| cell.current).collect();
        self.currents.step(now + 1);
        for (number, (cell, before)) in self.currents.cells().iter().zip(before).enumerate() {
            if cell.current != before {
                let (node, own) = self.cells[number];
                let current = own + (cell.current - before) * TO_PICO;
                kernel.set(u64::from(node), 1, &Settings::number(CONSTANT, current)?)?;
                self.moved.push(number);
            }
        }
        (self.played, self.stale) = (now + 1, false);
        Ok(())
    }

    /// Puts the constant currents back.
    pub(crate) fn end(&mut self, kernel: &mut Kernel) -> Result<()> {
        for number in self.moved.drain(..) {
            let (node, own) = self.cells[number];
            kernel.set(u64::from(node), 1, &Settings::number(CONSTANT, own)?)?;
        }
        Ok(())
    }

    /// Puts into NEST what is needed to run to the end of step `until`: the currents up to the step after it.
    pub(crate) fn play(&mut self, kernel: &mut Kernel, until: u32) -> Result<()> {
        let last = until.saturating_add(1);
        if self.is_empty() || self.played >= last {
            return Ok(());
        }
        for step in self.played + 1..=last {
            self.currents.step(step);
            for (cell, (node, _)) in self.currents.cells().iter().zip(&self.cells) {
                if cell.current != 0.0 {
                    self.injections.steps.push(step);
                    self.injections.nodes.push(*node);
                    self.injections.currents.push(cell.current * TO_PICO);
                }
            }
        }
        self.played = last;
        kernel.play(&mut self.injections)
    }
}
