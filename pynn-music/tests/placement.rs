//! Placement and routes of random networks on random numbers of ranks.

mod common;

use std::collections::BTreeSet;

use common::Toy;
use proptest::prelude::*;
use pynn_core::backend::Draw;
use pynn_core::prelude::*;
use pynn_music::Plan;
use pynn_music::layout::Layout;
use pynn_music::route::{Routes, SELF};

/// Sizes of populations and the simulator of each; projections as (source, target, one-to-one); processes.
#[derive(Clone, Debug)]
struct Sketch {
    populations: Vec<(usize, usize, bool)>,
    projections: Vec<(usize, usize, bool)>,
    processes: Vec<usize>,
}

fn sketches() -> impl Strategy<Value = Sketch> {
    let populations = prop::collection::vec((1..30usize, 0..2usize, any::<bool>()), 1..6);
    let projections = prop::collection::vec((0..6usize, 0..6usize, any::<bool>()), 0..8);
    (populations, projections, prop::collection::vec(1..5usize, 2))
        .prop_map(|(populations, projections, processes)| Sketch { populations, projections, processes })
}

fn build(sketch: &Sketch) -> Network {
    let mut net = NetworkBuilder::new("Random");
    let options = SimulatorOptions::default();
    let simulators = [net.simulator::<Toy>("a", options.clone()), net.simulator::<Toy>("b", options)];
    let mut sources = Vec::new();
    let mut cells = Vec::new();
    for (index, &(size, simulator, is_source)) in sketch.populations.iter().enumerate() {
        let name = format!("p{index}");
        if is_source {
            let source = net.population(&simulators[simulator], &name, size, SpikeSourcePoisson::default());
            sources.push(source.all());
            cells.push(None);
        } else {
            let population = net.population(&simulators[simulator], &name, size, IfCurrExp::default());
            cells.push(Some(population));
        }
    }
    let synapse = || StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms };
    for &(source, target, one_to_one) in &sketch.projections {
        let Some(Some(target)) = cells.get(target) else { continue };
        let from = sketch.populations.get(source).map(|population| population.0.min(target.size()));
        let Some(size) = from else { continue };
        match &cells[source] {
            Some(source) if one_to_one => {
                net.project(
                    None,
                    source.slice(..size),
                    target.slice(..size).default_target(),
                    OneToOne,
                    synapse(),
                );
            }
            Some(source) => {
                net.project(None, source, target.default_target(), AllToAll::default(), synapse());
            }
            None => {
                let nth = cells[..source].iter().filter(|cells| cells.is_none()).count();
                net.project(None, &sources[nth], target.default_target(), AllToAll::default(), synapse());
            }
        }
    }
    net.build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_cell_lives_on_exactly_one_rank_of_its_simulator(sketch in sketches()) {
        let network = build(&sketch);
        let layout = Layout::new(&sketch.processes);
        for population in network.populations() {
            for index in 0..population.size {
                let holds = |rank: &usize| layout.cells(population, *rank).contains(&index);
                let ranks: Vec<usize> = (0..layout.ranks()).filter(holds).collect();
                prop_assert_eq!(ranks.len(), 1);
                prop_assert!(layout.ranks_of(population.simulator).contains(&ranks[0]));
                prop_assert_eq!(layout.rank_of(&network, population.first_gid + index as u32), ranks[0]);
            }
        }
    }

    #[test]
    fn a_spike_goes_to_the_ranks_with_connections_from_its_cell_and_to_no_other(sketch in sketches()) {
        let network = build(&sketch);
        let plan = Plan::new(&network, &sketch.processes).unwrap();
        let (layout, schedule) = (plan.layout(), plan.schedule());
        // For each cell the ranks that have connections from it, as their simulators will make them.
        let cells: usize = network.populations().iter().map(|population| population.size).sum();
        let mut needed = vec![BTreeSet::new(); cells];
        for rank in 0..plan.ranks() {
            for projection in layout.part(&network, rank).projections() {
                projection.connect(Draw::Sources, &mut |row| {
                    row.sources.iter().for_each(|source| {
                        needed[projection.source_gid(*source) as usize].insert(rank);
                    });
                }).unwrap();
            }
        }
        for (gid, needed) in (0..).zip(&needed) {
            let own = layout.rank_of(&network, gid);
            let routes = Routes::new(&network, layout, schedule, own);
            let mut sent = BTreeSet::new();
            for &destination in routes.destinations(routes.block_of(gid), gid) {
                let to = if destination == SELF {
                    prop_assert!(network.population_of(gid).is_source());
                    own
                } else {
                    schedule.channels()[schedule.outgoing(own)[usize::from(destination)]].to
                };
                sent.insert(to);
            }
            if !network.population_of(gid).is_source() && needed.contains(&own) {
                sent.insert(own);
            }
            prop_assert_eq!(&sent, needed, "cell {}", gid);
        }
    }

    #[test]
    fn all_ranks_plan_alike(sketch in sketches()) {
        let plans = [build(&sketch), build(&sketch)].map(|network| {
            (network.digest(), Plan::new(&network, &sketch.processes).unwrap())
        });
        prop_assert_eq!(&plans[0], &plans[1]);
    }
}

#[test]
fn more_ranks_than_there_can_be_are_refused() {
    let network = build(&Sketch { populations: vec![(3, 0, false)], projections: vec![], processes: vec![] });
    for processes in [[65_535, 1], [usize::MAX, 1]] {
        let error = Plan::new(&network, &processes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Placement);
        assert!(
            error.message().ends_with("more than the 65534 that there can be; declare fewer processes"),
            "{error}"
        );
    }
}

#[test]
fn time_steps_that_hardly_ever_meet_are_refused() {
    let steps = |steps: &[f64]| {
        let mut net = NetworkBuilder::new("Apart");
        for (number, step) in steps.iter().enumerate() {
            let options = SimulatorOptions { timestep: *step * ms, ..Default::default() };
            net.simulator::<Toy>(&format!("s{number}"), options);
        }
        Plan::new(&net.build().unwrap(), &vec![1; steps.len()]).map(drop)
    };
    steps(&[0.1, 0.05, 0.03, 0.025]).unwrap();
    for apart in [vec![0.100_003, 0.100_019, 0.100_043], vec![999.999_937, 999.999_929, 999.999_893]] {
        let message = steps(&apart).unwrap_err().message().to_owned();
        assert!(message.contains("no common multiple within 10000000 steps"), "{message}");
        assert!(message.contains(&format!("{} ms of `s0`", apart[0])), "{message}");
    }
}
