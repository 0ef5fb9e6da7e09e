//! Networks on a real simulator, of which a process holds one, run by ranks that are threads.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by several test programs")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup, Simulation};

/// The right to use the process's simulator: tests run at the same time.
pub fn hold() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn start(net: NetworkBuilder) -> Simulation<Network> {
    Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap()
}

pub fn options(timestep: f64) -> SimulatorOptions {
    SimulatorOptions { timestep: timestep * ms, ..SimulatorOptions::default() }
}

/// A source that fires at these times, ms.
pub fn source(times: &[f64]) -> SpikeSourceArray {
    SpikeSourceArray { spike_times: SpikeTrains::same(times.iter().map(|time| *time * ms)) }
}
