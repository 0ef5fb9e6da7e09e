//! What a rank is given: its cells, their values, its connections.

mod common;

use common::Paper;
use proptest::prelude::*;
use pynn_core::backend::{Draw, Part, RowValues, SynapseRow, share_of};
use pynn_core::connector::Connector;
use pynn_core::population::SimulatorId;
use pynn_core::prelude::*;
use pynn_core::synapse::SynapseType;

const SOURCES: usize = 30;
const TARGETS: usize = 23;

/// Sources on one simulator, cells on another, one projection between them.
fn network<S>(connector: impl Connector, synapse: S) -> Network
where
    S: SynapseType<Current, Family = StaticSynapse>,
{
    let mut net = NetworkBuilder::new("Parts");
    net.seed(7);
    let one = net.simulator::<Paper>("one", SimulatorOptions::default());
    let two = net.simulator::<Paper>("two", SimulatorOptions::default());
    let input = net.population(&one, "input", SOURCES, SpikeSourcePoisson::default());
    net.population(&two, "others", 5, IfCurrExp::default());
    let cells = net.population(&two, "cells", TARGETS, IfCurrExp::default());
    let initial = Uniform { low: -65.0 * mV, high: -50.0 * mV };
    net.initialize(&cells, IfCurrExp::states().v, initial);
    net.vary(&cells, IfCurrExp::parameters().tau_m, |index: usize| (10.0 + index as f64) * ms);
    net.vary(&cells, IfCurrExp::parameters().cm, Normal { mean: 1.0 * nF, sd: 0.1 * nF });
    net.vary(&cells, IfCurrExp::parameters().v_thresh, vec![-51.0 * mV; TARGETS]);
    net.project(None, &input, cells.default_target(), connector, synapse);
    net.build().unwrap()
}

fn plain() -> Network {
    network(AllToAll::default(), StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms })
}

fn part(network: &Network, share: usize, shares: usize) -> Part<'_> {
    Part { network, simulator: SimulatorId(1), share, shares }
}

/// Source, target's index in its population, weight in base units, delay in steps.
type Connection = (u32, u32, f64, u32);

/// The connections of all ranks of the second simulator.
fn connections(network: &Network, shares: usize) -> Result<Vec<Connection>> {
    let mut found = Vec::new();
    for share in 0..shares {
        let cells = share_of(TARGETS, share, shares);
        for projection in part(network, share, shares).projections() {
            projection.connect(Draw::All, &mut |row: SynapseRow<'_>| {
                assert!((row.target as usize) < cells.len(), "targets are numbered within the share");
                for (index, source) in row.sources.iter().enumerate() {
                    let target = row.target + cells.start as u32;
                    found.push((*source, target, row.weights.get(index), row.delays.get(index)));
                }
            })?;
        }
    }
    Ok(found)
}

