//! Projections between views and assemblies: the same spikes on any number of ranks, and as whole populations give.

use pynn::music::{Ranks, Setup};
use pynn::prelude::*;
use pynn::recording::SpikeData;

/// Assemblies, lists and senders of several types, on two simulators with the given numbers of ranks.
fn spikes(ranks: [usize; 2]) -> Vec<SpikeData> {
    let mut net = NetworkBuilder::new("Ends");
    net.seed(3);
    let options = |processes| SimulatorOptions { processes, ..Default::default() };
    let one = net.simulator::<Native>("one", options(ranks[0]));
    let two = net.simulator::<Native>("two", options(ranks[1]));
    let drive = SpikeSourcePoisson { rate: 4.0 * kHz, ..Default::default() };
    let noise = net.population(&one, "noise", 60, drive);
    let exc = net.population(&one, "exc", 50, IfCurrExp { tau_refrac: 2.0 * ms, ..Default::default() });
    let more = net.population(&one, "more", 30, IfCurrExp::default());
    let cond = net.population(&two, "cond", 25, IfCondExp::default());
    let odd = net.sample(&exc, 20);
    let delay = Uniform { low: 0.4 * ms, high: 3.0 * ms };
    let excitatory = IfCurrExp::receptors().excitatory;

    let driven = exc.select((0..50).filter(|cell| cell % 5 != 2)) + &more.slice(10..);
    let onto = StaticSynapse { weight: 0.15 * nA, delay: 0.3 * ms };
    net.project(None, &noise, driven.target(excitatory), OneToOne, onto);
    let half = FixedProbability { p_connect: 0.5, ..Default::default() };
    let onto = StaticSynapse { weight: Uniform { low: 1.0 * nS, high: 4.0 * nS }, delay };
    net.project(None, (&odd, &noise.slice(..10), &more), cond.default_target(), half, onto);
    let pre = FixedNumberPre { n: 20.into(), allow_self_connections: false, ..Default::default() };
    let onto = StaticSynapse { weight: 0.1 * nA, delay };
    net.project(None, &exc + &more, (&more + &odd).target(excitatory), pre, onto);
    let onto = StaticSynapse { weight: 0.05 * nA, delay: 0.7 * ms };
    net.project(
        None,
        (cond.select([3, 1, 4, 15, 9, 2, 6]), &exc),
        (&exc + &more).target(excitatory),
        half,
        onto,
    );
    for population in [&exc, &more] {
        net.record(population, IfCurrExp::variables().spikes);
    }
    net.record(&cond, IfCondExp::variables().spikes);
    let mut sim = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).unwrap();
    sim.run(200.0 * ms).unwrap();
    [exc.id(), more.id(), cond.id()].map(|population| sim.spikes_of(population, 0).unwrap()).into()
}

#[test]
fn views_and_assemblies_give_equal_spikes_on_any_number_of_ranks() {
    let alone = spikes([1, 1]);
    let counts: Vec<usize> = alone.iter().map(SpikeData::len).collect();
    assert!(counts.iter().all(|count| *count > 100), "{counts:?}");
    for ranks in [[2, 1], [1, 2], [4, 3]] {
        assert_eq!(spikes(ranks), alone, "{ranks:?}");
    }
}

/// A recurrent network whose projections are written with whole populations, or with lists and assemblies of all cells.
fn written(listed: bool) -> Vec<SpikeData> {
    let mut net = NetworkBuilder::new("Written");
    let sim = net.simulator::<Native>("sim", SimulatorOptions { processes: 2, ..Default::default() });
    let noise =
        net.population(&sim, "noise", 40, SpikeSourcePoisson { rate: 4.0 * kHz, ..Default::default() });
    let exc = net.population(&sim, "exc", 40, IfCurrExp::default());
    let onto = StaticSynapse { weight: 0.15 * nA, delay: 0.3 * ms };
    let weight = Uniform { low: 0.0 * nA, high: 0.2 * nA };
    let random = StaticSynapse { weight, delay: Uniform { low: 0.5 * ms, high: 2.0 * ms } };
    let some = FixedNumberPre { n: 10.into(), allow_self_connections: false, ..Default::default() };
    if listed {
        net.project(None, noise.select(0..40), exc.select(0..40).default_target(), OneToOne, onto);
        let (low, high) = (exc.select(0..17), exc.slice(17..));
        net.project(None, &low + &high, (low + &high).default_target(), some, random);
    } else {
        net.project(None, &noise, exc.default_target(), OneToOne, onto);
        net.project(None, &exc, exc.default_target(), some, random);
    }
    net.record(&exc, IfCurrExp::variables().spikes);
    let mut sim = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).unwrap();
    sim.run(200.0 * ms).unwrap();
    vec![sim.spikes_of(exc.id(), 0).unwrap()]
}

#[test]
fn an_assembly_of_all_parts_is_the_population() {
    let whole = written(false);
    assert!(whole[0].len() > 100, "{} spikes", whole[0].len());
    assert_eq!(written(true), whole);
}
