//! Whole simulations on ranks that are MPI processes: `cargo test -p pynn-music --features mpi --test mpi_ranks`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "scenarios tell the test what happened")]

#[path = "common/channels.rs"]
mod channels;
mod common;
#[path = "common/mpirun.rs"]
mod mpirun;
#[path = "common/net.rs"]
mod net;

use std::process::ExitCode;
use std::time::Duration;

use common::{Toy, two_simulators};
use mpirun::play;
use pynn_core::prelude::*;
use pynn_music::transport::World;
use pynn_music::{Ranks, Setup, Simulation};

macro_rules! tests {
    ($($test:ident),* $(,)?) => { [$((stringify!($test), $test as fn())),*] };
}

fn main() -> ExitCode {
    let tests = tests![
        processes_give_the_same_spikes_as_threads,
        traces_segments_and_statistics_come_from_all_processes,
        random_nets_equal_the_reference,
        packets_of_any_size_arrive_whole_and_in_order,
        a_full_channel_refuses_the_next_packet,
        a_failure_reaches_ranks_that_wait_for_packets,
        populations_of_other_processes_are_proxies,
        another_number_of_processes_is_refused_with_the_remedy,
        a_description_that_differs_between_processes_is_refused,
        a_plan_that_differs_between_processes_is_refused,
        a_process_that_cannot_plan_ends_all,
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
        "nets" => channels::random_nets(argument),
        "packets" => channels::packets(argument),
        "full" => channels::full(argument),
        "gives_up" => channels::gives_up(argument),
        "data" => data(),
        "proxies" => {
            let sim = start([1, 1], ["exc", "inh"], 7);
            println!("exc {}", sim.is_proxy(|net| &net.exc));
            println!("inh {}", sim.is_proxy(|net| &net.inh));
        }
        "differs" => {
            let name = if mpirun::rank() == 0 { "inh" } else { "other" };
            finish(setup([1, 1], ["exc", name]).map(drop));
        }
        "plans" => {
            // As many ranks, but other channels, or no plan at all.
            let own = Some(mpirun::rank()) == argument.split(' ').next().and_then(|rank| rank.parse().ok());
            let processes = match argument.rsplit(' ').next() {
                Some("other") if own => Setup::new().processes("coarse", 2).processes("fine", 1),
                _ if own => Setup::new().processes("rough", 2),
                _ => Setup::new(),
            };
            finish(processes.start(two_simulators::<Toy>(["exc", "inh"], [1, 2])).map(drop));
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

/// Where processes take themselves to be: on one machine, on one each, two on each.
const MACHINES: [&str; 3] = ["together", "apart", "pairs"];

fn random_nets_equal_the_reference() {
    for machines in MACHINES {
        for ranks in [2, 3, 5] {
            let played = play(&format!("nets {machines}"), ranks, &[]);
            assert!(played.success, "{machines}: {played:#?}");
            (0..ranks).for_each(|rank| assert_eq!(played.value(&format!("nets{rank}")), "300"));
        }
    }
}

fn packets_of_any_size_arrive_whole_and_in_order() {
    for machines in MACHINES {
        let played = play(&format!("packets {machines}"), 3, &[]);
        assert!(played.success, "{machines}: {played:#?}");
        (0..3).for_each(|rank| assert_eq!(played.value(&format!("runs{rank}")), "3"));
    }
}

/// Packets that fill a channel of messages: a round of sixteen, and another if MPI has matched the first one of all, its
/// credit, with a receive that waited for it.
fn full_of_messages(count: &str) -> bool {
    (16..=32).contains(&count.parse::<u64>().unwrap())
}

fn a_full_channel_refuses_the_next_packet() {
    for size in [0, 500, 5000] {
        let full = |machines: &str, variables: &[(&str, &str)]| {
            let played = play(&format!("full {machines} {size}"), 2, variables);
            assert!(played.success, "{machines}: {played:#?}");
            played.value("full").to_owned()
        };
        assert_eq!(full("together", &[]), "4");
        assert!(full_of_messages(&full("apart", &[])));
        // Without its component for windows in shared memory.
        if World::library().starts_with("Open MPI") {
            assert!(full_of_messages(&full("together", &[("OMPI_MCA_osc", "^sm")])));
        }
    }
}

fn a_failure_reaches_ranks_that_wait_for_packets() {
    for machines in MACHINES {
        let played = play(&format!("gives_up {machines}"), 3, &[]);
        for rank in [0, 2] {
            assert_eq!(played.value(&format!("reason{rank}")), "no more memory", "{machines}: {played:#?}");
        }
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

fn a_plan_that_differs_between_processes_is_refused() {
    play("plans 1 other", 3, &[]).failed_with(&["rank 1 (coarse, 2 of 2)", "differs from that of rank 0"]);
}

fn a_process_that_cannot_plan_ends_all() {
    for rank in 0..3 {
        let played = play(&format!("plans {rank} none"), 3, &[]);
        played.failed_with(&["`rough`"]);
    }
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
