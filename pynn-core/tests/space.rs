//! Where cells are, and what depends on their distance.

mod common;

use common::Paper;
use pynn_core::backend::{Draw, LocalProjection};
use pynn_core::connector::Connector;
use pynn_core::prelude::*;
use pynn_core::space::Structure;
use pynn_core::synapse::{SynapseFamily, SynapseType};

/// Two populations of the given sizes on one simulator.
struct Base {
    net: NetworkBuilder,
    pre: Population<Paper, IfCurrExp>,
    post: Population<Paper, IfCurrExp>,
}

fn base(pre: usize, post: usize) -> Base {
    let mut net = NetworkBuilder::new("Space");
    net.seed(4);
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let [pre, post] = [("pre", pre), ("post", post)]
        .map(|(name, size)| net.population(&sim, name, size, IfCurrExp::default()));
    Base { net, pre, post }
}

fn plain() -> StaticSynapse<Current, Time> {
    StaticSynapse { weight: 0.5 * nA, delay: 0.5 * ms }
}

/// Source, target, weight and delay in steps of all connections of projection number `number`.
fn connections(network: &Network, number: usize) -> Result<Vec<(u32, u32, f64, u32)>> {
    let mut found = Vec::new();
    for projection in LocalProjection::onto(network, &network.projections()[number], |spec| 0..spec.size) {
        projection.connect(Draw::All, &mut |row| {
            for (index, source) in row.sources.iter().enumerate() {
                found.push((*source, row.target, row.weights.get(index), row.delays.get(index)));
            }
        })?;
    }
    Ok(found)
}

/// The connections from `pre` to `post`.
fn between<S>(mut base: Base, connector: impl Connector, synapse: S) -> Result<Vec<(u32, u32, f64, u32)>>
where
    S: SynapseType<Current>,
    Paper: Transmits<S::Family>,
    S::Family: SynapseFamily,
{
    let (pre, target) = (base.pre, base.post.default_target());
    base.net.project(Some("p"), &pre, target, connector, synapse);
    connections(&base.net.build()?, 0)
}

fn points(structure: impl Structure, size: usize) -> Vec<[f64; 3]> {
    let Base { mut net, pre, .. } = base(size, 1);
    net.structure(&pre, structure);
    let network = net.build().unwrap();
    let all: Vec<_> =
        network.positions(pre.id()).into_iter().map(|point| point.map(|length| length.base())).collect();
    assert_eq!(all.len(), size);
    all
}

#[test]
fn grids_are_filled_as_pynn_fills_them() {
    assert_eq!(
        points(Line { dx: 2.0 * um, x0: 1.0 * um, ..Default::default() }, 3),
        [[1.0, 0.0, 0.0], [3.0, 0.0, 0.0], [5.0, 0.0, 0.0]]
    );
    // 3 columns of 2: y changes fastest.
    let grid = Grid2D { aspect_ratio: 1.5, dx: 10.0 * um, dy: 1.0 * um, z: 7.0 * um, ..Default::default() };
    let expected = [[0.0, 0.0], [0.0, 1.0], [10.0, 0.0], [10.0, 1.0], [20.0, 0.0], [20.0, 1.0]];
    assert_eq!(points(grid, 6), expected.map(|[x, y]| [x, y, 7.0]));
    let grid = Grid3D { dy: 2.0 * um, z0: -1.0 * um, ..Default::default() };
    let all = points(grid, 8);
    assert_eq!(all[..4], [[0.0, 0.0, -1.0], [0.0, 0.0, 0.0], [0.0, 2.0, -1.0], [0.0, 2.0, 0.0]]);
    assert_eq!(all[7], [1.0, 2.0, 0.0]);
}

#[test]
fn a_random_order_takes_the_same_places() {
    let sequential = points(Grid2D::default(), 100);
    let mut random = points(Grid2D { fill_order: FillOrder::Random, ..Default::default() }, 100);
    assert_ne!(random, sequential);
    random.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!(random, sequential);
}

