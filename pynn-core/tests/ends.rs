//! Views of populations, assemblies of several, and what projections between them connect.

mod common;

use common::Paper;
use pynn_core::backend::{Draw, LocalProjection, Part};
use pynn_core::connector::Connector;
use pynn_core::population::{Senders, SimulatorHandle, SimulatorId};
use pynn_core::prelude::*;

/// A builder, its simulator and a population of 10 cells called `pop`.
fn builder() -> (NetworkBuilder, SimulatorHandle<Paper>, Population<Paper, IfCurrExp>) {
    let mut net = NetworkBuilder::new("Ends");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let pop = net.population(&sim, "pop", 10, IfCurrExp::default());
    (net, sim, pop)
}

fn synapse() -> StaticSynapse<Current, Time> {
    StaticSynapse { weight: 0.015 * nA, delay: 1.0 * ms }
}

/// The connections of the first projection as (source, target), indices in the ends, over `shares` ranks.
fn pairs(network: &Network, shares: usize) -> Vec<(u32, u32)> {
    let mut pairs = Vec::new();
    let targets = network.projections()[0].target.cells();
    for share in 0..shares {
        let part = Part { network, simulator: SimulatorId(0), share, shares };
        for projection in part.projections() {
            let population = &network.populations()[projection.target_population().0];
            let first_gid =
                part.populations().find(|local| local.spec.id == population.id).unwrap().first_gid();
            let emit = &mut |row: pynn_core::backend::SynapseRow<'_>| {
                let target = targets.index_of(first_gid + row.target).unwrap();
                pairs.extend(row.sources.iter().map(|source| (*source, target)));
            };
            projection.connect(Draw::All, emit).unwrap();
        }
    }
    pairs.sort_unstable();
    pairs
}

/// What `connector` connects, the same on one, two, three, and more ranks than cells.
fn connected(
    source: impl Into<Senders>,
    target: impl Into<Assembly<Paper, IfCurrExp>>,
    connector: impl Connector,
    mut net: NetworkBuilder,
) -> Vec<(u32, u32)> {
    net.project(None, source, target.into().default_target(), connector, synapse());
    let network = net.build().unwrap();
    let all = pairs(&network, 1);
    for shares in [2, 3, 4, 13] {
        assert_eq!(pairs(&network, shares), all, "{shares} ranks");
    }
    all
}

const NO_SELF: AllToAll = AllToAll { allow_self_connections: false };

#[test]
fn a_view_and_itself_have_no_self_connections() {
    let (net, _, pop) = builder();
    let found = connected(pop.select([2, 3, 4]), pop.select([4, 2, 3]), NO_SELF, net);
    assert_eq!(found, [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]);
}

#[test]
fn overlapping_views_have_no_self_connections() {
    let (net, _, pop) = builder();
    let found = connected(pop.select([2, 3, 4]), pop.select([3, 4, 5, 6]), NO_SELF, net);
    // Cell 3 is source 1 and target 0, cell 4 is source 2 and target 1.
    let expected = [(0, 0), (0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3), (2, 0), (2, 2), (2, 3)];
    assert_eq!(found, expected);
}

#[test]
fn a_view_and_an_assembly_of_views_have_no_self_connections() {
    let (net, _, pop) = builder();
    let connector =
        FixedProbability { p_connect: 0.99999, allow_self_connections: false, ..FixedProbability::default() };
    let assembly = pop.select([3, 4, 5, 6]) + &pop.slice(0..2);
    let found = connected(pop.select([2, 3, 4]), &assembly, connector, net);
    let expected: Vec<_> = (0..3).flat_map(|i| (0..6).map(move |j| (i, j))).collect();
    let expected: Vec<_> = expected.into_iter().filter(|pair| ![(1, 0), (2, 1)].contains(pair)).collect();
    assert_eq!((found.len(), found), (16, expected));
}

#[test]
fn every_connector_counts_its_connections_between_overlapping_views_too() {
    let no_self = false;
    let connectors: [(Box<dyn Connector>, usize); 5] = [
        (Box::new(NO_SELF), 44),
        (Box::new(FixedNumberPre { n: 4.into(), allow_self_connections: no_self, ..Default::default() }), 32),
        (
            Box::new(FixedNumberPost { n: 4.into(), allow_self_connections: no_self, ..Default::default() }),
            24,
        ),
        (Box::new(FixedTotalNumber { n: 44, allow_self_connections: no_self, with_replacement: false }), 44),
        (Box::new(FromList::new([(5, 7), (0, 0), (0, 7)])), 3),
    ];
    for (connector, count) in connectors {
        let (mut net, sim, pop) = builder();
        let other = net.population(&sim, "other", 5, IfCurrExp::default());
        let source = other.select([4, 0]) + &pop.select([1, 3, 5, 7]);
        let target = pop.slice(5..10) + &other.slice(..2) + &pop.select([1]);
        let name = connector.name();
        let found = connected(&source, &target, Boxed(connector), net);
        assert_eq!(found.len(), count, "{name}");
        let same = [(0, 5), (2, 7), (4, 0), (5, 2)];
        assert!(name == "FromList" || !found.iter().any(|pair| same.contains(pair)), "{name}: {found:?}");
    }
}

