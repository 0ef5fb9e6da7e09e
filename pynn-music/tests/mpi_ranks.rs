//! Whole simulations on ranks that are MPI processes: `cargo test -p pynn-music --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "scenarios tell the test what happened")]

mod common;
#[path = "common/mpirun.rs"]
mod mpirun;
#[path = "common/net.rs"]
mod net;

use std::process::ExitCode;
use std::time::Duration;

use common::{Toy, two_simulators};
use mpirun::play;
use net::{Cell, Net, Player, mix};
use pynn_core::prelude::*;
use pynn_core::time::Tick;
use pynn_music::clock::Span;
use pynn_music::exchange::{Exchange, Turn};
use pynn_music::transport::{MpiTransport, Patience, Transport, World};
use pynn_music::{Ranks, Setup, Simulation};

macro_rules! tests {
    ($($test:ident),* $(,)?) => { [$((stringify!($test), $test as fn())),*] };
}

fn main() -> ExitCode {
    let tests = tests![
        processes_give_the_same_spikes_as_threads,
        traces_segments_and_statistics_come_from_all_processes,
        random_nets_equal_the_reference,
        populations_of_other_processes_are_proxies,
        another_number_of_processes_is_refused_with_the_remedy,
        a_description_that_differs_between_processes_is_refused,
        a_second_setup_is_refused,
        another_mpi_than_the_launchers_is_told,
        an_error_on_rank_0_ends_all_processes,
        an_error_on_another_rank_ends_all_processes,
        a_panic_ends_all_processes,
        a_process_that_dies_ends_all,
        a_process_that_stalls_is_named_with_the_packet_that_is_missing,
        a_rank_0_that_stalls_ends_all_processes,
        a_rank_that_cannot_be_built_ends_all_processes,
        a_mistake_in_the_placement_is_told_once,
    ];
    mpirun::main(scenario, &tests)
}

fn scenario(name: &str) {
    let (name, argument) = name.split_once(' ').unwrap_or((name, ""));
    match name {
        "digest" => digest(Ranks::Auto, argument),
        "nets" => random_nets(),
        "data" => data(),
        "proxies" => {
            let sim = start([1, 1], ["exc", "inh"], 7);
            println!("exc {}", sim.is_proxy(|net| &net.exc));
            println!("inh {}", sim.is_proxy(|net| &net.inh));
        }
        "differs" => {
            let rank = std::env::var("OMPI_COMM_WORLD_RANK").or_else(|_| std::env::var("PMI_RANK"));
            finish(
                setup([1, 1], ["exc", if rank.as_deref() == Ok("0") { "inh" } else { "other" }]).map(drop),
            );
        }
        "twice" => {
            start([1, 1], ["exc", "inh"], 7).end().unwrap();
            finish(setup([1, 1], ["exc", "inh"]).map(drop));
        }
        "fault" => fault(argument),
        _ => panic!("no scenario {name}"),
    }
}

/// As a main function would end.
fn finish(result: Result<()>) {
    if let Err(error) = result {
        eprintln!("Error: {error}");
        std::process::exit(1);
    }
}

fn setup(processes: [usize; 2], names: [&str; 2]) -> Result<Simulation<common::Net<Toy>>> {
    Setup::new().start(two_simulators::<Toy>(names, processes))
}

fn start(processes: [usize; 2], names: [&str; 2], seconds: u64) -> Simulation<common::Net<Toy>> {
    let setup = Setup::new().deadline(Duration::from_secs(seconds));
    setup.start(two_simulators::<Toy>(names, processes)).unwrap()
}

fn numbers(text: &str) -> [usize; 2] {
    let (first, second) = text.split_once(' ').unwrap();
    [first.parse().unwrap(), second.parse().unwrap()]
}

fn digest(ranks: Ranks, processes: &str) {
    let net = two_simulators::<Toy>(["exc", "inh"], numbers(processes));
    let mut sim = Setup::new().ranks(ranks).start(net).unwrap();
    for run in [0.1, 20.3, 9.6] {
        sim.run(run * ms).unwrap();
    }
    println!("digest {:016x}", sim.digest().unwrap());
    println!("spikes {}", sim.spikes(|net| &net.exc).unwrap().len());
    sim.end().unwrap();
}