#[test]
fn random_places_fill_their_volume_evenly() {
    let n = 20_000;
    let boundary = Cuboid { width: 10.0 * um, height: 20.0 * um, depth: 1.0 * um };
    let all = points(RandomStructure { boundary, origin: [5.0 * um, 0.0 * um, 0.0 * um] }, n);
    for (axis, (low, high)) in [(0.0, 10.0), (-10.0, 10.0), (-0.5, 0.5)].into_iter().enumerate() {
        assert!(all.iter().all(|point| (low..=high).contains(&point[axis])));
        // The mean of n uniform numbers has the deviation extent / sqrt(12 n); within 5 of them.
        let mean = all.iter().map(|point| point[axis]).sum::<f64>() / n as f64;
        assert!((mean - (low + high) / 2.0).abs() < 5.0 * (high - low) / (12.0 * n as f64).sqrt());
    }
    let ball = points(RandomStructure { boundary: Sphere { radius: 3.0 * um }, ..Default::default() }, n);
    let radius = |point: &[f64; 3]| point.iter().map(|x| x * x).sum::<f64>().sqrt();
    assert!(ball.iter().all(|point| radius(point) <= 3.0));
    // An eighth of a ball lies within half of its radius: 2500, with the deviation sqrt(n 7/64) = 47.
    let inner = ball.iter().filter(|point| radius(point) < 1.5).count();
    assert!(inner.abs_diff(n / 8) < 5 * 47, "{inner}");
}

#[test]
fn distances_are_taken_along_the_axes_and_around_the_boundaries() {
    let space = Space { axes: Axes::Xy, ..Default::default() };
    assert_eq!(space.distance([0.0, 0.0, 9.0], [3.0, 4.0, 0.0]), 5.0);
    let boundary = Some((0.0 * um, 10.0 * um));
    let ring = Space { periodic_boundaries: [boundary, None, None], ..Default::default() };
    assert_eq!(
        [ring.distance([1.0, 0.0, 0.0], [9.0, 0.0, 0.0]), ring.distance([0.0, 1.0, 0.0], [0.0, 9.0, 0.0])],
        [2.0, 8.0]
    );
    let scaled = Space { scale_factor: 2.0, offset: [1.0 * um, 0.0 * um, 0.0 * um], ..Default::default() };
    assert_eq!(scaled.distance([0.0; 3], [4.0, 0.0, 0.0]), 10.0);
}

#[test]
fn delays_grow_with_the_distance() {
    let others = || AllToAll { allow_self_connections: false };
    for delay in [of_distance(|d| (0.2 + 0.3 * d) * ms), Expression::new("0.2+0.3*d").into()] {
        let Base { mut net, pre, .. } = base(5, 1);
        let synapse = StaticSynapse { weight: 0.1 * nA, delay };
        net.project(None, &pre, pre.default_target(), others(), synapse.clone());
        let certain =
            FixedProbability { p_connect: 1.0, allow_self_connections: false, ..FixedProbability::default() };
        net.project(None, &pre, pre.default_target(), certain, synapse);
        let network = net.build().unwrap();
        let all = connections(&network, 0).unwrap();
        assert_eq!(all.len(), 20);
        for (i, j, _, delay) in &all {
            // In steps of 0.1 ms.
            assert_eq!(*delay, 2 + 3 * i.abs_diff(*j));
        }
        assert_eq!(connections(&network, 1).unwrap(), all);
    }
}

#[test]
fn weights_come_from_lists_arrays_and_functions_of_the_distance() {
    // By target and then by source.
    let listed = [0.0, 2.0, 4.0, 6.0, 1.0, 3.0, 5.0, 7.0];
    let weights: [pynn_core::values::SynapseValues<Current>; 4] = [
        listed.map(|weight| weight * nA).into(),
        [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]].map(|row| row.map(|weight| weight * nA)).into(),
        (|i: usize, j: usize| (2 * i + j) as f64 * nA).into(),
        vec![
            vec![0.0 * nA, 1.0 * nA],
            vec![2.0 * nA, 3.0 * nA],
            vec![4.0 * nA, 5.0 * nA],
            vec![6.0 * nA, 7.0 * nA],
        ]
        .into(),
    ];
    for weight in weights {
        let synapse = StaticSynapse { weight, delay: 0.5 * ms };
        let all = between(base(4, 2), AllToAll::default(), synapse).unwrap();
        let found: Vec<f64> = all.iter().map(|connection| connection.2).collect();
        assert_eq!(found, listed);
    }
    let synapse = StaticSynapse { weight: of_distance(|d| (1.0 + d) * nA), delay: 0.5 * ms };
    let all = between(base(4, 2), AllToAll::default(), synapse).unwrap();
    assert!(all.iter().all(|(i, j, weight, _)| *weight == 1.0 + f64::from(i.abs_diff(*j))));
}

#[test]
fn a_fixed_number_of_sources_gives_each_target_the_same_weight() {
    let all = between(base(4, 2), FixedNumberPre { n: 3.into(), ..Default::default() }, plain()).unwrap();
    for target in 0..2 {
        let column: Vec<f64> = all.iter().filter(|found| found.1 == target).map(|found| found.2).collect();
        assert_eq!((column.len(), column.iter().sum()), (3, 1.5));
    }
}

