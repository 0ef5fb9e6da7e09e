//! A real simulator, of which a process holds one rank, on any number of ranks that are MPI processes.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by several test programs")]

use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_native::Native;

use crate::mpirun::{assert_told, play};

/// What the tests need of a backend; the test program says which has it.
pub trait Ranked:
    Simulates<HhCondExp>
    + Simulates<IfCurrDelta>
    + Simulates<IfCondAlpha>
    + Simulates<IfCurrExp>
    + Connects<AllToAll>
    + Connects<OneToOne>
    + Connects<FixedProbability>
    + Transmits<StaticSynapse>
    + Transmits<SimpleStochasticSynapse>
    + Transmits<TsodyksMarkramSynapse>
    + Transmits<StdpMechanism>
    + Records<observable::Spikes>
    + Records<observable::MembranePotential>
{
}

fn probability(p_connect: f64) -> FixedProbability {
    FixedProbability { p_connect, ..FixedProbability::default() }
}

/// Poisson input on the native engine drives cells of three types on the other, which excite and inhibit one another.
fn network<B: Ranked>(native: usize, others: usize) -> Network {
    let mut net = NetworkBuilder::new("Ranks");
    net.seed(11);
    let first = net.simulator::<Native>(
        "sim1",
        SimulatorOptions { processes: native, timestep: 0.1 * ms, ..SimulatorOptions::default() },
    );
    let second = net.simulator::<B>(
        "sim2",
        SimulatorOptions { processes: others, timestep: 0.05 * ms, ..SimulatorOptions::default() },
    );
    let rate = SpikeSourcePoisson { rate: 20.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&first, "input", 50, rate);
    let hh = net.population(&second, "hh", 20, HhCondExp::default());
    net.initialize(&hh, HhCondExp::states().v, Uniform { low: -70.0 * mV, high: -60.0 * mV });
    let jump = net.population(&second, "jump", 13, IfCurrDelta::default());
    let alpha = net.population(&second, "alpha", 30, IfCondAlpha::default());
    net.vary(&alpha, IfCondAlpha::parameters().tau_m, Uniform { low: 10.0 * ms, high: 30.0 * ms });
    let half = || probability(0.5);
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
pub fn record<B: Ranked>(ranks: &str, kind: Ranks) -> String {
    let (native, others) = ranks.split_once(' ').unwrap();
    let net = network::<B>(native.parse().unwrap(), others.parse().unwrap());
    let mut sim = Setup::new().ranks(kind).start(net).unwrap();
    sim.run(100.0 * ms).unwrap();
    sim.run(50.0 * ms).unwrap();
    let populations: Vec<_> = sim.model().populations().iter().skip(1).map(|spec| spec.id).collect();
    let counts: Vec<usize> =
        populations.iter().map(|population| sim.spikes_of(*population, 0).unwrap().times.len()).collect();
    let v = sim.trace_of(populations[2], "v", 0).unwrap().values;
    let digest = sim.digest().unwrap();
    sim.end().unwrap();
    format!("{counts:?} {digest:016x} {:016x}", mixed(&v))
}

/// A digest of numbers, to the last bit.
pub fn mixed(values: &[f64]) -> u64 {
    values.iter().fold(0, |bits: u64, value| bits.rotate_left(5) ^ value.to_bits())
}

pub fn any_number_of_ranks_gives_the_same<B: Ranked>() {
    let expected = record::<B>("1 1", Ranks::Threads);
    for [native, others] in [[1, 1], [1, 2], [2, 3], [1, 5]] {
        let played = play(&format!("{native} {others}"), native + others, &[]);
        assert!(played.success, "{played:#?}");
        assert_eq!(played.value("recorded"), expected, "on {native} and {others} ranks");
    }
}

/// Synapses that fail, that tire and that learn, among cells of all ranks: spikes, and the weights that were learned.
pub fn learn<B: Ranked>(processes: usize, kind: Ranks) -> String {
    let mut net = NetworkBuilder::new("Learning");
    net.seed(7);
    let sim = net.simulator::<B>("sim", SimulatorOptions { processes, ..SimulatorOptions::default() });
    let rate = SpikeSourcePoisson { rate: 300.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&sim, "input", 20, rate);
    let exc = net.population(&sim, "exc", 20, IfCurrExp { tau_syn_E: 2.0 * ms, ..IfCurrExp::default() });
    let inh = net.population(&sim, "inh", 5, IfCurrExp::default());
    net.initialize(&exc, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
    let delay = || Uniform { low: 0.1 * ms, high: 3.0 * ms };
    let failing = SimpleStochasticSynapse { p: 0.7.into(), weight: 4.0 * nA, delay: delay() };
    net.project(None, &input, exc.default_target(), OneToOne, failing);
    let learning = StdpMechanism {
        timing: SpikePairRule { A_plus: 0.05, A_minus: 0.06, ..SpikePairRule::default() },
        weight_dependence: AdditiveWeightDependence { w_min: 0.0 * nA, w_max: 0.4 * nA },
        dendritic_delay_fraction: 0.4,
        weight: Uniform { low: 0.0 * nA, high: 0.4 * nA },
        delay: delay(),
    };
    let learned = net.project(None, &exc, exc.default_target(), probability(0.3), learning);
    let tiring =
        TsodyksMarkramSynapse { weight: 1.5 * nA, delay: 1.0 * ms, ..TsodyksMarkramSynapse::default() };
    net.project(None, &exc, inh.default_target(), probability(0.5), tiring);
    let synapse = StaticSynapse { weight: -0.3 * nA, delay: 1.0 * ms };
    net.project(None, &inh, exc.target(IfCurrExp::receptors().inhibitory), AllToAll::default(), synapse);
    net.record(&exc, IfCurrExp::variables().spikes);
    net.record(&inh, IfCurrExp::variables().spikes);
    let mut sim = Setup::new().ranks(kind).start(net.build().unwrap()).unwrap();
    sim.run(80.0 * ms).unwrap();
    sim.run(120.0 * ms).unwrap();
    let counts = [exc.id(), inh.id()].map(|id| sim.spikes_of(id, 0).unwrap().times.len());
    let weights = sim.weights(|_| &learned).unwrap().values;
    let digest = sim.digest().unwrap();
    sim.end().unwrap();
    assert!(counts[0] > 200 && counts[1] > 10, "{counts:?} spikes");
    format!("{counts:?} {digest:016x} {} {:016x}", weights.len(), mixed(&weights))
}

pub fn any_number_of_ranks_learns_the_same<B: Ranked>() {
    assert_told("learn", &[1, 2, 3], "learned", &learn::<B>(1, Ranks::Threads));
}
