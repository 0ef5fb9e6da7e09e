//! Ranks as MPI processes do what ranks as threads do: `cargo test --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, reason = "scenarios tell the test what happened")]

#[path = "../pynn-music/tests/common/mpirun.rs"]
mod mpirun;
mod nets;

use std::process::ExitCode;

use mpirun::play;
use nets::{Loop, record};
use pynn::music::{self, Ranks, Setup};

fn main() -> ExitCode {
    mpirun::main(
        scenario,
        &[
            ("processes_change_no_bit_of_spikes_and_traces", processes_change_no_bit_of_spikes_and_traces),
            ("sixteen_processes_change_no_spike", sixteen_processes_change_no_spike),
        ],
    )
}

fn scenario(name: &str) {
    let (coarse, fine) = name.split_once(' ').unwrap();
    let net = Loop::build(coarse.parse().unwrap(), fine.parse().unwrap()).unwrap();
    let recorded = record(&mut music::setup(net).unwrap()).unwrap();
    println!("recorded {recorded:?}");
}

fn assert_as_threads(divisions: &[[usize; 2]]) {
    let net = Loop::build(1, 1).unwrap();
    let recorded = record(&mut Setup::new().ranks(Ranks::Threads).start(net).unwrap()).unwrap();
    for [coarse, fine] in divisions {
        let played = play(&format!("{coarse} {fine}"), coarse + fine, &[]);
        assert!(played.success, "{played:#?}");
        assert!(played.value("recorded") == format!("{recorded:?}"), "on {coarse} and {fine} processes");
    }
}

fn processes_change_no_bit_of_spikes_and_traces() {
    assert_as_threads(&[[1, 1], [2, 2], [1, 3]]);
}

fn sixteen_processes_change_no_spike() {
    assert_as_threads(&[[6, 10]]);
}
