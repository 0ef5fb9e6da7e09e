//! NEURON in this process, behind a safe face. All `unsafe` of the crate is here.

mod between;
mod face;

use std::ffi::{CStr, CString};
use std::sync::Mutex;

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Spike;

use crate::installation::Installation;
use crate::model::{MECHANISMS, Model};
use crate::{Neuron, library};
pub(crate) use face::Injection;
use face::{Face, RawSpike};
use pynn_core::backend::Backend;

/// What the process knows of its NEURON.
struct Process {
    face: Option<Face>,
    /// Whether a [`Kernel`] is alive.
    busy: bool,
}

/// NEURON keeps its state in global variables: there is one a process, and it stays until the process ends.
static PROCESS: Mutex<Process> = Mutex::new(Process { face: None, busy: false });

fn process() -> std::sync::MutexGuard<'static, Process> {
    PROCESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The process's NEURON, in the hands of one owner.
#[derive(Debug)]
pub(crate) struct Kernel {
    face: Face,
    samplers: u32,
    cells: u32,
    connections: u64,
}

/// Connections to be made: one entry each.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The sources' global ids.
    pub(crate) sources: Vec<u32>,
    /// The numbers of the target cells, as they were made.
    pub(crate) targets: Vec<u32>,
    /// Weights.
    pub(crate) weights: Vec<f64>,
    /// Delays, ms.
    pub(crate) delays: Vec<f64>,
}

/// Spikes of cells elsewhere: one entry each.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    /// The sources' global ids.
    pub(crate) sources: Vec<u32>,
    /// When they fired, ms.
    pub(crate) times: Vec<f64>,
}

impl Kernel {
    /// Takes the process's NEURON; finds, compiles, loads and starts it the first time.
    ///
    /// # Errors
    /// When there is none, or somebody has it.
    pub(crate) fn take() -> Result<Self> {
        let mut process = process();
        if process.busy {
            return Err(Error::new(
                ErrorKind::Placement,
                format!(
                    "one process can hold one rank of {}, and this one has it: start with `mpirun` (built with \
                     `--features mpi`), or end the other simulation first",
                    Neuron::NAME
                ),
            ));
        }
        let face = match process.face {
            Some(face) => face,
            None => load()?,
        };
        process.face = Some(face);
        process.busy = true;
        Ok(Self { face, samplers: 0, cells: 0, connections: 0 })
    }

    /// Makes cells of `model`: its values for each cell, row by row, and the capacitances in nF.
    pub(crate) fn cells(&mut self, model: &Model, values: &[f64], capacitances: &[f64]) -> Result<()> {
        let (count, width) = (narrow(capacitances.len())?, narrow(model.width())?);
        assert_eq!(values.len(), capacitances.len() * model.width(), "a row for each cell");
        let mechanism = text(model.mechanism)?;
        // SAFETY: the pointers are valid for the call, the numbers of values as said; the shim copies.
        let code = unsafe {
            (self.face.cells)(
                mechanism.as_ptr(),
                count,
                width,
                narrow(model.receptors())?,
                values.as_ptr(),
                capacitances.as_ptr(),
            )
        };
        self.cells += count;
        self.face.check(code)
    }

    /// Makes connections onto `receptor`, and empties `batch`. The targets are cells that were made.
    pub(crate) fn connect(&mut self, batch: &mut Batch, receptor: usize) -> Result<()> {
        let count = batch.sources.len();
        let lengths = [batch.targets.len(), batch.weights.len(), batch.delays.len()];
        assert_eq!(lengths, [count; 3], "an entry for each connection");
        // SAFETY: the pointers are valid for the call and for `count` entries; targets are numbers of cells.
        let code = unsafe {
            (self.face.connect)(
                count as u64,
                batch.sources.as_ptr(),
                batch.targets.as_ptr(),
                batch.weights.as_ptr(),
                batch.delays.as_ptr(),
                receptor as f64,
            )
        };
        self.connections += count as u64;
        batch.sources.clear();
        batch.targets.clear();
        batch.weights.clear();
        batch.delays.clear();
        self.face.check(code)
    }

