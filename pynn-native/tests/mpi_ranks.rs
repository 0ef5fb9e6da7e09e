//! What is set and read between runs goes to all processes and comes from all of them, and gap junctions join their cells:
//! `cargo test -p pynn-native --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, reason = "scenarios tell the test what happened")]

#[path = "../../pynn-music/tests/common/gap_junctions.rs"]
mod gap_junctions;
#[path = "../../pynn-music/tests/common/mpirun.rs"]
mod mpirun;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
#[allow(unused_macros, reason = "the tests of one process are elsewhere")]
mod shared;

use std::process::ExitCode;

use mpirun::play;
use pynn_music::Ranks;
use pynn_native::Native;

fn main() -> ExitCode {
    mpirun::main(
        |scenario| match scenario.strip_prefix("joined ") {
            Some(ranks) => println!("joined {:?}", joined(ranks.parse().unwrap(), Ranks::Mpi)),
            None => println!("seen {:?}", shared::session::<Native>(scenario.parse().unwrap())),
        },
        &[
            ("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is),
            ("processes_are_joined_by_gap_junctions_as_one_rank_is", processes_are_joined_as_one_rank_is),
        ],
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

fn joined(processes: usize, ranks: Ranks) -> gap_junctions::Seen {
    gap_junctions::session::<Native>(processes, ranks)
}

fn processes_are_joined_as_one_rank_is() {
    let alone = format!("{:?}", joined(1, Ranks::Threads));
    for processes in [1, 2, 4] {
        let played = play(&format!("joined {processes}"), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("joined"), alone, "on {processes} processes");
    }
}
