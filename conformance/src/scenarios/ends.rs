//! Which cells are the ends of projections, and where they are.

use pynn::prelude::*;

use super::connectors::{SOURCES, TARGETS, all_pairs, connected};
use crate::backends::{Suite, assert_times, source, start};

/// PyNN #622: what counts as a self-connection is the cell. Cells 2, 3 and 4 fire at 1.1 ms; each spike lifts its targets by 1 mV.
fn views_that_overlap_have_no_self_connections<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population kick on sim: [SpikeSourceArray { ..source(&[1.0]) }; 1];
        population pop on sim: [IfCurrDelta { tau_m: 1000.0s, tau_refrac: 0.1ms, .. }; 10];
        view some = pop[[4, 2, 3]];
        view shifted = pop[3..7];
        assembly both = shifted + pop[0..2];
        projection kick -> some: AllToAll, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
        projection some -> some: AllToAll { allow_self_connections: false }, StaticSynapse { weight: 1.0mV, delay: 1.0ms };
        projection some -> shifted: AllToAll { allow_self_connections: false }, StaticSynapse { weight: 1.0mV, delay: 2.0ms };
        projection some -> both: FixedProbability { p_connect: 0.99999, allow_self_connections: false, .. },
            StaticSynapse { weight: 1.0mV, delay: 3.0ms };
        record pop: spikes, v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(6.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.pop).unwrap().counts(), [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
    assert_eq!(sim.statistics().unwrap().synapses(), 3 + 6 + 10 + 16);
    let v = sim.trace(|net| &net.pop, |v| v.v).unwrap();
    let sources = |at: f64, cell: usize| (v.of(cell)[(at * 10.0) as usize] + 65.0).round();
    let at = |time: f64| (0..8).map(|cell| sources(time, cell)).collect::<Vec<_>>();
    assert_eq!(at(2.6), [0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0, 0.0]);
    assert_eq!(at(3.6), [0.0, 0.0, 2.0, 4.0, 4.0, 3.0, 3.0, 0.0]);
    assert_eq!(at(5.0), [3.0, 3.0, 2.0, 6.0, 6.0, 6.0, 6.0, 0.0]);
}

/// An end may have cells of several types; a spike of each arrives.
fn sources_of_several_types_reach_an_assembly<B: Suite>() {
    let mut net = NetworkBuilder::new("Mixed");
    let sim = net.simulator::<B>("sim", SimulatorOptions::default());
    let input = net.population(&sim, "input", 3, source(&[1.0]));
    let relay = IfCurrDelta { tau_m: 1e6 * ms, tau_refrac: 0.1 * ms, ..IfCurrDelta::default() };
    let curr = net.population(&sim, "curr", 4, relay);
    let cond = net.population(&sim, "cond", 2, HhCondExp::default());
    let delta = IfCurrDelta::receptors().excitatory;
    let by = |weight: f64| StaticSynapse { weight: weight * mV, delay: 0.1 * ms };
    net.project(None, &input, curr.slice(..1).target(delta), FromList::new([(0, 0)]), by(30.0));
    let all = curr.slice(1..2) + &curr.select([3]);
    net.project(None, (&input, &cond, &curr), all.target(delta), AllToAll::default(), by(1.0));
    net.record(&curr, IfCurrDelta::variables().v);
    let curr_id = curr.id();
    let mut sim = start(net.build().unwrap());
    sim.run(3.0 * ms).unwrap();
    assert_eq!(sim.statistics().unwrap().synapses(), 1 + 9 * 2);
    let v = sim.trace_of(curr_id, "v", 0).unwrap();
    // Three sources and cell 0 have fired.
    let last: Vec<f64> = (0..4).map(|cell| (v.of(cell).last().unwrap() + 65.0).round()).collect();
    assert_eq!(last[1..], [4.0, 0.0, 4.0]);
}