fn processes_give_the_same_spikes_as_threads() {
    let net = two_simulators::<Toy>(["exc", "inh"], [1, 1]);
    let mut sim = Setup::new().ranks(Ranks::Threads).start(net).unwrap();
    sim.run(30.0 * ms).unwrap();
    let expected = format!("{:016x}", sim.digest().unwrap());
    for [coarse, fine] in [[1, 1], [2, 1], [2, 2], [1, 3], [5, 3]] {
        let played = play(&format!("digest {coarse} {fine}"), coarse + fine, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("digest"), expected, "on {coarse} and {fine}");
    }
}

fn data() {
    let mut sim = start([2, 1], ["exc", "inh"], 20);
    sim.run(10.0 * ms).unwrap();
    let trace = sim.trace(|net| &net.exc, |v| v.v).unwrap();
    println!("rows {} of {}", trace.len(), trace.size);
    println!("holes {}", trace.values.iter().filter(|value| value.is_nan()).count());
    let first = sim.spikes(|net| &net.noise).unwrap();
    sim.reset().unwrap();
    sim.run(10.0 * ms).unwrap();
    println!("again {}", sim.spikes(|net| &net.noise).unwrap() == first);
    println!("kept {}", sim.spikes_in(0, |net| &net.noise).unwrap() == first);
    println!("synapses {}", sim.statistics().unwrap().synapses());
}

fn traces_segments_and_statistics_come_from_all_processes() {
    let played = play("data", 3, &[]);
    assert!(played.success, "{played:#?}");
    assert_eq!((played.value("rows"), played.value("holes")), ("21 of 40", "0"));
    assert_eq!((played.value("again"), played.value("kept")), ("true", "true"));
    assert_eq!(played.value("synapses"), (40 + 3 * 40 + 40 * 13 + 13 * 40 + 15 * 20).to_string());
}

/// The net that all ranks make of `seed`.
fn random_net(seed: u64, ranks: usize) -> (Net, Vec<i64>) {
    let mut state = seed;
    let mut draw = |n: u64| {
        state = mix(state, 3);
        (state % n) as i64
    };
    let steps: Vec<i64> = (0..ranks).map(|_| 1 + draw(5)).collect();
    let mut links = Vec::new();
    for _ in 0..1 + draw(9) {
        let (from, to) = (draw(ranks as u64) as usize, draw(ranks as u64) as usize);
        if from != to {
            links.push((from, to, steps[from].max(steps[to]) + draw(24)));
        }
    }
    let runs = (0..1 + draw(3)).map(|_| 1 + draw(3)).collect();
    (Net { steps, links }, runs)
}

fn random_nets() {
    let world = World::open().unwrap();
    let (rank, mut nets) = (world.rank(), 0);
    for seed in 0..300 {
        let (net, runs) = random_net(seed, world.size());
        let schedule = net.schedule((seed % 3 == 0).then_some(4));
        let mut transport = MpiTransport::new(world.clone(), &schedule, Duration::from_secs(60));
        let mut exchange = Exchange::new(&schedule, rank);
        let outgoing = schedule.outgoing(rank).len();
        let mut player =
            Player { cell: Cell::new(&net, rank), outgoing, spikes: Vec::new(), prepared: false };
        let mut start = 0;
        for run in runs {
            let end = start + run * net.grid();
            exchange.begin(Span::new(Tick(start), Tick(end)), &mut transport).unwrap();
            let mut patience = Patience::default();
            loop {
                match exchange.turn(&mut player, &mut transport).unwrap() {
                    Turn::Stepped => patience.reset(),
                    Turn::Waits(_) => transport.pause(&mut patience).unwrap(),
                    Turn::Done => break,
                }
            }
            start = end;
        }
        let own = net.reference(start).into_iter().filter(|spike| spike.1 == rank);
        assert!(own.eq(player.spikes.iter().copied()), "net {seed}");
        nets += 1;
    }
    World::close(world);
    println!("nets{rank} {nets}");
}

fn random_nets_equal_the_reference() {
    for ranks in [2, 3, 5] {
        let played = play("nets", ranks, &[]);
        assert!(played.success, "{played:#?}");
        (0..ranks).for_each(|rank| assert_eq!(played.value(&format!("nets{rank}")), "300"));
    }
}

fn populations_of_other_processes_are_proxies() {
    let played = play("proxies", 2, &[]);
    assert_eq!((played.value("exc"), played.value("inh")), ("false", "true"));
}

