//! Which cells are connected, seen from what the simulators do: sources fire one after the other, and each spike that arrives
//! makes its target fire.

use std::collections::BTreeMap;

use pynn::prelude::*;

use crate::backends::{Suite, start};

pub(super) const SOURCES: usize = 12;
pub(super) const TARGETS: usize = 9;

network! {
    /// Source number `k` fires at `k + 1` ms.
    struct Net<B: Backend + Connects<K>, K> { connector: K }
    seed 3;
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::from_fn(|k| vec![(k + 1) as f64 * ms]) }; SOURCES];
    population cells on sim: [IfCurrDelta; TARGETS];
    projection input -> cells: connector, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
    record cells: spikes;
}

/// How often each pair (source, target) is connected.
type Pairs = BTreeMap<(usize, usize), u64>;

/// The pairs that `connector` connects, and its number of connections; several between a pair count as one.
pub(super) fn connected<B: Suite + Connects<K>, K: 'static>(connector: K) -> (Vec<(usize, usize)>, u64) {
    let mut sim = start(Net::<B, K>::build(connector).unwrap());
    sim.run((SOURCES + 2) as f64 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    let mut pairs = Pairs::new();
    for (time, target) in spikes.times.iter().zip(&spikes.indices) {
        let source = (time - 0.1).round() as usize - 1;
        *pairs.entry((source, *target as usize)).or_default() += 1;
    }
    assert!(pairs.values().all(|fired| *fired == 1), "{pairs:?}");
    (pairs.into_keys().collect(), sim.statistics().unwrap().synapses())
}

pub(super) fn all_pairs() -> Vec<(usize, usize)> {
    (0..SOURCES).flat_map(|source| (0..TARGETS).map(move |target| (source, target))).collect()
}

/// How many of `pairs` have each number as `of` says.
fn degrees(pairs: &[(usize, usize)], size: usize, of: impl Fn(&(usize, usize)) -> usize) -> Vec<usize> {
    (0..size).map(|index| pairs.iter().filter(|pair| of(pair) == index).count()).collect()
}

/// All pairs; a probability of 1 gives the same.
fn all_to_all_connects_every_pair<B: Suite>() {
    assert_eq!(connected::<B, _>(AllToAll::default()), (all_pairs(), 108));
    let sure = FixedProbability { p_connect: 1.0, ..FixedProbability::default() };
    assert_eq!(connected::<B, _>(sure), (all_pairs(), 108));
}

/// Index by index.
fn one_to_one_connects_equal_indices<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::from_fn(|k| vec![(k + 1) as f64 * ms]) }; 5];
        population cells on sim: [IfCurrDelta; 5];
        projection input -> cells: OneToOne, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
        record cells: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(7.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert_eq!(spikes.indices, [0, 1, 2, 3, 4]);
    assert_eq!(sim.statistics().unwrap().synapses(), 5);
}

/// Independent pairs: 108 of probability 0.4 are 43.2 +- 5.1; four deviations leave 6e-5. The seed is fixed.
fn a_fixed_probability_connects_as_many_pairs_as_it_says<B: Suite>() {
    let p = FixedProbability { p_connect: 0.4, ..FixedProbability::default() };
    let (pairs, count) = connected::<B, _>(p);
    assert!((23..=63).contains(&count), "{count}");
    assert_eq!(pairs.len() as u64, count);
    // What is connected is the description's: the same on every backend.
    assert_eq!(pairs, connected::<Native, _>(p).0);
}

/// So many sources of each target.
fn a_fixed_number_of_sources_is_every_targets<B: Suite>() {
    let n = FixedNumberPre { n: 3.into(), ..FixedNumberPre::default() };
    let (pairs, count) = connected::<B, _>(n);
    assert_eq!((count, degrees(&pairs, TARGETS, |pair| pair.1)), (27, vec![3; TARGETS]));
    let again = FixedNumberPre { n: 30.into(), with_replacement: true, ..n };
    assert_eq!(connected::<B, _>(again).1, 270);
    assert_eq!(pairs, connected::<Native, _>(n).0);
}

/// So many targets of each source.
fn a_fixed_number_of_targets_is_every_sources<B: Suite>() {
    let n = FixedNumberPost { n: 4.into(), ..FixedNumberPost::default() };
    let (pairs, count) = connected::<B, _>(n);
    assert_eq!((count, degrees(&pairs, SOURCES, |pair| pair.0)), (48, vec![4; SOURCES]));
    let again = FixedNumberPost { n: 20.into(), with_replacement: true, ..n };
    assert_eq!(connected::<B, _>(again).1, 240);
    assert_eq!(pairs, connected::<Native, _>(n).0);
}