/// The connections, which must be the same for several numbers of ranks.
fn same_for_any_share<S>(connector: impl Connector, synapse: S) -> Vec<Connection>
where
    S: SynapseType<Current, Family = StaticSynapse>,
{
    let network = network(connector, synapse);
    let all = connections(&network, 1).unwrap();
    for shares in [2, 3, 7, 23, 40] {
        assert_eq!(connections(&network, shares).unwrap(), all, "{shares} ranks");
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_cover_each_population_once(size in 0usize..1000, shares in 1usize..50) {
        let blocks: Vec<_> = (0..shares).map(|share| share_of(size, share, shares)).collect();
        prop_assert_eq!((blocks[0].start, blocks[shares - 1].end), (0, size));
        prop_assert!(blocks.windows(2).all(|pair| pair[0].end == pair[1].start));
        let sizes = || blocks.iter().map(ExactSizeIterator::len);
        prop_assert!(sizes().max().unwrap() - sizes().min().unwrap() <= 1);
    }
}

#[test]
fn a_part_has_the_populations_and_projections_of_its_simulator() {
    let network = plain();
    let first = Part { network: &network, simulator: SimulatorId(0), share: 0, shares: 2 };
    assert_eq!(first.populations().count(), 0);
    assert_eq!(first.projections().count(), 0, "a projection belongs to the target's simulator");
    let source = first.sources().next().unwrap();
    assert_eq!((source.cells.clone(), source.first_gid()), (0..15, 0));
    assert!(source.source().is_ok());
    let second = part(&network, 1, 2);
    assert_eq!((second.spec().name.as_ref(), second.timestep().ms()), ("two", 0.1));
    let local: Vec<_> = second.populations().map(|local| (local.cells.clone(), local.first_gid())).collect();
    assert_eq!(local, [(2..5, 32), (11..23, 46)]);
    let projection = second.projections().next().unwrap();
    assert_eq!((projection.targets.clone(), projection.local_target(11)), (11..23, 0));
    assert_eq!((projection.source_gid(0), projection.source_count()), (0, 30));
}

#[test]
fn a_rank_without_targets_has_no_projection() {
    let mut net = NetworkBuilder::new("Sliced");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 20, IfCurrExp::default());
    let (source, target) = (cells.slice(..5), cells.slice(12..15));
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms };
    net.project(None, &source, target.default_target(), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    let part = |share| Part { network: &network, simulator: SimulatorId(0), share, shares: 4 };
    let counts: Vec<usize> = (0..4).map(|share| part(share).projections().count()).collect();
    assert_eq!(counts, [0, 0, 1, 0]);
    let projection = part(2).projections().next().unwrap();
    let mut targets = Vec::new();
    projection.connect(Draw::All, &mut |row| targets.push((row.target, row.sources.len()))).unwrap();
    assert_eq!(targets, [(2, 5), (3, 5), (4, 5)], "cells 12 to 14 are numbers 2 to 4 of the share 10..15");
}

#[test]
fn parameters_and_initial_values_do_not_depend_on_the_share() {
    let network = plain();
    let column = |shares: usize, fill: &dyn Fn(&pynn_core::backend::LocalPopulation<'_>) -> Vec<f64>| {
        let of_share = |share| fill(&part(&network, share, shares).populations().nth(1).unwrap());
        (0..shares).flat_map(of_share).collect::<Vec<f64>>()
    };
    for name in ["tau_m", "cm", "v_thresh", "tau_refrac"] {
        let all = column(1, &|local| local.parameter_named(name).unwrap());
        assert_eq!(all.len(), TARGETS);
        assert_eq!(column(5, &|local| local.parameter_named(name).unwrap()), all, "{name}");
    }
    let v = column(1, &|local| local.initial_named("v").unwrap());
    assert_eq!(column(5, &|local| local.initial_named("v").unwrap()), v);
    assert!(v.iter().all(|v| (-65.0..-50.0).contains(v)));
    assert!(v.windows(2).all(|pair| pair[0] != pair[1]), "each cell draws its own");
    let tau_m = column(1, &|local| local.parameter_named("tau_m").unwrap());
    assert_eq!((tau_m[0], tau_m[22]), (10.0, 32.0));
}

#[test]
fn a_column_knows_whether_it_is_constant() {
    let network = plain();
    let local = part(&network, 0, 1).populations().nth(1).unwrap();
    let constant = |name: &str| local.constant_parameter(local.spec.cell.parameter(name).unwrap());
    assert_eq!((constant("tau_refrac"), constant("tau_m"), constant("cm")), (Some(0.1), None, None));
    assert_eq!(local.model::<Paper>().len(), local.spec.cell.parameters.len());
    let error = local.parameter_named("tau_x").unwrap_err();
    assert_eq!(error.message(), "IF_curr_exp has no parameter `tau_x`");
}

