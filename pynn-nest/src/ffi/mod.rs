//! NEST in this process, behind a safe face. All `unsafe` of the crate is here.

mod face;
mod settings;

use std::ffi::{CStr, CString};
use std::sync::Mutex;

use pynn_core::backend::Backend;
use pynn_core::error::{Error, ErrorKind, Result};

use crate::installation::Installation;
use crate::{Nest, library};
use face::{Face, RawSpike};
pub(crate) use settings::{Description, Kind, Settings};

/// What the process knows of its NEST.
struct Process {
    face: Option<Face>,
    /// Whether a [`Kernel`] is alive.
    busy: bool,
}

/// NEST keeps its state in global variables: there is one a process, and it stays until the process ends.
static PROCESS: Mutex<Process> = Mutex::new(Process { face: None, busy: false });

fn process() -> std::sync::MutexGuard<'static, Process> {
    PROCESS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What holds for the whole kernel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Time step, ms.
    pub(crate) resolution: f64,
    /// How finely a ms is divided; `None` for NEST's own way, 1000 tics.
    pub(crate) tics: Option<f64>,
    /// Threads.
    pub(crate) threads: u32,
    /// Seed of NEST's own random numbers, 1 to 2^32 - 1.
    pub(crate) seed: u32,
}

/// Connections to be made: one entry each.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Node ids.
    pub(crate) sources: Vec<i64>,
    /// Node ids.
    pub(crate) targets: Vec<i64>,
    /// In NEST's units.
    pub(crate) weights: Vec<f64>,
    /// In ms.
    pub(crate) delays: Vec<f64>,
    /// NEST's receptor of all of them.
    pub(crate) receptor: u32,
}

/// Connections whose weights change: one entry each.
#[derive(Debug, Default)]
pub(crate) struct Reweighing {
    /// Node ids.
    pub(crate) sources: Vec<u64>,
    /// Node ids.
    pub(crate) targets: Vec<u64>,
    /// NEST's numbers of the receptors.
    pub(crate) receptors: Vec<u32>,
    /// In time steps.
    pub(crate) delays: Vec<u32>,
    /// The weights so far, in NEST's units.
    pub(crate) before: Vec<f64>,
    /// The new weights.
    pub(crate) weights: Vec<f64>,
}

/// Connections of sources that are no nodes, row by row.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// Where each row begins, and where the last one ends.
    pub(crate) starts: Vec<u64>,
    /// Node ids.
    pub(crate) targets: Vec<u32>,
    /// In NEST's units.
    pub(crate) weights: Vec<f64>,
    /// In time steps.
    pub(crate) delays: Vec<u32>,
    /// NEST's receptors; empty if all are 0.
    pub(crate) receptors: Vec<u32>,
}

/// Weights that arrive at cells: one entry each.
#[derive(Debug, Default)]
pub(crate) struct Arrivals {
    /// Node ids.
    pub(crate) nodes: Vec<u32>,
    /// NEST's receptor ports.
    pub(crate) ports: Vec<u32>,
    /// In NEST's units.
    pub(crate) weights: Vec<f64>,
}

/// Currents of electrodes: one entry for each cell and step.
#[derive(Debug, Default)]
pub(crate) struct Injections {
    /// The steps during which.
    pub(crate) steps: Vec<u32>,
    /// Node ids.
    pub(crate) nodes: Vec<u32>,
    /// pA.
    pub(crate) currents: Vec<f64>,
}

/// A sample, as the multimeter took it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// The step at whose end.
    pub(crate) step: i64,
    /// The multimeter's node id.
    pub(crate) device: u32,
    /// The cell's node id.
    pub(crate) node: u32,
    /// The value, in NEST's units.
    pub(crate) value: f64,
}

/// The process's NEST, in the hands of one owner.
#[derive(Debug)]
pub(crate) struct Kernel {
    face: Face,
    threads: u64,
    /// The ids of all nodes are below this.
    nodes: u64,
    /// How many rows the table has.
    rows: usize,
    prepared: bool,
}

