//! Networks of synapses that change: the same for any number of ranks, after a reset, and in pieces; and what stochastic
//! and inhibitory ones do on the average.

mod common;

use common::{Outcome, Rig};
use pynn_core::backend::Transmits;
use pynn_core::cells::SpikeTrains;
use pynn_core::network::Network;
use pynn_core::population::ProjectionId;
use pynn_core::prelude::*;
use pynn_core::random::{Key, Purpose, Stream};
use pynn_core::synapse::SynapseType;
use pynn_core::values::SynapseValues;
use pynn_native::Native;

fn probability(p_connect: f64) -> FixedProbability {
    FixedProbability { p_connect, ..FixedProbability::default() }
}

/// Every kind of synapse that changes, with delays from 0.1 to 3 ms, in a network that fires at some 50 Hz.
fn every_kind(fraction: f64) -> Network {
    let mut net = NetworkBuilder::new("EveryKind");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let input =
        net.population(&sim, "input", 40, SpikeSourcePoisson { rate: 400.0 * Hz, ..Default::default() });
    let exc = net.population(&sim, "exc", 40, IfCurrExp { tau_syn_E: 2.0 * ms, ..Default::default() });
    let inh = net.population(&sim, "inh", 11, IfCurrExp::default());
    net.initialize(&exc, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
    let receptors = IfCurrExp::receptors();
    let delay: SynapseValues<Time> = Uniform { low: 0.1 * ms, high: 3.0 * ms }.into();
    let drive = SimpleStochasticSynapse {
        p: Uniform { low: 0.5, high: 1.0 }.into(),
        weight: 2.5 * nA,
        delay: delay.clone(),
    };
    net.project(None, &input, exc.default_target(), OneToOne, drive);
    let pairs = StdpMechanism {
        timing: SpikePairRule { A_plus: 0.05, A_minus: 0.06, ..SpikePairRule::default() },
        weight_dependence: AdditiveWeightDependence { w_min: 0.0 * nA, w_max: 0.4 * nA },
        dendritic_delay_fraction: fraction,
        weight: Uniform { low: 0.0 * nA, high: 0.4 * nA },
        delay: delay.clone(),
    };
    net.project(None, &exc, exc.default_target(), probability(0.3), pairs);
    let site =
        StochasticTsodyksMarkramSynapse { weight: 0.5 * nA, delay: delay.clone(), ..Default::default() };
    net.project(None, &input, exc.default_target(), probability(0.1), site);
    let sites = MultiQuantalSynapse {
        n: 4,
        tau_rec: (100.0 * ms).into(),
        weight: 0.2 * nA,
        delay: delay.clone(),
        ..Default::default()
    };
    net.project(
        None,
        &exc,
        inh.default_target(),
        FixedNumberPre { n: 12.into(), with_replacement: true, ..Default::default() },
        sites,
    );
    let resources = TsodyksMarkramSynapse {
        U: Uniform { low: 0.1, high: 0.5 }.into(),
        weight: 1.0 * nA,
        delay: delay.clone(),
        ..Default::default()
    };
    net.project(None, &exc, inh.default_target(), probability(0.5), resources);
    let held = StdpMechanism {
        timing: Vogels2011Rule { eta: 0.01, rho: 20.0 * Hz, ..Vogels2011Rule::default() },
        weight_dependence: AdditiveWeightDependence { w_min: -1.0 * nA, w_max: 0.0 * nA },
        dendritic_delay_fraction: fraction,
        weight: -0.5 * nA,
        delay: delay.clone(),
    };
    net.project(None, &inh, exc.target(receptors.inhibitory), AllToAll::default(), held);
    net.record(&exc, IfCurrExp::variables().spikes);
    net.record(&inh, IfCurrExp::variables().spikes);
    net.build().unwrap()
}

const PAIRS: ProjectionId = ProjectionId(1);
const HELD: ProjectionId = ProjectionId(5);

type Weights = Vec<(u32, u32, f64)>;

fn ran(rig: &mut Rig<'_>, pieces: &[u32]) -> (Outcome, Weights, Weights) {
    let mut all = Outcome::default();
    for piece in pieces {
        all.spikes.extend(rig.run(*piece).spikes);
    }
    (all, rig.weights(PAIRS), rig.weights(HELD))
}

#[test]
fn ranks_pieces_and_resets_make_no_difference() {
    for fraction in [1.0, 0.0, 0.4] {
        let network = every_kind(fraction);
        let (outcome, pairs, held) = ran(&mut Rig::new(&network, 1), &[15_000]);
        let cells = outcome.spikes.iter().filter(|spike| spike.gid >= 40).count();
        assert!((1000..10_000).contains(&cells), "{cells} spikes");
        assert!(
            pairs.iter().any(|(_, _, weight)| [0.0, 0.4].contains(weight)),
            "no weight has come to its limit"
        );
        assert!(held.iter().any(|(_, _, weight)| *weight != -0.5), "no inhibitory weight has changed");
        for shares in [2, 4] {
            let mut rig = Rig::new(&network, shares);
            assert_eq!(ran(&mut rig, &[15_000]), (outcome.clone(), pairs.clone(), held.clone()));
            rig.reset();
            rig.backwards = true;
            assert_eq!(ran(&mut rig, &[4_000, 7_777, 3_223]), (outcome.clone(), pairs.clone(), held.clone()));
        }
    }
}

/// One source of spikes at `times` onto cells whose potential adds up what arrives, by synapses of 1 mV: the sums.
fn added_up<S>(times: &[f64], targets: usize, synapse: S) -> Vec<f64>
where
    S: SynapseType<Voltage>,
    Native: Transmits<S::Family>,
{
    let mut net = NetworkBuilder::new("Sums");
    let sim = net.simulator::<Native>("sim", SimulatorOptions { timestep: 1.0 * ms, ..Default::default() });
    let source = SpikeSourceArray { spike_times: SpikeTrains::same(times.iter().map(|time| *time * ms)) };
    let source = net.population(&sim, "source", 1, source);
    let cell = IfCurrDelta { tau_m: 1e12 * ms, v_thresh: 1e9 * mV, ..IfCurrDelta::default() };
    let cells = net.population(&sim, "cells", targets, cell);
    let end = times.iter().fold(0.0, |end: f64, time| end.max(*time)) + 5.0;
    net.project(None, &source, cells.default_target(), AllToAll::default(), synapse);
    net.record_every(&cells, IfCurrDelta::variables().v, end * ms);
    let network = net.build().unwrap();
    let outcome = Rig::new(&network, 2).run(end as u32);
    outcome.samples[&(1, 0)].iter().map(|v| (v[1] + 65.0 - (v[0] + 65.0)).round()).collect()
}

// PyNN's system test: 200 spikes, of which 0, 80 to 120 (four deviations off 100 are 28), 80 to 120, and 200 arrive.
#[test]
fn a_spike_is_transmitted_with_its_probability() {
    let times: Vec<f64> = (1..=200).map(|k| f64::from(3 * k)).collect();
    let p = [0.0, 0.5, 0.5, 1.0];
    let synapse = SimpleStochasticSynapse { weight: 1.0 * mV, delay: 1.0 * ms, p: p.into() };
    let counts = added_up(&times, 4, synapse);
    assert_eq!((counts[0], counts[3]), (0.0, 200.0));
    assert!(counts[1..3].iter().all(|count| (80.0..=120.0).contains(count)), "{counts:?}");
    assert_ne!(counts[1], counts[2]);
}

// A site is full at a spike with probability x = r / (1 - (1 - U)(1 - r)), r = 1 - exp(-D/tau_rec), once the first spikes
// are over; the mean number of releases is n U x. 4 standard errors, from the variance n U x (1 - U x) of independent sites,
// which successive spikes, being anticorrelated, only make smaller.
#[test]
fn sites_release_at_the_rate_of_theory() {
    let (n, u, tau_rec, interval, spikes, cells) = (5u32, 0.5, 80.0, 40.0, 400, 50);
    let times: Vec<f64> = (1..=spikes).map(|k| interval * f64::from(k)).collect();
    let synapse = MultiQuantalSynapse {
        n,
        U: u.into(),
        tau_rec: (tau_rec * ms).into(),
        tau_facil: (0.0 * ms).into(),
        weight: 1.0 * mV,
        delay: 1.0 * ms,
    };
    let sums = added_up(&times, cells, synapse);
    let recovered = 1.0 - (-interval / tau_rec).exp();
    let mut full = 1.0;
    let mut expected = 0.0;
    for _ in 0..spikes {
        expected += f64::from(n) * u * full;
        full *= 1.0 - u;
        full += (1.0 - full) * recovered;
    }
    let found = sums.iter().sum::<f64>() / cells as f64;
    let error = (expected / cells as f64).sqrt();
    assert!((found - expected).abs() < 4.0 * error, "{found}, expected {expected} +- {error}");
    // A single site releases at most once a spike.
    let site = StochasticTsodyksMarkramSynapse {
        weight: 1.0 * mV,
        delay: 1.0 * ms,
        U: 1.0.into(),
        ..Default::default()
    };
    assert_eq!(added_up(&[10.0, 100_000.0, 200_000.0], 3, site), [3.0; 3]);
}

/// Nearest pairs, event by event, at the synapse: eta (exp(-D/tau) - 2 rho tau) at a pre-synaptic spike, eta exp(-D/tau) at a
/// post-synaptic one.
fn nearest_pairs(
    rule: &Vogels2011Rule,
    limits: (f64, f64),
    mut weight: f64,
    pre: &[f64],
    post: &[f64],
) -> f64 {
    let tau = rule.tau.value();
    let mut events: Vec<(f64, bool)> = pre.iter().map(|time| (*time, true)).collect();
    events.extend(post.iter().map(|time| (*time, false)));
    // Of spikes that coincide the post-synaptic one comes first.
    events.sort_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap());
    let (mut last_pre, mut last_post) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (time, is_pre) in events {
        let change = if is_pre {
            last_pre = time;
            ((last_post - time) / tau).exp() - 2.0 * rule.rho.value() * 1e-3 * tau
        } else {
            last_post = time;
            ((last_pre - time) / tau).exp()
        };
        weight = (weight + rule.eta * change).clamp(limits.0, limits.1);
    }
    weight
}

