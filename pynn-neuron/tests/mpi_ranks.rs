//! NEURON on ranks that are MPI processes: `cargo test -p pynn-neuron --features mpi --test mpi_ranks`.

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
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_native::Native;
use pynn_neuron::Neuron;

fn main() -> ExitCode {
    mpirun::main(
        |scenario| match scenario.split_once(' ') {
            Some(("session", ranks)) => {
                println!("seen {:?}", shared::session::<Neuron>(ranks.parse().unwrap()))
            }
            Some(("joined", ranks)) => println!("joined {:?}", joined(ranks.parse().unwrap(), Ranks::Mpi)),
            _ => println!("recorded {}", record(scenario, Ranks::Mpi)),
        },
        &[
            ("processes_are_set_and_read_as_one_rank_is", processes_are_set_and_read_as_one_rank_is),
            ("any_number_of_neuron_ranks_gives_the_same_spikes_and_traces", any_number_of_neuron_ranks),
            ("any_number_of_neuron_ranks_is_joined_by_gap_junctions_as_one", joined_neuron_ranks),
            ("a_failing_neuron_rank_ends_all_processes_with_its_reason", a_failing_neuron_rank),
        ],
    )
}

/// Poisson input on the native engine drives cells of three types on NEURON, which excite and inhibit one another.
fn network(native: usize, neuron: usize) -> Network {
    let mut net = NetworkBuilder::new("Ranks");
    net.seed(11);
    let first = net.simulator::<Native>(
        "sim1",
        SimulatorOptions { processes: native, timestep: 0.1 * ms, ..SimulatorOptions::default() },
    );
    let second = net.simulator::<Neuron>(
        "sim2",
        SimulatorOptions { processes: neuron, timestep: 0.05 * ms, ..SimulatorOptions::default() },
    );
    let rate = SpikeSourcePoisson { rate: 20.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&first, "input", 50, rate);
    let hh = net.population(&second, "hh", 20, HhCondExp::default());
    net.initialize(&hh, HhCondExp::states().v, Uniform { low: -70.0 * mV, high: -60.0 * mV });
    let jump = net.population(&second, "jump", 13, IfCurrDelta::default());
    let alpha = net.population(&second, "alpha", 30, IfCondAlpha::default());
    net.vary(&alpha, IfCondAlpha::parameters().tau_m, Uniform { low: 10.0 * ms, high: 30.0 * ms });
    let half = || FixedProbability { p_connect: 0.5, ..FixedProbability::default() };
    let delay = || Uniform { low: 0.3 * ms, high: 2.0 * ms };

    let synapse = StaticSynapse { weight: Uniform { low: 20.0 * nS, high: 60.0 * nS }, delay: delay() };
    net.project(None, &input, hh.target(HhCondExp::receptors().excitatory), half(), synapse);
    let synapse = StaticSynapse { weight: Uniform { low: 3.0 * mV, high: 9.0 * mV }, delay: 0.1 * ms };
    net.project(None, &hh, jump.target(IfCurrDelta::receptors().excitatory), half(), synapse);
    let synapse = StaticSynapse { weight: Uniform { low: 20.0 * nS, high: 80.0 * nS }, delay: delay() };
    net.project(None, &hh, alpha.target(IfCondAlpha::receptors().excitatory), half(), synapse);
    let synapse = StaticSynapse { weight: Uniform { low: 1.0 * nS, high: 9.0 * nS }, delay: delay() };
    net.project(None, &jump, alpha.target(IfCondAlpha::receptors().inhibitory), half(), synapse);
    let synapse = StaticSynapse { weight: Uniform { low: 1.0 * nS, high: 5.0 * nS }, delay: 0.1 * ms };
    net.project(None, &alpha, hh.target(HhCondExp::receptors().inhibitory), half(), synapse);

    net.record(&hh, HhCondExp::variables().spikes);
    net.record(&jump, IfCurrDelta::variables().spikes);
    net.record(&alpha, IfCondAlpha::variables().spikes);
    net.record_every(&alpha, IfCondAlpha::variables().v, 0.5 * ms);
    net.build().unwrap()
}

/// The number of spikes of each population, and a digest of all spikes and of the last potentials.
fn record(ranks: &str, kind: Ranks) -> String {
    let (native, neuron) = ranks.split_once(' ').unwrap();
    let net = network(native.parse().unwrap(), neuron.parse().unwrap());
    let mut sim = Setup::new().ranks(kind).start(net).unwrap();
    sim.run(100.0 * ms).unwrap();
    sim.run(50.0 * ms).unwrap();
    let populations: Vec<_> = sim.model().populations().iter().skip(1).map(|spec| spec.id).collect();
    let counts: Vec<usize> =
        populations.iter().map(|population| sim.spikes_of(*population, 0).unwrap().times.len()).collect();
    let v = sim.trace_of(populations[2], "v", 0).unwrap().values;
    let digest = sim.digest().unwrap();
    sim.end().unwrap();
    let bits = v.iter().fold(0u64, |bits, v| bits.rotate_left(5) ^ v.to_bits());
    format!("{counts:?} {digest:016x} {bits:016x}")
}

fn any_number_of_neuron_ranks() {
    let expected = record("1 1", Ranks::Threads);
    println!("{expected}");
    for [native, neuron] in [[1, 1], [1, 2], [2, 3], [1, 5]] {
        let played = play(&format!("{native} {neuron}"), native + neuron, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("recorded"), expected, "on {native} and {neuron} ranks");
    }
}

fn a_failing_neuron_rank() {
    let played = play("1 1", 2, &[("PYNN_NEURON", "/nonexistent")]);
    played.failed_with(&["rank 1 (sim2, 1 of 1)", "NEURON was not found"]);
}

fn processes_are_set_and_read_as_one_rank_is() {
    let alone = format!("{:?}", shared::session::<Neuron>(1));
    for processes in [2, 4] {
        let played = play(&format!("session {processes}"), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("seen"), alone, "on {processes} processes");
    }
}

fn joined(processes: usize, ranks: Ranks) -> gap_junctions::Seen {
    gap_junctions::session::<Neuron>(processes, ranks)
}

fn joined_neuron_ranks() {
    let alone = joined(1, Ranks::Threads);
    assert!(alone.0.iter().all(|spikes| *spikes > 20), "{:?}", alone.0);
    let alone = format!("{alone:?}");
    for processes in [1, 2, 3, 4] {
        let played = play(&format!("joined {processes}"), processes, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("joined"), alone, "on {processes} processes");
    }
}