/// On a 20 x 20 grid with a pitch of 10 um: probability 1 up to 15 um.
#[test]
fn near_cells_connect_to_the_eight_around_them() {
    for connector in [
        DistanceDependentProbability::new(|d| if d < 15.0 { 1.0 } else { 0.0 }),
        DistanceDependentProbability::expression("d < 15"),
    ] {
        let Base { mut net, pre, .. } = base(400, 1);
        net.structure(&pre, Grid2D { dx: 10.0 * um, dy: 10.0 * um, ..Default::default() });
        let boundary = Some((0.0 * um, 200.0 * um));
        net.space(Space { periodic_boundaries: [boundary, boundary, None], ..Default::default() });
        net.project(None, &pre, pre.default_target(), connector.allow_self_connections(false), plain());
        let all = connections(&net.build().unwrap(), 0).unwrap();
        assert_eq!(all.len(), 8 * 400);
        assert!(all.contains(&(0, 399, 0.5, 5)), "the corners are neighbours across the boundaries");
    }
}

#[test]
fn probabilities_that_fall_with_the_distance_connect_as_often() {
    let connector = DistanceDependentProbability::new(|d| (-d / 100.0).exp());
    let all = between(base(300, 300), connector, plain()).unwrap();
    let p = |i: u32, j: u32| (-f64::from(i.abs_diff(j)) / 100.0).exp();
    for band in [0..10, 50..60, 150..200] {
        let pairs: Vec<(u32, u32)> = (0..300)
            .flat_map(|i: u32| (0..300u32).map(move |j| (i, j)))
            .filter(|(i, j)| band.contains(&i.abs_diff(*j)))
            .collect();
        let expected: f64 = pairs.iter().map(|(i, j)| p(*i, *j)).sum();
        let variance: f64 = pairs.iter().map(|(i, j)| p(*i, *j) * (1.0 - p(*i, *j))).sum();
        let found = all.iter().filter(|(i, j, ..)| band.contains(&i.abs_diff(*j))).count() as f64;
        assert!((found - expected).abs() < 5.0 * variance.sqrt(), "{found} of {expected} within {band:?}");
    }
}

#[test]
fn displacements_go_from_source_to_target() {
    let right = DisplacementDependentProbability::new(|[x, _, _]| if x > 0.0 { 1.0 } else { 0.0 });
    let all = between(base(4, 4), right, plain()).unwrap();
    let pairs: Vec<_> = all.iter().map(|found| (found.0, found.1)).collect();
    assert_eq!(pairs, [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]);
}

#[test]
fn a_clone_connects_the_same_pairs_with_its_own_values() {
    let Base { mut net, pre, post } = base(20, 30);
    let random = FixedProbability { p_connect: 0.3, ..Default::default() };
    let first = net.project(Some("first"), &pre, post.default_target(), random, plain());
    let other = StaticSynapse { weight: -1.0 * nA, delay: 2.0 * ms };
    let inhibitory = IfCurrExp::receptors().inhibitory;
    net.project(None, &pre, post.target(inhibitory), CloneConnections::of(&first), other);
    net.project(Some("small"), &pre, post.slice(..9).default_target(), CloneConnections::of(&first), plain());
    let message = net.build().unwrap_err().to_string();
    assert_eq!(
        message,
        "projection `small`: CloneConnections: `first` has 20 sources and 30 targets, but there are 20 and 9; clone \
         between ends of one size"
    );
    let Base { mut net, pre, post } = base(20, 30);
    let first = net.project(None, &pre, post.default_target(), random, plain());
    net.project(None, &pre, post.target(inhibitory), CloneConnections::of(&first), other);
    let network = net.build().unwrap();
    let [first, second] = [0, 1].map(|number| connections(&network, number).unwrap());
    let cloned: Vec<_> = first.iter().map(|found| (found.0, found.1, -1.0, 20)).collect();
    assert!(first.len() > 100 && second == cloned);
}

#[test]
fn an_array_connects_where_it_says_so() {
    let array = Array::new([[true, false], [false, false], [true, true], [false, true]]);
    let pairs: Vec<_> =
        between(base(4, 2), array.clone(), plain()).unwrap().iter().map(|found| (found.0, found.1)).collect();
    assert_eq!(pairs, [(0, 0), (2, 0), (2, 1), (3, 1)]);
    let message = between(base(4, 3), array, plain()).unwrap_err().to_string();
    assert_eq!(
        message,
        "projection `p`: Array is a matrix of 4 x 2, but there are 4 sources in `pre` and 3 targets in `post`; give one row a \
         source and one column a target"
    );
    let ragged = Array::new([vec![true, false], vec![true]]);
    let message = between(base(2, 2), ragged, plain()).unwrap_err().to_string();
    assert_eq!(message, "projection `p`: Array: row 1 has 1 entries, but row 0 has 2");
}