fn another_number_of_processes_is_refused_with_the_remedy() {
    let played = play("fault 2 2 exc inh", 3, &[]);
    played.failed_with(&["started with 3 processes", "mpirun -n 4", "coarse=2,fine=2"]);
    let played = play("fault 2 2 exc inh", 3, &[("PYNN_PROCESSES", "coarse=1")]);
    assert!(played.success, "{played:#?}");
}

fn a_description_that_differs_between_processes_is_refused() {
    play("differs", 2, &[]).failed_with(&["rank 1 (fine, 1 of 1)", "differs from that of rank 0"]);
}

fn a_second_setup_is_refused() {
    play("twice", 2, &[]).failed_with(&["one simulation per program"]);
}

fn another_mpi_than_the_launchers_is_told() {
    // As a launcher of MPICH would start a program of Open MPI.
    let own = std::env::current_exe().unwrap();
    let alone = |rank: &str| {
        let mut command = std::process::Command::new(&own);
        command.env("PMI_RANK", rank).env("PMI_SIZE", "3").env("PYNN_TEST_SCENARIO", "digest 1 2");
        command.output().unwrap()
    };
    let (first, other) = (alone("0"), alone("1"));
    let text = String::from_utf8_lossy(&first.stderr);
    assert_eq!((first.status.code(), other.status.code()), (Some(67), Some(67)), "{text}");
    assert!(text.contains("3 processes") && text.contains("linked to another MPI"), "{text}");
    assert!(!String::from_utf8_lossy(&other.stderr).contains("linked"), "it is told once");
}

/// `processes names`, one pair for both simulators.
fn fault(arguments: &str) {
    let words: Vec<&str> = arguments.split(' ').collect();
    let processes = [words[0].parse().unwrap(), words[1].parse().unwrap()];
    let mut sim = match setup(processes, [words[2], words[3]]) {
        Ok(sim) => sim,
        Err(error) => return finish(Err(error)),
    };
    let result = sim.run(50.0 * ms);
    if result.is_err() {
        println!("noise {}", sim.spikes(|net| &net.noise).unwrap().len());
        println!("again {}", sim.run(1.0 * ms).is_err());
    }
    drop(sim);
    finish(result);
}

fn an_error_on_rank_0_ends_all_processes() {
    let played = play("fault 1 2 errs inh", 3, &[]);
    played.failed_with(&["rank 0 (coarse, 1 of 1): v of cell 3 is not finite"]);
    assert_ne!(played.value("noise"), "0");
    assert_eq!(played.value("again"), "true");
}

fn an_error_on_another_rank_ends_all_processes() {
    let played = play("fault 2 1 exc errs", 3, &[]);
    played.failed_with(&["rank 2 (fine, 1 of 1): v of cell 3 is not finite"]);
    assert_ne!(played.value("noise"), "0");
}

fn a_panic_ends_all_processes() {
    play("fault 2 1 exc panics", 3, &[])
        .failed_with(&["rank 2 (fine, 1 of 1): it panicked: a bug in the model"]);
}

fn a_process_that_dies_ends_all() {
    let played = play("fault 2 1 exc aborts", 3, &[]);
    assert!(!played.success, "{played:#?}");
}

fn a_process_that_stalls_is_named_with_the_packet_that_is_missing() {
    let played = play("fault 2 1 exc stalls", 3, &[("PYNN_DEADLINE", "0.5")]);
    played.failed_with(&[
        "(coarse, ",
        "waited 0.5 s for packet",
        "(start and 1 more)",
        "window",
        "rank 2 (fine, 1 of 1)",
    ]);
    assert_ne!(played.value("noise"), "0");
}

fn a_rank_0_that_stalls_ends_all_processes() {
    let played = play("fault 1 2 stalls inh", 3, &[("PYNN_DEADLINE", "0.5")]);
    played.failed_with(&["rank 0 (coarse, 1 of 1): no progress for 0.5 s"]);
}

fn a_rank_that_cannot_be_built_ends_all_processes() {
    play("fault 1 2 exc unbuildable", 3, &[]).failed_with(&["(fine, ", "no such model"]);
}

fn a_mistake_in_the_placement_is_told_once() {
    play("fault 1 2 exc inh", 3, &[("PYNN_PROCESSES", "rough=2")]).failed_with(&["`rough`", "coarse, fine"]);
}
