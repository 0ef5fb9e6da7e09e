//! NEST on ranks that are MPI processes: `cargo test -p pynn-nest --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, reason = "scenarios tell the test what happened")]

#[path = "../../pynn-music/tests/common/mpirun.rs"]
mod mpirun;
#[path = "../../pynn-music/tests/common/real_ranks.rs"]
mod ranks;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
#[allow(unused_macros, reason = "the tests of one process are elsewhere")]
mod shared;

use std::process::ExitCode;

use mpirun::{assert_told, play};
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_nest::{NativeCell, Nest, PoissonGenerator, recordable};

impl ranks::Ranked for Nest {}
impl shared::Able for Nest {}

fn main() -> ExitCode {
    mpirun::main(
        scenario,
        &[
            ("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is),
            (
                "any_number_of_nest_ranks_gives_the_same_spikes_and_traces",
                ranks::any_number_of_ranks_gives_the_same::<Nest>,
            ),
            ("any_number_of_nest_ranks_learns_the_same", ranks::any_number_of_ranks_learns_the_same::<Nest>),
            ("a_failing_nest_rank_ends_all_processes_with_its_reason", a_failing_nest_rank),
            ("nests_own_models_do_the_same_on_any_number_of_ranks_and_threads", own_models),
            ("ranks_draw_other_poisson_trains_each", poisson_trains),
        ],
    )
}

fn scenario(name: &str) {
    let number = |text: &str| text.parse().unwrap();
    match name.split_once(' ').unwrap() {
        ("session", processes) => println!("seen {:?}", shared::session::<Nest>(number(processes))),
        ("learn", processes) => println!("learned {}", ranks::learn::<Nest>(number(processes), Ranks::Mpi)),
        ("own", both) => {
            let (processes, threads) = both.split_once(' ').unwrap();
            println!("own {}", own(number(processes), number(threads), Ranks::Mpi));
        }
        ("poisson", processes) => println!("trains {}", poisson(number(processes))),
        _ => println!("recorded {}", ranks::record::<Nest>(name, Ranks::Mpi)),
    }
}

fn a_failing_nest_rank() {
    let played = play("1 1", 2, &[("PYNN_NEST", "/nonexistent")]);
    played.failed_with(&["rank 1 (sim2, 1 of 1)", "NEST 3.10 was not found"]);
}

fn processes_are_set_and_read_as_one_rank_is() {
    let alone = format!("{:?}", shared::session::<Nest>(1));
    assert_told("session", &[2, 4], "seen", &alone);
}

/// A model of NEST's own with two receptors, whose cells excite and inhibit one another: spikes and a current.
fn own(processes: usize, threads: usize, kind: Ranks) -> String {
    let mut net = NetworkBuilder::new("Own");
    let options = SimulatorOptions { processes, threads, ..SimulatorOptions::default() };
    let sim = net.simulator::<Nest>("sim", options);
    let rate = SpikeSourcePoisson { rate: 400.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&sim, "input", 20, rate);
    let cell = NativeCell::new("iaf_psc_exp_multisynapse").set("tau_syn", [2.0, 8.0]);
    let cell = cell.vary("V_m", Uniform { low: -70.0, high: -56.0 });
    let cells = net.population(&sim, "cells", 17, cell);
    let receptors = NativeCell::receptors();
    let half = || FixedProbability { p_connect: 0.5, ..FixedProbability::default() };
    let synapse = |low, high| StaticSynapse {
        weight: Uniform { low, high },
        delay: Uniform { low: 0.1 * ms, high: 2.0 * ms },
    };
    net.project(None, &input, cells.target(receptors.receptor1), half(), synapse(100.0, 300.0));
    net.project(None, &cells, cells.target(receptors.receptor1), half(), synapse(10.0, 50.0));
    net.project(None, &cells, cells.target(receptors.receptor2), half(), synapse(-60.0, -20.0));
    net.record(&cells, NativeCell::variables().spikes);
    net.record_every(&cells, recordable("I_syn_2").unwrap(), 0.5 * ms);
    let mut sim = Setup::new().ranks(kind).start(net.build().unwrap()).unwrap();
    sim.run(100.0 * ms).unwrap();
    let count = sim.spikes_of(cells.id(), 0).unwrap().times.len();
    let mut currents = sim.trace_of(cells.id(), "I_syn_2", 0).unwrap().values;
    // What NEST does not tell of time 0 is NaN.
    currents.drain(..17);
    let digest = sim.digest().unwrap();
    sim.end().unwrap();
    assert!(count > 50, "{count} spikes");
    format!("{count} {digest:016x} {:016x}", ranks::mixed(&currents))
}

fn own_models() {
    let expected = own(1, 1, Ranks::Threads);
    for [processes, threads] in [[2, 1], [3, 1], [2, 2]] {
        let played = play(&format!("own {processes} {threads}"), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("own"), expected, "on {processes} ranks with {threads} threads");
    }
}

/// The numbers of spikes of 12 cells in 1 s, and of the pairs of cells with the same train.
fn poisson(processes: usize) -> String {
    let mut net = NetworkBuilder::new("Poisson");
    let sim = net.simulator::<Nest>("sim", SimulatorOptions { processes, ..SimulatorOptions::default() });
    let source = PoissonGenerator { rate: 100.0 * Hz, ..PoissonGenerator::default() };
    let cells = net.population(&sim, "cells", 12, source);
    net.record(&cells, PoissonGenerator::variables().spikes);
    let mut sim = Setup::new().ranks(Ranks::Mpi).start(net.build().unwrap()).unwrap();
    sim.run(1000.0 * ms).unwrap();
    let spikes = sim.spikes_of(cells.id(), 0).unwrap();
    sim.end().unwrap();
    let mut trains = vec![Vec::new(); 12];
    spikes
        .times
        .iter()
        .zip(&spikes.indices)
        .for_each(|(time, cell)| trains[*cell as usize].push(time.to_bits()));
    let counts: Vec<usize> = trains.iter().map(Vec::len).collect();
    trains.sort();
    let alike = trains.windows(2).filter(|pair| pair[0] == pair[1]).count();
    format!("{counts:?} {alike}")
}

fn poisson_trains() {
    let play = || play("poisson 3", 3, &[]);
    let played = play();
    assert!(played.success, "{played:#?}");
    let (counts, alike) = played.value("trains").rsplit_once(' ').unwrap();
    assert_eq!(alike, "0", "ranks have generators of their own");
    // 100 spikes a train, and four deviations.
    let counts: Vec<f64> =
        counts.trim_matches(['[', ']']).split(", ").map(|count| count.parse().unwrap()).collect();
    assert!(counts.len() == 12 && counts.iter().all(|count| (count - 100.0).abs() < 40.0), "{counts:?}");
    assert_eq!(play().value("trains"), played.value("trains"), "the same on the same ranks");
}