    /// Makes sides of gap junctions: for each the number of a cell that was made, that of the other cell, or -1, -2, ... for
    /// ghosts, and the conductance in uS. Called again with the same cells it sets the conductances.
    pub(crate) fn join(&mut self, sides: &[[f64; 3]]) -> Result<()> {
        // SAFETY: the pointer is valid for the call and for three numbers a side.
        let code = unsafe { (self.face.join)(narrow(sides.len())?, sides.as_ptr().cast()) };
        self.face.check(code)
    }

    /// Appends the membrane potentials of cells, mV; NaN for those without gap junctions.
    pub(crate) fn potentials(&self, cells: &[u32], out: &mut Vec<f64>) -> Result<()> {
        assert!(cells.iter().all(|cell| *cell < self.cells), "cells that there are");
        let first = out.len();
        out.resize(first + cells.len(), f64::NAN);
        // SAFETY: the pointers are valid for the call and for as many entries as said; the cells exist.
        unsafe { (self.face.potentials)(narrow(cells.len())?, cells.as_ptr(), out[first..].as_mut_ptr()) };
        Ok(())
    }

    /// Sets the potentials of ghosts, mV, for the next step.
    pub(crate) fn haunt(&mut self, ghosts: &[u32], potentials: &[f64]) -> Result<()> {
        assert_eq!(ghosts.len(), potentials.len(), "a potential for each");
        // SAFETY: the pointers are valid for the call and for as many entries as said.
        unsafe { (self.face.haunt)(narrow(ghosts.len())?, ghosts.as_ptr(), potentials.as_ptr()) };
        Ok(())
    }

    /// Samples column number `column` of `count` cells from number `first` on; gives the sampler's number.
    pub(crate) fn sample(&mut self, first: u32, count: u32, column: usize, every: u32) -> u32 {
        // SAFETY: `first..first + count` are cells, which expose as many columns as their model shows.
        unsafe { (self.face.sample)(first, count, column as i32, every) };
        self.samplers += 1;
        self.samplers - 1
    }

    /// Goes to time 0 with these membrane potentials, one a cell, and this time step in ms.
    pub(crate) fn initialize(&mut self, timestep: f64, potentials: &[f64]) -> Result<()> {
        // SAFETY: there is a potential for each cell, which is all that is read.
        let code = unsafe { (self.face.initialize)(timestep, potentials.as_ptr()) };
        self.face.check(code)
    }

    /// Whether electrodes can inject into cell number `cell`, once it is initialised.
    pub(crate) fn takes_current(&self, cell: u32) -> bool {
        // SAFETY: no more than a call.
        unsafe { (self.face.takes_current)(cell) != 0 }
    }

    /// Sets what electrodes inject in the steps to come, ordered by step, into cells that take currents.
    pub(crate) fn inject(&mut self, changes: &[Injection]) {
        assert!(changes.is_sorted_by_key(|change| change.step), "changes follow each other");
        assert!(changes.iter().all(|change| self.takes_current(change.cell)), "cells that take currents");
        // SAFETY: the pointer is valid for the call and for as many entries as said; the cells take currents.
        unsafe { (self.face.inject)(changes.len() as u64, changes.as_ptr()) };
    }

    /// Gives spikes of cells that do not live here to those that hear them, and empties `arrivals`.
    pub(crate) fn deliver(&mut self, arrivals: &mut Arrivals) -> Result<()> {
        let count = arrivals.sources.len();
        assert_eq!(arrivals.times.len(), count, "an entry for each spike");
        // SAFETY: the pointers are valid for the call and for `count` entries.
        let code =
            unsafe { (self.face.deliver)(count as u64, arrivals.sources.as_ptr(), arrivals.times.as_ptr()) };
        arrivals.sources.clear();
        arrivals.times.clear();
        self.face.check(code)
    }