/// The cells of `parts` and of `whole` are alike, two by two.
fn views_are_given_parameters_and_initial_values<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population parts on sim: [IfCurrExp; 4];
        population whole on sim: [IfCurrExp; 4];
        view outer = parts[[0, 3]];
        vary parts[1..3].tau_m = 10.0ms;
        vary outer.i_offset = vec![0.5nA, 1.5nA];
        vary parts[2..].v_thresh = |cell| -50.0mV - 1.0mV * cell as f64;
        initial outer.v ~ Uniform { low: -70.0mV, high: -60.0mV };
        initial outer[1..].v = -55.0mV;
        vary whole.tau_m = vec![20.0ms, 10.0ms, 10.0ms, 20.0ms];
        vary whole.i_offset = vec![0.5nA, 0.0nA, 0.0nA, 1.5nA];
        vary whole.v_thresh = vec![-50.0mV, -50.0mV, -52.0mV, -53.0mV];
        record parts: spikes, v;
        record whole: spikes, v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    let drawn = sim.state(|net| &net.parts, |s| s.v).unwrap();
    assert!(drawn[0] > -70.0 * mV && drawn[0] < -60.0 * mV);
    assert_eq!(drawn[1..], [-65.0, -65.0, -55.0].map(|v| v * mV));
    sim.initialize(|net| &net.whole, |s| s.v, drawn).unwrap();
    sim.run(50.0 * ms).unwrap();
    let (parts, whole) = (sim.spikes(|net| &net.parts).unwrap(), sim.spikes(|net| &net.whole).unwrap());
    assert!(parts.counts()[3] > 1);
    assert_eq!((parts.times, parts.indices), (whole.times, whole.indices));
    let (parts, whole) =
        (sim.trace(|net| &net.parts, |v| v.v).unwrap(), sim.trace(|net| &net.whole, |v| v.v).unwrap());
    // What is sampled at time 0 is from before the potentials were set.
    (0..4).for_each(|cell| assert_eq!(parts.of(cell)[1..], whole.of(cell)[1..], "cell {cell}"));
}

/// Senders of several types, onto a receptor that is computed: spikes after 1 ms arrive at the one or the other.
fn several_senders_reach_a_computed_receptor<B: Suite>() {
    network! {
        struct Net<B: Backend> { inhibits: bool }
        simulator sim: B {};
        population early on sim: [SpikeSourceArray { ..source(&[1.0]) }; 2];
        population late on sim: [SpikeSourcePoisson { rate: 1.0kHz, start: 5.0ms, .. }; 3];
        population silent on sim: [IfCondExp; 2];
        population relay on sim: [IfCurrExp; 2];
        let weight = if inhibits { -1.0nA } else { 1.0nA };
        projection (early, late, silent[1..]) -> relay.(if inhibits { inhibitory } else { excitatory }): AllToAll,
            StaticSynapse { weight, delay: 1.0ms };
        record relay: v;
    }
    for inhibits in [false, true] {
        let mut sim = start(Net::<B>::build(inhibits).unwrap());
        assert_eq!(sim.statistics().unwrap().synapses(), 2 * (2 + 3 + 1));
        sim.run(5.0 * ms).unwrap();
        let v = sim.trace(|net| &net.relay, |v| v.v).unwrap().of(1);
        let rise = if inhibits { -65.0 - v[30] } else { v[30] + 65.0 };
        assert!(v[20] == -65.0 && rise > 1.0, "{v:?}");
    }
}

/// Delays of 0.2 + 0.3 d: cell 0 fires at 1.1 ms and makes the others fire, 1 um from each other.
fn delays_grow_with_the_distance<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population kick on sim: [SpikeSourceArray { ..source(&[1.0]) }; 1];
        population row on sim: [IfCurrDelta { tau_refrac: 20.0ms, .. }; 5];
        structure row: Line { x0: 7.0um, .. };
        projection kick -> row[0..1]: AllToAll, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
        projection row -> row: AllToAll { allow_self_connections: false },
            StaticSynapse { weight: 30.0mV, delay: of_distance(|d| 0.2ms + 0.3ms * d) };
        record row: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(4.0 * ms).unwrap();
    assert_eq!(sim.statistics().unwrap().synapses(), 21);
    let spikes = sim.spikes(|net| &net.row).unwrap();
    let first = spikes.train(0)[0];
    for cell in 1..5 {
        assert_times(&spikes.train(cell), &[first + 0.2 + 0.3 * cell as f64]);
    }
}

/// The pairs for which `holds`.
fn pairs_where(holds: impl Fn(usize, usize) -> bool) -> Vec<(usize, usize)> {
    all_pairs().into_iter().filter(|(source, target)| holds(*source, *target)).collect()
}

/// Cells of both ends are on lines from 0, 1 um from each other.
fn connections_depend_on_the_distance<B: Suite>() {
    let near = pairs_where(|i, j| i.abs_diff(j) <= 2);
    let connector = || DistanceDependentProbability::new(|d| if d < 2.5 { 1.0 } else { 0.0 });
    assert_eq!(connected::<B, _>(connector()).0, near);
    assert_eq!(connected::<B, _>(DistanceDependentProbability::expression("d < 2.5")).0, near);
    let falling = || DistanceDependentProbability::expression("exp(-d / 4)");
    assert_eq!(connected::<B, _>(falling()), connected::<Native, _>(falling()));
    let right = DisplacementDependentProbability::new(|[x, _, _]| if x > 3.5 { 1.0 } else { 0.0 });
    assert_eq!(connected::<B, _>(right).0, pairs_where(|i, j| j >= i + 4));
}