#[test]
fn a_computed_parameter_out_of_bounds_is_named_with_its_cell() {
    let mut net = NetworkBuilder::new("Bad");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 10, IfCurrExp::default());
    net.vary(&cells, IfCurrExp::parameters().tau_m, |index: usize| (7.0 - index as f64) * ms);
    net.initialize(&cells, IfCurrExp::states().v, |index: usize| (1.0 / (3.0 - index as f64)) * mV);
    let network = net.build().unwrap();
    let local = Part { network: &network, simulator: SimulatorId(0), share: 1, shares: 2 };
    let error = local.populations().next().unwrap().parameter_named("tau_m").unwrap_err();
    assert_eq!(error.message(), "population `cells`: tau_m[7] of IF_curr_exp is 0 ms, but must be positive");
    let first = Part { share: 0, ..local }.populations().next().unwrap();
    let error = first.initial_named("v").unwrap_err();
    assert_eq!(error.message(), "population `cells`: v[3] of IF_curr_exp is inf mV, but must be finite");
}

#[test]
fn constant_values_are_given_once_a_row() {
    let network = plain();
    let projection = part(&network, 0, 1).projections().next().unwrap();
    let mut rows = 0;
    let count = &mut rows;
    projection
        .connect(Draw::All, &mut |row| {
            assert!(matches!((row.weights, row.delays), (RowValues::Constant(1.0), RowValues::Constant(5))));
            *count += 1;
        })
        .unwrap();
    assert_eq!(rows, TARGETS);
}

#[test]
fn a_counting_pass_leaves_the_weights_out() {
    let weight = Normal { mean: 1.0 * nA, sd: 0.1 * nA };
    let delay = Uniform { low: 0.5 * ms, high: 3.0 * ms };
    let network = network(AllToAll::default(), StaticSynapse { weight, delay });
    let projection = part(&network, 0, 1).projections().next().unwrap();
    let delays = |draw| {
        let mut delays = Vec::new();
        let collect = &mut |row: SynapseRow<'_>| {
            assert!(draw == Draw::All || matches!(row.weights, RowValues::Constant(0.0)));
            delays.extend((0..row.sources.len()).map(|index| row.delays.get(index)));
        };
        projection.connect(draw, collect).unwrap();
        delays
    };
    assert_eq!(delays(Draw::Delays), delays(Draw::All));
}

#[test]
fn listed_values_follow_the_connections() {
    let count = SOURCES * TARGETS;
    let weights: Vec<Current> = (0..count).map(|k| k as f64 * nA).collect();
    let delays: Vec<Time> = (0..count).map(|k| (k + 1) as f64 * 0.1 * ms).collect();
    let all = same_for_any_share(AllToAll::default(), StaticSynapse { weight: weights, delay: delays });
    let expected = |k: usize| ((k % SOURCES) as u32, (k / SOURCES) as u32, k as f64, k as u32 + 1);
    assert_eq!(all, (0..count).map(expected).collect::<Vec<_>>());
}

#[test]
fn computed_values_are_functions_of_the_indices() {
    let weight = |source: usize, target: usize| (source as f64 / (1.0 + target as f64)) * nA;
    let delay = |source: usize, target: usize| (0.1 + 0.1 * (source + target) as f64) * ms;
    let connector = FixedProbability { p_connect: 0.4, ..Default::default() };
    let all = same_for_any_share(connector, StaticSynapse { weight, delay });
    assert!(all.len() > 100);
    for (source, target, weight, delay) in all {
        assert_eq!((weight, delay), (f64::from(source) / (1.0 + f64::from(target)), source + target + 1));
    }
}

#[test]
fn random_values_do_not_depend_on_the_share_and_are_not_those_of_the_connector() {
    let weight = Normal { mean: 1.0 * nA, sd: 0.1 * nA };
    let delay = NormalClipped { mean: 1.5 * ms, sd: 1.0 * ms, low: 0.3 * ms, high: 2.0 * ms };
    let connector = FixedNumberPre { n: 20.into(), ..Default::default() };
    let all = same_for_any_share(connector, StaticSynapse { weight, delay });
    assert_eq!(all.len(), 20 * TARGETS);
    assert!(all.iter().all(|connection| (3..=20).contains(&connection.3)), "clipped, then rounded");
    let mut weights: Vec<u64> = all.iter().map(|connection| connection.2.to_bits()).collect();
    weights.sort_unstable();
    weights.dedup();
    assert_eq!(weights.len(), all.len(), "each connection draws its own weight");
    // 5 standard errors of the mean of 460 numbers.
    let mean = all.iter().map(|connection| connection.2).sum::<f64>() / all.len() as f64;
    assert!((mean - 1.0).abs() < 5.0 * 0.1 / (all.len() as f64).sqrt(), "{mean}");
}