impl Kernel {
    /// Takes the process's NEST; finds, compiles, loads and starts it the first time.
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
                    Nest::NAME
                ),
            ));
        }
        let face = match process.face {
            Some(face) => face,
            None => load()?,
        };
        process.face = Some(face);
        process.busy = true;
        Ok(Self { face, threads: 0, nodes: 1, rows: 0, prepared: false })
    }

    /// Begins anew, without nodes. The table stays.
    pub(crate) fn begin(&mut self, options: &Options) -> Result<()> {
        (self.threads, self.nodes, self.prepared) = (u64::from(options.threads), 1, false);
        let Options { resolution, tics, threads, seed } = *options;
        let (tics, threads, seed) = (tics.unwrap_or(0.0), i64::from(threads), i64::from(seed));
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.begin)(resolution, tics, threads, seed) };
        self.face.check(code)
    }

    /// Sets the shortest and the longest delay, in steps, of nodes that are there already and of connections to come.
    pub(crate) fn delays(&mut self, shortest: u32, longest: u32) -> Result<()> {
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.delays)(i64::from(shortest), i64::from(longest)) };
        self.face.check(code)
    }

    /// What NEST says of `model`.
    pub(crate) fn describe(&self, model: &str) -> Result<Description> {
        let model = text(model)?;
        let mut told = std::ptr::null();
        // SAFETY: the text ends; `told` can be written to.
        let code = unsafe { (self.face.describe)(model.as_ptr(), &raw mut told) };
        self.face.check(code)?;
        // SAFETY: the shim gives a text that ends and that stays until its next call.
        let told = unsafe { CStr::from_ptr(told) }.to_string_lossy();
        Ok(Description::new(&told))
    }

    /// What `count` nodes from `first` on have as `key`; NaN where that is no number.
    pub(crate) fn numbers(&self, first: u64, count: usize, key: &str) -> Result<Vec<f64>> {
        let key = text(key)?;
        let mut values = vec![f64::NAN; count];
        // SAFETY: the text ends; there is room for `count` values.
        let code = unsafe { (self.face.numbers)(first, count as u64, key.as_ptr(), values.as_mut_ptr()) };
        self.face.check(code)?;
        Ok(values)
    }

    /// Checks that `receptor` of `node` takes spikes.
    pub(crate) fn receives(&self, node: u32, receptor: u32) -> Result<()> {
        assert!(u64::from(node) < self.nodes, "a node that there is");
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.receives)(u64::from(node), receptor) };
        self.face.check(code)
    }

    /// Makes `alias` a copy of `model` with other defaults.
    pub(crate) fn copy_model(&mut self, model: &str, alias: &str, defaults: &Settings) -> Result<()> {
        let (model, alias) = (text(model)?, text(alias)?);
        let raw = defaults.raw(1);
        // SAFETY: the texts end; the settings are those of one node; all is valid for the call.
        let code = unsafe { (self.face.copy_model)(model.as_ptr(), alias.as_ptr(), &raw const raw.settings) };
        self.face.check(code)
    }

    /// Creates `count` nodes with consecutive ids; gives the first.
    pub(crate) fn create(&mut self, model: &str, count: usize) -> Result<u64> {
        let model = text(model)?;
        let mut first = 0;
        // SAFETY: the text ends; `first` can be written to.
        let code = unsafe { (self.face.create)(model.as_ptr(), count as u64, &raw mut first) };
        self.face.check(code)?;
        self.nodes = first + count as u64;
        Ok(first)
    }

    /// Sets parameters of the `count` nodes from `first` on.
    pub(crate) fn set(&mut self, first: u64, count: usize, settings: &Settings) -> Result<()> {
        assert!(first + count as u64 <= self.nodes, "nodes that there are");
        let raw = settings.raw(count);
        // SAFETY: the settings are those of `count` nodes; all is valid for the call.
        let code = unsafe { (self.face.set)(first, count as u64, &raw const raw.settings) };
        self.face.check(code)
    }

    /// Sets the weights of connections that there are.
    pub(crate) fn reweigh(&mut self, connections: &Reweighing) -> Result<()> {
        let Reweighing { sources, targets, receptors, delays, before, weights } = connections;
        let lengths = [targets.len(), receptors.len(), delays.len(), before.len(), weights.len()];
        assert_eq!(lengths, [sources.len(); 5], "an entry for each connection");
        // SAFETY: the pointers are valid for the call and for as many entries as said.
        let code = unsafe {
            (self.face.reweigh)(
                sources.len() as u64,
                sources.as_ptr(),
                targets.as_ptr(),
                receptors.as_ptr(),
                delays.as_ptr(),
                before.as_ptr(),
                weights.as_ptr(),
            )
        };
        self.face.check(code)
    }

    /// Ends the run that was prepared: now parameters can be set that cells take over when it is prepared again.
    pub(crate) fn pause(&mut self) -> Result<()> {
        self.prepared = false;
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.cleanup)() };
        self.face.check(code)
    }

    /// Makes connections and empties `batch`.
    pub(crate) fn connect(&mut self, batch: &mut Batch) -> Result<()> {
        let count = batch.sources.len();
        let lengths = [batch.targets.len(), batch.weights.len(), batch.delays.len()];
        assert_eq!(lengths, [count; 3], "an entry for each connection");
        // SAFETY: the pointers are valid for the call and for `count` entries; NEST checks the node ids.
        let code = unsafe {
            (self.face.connect)(
                count as u64,
                batch.sources.as_ptr(),
                batch.targets.as_ptr(),
                batch.weights.as_ptr(),
                batch.delays.as_ptr(),
                batch.receptor,
            )
        };
        batch.sources.clear();
        batch.targets.clear();
        batch.weights.clear();
        batch.delays.clear();
        self.face.check(code)
    }

    /// Makes a Poisson generator for each of `distinct` (rate in Hz, start and end in ms), and lets that number `which[i]`
    /// send to node `first + i`.
    pub(crate) fn generate(
        &mut self,
        first: u64,
        which: &[u32],
        distinct: &[[f64; 3]],
        delay: f64,
    ) -> Result<()> {
        assert!(first + which.len() as u64 <= self.nodes, "nodes that there are");
        assert!(which.iter().all(|which| (*which as usize) < distinct.len()), "generators that there are");
        // SAFETY: the pointers are valid for the call and for as many entries as said; the generators exist.
        let code = unsafe {
            (self.face.generate)(
                first,
                which.len() as u64,
                which.as_ptr(),
                distinct.len() as u64,
                distinct.as_ptr().cast(),
                delay,
            )
        };
        self.face.check(code)
    }

    /// Takes the spikes of `cells`. `delay`, in ms, is one that NEST allows.
    pub(crate) fn record_spikes(&mut self, cells: &[i64], delay: f64) -> Result<()> {
        // SAFETY: the pointer is valid for the call and for as many entries as said.
        let code = unsafe { (self.face.record_spikes)(cells.len() as u64, cells.as_ptr(), delay) };
        self.face.check(code)
    }

    /// Samples `variable` of `count` nodes from `first` on; gives the multimeter's node id.
    pub(crate) fn sample(
        &mut self,
        first: u64,
        count: usize,
        variable: &str,
        interval: f64,
        delay: f64,
    ) -> Result<u32> {
        let variable = text(variable)?;
        let mut device = 0;
        // SAFETY: the text ends; `device` can be written to.
        let code = unsafe {
            (self.face.sample)(first, count as u64, variable.as_ptr(), interval, delay, &raw mut device)
        };
        self.face.check(code)?;
        u32::try_from(device).map_err(|_| Error::description("more than 2^32 nodes on one rank of NEST"))
    }

    /// Sets the connections through which [`inject`](Self::inject) acts.
    pub(crate) fn table(&mut self, table: &Table) -> Result<()> {
        let count = table.starts.last().map_or(0, |end| *end as usize);
        let lengths = [table.targets.len(), table.weights.len(), table.delays.len()];
        assert_eq!(lengths, [count; 3], "an entry for each connection");
        assert!(table.starts.is_sorted(), "rows follow each other");
        let receptors = match table.receptors.len() {
            0 => std::ptr::null(),
            length => {
                assert_eq!(length, count, "a receptor for each connection");
                table.receptors.as_ptr()
            }
        };
        self.rows = table.starts.len().saturating_sub(1);
        if table.starts.is_empty() {
            return Ok(());
        }
        // SAFETY: the pointers are valid for the call; rows end where the last start says.
        let code = unsafe {
            (self.face.table)(
                self.rows as u64,
                table.starts.as_ptr(),
                table.targets.as_ptr(),
                table.weights.as_ptr(),
                table.delays.as_ptr(),
                receptors,
            )
        };
        self.face.check(code)
    }

    /// Ends the description: from now on it can run.
    pub(crate) fn prepare(&mut self) -> Result<()> {
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.prepare)() };
        self.face.check(code)?;
        self.prepared = true;
        Ok(())
    }

    /// Advances by `steps`.
    pub(crate) fn run(&mut self, steps: i64) -> Result<()> {
        assert!(self.prepared, "prepared before it runs");
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.run)(steps) };
        self.face.check(code)
    }

    /// Lets the sources of `rows` of the table fire in `steps`, when `now` steps are done. No delivery may lie further
    /// ahead than the longest delay. Gives the number of events; or, as an error, the index of a spike that is late.
    pub(crate) fn inject(&mut self, rows: &[u32], steps: &[i64], now: i64) -> Result<Result<u64, usize>> {
        assert_eq!(rows.len(), steps.len(), "a step for each spike");
        assert!(rows.iter().all(|row| (*row as usize) < self.rows), "rows that there are");
        let (mut events, mut late) = (0, 0);
        // SAFETY: the pointers are valid for the call and for as many entries as said; the rows exist, and the targets in
        // them were created.
        let code = unsafe {
            (self.face.inject)(
                rows.len() as u64,
                rows.as_ptr(),
                steps.as_ptr(),
                now,
                &raw mut events,
                &raw mut late,
            )
        };
        if code == 2 {
            return Ok(Err(usize::try_from(late).unwrap_or(0)));
        }
        self.face.check(code)?;
        Ok(Ok(events))
    }

    /// Lets weights arrive at the end of step `due`, which is the next one or a later one within the slice, and empties
    /// `arrivals`.
    pub(crate) fn arrive(&mut self, arrivals: &mut Arrivals, due: i64) -> Result<()> {
        let count = arrivals.nodes.len();
        assert_eq!([arrivals.ports.len(), arrivals.weights.len()], [count; 2], "an entry for each weight");
        assert!(arrivals.nodes.iter().all(|node| u64::from(*node) < self.nodes), "nodes that there are");
        // SAFETY: the pointers are valid for the call and for `count` entries; the nodes exist.
        let code = unsafe {
            (self.face.arrive)(
                count as u64,
                arrivals.nodes.as_ptr(),
                arrivals.ports.as_ptr(),
                arrivals.weights.as_ptr(),
                due,
            )
        };
        arrivals.nodes.clear();
        arrivals.ports.clear();
        arrivals.weights.clear();
        self.face.check(code)
    }

    /// Injects currents and empties `injections`. The steps are two or more after the last step done.
    pub(crate) fn play(&mut self, injections: &mut Injections) -> Result<()> {
        let count = injections.steps.len();
        let lengths = [injections.nodes.len(), injections.currents.len()];
        assert_eq!(lengths, [count; 2], "an entry for each current");
        assert!(injections.nodes.iter().all(|node| u64::from(*node) < self.nodes), "nodes that there are");
        // SAFETY: the pointers are valid for the call and for `count` entries; the nodes exist, the shim checks the steps.
        let code = unsafe {
            (self.face.play)(
                count as u64,
                injections.steps.as_ptr(),
                injections.nodes.as_ptr(),
                injections.currents.as_ptr(),
            )
        };
        injections.steps.clear();
        injections.nodes.clear();
        injections.currents.clear();
        self.face.check(code)
    }

    /// Gives out, and forgets, the spikes since the last call: step and node id.
    pub(crate) fn drain_spikes(&mut self, mut take: impl FnMut(i64, u64)) {
        for thread in 0..self.threads {
            let mut count = 0;
            // SAFETY: the shim gives as many spikes as it says, and keeps them until they are cleared.
            let spikes: &[RawSpike] = unsafe {
                let first = (self.face.spikes)(thread, &raw mut count);
                slice(first, count)
            };
            spikes.iter().for_each(|spike| take(spike.step, spike.node));
        }
        // SAFETY: no more than a call; the slices are not used any more.
        unsafe { (self.face.clear_spikes)() };
    }

    /// Gives out, and forgets, the samples up to now.
    pub(crate) fn drain_samples(&mut self, mut take: impl FnMut(Sample)) -> Result<()> {
        // SAFETY: no more than a call.
        let code = unsafe { (self.face.collect)() };
        self.face.check(code)?;
        for thread in 0..self.threads {
            let mut count = 0;
            // SAFETY: the shim gives as many samples as it says, and keeps them until they are cleared.
            let samples = unsafe {
                let first = (self.face.samples)(thread, &raw mut count);
                slice(first, count)
            };
            for sample in samples {
                let face::RawSample { step, device, node, value } = *sample;
                take(Sample { step, device, node, value });
            }
        }
        // SAFETY: no more than a call; the slices are not used any more.
        unsafe { (self.face.clear_samples)() };
        Ok(())
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        if self.prepared {
            // SAFETY: no more than a call. What it says does not matter: the next simulation starts from nothing.
            unsafe { (self.face.cleanup)() };
        }
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
        Err(Error::new(ErrorKind::Simulator, format!("{}: {message}", Nest::NAME)))
    }
}

fn load() -> Result<Face> {
    let installation = Installation::find()?;
    let shim = library::compiled(&installation)?;
    let face = Face::load(&installation, &shim)?;
    // SAFETY: no more than a call, the first of this process.
    let code = unsafe { (face.init)() };
    face.check(code)?;
    Ok(face)
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

fn text(text: &str) -> Result<CString> {
    CString::new(text).map_err(|_| Error::description(format!("`{text}` has a zero in it")))
}