#[test]
fn a_small_world_keeps_its_degree() {
    let world = |rewiring| {
        let Base { mut net, pre, .. } = base(100, 1);
        let boundary = Some((0.0 * um, 100.0 * um));
        net.space(Space { periodic_boundaries: [boundary, None, None], ..Default::default() });
        let connector = SmallWorld { degree: 5.5 * um, rewiring, allow_self_connections: false };
        net.project(None, &pre, pre.default_target(), connector, plain());
        connections(&net.build().unwrap(), 0).unwrap()
    };
    let near = |found: &&(u32, u32, f64, u32)| {
        let apart = found.0.abs_diff(found.1);
        apart.min(100 - apart) <= 5
    };
    for (rewiring, expected) in [(0.0, 1000.0), (0.3, 700.0), (1.0, 0.0)] {
        let all = world(rewiring);
        assert_eq!(all.len(), 1000, "ten neighbours each");
        // An exchanged source is none of those that the target has, so at most 10 in 89 come back near.
        let kept = all.iter().filter(near).count() as f64;
        let back = (1000.0 - expected) * 0.12;
        let deviation = (1000.0 * rewiring * (1.0 - rewiring)).sqrt();
        assert!(
            kept >= expected - 5.0 * deviation && kept <= expected + 5.0 * deviation + back,
            "{kept} of {expected}"
        );
    }
}

#[test]
fn no_two_cells_connect_in_both_directions() {
    let Base { mut net, pre, .. } = base(5, 1);
    net.project(None, &pre, pre.default_target(), AllToAllNoMutual, plain());
    let all = connections(&net.build().unwrap(), 0).unwrap();
    assert!(all.len() == 10 && all.iter().all(|found| found.0 > found.1));
}

#[test]
fn what_is_no_probability_names_projection_pair_and_value() {
    let too_large = DistanceDependentProbability::new(|d| d / 2.0);
    assert_eq!(
        between(base(4, 2), too_large, plain()).unwrap_err().to_string(),
        "projection `p`: DistanceDependentProbability: the probability of a connection from source 3 to target 0, 3 um away, is \
         1.5, but must be between 0 and 1"
    );
    let unknown = IndexBasedProbability::new(|i, j| if (i, j) == (2, 1) { f64::NAN } else { 1.0 });
    assert_eq!(
        between(base(4, 2), unknown, plain()).unwrap_err().to_string(),
        "projection `p`: IndexBasedProbability: the probability of a connection from source 2 to target 1 is NaN, but must be \
         between 0 and 1"
    );
}

#[test]
fn structures_that_do_not_fit_are_rejected() {
    fn message(structure: impl Structure) -> String {
        let Base { mut net, pre, .. } = base(7, 1);
        net.structure(&pre, structure);
        net.build().unwrap_err().to_string()
    }
    assert_eq!(
        message(Grid2D::default()),
        "population `pre`: Grid2D with aspect_ratio 1 has 3 columns, which do not divide 7 cells; change the size or the ratio"
    );
    assert_eq!(
        message(Grid3D::default()),
        "population `pre`: Grid3D has 2 x 2 x 2 places for 7 cells; change the size or the ratios"
    );
    assert_eq!(
        message(RandomStructure::<Sphere>::default()),
        "population `pre`: Sphere needs radius, a length"
    );
}

#[test]
fn values_of_a_wrong_shape_are_rejected() {
    let weight = [[1.0 * nA, 2.0 * nA]; 3];
    let message =
        between(base(4, 2), AllToAll::default(), StaticSynapse { weight, delay: 0.5 * ms }).unwrap_err();
    assert_eq!(
        message.to_string(),
        "projection `p`: weights is a matrix of 3 x 2, but there are 4 sources in `pre` and 2 targets in `post`; give one row a \
         source and one column a target"
    );
    let delay = Expression::new("0.2+0.3*");
    let message =
        between(base(4, 2), AllToAll::default(), StaticSynapse { weight: 1.0 * nA, delay }).unwrap_err();
    assert!(message.to_string().starts_with("projection `p`: delays: expected a number"), "{message}");
}