/// Values of a small network, so that a change of a distribution does not go unnoticed.
#[test]
fn random_values_are_the_same_as_ever() {
    let connector = || FixedNumberPre { n: 1.into(), ..Default::default() };
    let delay = || NormalClipped { mean: 1.5 * ms, sd: 1.0 * ms, low: 0.3 * ms, high: 2.0 * ms };
    let first = |all: Vec<Connection>| [all[0], all[1], all[2]];
    let weight = Normal { mean: 1.0 * nA, sd: 0.1 * nA };
    let normal = first(same_for_any_share(connector(), StaticSynapse { weight, delay: delay() }));
    assert_eq!(
        normal,
        [(20, 0, 0.9713116882075247, 11), (28, 1, 0.9009823652135088, 10), (17, 2, 0.8870389444627494, 14)]
    );
    let weight = LogNormal { median: 1.0 * nA, sigma: 0.5 };
    let lognormal = first(same_for_any_share(connector(), StaticSynapse { weight, delay: delay() }));
    assert_eq!(
        lognormal.map(|connection| connection.2),
        [0.8663714303531478, 0.6095171614018305, 0.5684708299362514]
    );
}

#[test]
fn drawn_delays_are_rounded_to_the_nearest_step() {
    for (ms_drawn, steps) in [(0.149, 1), (0.15, 2), (0.25, 3), (0.349, 3), (0.35, 4)] {
        let delay = move |_: usize, _: usize| ms_drawn * ms;
        let all = same_for_any_share(AllToAll::default(), StaticSynapse { weight: 1.0 * nA, delay });
        assert!(all.iter().all(|connection| connection.3 == steps), "{ms_drawn} ms is {steps} steps");
    }
}

#[test]
fn a_drawn_delay_that_is_too_short_is_refused_with_the_remedy() {
    let delay = Normal { mean: 0.1 * ms, sd: 0.2 * ms };
    let network = network(AllToAll::default(), StaticSynapse { weight: 1.0 * nA, delay });
    let message = connections(&network, 3).unwrap_err().message().to_owned();
    assert!(message.starts_with("projection `input -> cells.excitatory`: a delay of "), "{message}");
    assert!(message.contains("is shorter than 0.1 ms, the shortest that the time steps allow"), "{message}");
    assert!(message.contains("NormalClipped { low: 0.1 ms, .. }"), "{message}");
}

#[test]
fn a_drawn_weight_that_makes_no_sense_is_refused() {
    let weight = |source: usize, _: usize| (1.0 / (source as f64 - 3.0)) * nA;
    let network = network(AllToAll::default(), StaticSynapse { weight, delay: 0.5 * ms });
    let message = connections(&network, 1).unwrap_err().message().to_owned();
    assert_eq!(
        message,
        "projection `input -> cells.excitatory`: onto target 0: a weight of -0.3333333333333333 nA is negative, but `cells.excitatory` takes weights that excite, which are positive; to inhibit, write `-> cells.inhibitory` and the same weight; a distribution can be clipped with NormalClipped { low: .., high: .., .. }"
    );
    let mut net = NetworkBuilder::new("Negative");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 9, IfCondExp::default());
    let weight = Normal { mean: 0.0 * uS, sd: 1.0 * uS };
    let synapse = StaticSynapse { weight, delay: 0.5 * ms };
    net.project(Some("p"), &cells, cells.default_target(), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    let part = Part { network: &network, simulator: SimulatorId(0), share: 0, shares: 1 };
    let projection = part.projections().next().unwrap();
    let message = projection.connect(Draw::All, &mut |_| ()).unwrap_err().message().to_owned();
    assert!(message.starts_with("projection `p`: onto target 0: a weight of -"), "{message}");
    assert!(
        message.ends_with("; a distribution can be clipped with NormalClipped { low: .., high: .., .. }"),
        "{message}"
    );
}

