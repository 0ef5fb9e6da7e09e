//! The functions of the shim, as `shim/pynn_nest.cpp` declares them, and how NEST comes into the process.

use std::ffi::{c_char, c_int, c_void};
use std::path::Path;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY, RTLD_NOW};
use pynn_core::error::{Error, ErrorKind, Result};

use crate::installation::Installation;

/// A spike as the shim has it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawSpike {
    pub(super) step: i64,
    pub(super) node: u64,
}

/// Parameters of nodes as the shim has them.
#[repr(C)]
#[derive(Debug)]
pub(super) struct RawSettings {
    pub(super) count: u64,
    pub(super) keys: *const *const c_char,
    pub(super) kinds: *const u8,
    pub(super) lengths: *const u64,
    pub(super) values: *const f64,
}

/// A sample as the shim has it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawSample {
    pub(super) step: i64,
    pub(super) device: u32,
    pub(super) node: u32,
    pub(super) value: f64,
}

macro_rules! face {
    ($($function:ident = $symbol:literal: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions; those that return an `i32` return 0 if all went well.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Face {
            $(pub(super) $function: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
        }

        impl Face {
            fn of(library: &Library) -> std::result::Result<Self, libloading::Error> {
                // SAFETY: the types are those of pynn_nest.cpp, which was compiled into this library.
                Ok(unsafe { Self { $($function: *library.get(concat!($symbol, "\0").as_bytes())?,)* } })
            }
        }
    };
}

face! {
    error = "pynn_nest_error": fn() -> *const c_char;
    init = "pynn_nest_init": fn() -> i32;
    begin = "pynn_nest_begin": fn(f64, f64, i64, i64) -> i32;
    delays = "pynn_nest_delays": fn(i64, i64) -> i32;
    describe = "pynn_nest_describe": fn(*const c_char, *mut *const c_char) -> i32;
    numbers = "pynn_nest_numbers": fn(u64, u64, *const c_char, *mut f64) -> i32;
    receives = "pynn_nest_receives": fn(u64, u32) -> i32;
    copy_model = "pynn_nest_copy_model": fn(*const c_char, *const c_char, *const RawSettings) -> i32;
    create = "pynn_nest_create": fn(*const c_char, u64, *mut u64) -> i32;
    set = "pynn_nest_set": fn(u64, u64, *const RawSettings) -> i32;
    connect = "pynn_nest_connect": fn(u64, *const i64, *const i64, *const f64, *const f64, u32) -> i32;
    reweigh = "pynn_nest_reweigh":
        fn(u64, *const u64, *const u64, *const u32, *const u32, *const f64, *const f64) -> i32;
    generate = "pynn_nest_generate": fn(u64, u64, *const u32, u64, *const f64, f64) -> i32;
    record_spikes = "pynn_nest_record_spikes": fn(u64, *const i64, f64) -> i32;
    sample = "pynn_nest_sample": fn(u64, u64, *const c_char, f64, f64, *mut u64) -> i32;
    table = "pynn_nest_table": fn(u64, *const u64, *const u32, *const f64, *const u32, *const u32) -> i32;
    prepare = "pynn_nest_prepare": fn() -> i32;
    cleanup = "pynn_nest_cleanup": fn() -> i32;
    run = "pynn_nest_run": fn(i64) -> i32;
    inject = "pynn_nest_inject": fn(u64, *const u32, *const i64, i64, *mut u64, *mut u64) -> i32;
    arrive = "pynn_nest_arrive": fn(u64, *const u32, *const u32, *const f64, i64) -> i32;
    play = "pynn_nest_play": fn(u64, *const u32, *const u32, *const f64) -> i32;
    spikes = "pynn_nest_spikes": fn(u64, *mut u64) -> *const RawSpike;
    clear_spikes = "pynn_nest_clear_spikes": fn();
    collect = "pynn_nest_collect": fn() -> i32;
    samples = "pynn_nest_samples": fn(u64, *mut u64) -> *const RawSample;
    clear_samples = "pynn_nest_clear_samples": fn();
}

impl Face {
    /// Loads NEST's kernel and the compiled shim, for as long as the process runs.
    pub(super) fn load(installation: &Installation, shim: &Path) -> Result<Self> {
        python(installation)?;
        let library = open(shim, RTLD_NOW)?;
        let face = Self::of(&library).map_err(|error| unloadable(shim, &error))?;
        std::mem::forget(library);
        Ok(face)
    }
}

/// Loads the kernel while a Python is there: it is a Python module too, which its initialisers set up.
fn python(installation: &Installation) -> Result<()> {
    let path = &installation.libpython;
    let python = open(path, RTLD_LAZY | RTLD_GLOBAL)?;
    let missing = |error: libloading::Error| unloadable(path, &error);
    // SAFETY: the types are those of Python's documentation, the same in all versions.
    let (is_initialized, initialize, ensure, release, save) = unsafe {
        (
            *python.get::<unsafe extern "C" fn() -> c_int>(b"Py_IsInitialized\0").map_err(missing)?,
            *python.get::<unsafe extern "C" fn(c_int)>(b"Py_InitializeEx\0").map_err(missing)?,
            *python.get::<unsafe extern "C" fn() -> c_int>(b"PyGILState_Ensure\0").map_err(missing)?,
            *python.get::<unsafe extern "C" fn(c_int)>(b"PyGILState_Release\0").map_err(missing)?,
            *python.get::<unsafe extern "C" fn() -> *mut c_void>(b"PyEval_SaveThread\0").map_err(missing)?,
        )
    };
    std::mem::forget(python);
    // SAFETY: no more than a call.
    let kernel = if unsafe { is_initialized() } == 0 {
        const HOME: &str = "PYTHONHOME";
        let before = std::env::var_os(HOME);
        // SAFETY: this is done once a process, while its networks are set up; Rust's own readers take a lock.
        unsafe { std::env::set_var(HOME, &installation.python_home) };
        // SAFETY: Python is initialised once, without its signal handlers; this thread has it until it is saved.
        let kernel = unsafe {
            initialize(0);
            let kernel = open(&installation.kernel, RTLD_NOW | RTLD_GLOBAL);
            save();
            kernel
        };
        // SAFETY: as above.
        unsafe {
            match before {
                Some(home) => std::env::set_var(HOME, home),
                None => std::env::remove_var(HOME),
            }
        }
        kernel
    } else {
        // SAFETY: a Python runs here; its lock is taken and given back.
        unsafe {
            let state = ensure();
            let kernel = open(&installation.kernel, RTLD_NOW | RTLD_GLOBAL);
            release(state);
            kernel
        }
    };
    std::mem::forget(kernel?);
    Ok(())
}

fn open(path: &Path, flags: c_int) -> Result<Library> {
    // SAFETY: initialisers of Python, of NEST and of the shim run; they depend on nothing of this process but Python.
    unsafe { Library::open(Some(path), flags) }.map_err(|error| unloadable(path, &error))
}

fn unloadable(path: &Path, error: &libloading::Error) -> Error {
    Error::new(ErrorKind::Simulator, format!("{} cannot be loaded: {error}", path.display()))
}
