//! NEURON on ranks that are MPI processes: `cargo test -p pynn-neuron --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, reason = "scenarios tell the test what happened")]

#[path = "../../pynn-music/tests/common/gap_junctions.rs"]
mod gap_junctions;
#[path = "../../pynn-music/tests/common/mpirun.rs"]
mod mpirun;
#[path = "../../pynn-music/tests/common/real_ranks.rs"]
mod ranks;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
#[allow(unused_macros, reason = "the tests of one process are elsewhere")]
mod shared;

use std::process::ExitCode;

use mpirun::{assert_told, play};
use pynn_music::Ranks;
use pynn_neuron::Neuron;

impl gap_junctions::Joining for Neuron {}
impl ranks::Ranked for Neuron {}
impl shared::Able for Neuron {}

fn main() -> ExitCode {
    mpirun::main(
        scenario,
        &[
            ("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is),
            (
                "any_number_of_neuron_ranks_gives_the_same_spikes_and_traces",
                ranks::any_number_of_ranks_gives_the_same::<Neuron>,
            ),
            (
                "any_number_of_neuron_ranks_learns_the_same",
                ranks::any_number_of_ranks_learns_the_same::<Neuron>,
            ),
            ("any_number_of_neuron_ranks_is_joined_by_gap_junctions_as_one", joined_neuron_ranks),
            ("a_failing_neuron_rank_ends_all_processes_with_its_reason", a_failing_neuron_rank),
        ],
    )
}

fn scenario(name: &str) {
    let number = |text: &str| text.parse().unwrap();
    match name.split_once(' ').unwrap() {
        ("session", processes) => println!("seen {:?}", shared::session::<Neuron>(number(processes))),
        ("learn", processes) => println!("learned {}", ranks::learn::<Neuron>(number(processes), Ranks::Mpi)),
        ("joined", processes) => println!("joined {:?}", joined(number(processes), Ranks::Mpi)),
        _ => println!("recorded {}", ranks::record::<Neuron>(name, Ranks::Mpi)),
    }
}

fn a_failing_neuron_rank() {
    let played = play("1 1", 2, &[("PYNN_NEURON", "/nonexistent")]);
    played.failed_with(&["rank 1 (sim2, 1 of 1)", "NEURON was not found"]);
}

fn processes_are_set_and_read_as_one_rank_is() {
    let alone = format!("{:?}", shared::session::<Neuron>(1));
    assert_told("session", &[2, 4], "seen", &alone);
}

fn joined(processes: usize, ranks: Ranks) -> gap_junctions::Seen {
    gap_junctions::session::<Neuron>(processes, ranks)
}

fn joined_neuron_ranks() {
    let alone = joined(1, Ranks::Threads);
    assert!(alone.0.iter().all(|spikes| *spikes > 20), "{:?}", alone.0);
    assert_told("joined", &[1, 2, 3, 4], "joined", &format!("{alone:?}"));
}