#[test]
fn descriptions_have_equal_digests_only_when_they_are_equal() {
    let synapse = || StaticSynapse { weight: 1.0 * nA, delay: 0.5 * ms };
    let digest = |network: Network| network.digest();
    let base = digest(network(AllToAll::default(), synapse()));
    assert_eq!(digest(network(AllToAll::default(), synapse())), base);
    let differing = [
        digest(network(AllToAll { allow_self_connections: false }, synapse())),
        digest(network(AllToAll::default(), StaticSynapse { weight: 1.0 * nA, delay: 0.6 * ms })),
        digest(network(AllToAll::default(), StaticSynapse { weight: 1.1 * nA, delay: 0.5 * ms })),
        digest(network(
            AllToAll::default(),
            StaticSynapse { weight: |_: usize, target: usize| target as f64 * nA, delay: 0.5 * ms },
        )),
        digest(network(
            AllToAll::default(),
            StaticSynapse { weight: |_: usize, target: usize| 2.0 * target as f64 * nA, delay: 0.5 * ms },
        )),
        digest(network(FixedProbability { p_connect: 0.1, ..Default::default() }, synapse())),
        digest(network(FixedProbability { p_connect: 0.2, ..Default::default() }, synapse())),
    ];
    for (index, digest) in differing.iter().enumerate() {
        assert!(*digest != base && !differing[..index].contains(digest), "description {index}");
    }
}

#[test]
fn seeds_names_and_recordings_are_part_of_the_digest() {
    let digest = |seed, name: &str, record: bool, size| {
        let mut net = NetworkBuilder::new("Digest");
        net.seed(seed);
        let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
        let cells = net.population(&sim, name, size, IfCurrExp::default());
        if record {
            net.record(&cells, IfCurrExp::variables().spikes);
        }
        net.build().unwrap().digest()
    };
    let base = digest(1, "a", false, 3);
    assert_eq!(digest(1, "a", false, 3), base);
    for other in [
        digest(2, "a", false, 3),
        digest(1, "b", false, 3),
        digest(1, "a", true, 3),
        digest(1, "a", false, 4),
    ] {
        assert_ne!(other, base);
    }
}

#[test]
fn closures_are_asked_for_cells_that_there_are_and_no_others() {
    let mut net = NetworkBuilder::new("Single");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 1, IfCurrExp::default());
    let (times, voltages, weights) = ([20.0 * ms], [-60.0 * mV], [[1.0 * nA]]);
    net.vary(&cells, IfCurrExp::parameters().tau_m, move |index: usize| times[index]);
    net.initialize(&cells, IfCurrExp::states().v, move |index: usize| voltages[index]);
    let weight = move |source: usize, target: usize| weights[source][target];
    let synapse = StaticSynapse { weight, delay: 0.5 * ms };
    net.project(None, &cells, cells.default_target(), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    assert_eq!(network.digest(), network.digest());
    assert_eq!(network.projections()[0].weight_scale(&network), 1.0);
}

#[test]
fn a_drawn_delay_that_no_engine_remembers_is_refused() {
    let mut net = NetworkBuilder::new("Slow");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 9, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: |_, _| 2e5 * ms };
    net.project(Some("p"), &cells, cells.default_target(), AllToAll::default(), synapse);
    let network = net.build().unwrap();
    let part = Part { network: &network, simulator: SimulatorId(0), share: 0, shares: 1 };
    let projection = part.projections().next().unwrap();
    let message = projection.connect(Draw::All, &mut |_| ()).unwrap_err().message().to_owned();
    assert!(message.contains("a delay of 200000 ms onto target 0 is longer than 104857.6 ms"), "{message}");
}
