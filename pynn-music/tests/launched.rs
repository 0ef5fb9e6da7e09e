//! What a program built without MPI says when an MPI launcher starts it.

#![cfg(not(feature = "mpi"))]

mod common;

use std::process::Command;

use common::{Toy, two_simulators};
use pynn_core::prelude::*;

const MARK: &str = "PYNN_TEST_LAUNCHED";

/// Runs the test `child` of this program as process `rank` of `size`.
fn child(rank: &str, size: &str) -> (Option<i32>, String) {
    let own = std::env::current_exe().unwrap();
    let output = Command::new(own)
        .args(["--exact", "a_process_of_a_launcher", "--nocapture"])
        .env(MARK, "1")
        .env("OMPI_COMM_WORLD_RANK", rank)
        .env("OMPI_COMM_WORLD_SIZE", size)
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_process_of_a_launcher() -> Result<()> {
    if std::env::var_os(MARK).is_some() {
        let mut sim = pynn_music::setup(two_simulators::<Toy>(["exc", "inh"], [1, 1]))?;
        sim.run(1.0 * ms)?;
    }
    Ok(())
}

#[test]
fn several_processes_end_with_the_remedy_told_once() {
    let (code, text) = child("0", "3");
    assert_eq!(code, Some(64));
    for part in ["Open MPI mpirun with 3 processes", "without MPI", "--features mpi"] {
        assert!(text.contains(part), "{text}");
    }
    let (code, text) = child("2", "3");
    assert_eq!((code, text.contains("MPI")), (Some(64), false), "{text}");
}

#[test]
fn a_single_process_runs_on_threads() {
    assert_eq!(child("0", "1").0, Some(0));
}