#[test]
fn inhibitory_weights_follow_the_nearest_pairs_on_both_sides() {
    let mut stream = Stream::new(Key::new(3, Purpose::Model, 0), 0);
    let mut train = |mean: u32| {
        let mut step = 0;
        let steps = std::iter::repeat_with(|| {
            step += 1 + stream.below(2 * mean);
            f64::from(step) / 10.0
        });
        steps.take_while(|time| *time < 990.0).collect::<Vec<f64>>()
    };
    let rule = Vogels2011Rule { eta: 0.002, rho: 20.0 * Hz, ..Vogels2011Rule::default() };
    for (fraction, delay) in [(1.0, 1.5), (0.5, 2.0), (0.25, 1.6)] {
        let (pre, teacher) = (train(100), train(60));
        let mut net = NetworkBuilder::new("Held");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let source = |times: &[f64]| SpikeSourceArray {
            spike_times: SpikeTrains::same(times.iter().map(|time| *time * ms)),
        };
        let (pre_cell, teacher_cell) = (
            net.population(&sim, "pre", 1, source(&pre)),
            net.population(&sim, "teacher", 1, source(&teacher)),
        );
        let cell =
            net.population(&sim, "cell", 1, IfCurrDelta { v_thresh: 0.0 * mV, ..IfCurrDelta::default() });
        let strong = StaticSynapse { weight: 1000.0 * mV, delay: 0.1 * ms };
        net.project(None, &teacher_cell, cell.default_target(), OneToOne, strong);
        let stdp = StdpMechanism {
            timing: rule,
            weight_dependence: AdditiveWeightDependence { w_min: 0.0 * mV, w_max: 1.0 * mV },
            dendritic_delay_fraction: fraction,
            weight: 0.5 * mV,
            delay: delay * ms,
        };
        let projection = net.project(None, &pre_cell, cell.default_target(), OneToOne, stdp);
        let network = net.build().unwrap();
        let mut rig = Rig::new(&network, 1);
        let outcome = rig.run(10_000);
        let at = |time: f64| (time * 1e6).round() / 1e6;
        let post = outcome.spikes.iter().filter(|spike| spike.gid == 2);
        let post: Vec<f64> = post.map(|spike| at(f64::from(spike.step) / 10.0 + fraction * delay)).collect();
        let pre: Vec<f64> = pre.iter().map(|time| at(time + (1.0 - fraction) * delay)).collect();
        let expected = nearest_pairs(&rule, (0.0, 1.0), 0.5, &pre, &post);
        let [(_, _, weight)] = rig.weights(projection.id())[..] else { panic!("one synapse") };
        assert!((weight - expected).abs() < 1e-12, "fraction {fraction}: {weight}, expected {expected}");
        assert!(post.len() > 100 && (0.01..0.99).contains(&weight), "{} spikes, {weight}", post.len());
    }
}