/// A connector behind a pointer.
#[derive(Debug)]
struct Boxed(Box<dyn Connector>);

impl Connector for Boxed {
    fn name(&self) -> &'static str {
        self.0.name()
    }
    fn check(&self, ends: &pynn_core::connector::Ends) -> Result<(), String> {
        self.0.check(ends)
    }
    fn connect(
        &self,
        ends: &pynn_core::connector::Ends,
        targets: std::ops::Range<u32>,
        emit: &mut dyn FnMut(pynn_core::connector::Row<'_>),
    ) -> Result<()> {
        let mut count = 0;
        let before = self.count(ends);
        self.0.connect(ends, targets.clone(), &mut |row| {
            count += row.sources.len() as u64;
            emit(row);
        })?;
        let whole = targets == (0..ends.targets.size());
        assert!(!whole || before.is_none_or(|before| before == count), "{} counts wrongly", self.name());
        Ok(())
    }
    fn count(&self, ends: &pynn_core::connector::Ends) -> Option<u64> {
        self.0.count(ends)
    }
}

#[test]
fn a_view_draws_as_its_population_does() {
    let connector = FixedNumberPre { n: 3.into(), ..Default::default() };
    let (net, _, pop) = builder();
    let all = connected(&pop, &pop, connector, net);
    let (net, _, pop) = builder();
    let view = connected(&pop, pop.select([2, 7]), connector, net);
    let of = |pairs: &[(u32, u32)], target| {
        pairs.iter().filter(|pair| pair.1 == target).map(|pair| pair.0).collect::<Vec<_>>()
    };
    assert_eq!([of(&view, 0), of(&view, 1)], [of(&all, 2), of(&all, 7)]);
}

#[test]
fn a_mask_a_list_and_a_view_of_a_view_choose_the_same_cells() {
    let (_, _, pop) = builder();
    let mask = pop.mask((0..10).map(|index| index % 3 == 1));
    let views = [
        pop.select([7, 1, 4]),
        pop.slice(1..8).select([0, 3, 6]),
        pop.select(1..10).mask([true, false, false, true, false, false, true, false, false]),
    ];
    for view in views {
        assert_eq!((view.cells(), view.size()), (mask.cells(), 3));
    }
    assert_eq!(pop.select([1, 4, 7, 9]).slice(1..3).cells().iter().collect::<Vec<_>>(), [4, 7]);
}

#[test]
fn a_sample_is_a_function_of_the_seed() {
    let drawn = |seed| {
        let (mut net, _, pop) = builder();
        net.seed(seed);
        [net.sample(&pop, 4), net.sample(&pop, 4), net.sample(pop.slice(2..5), 3)]
            .map(|view| view.cells().iter().collect::<Vec<_>>())
    };
    let first = drawn(1);
    assert_eq!(first, drawn(1));
    assert!((2..30).any(|seed| drawn(seed)[0] != first[0]), "another seed draws others");
    assert!(first[0].len() == 4 && first[0].is_sorted() && first[0].iter().all(|cell| *cell < 10));
    assert_eq!(first[2], [2, 3, 4]);
    // Each of 10 cells is in 4 of 10 samples: 400 of 1000, with a standard deviation of sqrt(240) = 15.5.
    let mut counts = [0; 10];
    (0..1000).for_each(|seed| drawn(seed)[1].iter().for_each(|cell| counts[*cell] += 1));
    assert!(
        counts.iter().all(|count| (400 - 78..=400 + 78).contains(count)),
        "within 5 deviations: {counts:?}"
    );
}