network! {
    /// Numbers that are drawn for each target and for each source.
    struct DrawnNumbers<B: Backend> { ranks: usize }
    simulator sim: B { processes: ranks };
    population input on sim: [SpikeSourceArray; 40];
    population cells on sim: [IfCurrDelta; 30];
    projection pre = input -> cells: FixedNumberPre { n: UniformInt { low: 2, high: 7, unit: 1.0 }, .. },
        StaticSynapse { weight: 1.0mV, delay: 0.1ms };
    projection post = cells -> cells: FixedNumberPost {
        n: Poisson { mean: 5.0, unit: 1.0 }, with_replacement: true, allow_self_connections: false
    }, StaticSynapse { weight: 1.0mV, delay: 0.1ms };
}

fn drawn_pairs<B: Suite>(mut sim: pynn::music::Simulation<DrawnNumbers<B>>) -> [Vec<(usize, usize)>; 2] {
    [sim.weights(|net| &net.pre), sim.weights(|net| &net.post)].map(|weights| {
        weights.unwrap().list().map(|(source, target, _)| (source as usize, target as usize)).collect()
    })
}

/// As many as are drawn for each.
fn a_number_that_is_drawn_is_each_cells_own<B: Suite>() {
    let [pre, post] = drawn_pairs(start(DrawnNumbers::<B>::build(1).unwrap()));
    let each = degrees(&pre, 30, |pair| pair.1);
    assert!((2..7).all(|n| each.contains(&n)) && each.iter().all(|n| (2..7).contains(n)), "{each:?}");
    // 30 numbers of mean and variance 5 add up to 150 +- 12; the seed is fixed.
    assert!((90..210).contains(&post.len()) && post.iter().all(|(source, target)| source != target));
    assert!(degrees(&post, 30, |pair| pair.0).iter().collect::<std::collections::BTreeSet<_>>().len() > 3);
    // Those of any backend, on any number of ranks.
    assert_eq!([pre, post], drawn_pairs(start(DrawnNumbers::<Native>::build(3).unwrap())));
}

/// So many in all.
fn a_fixed_total_number_is_met<B: Suite>() {
    let n = FixedTotalNumber { n: 17, with_replacement: false, ..FixedTotalNumber::default() };
    let (pairs, count) = connected::<B, _>(n);
    assert_eq!((count, pairs.len()), (17, 17));
    assert_eq!(pairs, connected::<Native, _>(n).0);
}

/// What is listed, in a program or in a file, doubles counted.
fn listed_connections_are_made<B: Suite>() {
    let list = [(11, 8), (0, 0), (0, 3), (5, 3), (0, 0)];
    let expected = vec![(0, 0), (0, 3), (5, 3), (11, 8)];
    assert_eq!(connected::<B, _>(FromList::new(list)), (expected.clone(), 5));
    let file = std::env::temp_dir().join(format!("pynn-conformance-{}-{}.txt", B::NAME, std::process::id()));
    let lines: String = list.iter().map(|(source, target)| format!("{source} {target}\n")).collect();
    std::fs::write(&file, format!("# columns = [\"i\", \"j\"]\n{lines}")).unwrap();
    let found = connected::<B, _>(FromFile::new(&file));
    std::fs::remove_file(file).unwrap();
    assert_eq!(found, (expected, 5));
}

crate::list! {
    all_to_all_connects_every_pair [AllToAll FixedProbability] on Native Nest Neuron;
    one_to_one_connects_equal_indices [OneToOne] on Native Nest Neuron;
    a_fixed_probability_connects_as_many_pairs_as_it_says [FixedProbability] on Native Nest Neuron;
    a_fixed_number_of_sources_is_every_targets [FixedNumberPre] on Native Nest Neuron;
    a_fixed_number_of_targets_is_every_sources [FixedNumberPost] on Native Nest Neuron;
    a_number_that_is_drawn_is_each_cells_own [FixedNumberPre FixedNumberPost] on Native Nest Neuron;
    a_fixed_total_number_is_met [FixedTotalNumber] on Native Nest Neuron;
    listed_connections_are_made [FromList FromFile] on Native Nest Neuron;
}