// PyNN's system scenario 3: of Poisson inputs of 5 Hz and of 40 Hz the latter end up with the larger weights.
#[test]
fn frequent_inputs_become_stronger_than_rare_ones() {
    let mut net = NetworkBuilder::new("Scenario3");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let rates = |cell: usize| if cell < 50 { 5.0 * Hz } else { 40.0 * Hz };
    let input = net.population(&sim, "input", 100, SpikeSourcePoisson::default());
    net.vary(&input, SpikeSourcePoisson::parameters().rate, rates);
    let cell = IfCondExp {
        tau_syn_E: 2.0 * ms,
        tau_refrac: 5.0 * ms,
        v_rest: -74.0 * mV,
        v_reset: -60.0 * mV,
        v_thresh: -54.0 * mV,
        ..IfCondExp::default()
    };
    let cells = net.population(&sim, "cells", 10, cell);
    let stdp = StdpMechanism {
        timing: SpikePairRule::default(),
        weight_dependence: AdditiveWeightDependence { w_min: 0.0 * uS, w_max: 0.008 * uS },
        weight: Uniform { low: 0.0 * uS, high: 0.008 * uS },
        delay: 1.0 * ms,
        ..StdpMechanism::default()
    };
    let projection = net.project(None, &input, cells.default_target(), AllToAll::default(), stdp);
    net.record(&input, SpikeSourcePoisson::variables().spikes);
    let network = net.build().unwrap();
    let mut rig = Rig::new(&network, 1);
    let seconds = 20;
    let outcome = rig.run(seconds * 10_000);
    let of = |rare: bool| move |source: u32| (source < 50) == rare;
    for (rare, rate) in [(true, 5.0), (false, 40.0)] {
        let spikes = outcome.spikes.iter().filter(|spike| spike.gid < 100 && of(rare)(spike.gid)).count();
        let found = spikes as f64 / 50.0 / f64::from(seconds);
        assert!((found - rate).abs() < 1.0, "{found} Hz, expected {rate}");
    }
    let weights = rig.weights(projection.id());
    let moments = |rare: bool| {
        let of: Vec<f64> =
            weights.iter().filter(|(source, ..)| of(rare)(*source)).map(|(_, _, weight)| *weight).collect();
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        let variance = of.iter().map(|weight| (weight - mean).powi(2)).sum::<f64>() / (of.len() - 1) as f64;
        (mean, variance / of.len() as f64)
    };
    let ((rare, rare_error), (frequent, frequent_error)) = (moments(true), moments(false));
    let t = (frequent - rare) / (rare_error + frequent_error).sqrt();
    // p < 0.01 from 2.6 on.
    assert!(t > 2.6, "rare {rare}, frequent {frequent}, t {t}");
}
