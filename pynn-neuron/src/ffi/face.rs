//! The functions of the shim, as the files of `shim/` declare them.

use std::ffi::c_char;
use std::path::Path;

use libloading::Library;

/// A spike as the shim has it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawSpike {
    pub(super) step: u32,
    pub(super) gid: u32,
}

/// From a step on electrodes inject a current into a cell.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Injection {
    /// The number of the first step.
    pub(crate) step: u32,
    /// The number of the cell, as they were made.
    pub(crate) cell: u32,
    /// The sum of all electrodes, nA.
    pub(crate) current: f64,
}

#[cfg(unix)]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

    // NEURON looks up in the library what the library looks up in NEURON: both must be global.
    // SAFETY: initialisers of NEURON run; they do not depend on anything of this process.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL).map(Into::into) }
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: initialisers of NEURON run; they do not depend on anything of this process.
    unsafe { Library::new(path) }
}

macro_rules! face {
    ($($function:ident = $symbol:literal: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions; those that return an `i32` return 0 if all went well.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Face {
            $(pub(super) $function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Face {
            /// Loads the compiled shim and with it NEURON, both for as long as the process runs.
            pub(super) fn load(path: &Path) -> Result<Self, libloading::Error> {
                let library = open(path)?;
                // SAFETY: the types are those of the files of `shim/`, which were compiled into this library.
                let face = unsafe { Self { $($function: *library.get(concat!($symbol, "\0").as_bytes())?,)* } };
                std::mem::forget(library);
                Ok(face)
            }
        }
    };
}

face! {
    error = "pynn_error": fn() -> *const c_char;
    start = "pynn_start": fn(*const c_char, *const c_char) -> i32;
    cells = "pynn_cells": fn(*const c_char, u32, u32, u32, *const f64, *const f64) -> i32;
    connect = "pynn_connect": fn(u64, *const u32, *const u32, *const f64, *const f64, f64) -> i32;
    weigh = "pynn_weigh": fn(u64, *const u64, *const f64);
    delay = "pynn_delay": fn(u64, *const u64, *const f64);
    join = "pynn_join": fn(u32, *const f64) -> i32;
    potentials = "pynn_potentials": fn(u32, *const u32, *mut f64);
    haunt = "pynn_haunt": fn(u32, *const u32, *const f64);
    sample = "pynn_sample": fn(u32, u32, i32, u32);
    initialize = "pynn_initialize": fn(f64, *const f64) -> i32;
    give = "pynn_give": fn(u32, u32, u32, *const f64);
    renew = "pynn_renew": fn(u32, u32, *const f64) -> i32;
    place = "pynn_place": fn(u64, *const f64) -> i32;
    value = "pynn_value_of": fn(u32, u32) -> f64;
    set_value = "pynn_set_value": fn(u32, u32, f64);
    sample_again = "pynn_sample_again": fn();
    takes_current = "pynn_takes_current": fn(u32) -> i32;
    inject = "pynn_inject": fn(u64, *const Injection);
    deliver = "pynn_deliver": fn(u64, *const u32, *const f64) -> i32;
    advance = "pynn_advance": fn(u32) -> i32;
    spikes = "pynn_spikes": fn(*mut *const RawSpike) -> u64;
    samples = "pynn_samples": fn(u32, *mut *const f64) -> u64;
    samples_taken = "pynn_samples_taken": fn(u32);
    events = "pynn_events_delivered": fn() -> u64;
    clear = "pynn_clear": fn() -> i32;
}
