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

use mpirun::assert_told;
use pynn_music::Ranks;
use pynn_native::Native;

impl gap_junctions::Joining for Native {}
impl shared::Able for Native {}

fn main() -> ExitCode {
    mpirun::main(
        |scenario| {
            let (name, processes) = scenario.split_once(' ').unwrap();
            let processes = processes.parse().unwrap();
            match name {
                "joined" => println!("joined {:?}", joined(processes, Ranks::Mpi)),
                _ => println!("seen {:?}", shared::session::<Native>(processes)),
            }
        },
        &[
            ("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is),
            ("processes_are_joined_by_gap_junctions_as_one_rank_is", processes_are_joined_as_one_rank_is),
        ],
    )
}

fn processes_are_set_and_read_as_one_rank_is() {
    let alone = format!("{:?}", shared::session::<Native>(1));
    assert_told("session", &[1, 2, 4], "seen", &alone);
}

fn joined(processes: usize, ranks: Ranks) -> gap_junctions::Seen {
    gap_junctions::session::<Native>(processes, ranks)
}

fn processes_are_joined_as_one_rank_is() {
    let alone = format!("{:?}", joined(1, Ranks::Threads));
    assert_told("joined", &[1, 2, 4], "joined", &alone);
}