    /// Advances to the end of step number `to`, and appends the spikes in the order in which they were fired.
    pub(crate) fn advance(&mut self, to: u32, out: &mut Vec<Spike>) -> Result<()> {
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.advance)(to) };
        self.face.check(code)?;
        let mut spikes = std::ptr::null::<RawSpike>();
        // SAFETY: the shim sets the pointer to as many spikes as it returns, and keeps them until the next call.
        let spikes = unsafe {
            let count = (self.face.spikes)(&raw mut spikes);
            slice(spikes, count)
        };
        out.extend(spikes.iter().map(|spike| Spike { step: spike.step, gid: spike.gid }));
        Ok(())
    }

    /// Gives out, and forgets, what sampler number `sampler` has.
    pub(crate) fn drain(&mut self, sampler: u32, take: impl FnOnce(&[f64])) {
        assert!(sampler < self.samplers, "a sampler that there is");
        let mut values = std::ptr::null::<f64>();
        // SAFETY: the shim sets the pointer to as many values as it returns, and keeps them until they are forgotten.
        let values = unsafe {
            let count = (self.face.samples)(sampler, &raw mut values);
            slice(values, count)
        };
        if !values.is_empty() {
            take(values);
        }
        // SAFETY: no more than a call; `values` is not used any more.
        unsafe { (self.face.samples_taken)(sampler) };
    }

    /// How many synaptic events were delivered since time 0.
    pub(crate) fn events(&self) -> u64 {
        // SAFETY: no more than a call.
        unsafe { (self.face.events)() }
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // SAFETY: no more than a call. What it says does not matter: the next simulation starts from nothing.
        unsafe { (self.face.clear)() };
        process().busy = false;
    }
}

impl Face {
    fn check(&self, code: i32) -> Result<()> {
        if code == 0 {
            return Ok(());
        }
        // SAFETY: the shim gives a text that ends and that stays until its next call.
        let message = unsafe { CStr::from_ptr((self.error)()) }.to_string_lossy().into_owned();
        Err(Error::new(ErrorKind::Simulator, format!("{}: {message}", Neuron::NAME)))
    }
}

/// `count` values at `first`, which may be null if there are none.
///
/// # Safety
/// They are there, and stay as long as they are used.
unsafe fn slice<'a, T>(first: *const T, count: u64) -> &'a [T] {
    if count == 0 || first.is_null() {
        return &[];
    }
    // SAFETY: as the caller says.
    unsafe { std::slice::from_raw_parts(first, usize::try_from(count).unwrap_or(0)) }
}

fn load() -> Result<Face> {
    let installation = Installation::find()?;
    let library = library::compiled(&installation)?;
    let face = Face::load(&library).map_err(|error| {
        Error::new(
            ErrorKind::Simulator,
            format!("{} cannot be loaded: {error}", installation.library.display()),
        )
    })?;
    let home = text(&installation.home.to_string_lossy())?;
    let definitions = text(&definitions())?;
    // SAFETY: the texts end, and are valid for the call.
    let code = unsafe { (face.start)(home.as_ptr(), definitions.as_ptr()) };
    face.check(code)?;
    Ok(face)
}

/// What hoc is to know.
fn definitions() -> String {
    // Some cells are made of several mechanisms, in a way of their own.
    let cells = MECHANISMS.iter().map(|mechanism| match *mechanism {
        "PynnAdExp" => include_str!("../mechanisms/adexp.hoc").to_owned(),
        "PynnIzhikevich" => include_str!("../mechanisms/izhikevich.hoc").to_owned(),
        _ => include_str!("../mechanisms/cells.hoc").replace("MECHANISM", mechanism),
    });
    std::iter::once(include_str!("../mechanisms/definitions.hoc").to_owned()).chain(cells).collect()
}

fn text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::new(ErrorKind::Simulator, format!("`{text}` has a zero in it")))
}

fn narrow(count: usize) -> Result<u32> {
    u32::try_from(count)
        .map_err(|_| Error::description("more than 2^32 cells on one rank; use more processes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IF_CURR_EXP;

    #[test]
    fn what_neuron_says_becomes_an_error_and_it_can_be_used_again() {
        let mut kernel = Kernel::take().unwrap();
        let mut unknown = IF_CURR_EXP;
        unknown.mechanism = "NoSuchMechanism";
        let row = vec![1.0; unknown.width()];
        let error = kernel.cells(&unknown, &row, &[1.0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Simulator);
        assert!(error.message().starts_with("NEURON: "), "{error}");
        assert!(error.message().contains("pynn_cells_NoSuchMechanism"), "{error}");
        assert!(Kernel::take().unwrap_err().message().contains("mpirun"));
        drop(kernel);

        let mut kernel = Kernel::take().unwrap();
        kernel.cells(&IF_CURR_EXP, &row, &[1.0]).unwrap();
        kernel.initialize(0.1, &[-65.0]).unwrap();
        kernel.advance(10, &mut Vec::new()).unwrap();
        // NEURON cannot go back.
        assert!(kernel.advance(5, &mut Vec::new()).is_err());
    }
}