/// From a function of the indices, and from a matrix.
fn connections_depend_on_the_indices<B: Suite>() {
    let third = |i: usize, j: usize| (i + j).is_multiple_of(3);
    let by_index = IndexBasedProbability::new(move |i, j| if third(i, j) { 1.0 } else { 0.0 });
    assert_eq!(connected::<B, _>(by_index).0, pairs_where(third));
    let matrix = (0..SOURCES).map(|i| (0..TARGETS).map(|j| third(i, j)).collect::<Vec<_>>());
    assert_eq!(connected::<B, _>(Array::new(matrix)).0, pairs_where(third));
    assert_eq!(connected::<B, _>(AllToAllNoMutual).0, all_pairs());
}

/// PyNN's `NoMutual`: of the pairs that are drawn those stay whose source comes after the target.
fn no_two_cells_connect_in_both_directions<B: Suite>() {
    network! {
        struct Net<B: Backend> { allow_mutual_connections: bool }
        simulator sim: B {};
        population pop on sim: [IfCurrDelta; 20];
        projection drawn = pop -> pop: FixedProbability { p_connect: 0.5, allow_mutual_connections, .. },
            StaticSynapse { weight: 1.0mV, delay: 1.0ms };
        projection near = pop -> pop[5..15]:
            DistanceDependentProbability::expression("exp(-d / 8)").allow_mutual_connections(allow_mutual_connections),
            StaticSynapse { weight: 1.0mV, delay: 1.0ms };
    }
    let connections = |mutual: bool| {
        let mut sim = start(Net::<B>::build(mutual).unwrap());
        let mut pairs = |near: bool| -> Vec<(u32, u32)> {
            let of = if near { sim.weights(|net| &net.near) } else { sim.weights(|net| &net.drawn) };
            of.unwrap().list().map(|(source, target, _)| (source, target)).collect()
        };
        (pairs(false), pairs(true))
    };
    let ((mut drawn, mut near), one) = (connections(true), connections(false));
    drawn.retain(|(source, target)| source > target);
    // Cells 5 to 14 are in both ends, where they have other indices.
    near.retain(|(source, target)| !(5..15).contains(source) || *source > target + 5);
    assert!(drawn.len() > 50 && near.len() > 50);
    assert_eq!(one, (drawn, near));
}

/// Neighbours, half of them exchanged: as many in all.
fn a_small_world_is_the_same_everywhere<B: Suite>() {
    let world = SmallWorld { degree: 2.5 * um, rewiring: 0.5, ..SmallWorld::default() };
    let neighbours = pairs_where(|i, j| i.abs_diff(j) <= 2).len() as u64;
    let (pairs, count) = connected::<B, _>(world);
    assert_eq!((count, pairs.len() as u64), (neighbours, neighbours));
    assert_eq!(pairs, connected::<Native, _>(world).0);
}

/// The clone's targets fire when the original's do.
fn a_clone_connects_the_pairs_of_another_projection<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::from_fn(|k| vec![(k + 1) as f64 * ms]) }; 12];
        population first on sim: [IfCurrDelta; 9];
        population second on sim: [IfCurrDelta; 9];
        projection some = input -> first: FixedProbability { p_connect: 0.4, .. },
            StaticSynapse { weight: 30.0mV, delay: 0.1ms };
        projection input -> second: CloneConnections::of(&some), StaticSynapse { weight: 30.0mV, delay: 0.1ms };
        record first: spikes;
        record second: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(14.0 * ms).unwrap();
    let first = sim.spikes(|net| &net.first).unwrap();
    let second = sim.spikes(|net| &net.second).unwrap();
    assert!(first.len() > 20);
    assert_eq!((first.times, first.indices), (second.times, second.indices));
}

crate::list! {
    views_are_given_parameters_and_initial_values [views vary initial] on Native Nest Neuron;
    several_senders_reach_a_computed_receptor [assemblies] on Native Nest Neuron;
    views_that_overlap_have_no_self_connections [views AllToAll FixedProbability] on Native Nest Neuron;
    sources_of_several_types_reach_an_assembly [assemblies] on Native Nest Neuron;
    delays_grow_with_the_distance [positions] on Native Nest Neuron;
    connections_depend_on_the_distance [DistanceDependentProbability DisplacementDependentProbability positions] on Native Nest Neuron;
    no_two_cells_connect_in_both_directions [FixedProbability DistanceDependentProbability] on Native Nest Neuron;
    connections_depend_on_the_indices [IndexBasedProbability Array AllToAllNoMutual] on Native Nest Neuron;
    a_small_world_is_the_same_everywhere [SmallWorld] on Native Nest Neuron;
    a_clone_connects_the_pairs_of_another_projection [CloneConnections] on Native Nest Neuron;
}
