//! Structures, the space, views and assemblies of `network!` are what one writes by hand.

use pynn::network::{EndPart, Selection};
use pynn::prelude::*;
use pynn::random::Key;

network! {
    /// A sheet of cells and some of them.
    pub struct Sheet<B: Backend> {
        /// Cells along an edge.
        edge: usize,
        chosen: Vec<usize>,
    }

    seed 5;
    view row = exc[0..edge];
    simulator sim: B { timestep: 0.1ms };
    population exc on sim: [IfCurrExp { tau_refrac: 2.0ms, .. }; edge * edge];
    population inh on sim: [IfCurrExp; 10];
    population layer[_ in 0..2] on sim: [IfCurrExp; 4];
    population noise on sim: [SpikeSourcePoisson { rate: 2.0kHz, .. }; 5];

    structure exc: Grid2D { dx: 10.0um, dy: 10.0um, fill_order: FillOrder::Random, .. };
    structure inh: RandomStructure { boundary: Sphere { radius: 0.1mm }, .. };
    structure layer: Line { dx: 2.0um, .. };
    space Space { axes: Axes::Xy, periodic_boundaries: [Some((0.0um, 10.0um * edge as f64)), None, None], .. };

    /// Three of the first row.
    view three = row.sample(3);
    view listed = exc[chosen];
    view odd = inh.mask((0..10).map(|cell| cell % 2 == 1));
    view first = layer[1].slice(..1);
    /// Everything.
    assembly all = exc + odd + layer[0][1..];
    assembly more = first + inh[[0, 2]];

    projection near = all -> row.excitatory: DistanceDependentProbability::new(|d| if d < 15.0 { 1.0 } else { 0.5 }),
        StaticSynapse { weight: 0.1nA, delay: of_distance(|d| 0.1ms + 0.01ms * d) };
    projection three -> more: AllToAll, StaticSynapse { weight: 0.2nA, delay: Expression::new("0.1 + d / 100") };
    projection noise -> listed[1..]: AllToAll, StaticSynapse { weight: 3.0nA, delay: 0.1ms };
    projection copy = all -> row.inhibitory: CloneConnections::of(&near), StaticSynapse { weight: -0.1nA, .. };
    for k in 0..2 {
        projection layer[k] -> all: FixedNumberPre { n: 1, .. }, StaticSynapse { weight: 0.1nA, .. };
    }
    record exc: spikes, v;
}

fn sheet() -> Sheet<Native> {
    Sheet::build(4, vec![11, 3, 7]).unwrap()
}

fn cells(part: &EndPart) -> Vec<usize> {
    part.cells.iter().collect()
}

#[test]
fn views_and_assemblies_are_fields_of_the_handle() {
    let net = sheet();
    assert_eq!(
        (net.row.size(), net.three.size(), net.odd.size(), net.all.size(), net.more.size()),
        (4, 3, 5, 24, 3)
    );
    assert!(net.three.cells().iter().all(|cell| cell < 4));
    assert_eq!(net.listed.cells().iter().collect::<Vec<_>>(), [3, 7, 11]);
    assert_eq!(net.all.parts().iter().map(View::size).collect::<Vec<_>>(), [16, 5, 3]);
}

#[test]
fn projections_end_on_the_cells_of_views_and_assemblies() {
    let net = sheet();
    let projections = net.network().projections();
    assert_eq!(&*projections[0].name, "near");
    assert_eq!(projections[0].source.size(), 24);
    assert_eq!(projections[0].target.parts()[0].cells, Selection::Range(0..4));
    assert_eq!(&*projections[1].name, "exc -> layer[1] + inh.excitatory");
    assert_eq!(projections[1].target.parts().iter().map(cells).collect::<Vec<_>>(), [vec![0], vec![0, 2]]);
    assert_eq!(cells(&projections[2].target.parts()[0]), [7, 11]);
    assert_eq!(projections[5].target.size(), 24);
}

#[test]
fn structures_and_the_space_are_those_of_the_block() {
    let net = sheet();
    let network = net.network();
    let mut places = network.positions(net.exc.id());
    places.sort_by(|a, b| a.partial_cmp(b).unwrap());
    assert_eq!((places[0], places[15]), ([0.0 * um; 3], [30.0 * um, 30.0 * um, 0.0 * um]));
    let inside = network
        .positions(net.inh.id())
        .iter()
        .all(|[x, y, z]| [x, y, z].iter().map(|at| (**at / um).powi(2)).sum::<f64>() <= 1e4);
    assert!(inside);
    assert_eq!(network.positions(net.layer[1].id())[3], [6.0 * um, 0.0 * um, 0.0 * um]);
    let space = network.projections()[0].space;
    assert_eq!((space.axes, space.periodic_boundaries[0]), (Axes::Xy, Some((0.0 * um, 40.0 * um))));
    // A structure of one's own takes part too.
    #[derive(Debug)]
    struct Point;
    impl pynn::space::Structure for Point {
        fn check(&self, _: usize) -> std::result::Result<(), String> {
            Ok(())
        }
        fn positions(&self, size: usize, _: Key) -> Vec<pynn::space::Point> {
            vec![[1.0; 3]; size]
        }
    }
    let mut hand = NetworkBuilder::new("Hand");
    let sim = hand.simulator::<Native>("sim", SimulatorOptions::default());
    let cells = hand.population(&sim, "cells", 2, IfCurrExp::default());
    hand.structure(&cells, Point);
    assert_eq!(hand.build().unwrap().positions(cells.id())[1], [1.0 * um; 3]);
}

#[test]
fn the_sheet_gives_the_same_spikes_on_any_number_of_ranks() {
    let run = |ranks: usize| {
        let mut sim =
            music::Setup::new().processes("sim", ranks).ranks(music::Ranks::Threads).start(sheet()).unwrap();
        sim.run(50.0 * ms).unwrap();
        (sim.digest().unwrap(), sim.statistics().unwrap().synapses())
    };
    let alone = run(1);
    assert_eq!([run(2), run(4)], [alone; 2]);
}
