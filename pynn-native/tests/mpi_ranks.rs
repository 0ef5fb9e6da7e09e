//! What is set and read between runs goes to all processes and comes from all of them:
//! `cargo test -p pynn-native --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, reason = "scenarios tell the test what happened")]

#[path = "../../pynn-music/tests/common/mpirun.rs"]
mod mpirun;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
#[allow(unused_macros, reason = "the tests of one process are elsewhere")]
mod shared;

use std::process::ExitCode;

use mpirun::play;
use pynn_native::Native;

fn main() -> ExitCode {
    mpirun::main(
        |scenario| println!("seen {:?}", shared::session::<Native>(scenario.parse().unwrap())),
        &[("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is)],
    )
}

fn processes_are_set_and_read_as_one_rank_is() {
    let alone = format!("{:?}", shared::session::<Native>(1));
    for processes in [1, 2, 4] {
        let played = play(&processes.to_string(), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("seen"), alone, "on {processes} processes");
    }
}