#[test]
fn sources_may_be_of_any_type_on_any_simulator() {
    let (mut net, _, pop) = builder();
    let other =
        net.simulator::<Paper>("other", SimulatorOptions { timestep: 0.5 * ms, ..Default::default() });
    let input = net.population(&other, "input", 3, SpikeSourcePoisson::default());
    let cond = net.population(&other, "cond", 2, IfCondExp::default());
    net.project(None, (&input, &pop.slice(..2), &cond), pop.default_target(), AllToAll::default(), synapse());
    let network = net.build().unwrap();
    let spec = &network.projections()[0];
    assert_eq!(&*spec.name, "input + pop + cond -> pop.excitatory");
    let populations: Vec<_> = spec.source.populations().collect();
    assert_eq!(populations, [input.id(), pop.id(), cond.id()]);
    let gids: Vec<u32> = (0..7).map(|index| spec.source.cells().gid(index)).collect();
    assert_eq!(gids, [10, 11, 12, 0, 1, 13, 14]);
    let whole = LocalProjection::onto(&network, spec, |population| 0..population.size).next().unwrap();
    let mut by_source = Vec::new();
    for projection in whole.by_source() {
        let mut buffer = Vec::new();
        let mut row_of_last = Vec::new();
        projection
            .connect(Draw::All, &mut |row| {
                row_of_last = projection.source_cells(row.sources, &mut buffer).to_vec();
            })
            .unwrap();
        by_source.push((projection.source_part().population, row_of_last));
    }
    assert_eq!(by_source, [(input.id(), vec![0, 1, 2]), (pop.id(), vec![0, 1]), (cond.id(), vec![0, 1])]);
}

#[test]
fn a_delay_must_fit_every_sender() {
    let (mut net, sim, pop) = builder();
    let slow = net.simulator::<Paper>("slow", SimulatorOptions { timestep: 2.0 * ms, ..Default::default() });
    let near = net.population(&sim, "near", 3, IfCurrExp::default());
    let far = net.population(&slow, "far", 3, IfCurrExp::default());
    net.project(Some("p"), &near + &far, pop.default_target(), AllToAll::default(), synapse());
    let message = net.build().unwrap_err().to_string();
    assert_eq!(
        message,
        "projection `p`: a delay of 1 ms is shorter than the time step of `slow`, 2 ms; raise the delay or shorten the time step"
    );
}

/// The message of the only mistake of a projection from `pop` onto what `target` makes of it.
fn mistake<A: Into<Assembly<Paper, IfCurrExp>>>(
    target: impl FnOnce(&mut NetworkBuilder, &Population<Paper, IfCurrExp>) -> A,
) -> String {
    let (mut net, _, pop) = builder();
    let target = target(&mut net, &pop).into();
    net.project(Some("p"), &pop, target.default_target(), AllToAll::default(), synapse());
    net.build().unwrap_err().to_string()
}

#[test]
fn a_view_of_cells_that_there_are_not_is_rejected() {
    let cases = [
        (
            mistake(|_, pop| pop.select([3, 10])),
            "a view of `pop` lists cell 10, but there are 10 cells; indices count from 0",
        ),
        (mistake(|_, pop| pop.select([5, 3, 5])), "a view of `pop` lists cell 5 twice; list each once"),
        (mistake(|_, pop| pop.select([])), "a view of `pop` lists no cell"),
        (
            mistake(|_, pop| pop.mask([true; 4])),
            "a mask of `pop` has 4 entries for 10 cells; give one a cell",
        ),
        (
            mistake(|_, pop| pop.slice(2..6).slice(1..5)),
            "the range 1..5 reaches beyond the 4 cells of the view of `pop`; end it at 4 or before",
        ),
        (
            mistake(|net, pop| net.sample(pop, 11)),
            "a sample of 11 of the 10 cells of `pop`; draw at least one, and at most all",
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(message, format!("projection `p`: {expected}"));
    }
}

#[test]
fn a_cell_twice_in_an_end_is_rejected() {
    let message = mistake(|_, pop| pop.slice(0..4) + &pop.select([9, 3]));
    assert_eq!(
        message,
        "projection `p`: cell 3 of `pop` is twice in one end; let the views of an assembly not overlap"
    );
}

#[test]
fn targets_on_two_simulators_are_rejected() {
    let message = mistake(|net, pop| {
        let other = net.simulator::<Paper>("other", SimulatorOptions::default());
        pop + &net.population(&other, "far", 2, IfCurrExp::default())
    });
    assert_eq!(
        message,
        "projection `p`: its targets `pop` and `far` are on two simulators; write a projection for each"
    );
}

#[test]
fn a_seed_after_a_sample_is_rejected() {
    let (mut net, _, pop) = builder();
    net.sample(&pop, 2);
    net.seed(7);
    assert_eq!(
        net.build().unwrap_err().to_string(),
        "the seed is set after a sample was drawn; set it before"
    );
}
