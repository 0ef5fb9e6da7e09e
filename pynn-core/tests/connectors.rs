//! What every connector promises, whatever its parameters.

mod common;

use std::collections::HashSet;

use common::{OwnRow, ends, pairs, rows};
use proptest::prelude::*;
use pynn_core::connector::{Connector, Ends, Reaching};
use pynn_core::connectors::{
    AllToAll, AllToAllNoMutual, Array, DisplacementDependentProbability, DistanceDependentProbability,
    FixedNumberPost, FixedNumberPre, FixedProbability, FixedTotalNumber, FromList, IndexBasedProbability,
    OneToOne, SmallWorld,
};
use pynn_core::random::{Binomial, Poisson, UniformInt};
use pynn_core::units::um;

/// A connector, whether it may connect a cell to itself, whether it may connect a pair several times.
#[derive(Debug)]
struct Case {
    connector: Box<dyn Connector>,
    own: bool,
    multiple: bool,
}

fn case(connector: impl Connector, own: bool, multiple: bool) -> Case {
    Case { connector: Box::new(connector), own, multiple }
}

/// Any connector that these ends allow, with parameters from `parameter` (a fraction) and two choices.
fn any_case(ends: &Ends, which: u8, parameter: f64, own: bool, multiple: bool) -> Case {
    let n = |most: u64| (parameter * most as f64) as usize;
    let (s, t) = (u64::from(ends.sources.size()), u64::from(ends.targets.size()));
    let (allow_self_connections, with_replacement) = (own, multiple);
    let more = if multiple { 3 } else { 1 };
    let less = u64::from(!own);
    match which {
        0 => case(AllToAll { allow_self_connections }, own, false),
        1 => {
            let p_connect = parameter;
            let all = FixedProbability { p_connect, allow_self_connections, ..FixedProbability::default() };
            case(all, own, false)
        }
        2 => {
            let n = n((s - less) * more);
            case(FixedNumberPre { n: n.into(), allow_self_connections, with_replacement }, own, multiple)
        }
        3 => {
            let n = n((t - less) * more);
            case(FixedNumberPost { n: n.into(), allow_self_connections, with_replacement }, own, multiple)
        }
        4 => {
            let n = n((s - less) * (t - less) * more);
            case(FixedTotalNumber { n, allow_self_connections, with_replacement }, own, multiple)
        }
        6 => {
            let falling = DistanceDependentProbability::new(move |d| parameter * (-d / 10.0).exp());
            case(falling.allow_self_connections(own), own, false)
        }
        7 => {
            let right =
                DisplacementDependentProbability::new(move |[x, ..]| if x > 0.0 { parameter } else { 0.1 });
            case(right.allow_self_connections(own), own, false)
        }
        8 => {
            let odd = IndexBasedProbability::new(move |i, j| if (i + j) % 2 == 1 { parameter } else { 0.0 });
            case(odd.allow_self_connections(own), own, false)
        }
        9 => {
            let degree = (1.0 + 10.0 * parameter) * um;
            case(SmallWorld { degree, rewiring: parameter, allow_self_connections }, own, false)
        }
        10 => case(AllToAllNoMutual, false, false),
        11 => {
            let row = |i: u64| (0..t).map(|j| (i * 7 + j * 3) % 5 < n(5) as u64).collect::<Vec<_>>();
            case(Array::new((0..s).map(row)), true, false)
        }
        12 => {
            let allow_mutual_connections = false;
            let one = FixedProbability {
                p_connect: parameter,
                allow_mutual_connections,
                ..FixedProbability::default()
            };
            case(one, false, false)
        }
        13 => {
            let n = Binomial { n: ((s - less) * more) as u32, p: parameter, unit: 1.0 }.into();
            case(FixedNumberPre { n, allow_self_connections, with_replacement }, own, multiple)
        }
        14 => {
            let n = UniformInt { low: 0, high: ((t - less) * more) as i64 + 1, unit: 1.0 }.into();
            case(FixedNumberPost { n, allow_self_connections, with_replacement }, own, multiple)
        }
        _ => {
            let listed = (0..n(3 * s)).map(|k| ((k * 7) % s as usize, (k * k + 3) % t as usize));
            case(FromList::new(listed), true, true)
        }
    }
}

prop_compose! {
    /// Ends that overlap or not, a connector for them, and a division of the targets.
    fn situation()(
        sources in (0u32..40, 2u32..60),
        targets in (0u32..40, 2u32..60),
        seed in any::<u64>(),
        which in 0u8..16,
        parameter in prop_oneof![Just(0.0), Just(1.0), 0.0..1.0],
        own in any::<bool>(),
        multiple in any::<bool>(),
        cuts in prop::collection::vec(0.0..1.0f64, 0..4),
    ) -> (Ends<'static>, Case, Vec<u32>) {
        let ends = ends(sources, targets, seed);
        let case = any_case(&ends, which, parameter, own, multiple);
        let mut cuts: Vec<u32> = cuts.iter().map(|cut| (cut * f64::from(targets.1)) as u32).collect();
        cuts.extend([0, targets.1]);
        cuts.sort_unstable();
        (ends, case, cuts)
    }
}

fn assert_sound(ends: &Ends, case: &Case, all: &[OwnRow]) {
    assert!(all.windows(2).all(|pair| pair[0].target < pair[1].target), "targets ascend");
    let mut first = 0;
    for row in all {
        assert!(row.target < ends.targets.size());
        assert!(row.sources.iter().all(|source| *source < ends.sources.size()));
        let own = ends.own_index(row.target);
        assert!(case.own || !row.sources.iter().any(|source| Some(*source) == own), "no self-connection");
        let distinct: HashSet<u32> = row.sources.iter().copied().collect();
        assert!(case.multiple || distinct.len() == row.sources.len(), "no pair twice: {row:?}");
        let counted = case.connector.count(ends).map(|_| first);
        assert_eq!(row.first, counted, "first says how many connections come before");
        first += row.sources.len() as u64;
    }
    if let Some(count) = case.connector.count(ends) {
        assert_eq!(first, count, "count says how many connections there are");
    }
}

fn reaches(reaching: &Reaching, source: u32) -> bool {
    match reaching {
        Reaching::All => true,
        Reaching::Range(range) => range.contains(&source),
        Reaching::Listed(listed) => listed.binary_search(&source).is_ok(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn connections_do_not_depend_on_the_division_of_the_targets((ends, case, cuts) in situation()) {
        prop_assert_eq!(case.connector.check(&ends), Ok(()));
        let all = rows(&*case.connector, &ends, 0..ends.targets.size());
        assert_sound(&ends, &case, &all);
        let mut parts = Vec::new();
        for cut in cuts.windows(2) {
            let part = rows(&*case.connector, &ends, cut[0]..cut[1]);
            let reaching = case.connector.reaching(&ends, cut[0]..cut[1]);
            for row in &part {
                prop_assert!(row.sources.iter().all(|source| reaches(&reaching, *source)));
            }
            parts.extend(part);
        }
        prop_assert_eq!(parts, all);
    }

    #[test]
    fn without_mutual_connections_two_cells_keep_the_one_of_the_larger_id(
        (ends, _, _) in situation(),
        p_connect in 0.0..1.0f64,
        which in 0u8..4,
    ) {
        let of = |mutual: bool| -> Box<dyn Connector> {
            match which {
                0 => Box::new(FixedProbability {
                    p_connect,
                    allow_mutual_connections: mutual,
                    ..FixedProbability::default()
                }),
                1 => Box::new(
                    DistanceDependentProbability::new(move |d| p_connect * (-d / 20.0).exp()).allow_mutual_connections(mutual),
                ),
                2 => Box::new(
                    DisplacementDependentProbability::new(move |[x, ..]| if x > 0.0 { p_connect } else { 0.5 })
                        .allow_mutual_connections(mutual),
                ),
                _ => Box::new(
                    IndexBasedProbability::new(move |i, j| if (i + j) % 3 > 0 { p_connect } else { 0.5 })
                        .allow_mutual_connections(mutual),
                ),
            }
        };
        let one_direction = |(source, target): &(u32, u32)| {
            let both = ends.own_index(*target).is_some() && ends.own_target(*source).is_some();
            !both || ends.sources.gid(*source) > ends.targets.gid(*target)
        };
        let mut expected = pairs(&*of(true), &ends);
        expected.retain(one_direction);
        prop_assert_eq!(pairs(&*of(false), &ends), expected);
    }

    #[test]
    fn degrees_are_exact((ends, case, _) in situation()) {
        let all = pairs(&*case.connector, &ends);
        let degrees = |size: u32, index: fn(&(u32, u32)) -> u32| {
            let mut degrees = vec![0; size as usize];
            all.iter().for_each(|pair| degrees[index(pair) as usize] += 1);
            degrees
        };
        let total = case.connector.count(&ends).map(|count| count as usize);
        let equal = match case.connector.name() {
            _ if total.is_none() => vec![0; 1],
            "FixedNumberPre" => degrees(ends.targets.size(), |pair| pair.1),
            "FixedNumberPost" => degrees(ends.sources.size(), |pair| pair.0),
            _ => vec![0; 1],
        };
        prop_assert!(equal.iter().all(|degree| *degree == equal[0]));
        prop_assert!(total.is_none_or(|total| total == all.len()));
    }

    #[test]
    fn one_to_one_is_the_diagonal(size in 1u32..50, first in 0u32..50, cut in 0.0..1.0f64) {
        let ends = ends((7, size), (first, size), 0);
        let all = rows(&OneToOne, &ends, 0..size);
        prop_assert!(all.iter().enumerate().all(|(i, row)| row.target == i as u32 && row.sources == [i as u32]));
        let cut = (cut * f64::from(size)) as u32;
        prop_assert_eq!(OneToOne.reaching(&ends, cut..size), Reaching::Range(cut..size));
        prop_assert_eq!([rows(&OneToOne, &ends, 0..cut), rows(&OneToOne, &ends, cut..size)].concat(), all);
    }
}

#[test]
fn one_to_one_refuses_ends_of_different_sizes() {
    let message = OneToOne.check(&ends((0, 3), (3, 4), 0)).unwrap_err();
    assert!(message.contains("3 sources and 4 targets; slice the larger"), "{message}");
}

/// `found` within 5 standard deviations of `mean`: a fixed seed passes or fails for ever.
fn assert_near(found: f64, mean: f64, sd: f64, what: &str) {
    assert!((found - mean).abs() <= 5.0 * sd, "{what}: {found}, expected {mean} +- {sd}");
}

/// How often each source, each target, and how often a cell itself is connected.
fn assert_uniform(connector: &dyn Connector, ends: &Ends, own: bool) {
    let all = pairs(connector, ends);
    let (s, t, n) = (f64::from(ends.sources.size()), f64::from(ends.targets.size()), all.len() as f64);
    for (size, index) in [(s, 0), (t, 1)] {
        let mut counts = vec![0.0; size as usize];
        all.iter().for_each(|pair| counts[[pair.0, pair.1][index] as usize] += 1.0);
        for count in counts {
            // A fixed degree has no spread at all, others that of a binomial number at most.
            assert_near(count, n / size, (n / size).sqrt() + 1.0, connector.name());
        }
    }
    let selves = all.iter().filter(|pair| ends.own_index(pair.1) == Some(pair.0)).count() as f64;
    let mean = if own { n / t } else { 0.0 };
    assert_near(selves, mean, mean.sqrt(), "self-connections");
}

#[test]
fn every_pair_is_as_likely_as_any_other() {
    let ends = ends((100, 300), (100, 300), 3);
    for own in [true, false] {
        let allow_self_connections = own;
        assert_uniform(
            &FixedProbability { p_connect: 0.3, allow_self_connections, ..FixedProbability::default() },
            &ends,
            own,
        );
        for with_replacement in [true, false] {
            assert_uniform(
                &FixedNumberPre { n: 90.into(), allow_self_connections, with_replacement },
                &ends,
                own,
            );
            assert_uniform(
                &FixedNumberPre { n: 200.into(), allow_self_connections, with_replacement },
                &ends,
                own,
            );
            assert_uniform(
                &FixedNumberPost { n: 90.into(), allow_self_connections, with_replacement },
                &ends,
                own,
            );
            let total = FixedTotalNumber { n: 30_000, allow_self_connections, with_replacement };
            assert_uniform(&total, &ends, own);
        }
    }
}

#[test]
fn fixed_probability_makes_as_many_connections_as_a_binomial_number() {
    for p in [1e-4, 0.01, 0.1, 0.5, 0.99] {
        let connector = FixedProbability { p_connect: p, ..Default::default() };
        let ends = ends((0, 2000), (2000, 2000), 11);
        let all = pairs(&connector, &ends);
        let mean = 4e6 * p;
        assert_near(all.len() as f64, mean, (mean * (1.0 - p)).sqrt(), "connections");
        let variance = rows(&connector, &ends, 0..2000).iter().fold(0.0, |sum, row| {
            sum + (row.sources.len() as f64 - 2000.0 * p).powi(2) - 2000.0 * p * (1.0 - p)
        });
        // In-degrees are binomial: the standard error of the sum of 2000 squared deviations is sqrt(2 * 2000) variances,
        // and a little more for small means; targets without a row have the square of the mean.
        let missing = 2000.0 - rows(&connector, &ends, 0..2000).len() as f64;
        let variance = variance + missing * ((2000.0 * p).powi(2) - 2000.0 * p * (1.0 - p));
        let one = 2000.0 * p * (1.0 - p);
        assert_near(variance, 0.0, (4000.0 * one * one + 2000.0 * one).sqrt(), "variance of in-degrees");
    }
}

#[test]
fn in_degrees_of_a_total_number_vary_as_they_should() {
    let ends = ends((0, 1000), (1000, 1000), 5);
    for with_replacement in [true, false] {
        let connector = FixedTotalNumber { n: 300_000, allow_self_connections: true, with_replacement };
        let all = rows(&connector, &ends, 0..1000);
        let sum: f64 = all.iter().map(|row| (row.sources.len() as f64 - 300.0).powi(2)).sum();
        // Multinomial: n / T (1 - 1 / T); hypergeometric: that times (P - n) / (P - 1) for P pairs, nearly.
        let variance = if with_replacement { 300.0 * 0.999 } else { 300.0 * 0.999 * 0.7 };
        assert_near(sum / 1000.0, variance, variance * (2.0f64 / 1000.0).sqrt(), "variance of in-degrees");
    }
}

#[test]
fn probabilities_of_zero_and_one_connect_nothing_and_everything() {
    let ends = ends((0, 50), (20, 50), 1);
    let with = |p_connect| FixedProbability { p_connect, ..Default::default() };
    assert!(pairs(&with(0.0), &ends).is_empty());
    assert_eq!(pairs(&with(1.0), &ends), pairs(&AllToAll::default(), &ends));
    assert!(pairs(&with(1e-300), &ends).is_empty());
}

#[test]
fn seeds_and_targets_draw_different_sources() {
    let connector = FixedNumberPre { n: 5.into(), ..Default::default() };
    let first = rows(&connector, &ends((0, 1000), (1000, 10), 1), 0..10);
    let second = rows(&connector, &ends((0, 1000), (1000, 10), 2), 0..10);
    let distinct: HashSet<&Vec<u32>> = first.iter().chain(&second).map(|row| &row.sources).collect();
    assert_eq!(distinct.len(), 20);
}

#[test]
fn a_slice_draws_as_its_population_does() {
    let connector = FixedNumberPre { n: 5.into(), ..Default::default() };
    let all = rows(&connector, &ends((0, 1000), (1000, 10), 1), 4..7);
    let slice = rows(&connector, &ends((0, 1000), (1004, 3), 1), 0..3);
    let sources = |rows: &[OwnRow]| rows.iter().map(|row| row.sources.clone()).collect::<Vec<_>>();
    assert_eq!(sources(&all), sources(&slice));
}

fn assert_refused(connector: &dyn Connector, ends: &Ends, words: &[&str]) {
    let message = connector.check(ends).unwrap_err();
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn mandatory_parameters_are_asked_for_by_name() {
    let ends = ends((0, 10), (10, 10), 0);
    assert_refused(
        &FixedProbability::default(),
        &ends,
        &["needs p_connect", "FixedProbability { p_connect: 0.1, .. }"],
    );
    assert_refused(&FixedNumberPre::default(), &ends, &["FixedNumberPre needs n", "{ n: 100, .. }"]);
    assert_refused(&FixedNumberPost::default(), &ends, &["FixedNumberPost needs n"]);
    assert_refused(&FixedTotalNumber::default(), &ends, &["FixedTotalNumber needs n"]);
}

#[test]
fn impossible_parameters_are_refused_with_a_remedy() {
    let apart = ends((0, 10), (10, 10), 0);
    let one = ends((0, 10), (0, 10), 0);
    let single = ends((5, 1), (5, 1), 0);
    for p_connect in [-0.1, 1.5, f64::INFINITY] {
        assert_refused(
            &FixedProbability { p_connect, ..Default::default() },
            &apart,
            &["`p_connect` is a probability, between 0 and 1"],
        );
    }
    let pre = |n: usize| FixedNumberPre { n: n.into(), ..Default::default() };
    let alone = |n: usize| {
        let with_replacement = n == 1;
        FixedNumberPre { n: n.into(), allow_self_connections: false, with_replacement }
    };
    assert_refused(&pre(11), &apart, &["n = 11", "there are 10", "with_replacement: true"]);
    assert_eq!(pre(10).check(&apart), Ok(()));
    assert_refused(&alone(10), &one, &["there are 9, not counting the cell itself"]);
    assert_eq!(alone(10).check(&apart), Ok(()));
    assert_refused(&alone(1), &single, &["allow_self_connections: true"]);
    let post = FixedNumberPost { n: 11.into(), ..Default::default() };
    assert_refused(&post, &apart, &["FixedNumberPost draws n = 11 different targets"]);
    let total = |n, with_replacement| FixedTotalNumber { n, allow_self_connections: false, with_replacement };
    assert_refused(&total(91, false), &one, &["n = 91", "there are 90", "lower n"]);
    assert_eq!(total(91, true).check(&one), Ok(()));
    assert_refused(&total(1, true), &single, &["allow_self_connections: true"]);
    assert_refused(&total(1 << 50, true), &one, &["lower n"]);
}

#[test]
fn numbers_that_are_drawn_are_those_of_their_distribution() {
    let ends = ends((0, 50), (100, 4000), 2);
    let n = Binomial { n: 20, p: 0.3, unit: 1.0 }.into();
    let degree = |row: &OwnRow| row.sources.len() as f64;
    let drawn = rows(&FixedNumberPre { n, ..Default::default() }, &ends, 0..4000);
    let mean = drawn.iter().map(degree).sum::<f64>() / 4000.0;
    assert_near(mean, 6.0, (20.0f64 * 0.3 * 0.7 / 4000.0).sqrt(), "mean of in-degrees");
    let variance = drawn.iter().map(|row| (degree(row) - 6.0).powi(2)).sum::<f64>() / 4000.0;
    assert_near(variance, 4.2, 4.2 * (2.0f64 / 4000.0).sqrt(), "variance of in-degrees");
    let post = FixedNumberPost { n, ..Default::default() };
    assert_eq!((post.count(&ends), post.expected(&ends)), (None, Some(300)));
}

#[test]
fn numbers_that_cannot_be_drawn_are_refused_by_name() {
    let ends = ends((0, 10), (10, 10), 0);
    let pre =
        |low, high, unit| FixedNumberPre { n: UniformInt { low, high, unit }.into(), ..Default::default() };
    assert_refused(
        &pre(-1, 0, 1.0),
        &ends,
        &["of target 0, FixedNumberPre draws n = -1, but", "zero or more"],
    );
    assert_refused(&pre(1, 2, 0.5), &ends, &["draws n = 0.5, but", "a whole number; set unit: 1.0"]);
    assert_refused(
        &pre(11, 12, 1.0),
        &ends,
        &["of target 0", "n = 11", "there are 10", "with_replacement: true"],
    );
    assert_refused(&pre(0, 0, 1.0), &ends, &["FixedNumberPre: n: UniformInt needs low < high"]);
    assert_refused(
        &pre(1, 2, f64::MAX),
        &ends,
        &["n is 4503599627370496", "more connections than any machine"],
    );
    assert_eq!(pre(0, 11, 1.0).check(&ends), Ok(()));
    let alone = |low| FixedNumberPost {
        n: UniformInt { low, high: low + 1, unit: 1.0 }.into(),
        allow_self_connections: false,
        with_replacement: false,
    };
    let shared = common::ends((0, 3), (2, 3), 0);
    assert_refused(&alone(3), &shared, &["of source 2", "there are 2, not counting the cell itself"]);
    assert_eq!(alone(2).check(&shared), Ok(()));
    let poisson = FixedNumberPost { n: Poisson { mean: 200.0, unit: 1.0 }.into(), ..Default::default() };
    assert_refused(&poisson, &ends, &["of source 0, FixedNumberPost draws n = ", "different targets"]);
    // Of a seed that is set later the draws are known when the connections are made.
    assert!(poisson.connect(&ends, 0..10, &mut |_| {}).unwrap_err().message().contains("of source 0"));
}

#[test]
fn a_number_of_zero_connects_nothing() {
    let ends = ends((0, 10), (0, 10), 0);
    for connector in [
        Box::new(FixedNumberPre { n: 0.into(), ..Default::default() }) as Box<dyn Connector>,
        Box::new(FixedNumberPost { n: 0.into(), ..Default::default() }),
        Box::new(FixedTotalNumber { n: 0, ..Default::default() }),
        Box::new(FromList::new([])),
    ] {
        assert_eq!(connector.check(&ends), Ok(()));
        assert!(pairs(&*connector, &ends).is_empty());
    }
}

#[test]
fn the_whole_of_the_pairs_can_be_drawn() {
    let ends = ends((3, 20), (10, 20), 4);
    let total = FixedTotalNumber { n: 387, allow_self_connections: false, with_replacement: false };
    let all = AllToAll { allow_self_connections: false };
    let sorted = |connector: &dyn Connector| {
        let mut pairs = pairs(connector, &ends);
        pairs.sort_unstable();
        pairs
    };
    assert_eq!(all.count(&ends), Some(387));
    assert_eq!(sorted(&total), sorted(&all));
}

/// Connections of a small network, so that a change of the generator or of a method does not go unnoticed.
#[test]
fn connections_are_the_same_as_ever() {
    let ends = ends((0, 20), (10, 4), 42);
    let text = |connector: &dyn Connector| -> String {
        let rows = rows(connector, &ends, 0..4);
        let texts = rows.iter().map(|row| format!("{}: {:?}", row.target, row.sources).replace(',', ""));
        texts.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        text(&FixedProbability { p_connect: 0.2, ..Default::default() }),
        "0: [16] 1: [2 7] 2: [4 7 11 16] 3: [0 9 13]"
    );
    assert_eq!(
        text(&FixedNumberPre { n: 3.into(), ..Default::default() }),
        "0: [18 19 2] 1: [19 7 6] 2: [12 9 6] 3: [13 0 7]"
    );
    assert_eq!(
        text(&FixedNumberPre { n: 3.into(), with_replacement: true, ..Default::default() }),
        "0: [18 19 2] 1: [19 7 6] 2: [12 12 9] 3: [13 0 7]"
    );
    assert_eq!(
        text(&FixedNumberPost { n: 1.into(), ..Default::default() }),
        "0: [0 2 4 10 16] 1: [12 13 17] 2: [1 5 6 7 9 11 15 19] 3: [3 8 14 18]"
    );
    assert_eq!(
        text(&FixedTotalNumber { n: 10, ..Default::default() }),
        "0: [18 19] 1: [19 7 6] 2: [12 12 9 9] 3: [13]"
    );
    assert_eq!(
        text(&FixedTotalNumber { n: 10, with_replacement: false, ..Default::default() }),
        "0: [18] 1: [19 7 6] 2: [12 9 6] 3: [13 0 7]"
    );
    let degrees = |with_replacement| {
        let connector = FixedTotalNumber { n: 50_000, with_replacement, ..Default::default() };
        let rows = rows(&connector, &common::ends((0, 20_000), (50_000, 4), 42), 0..4);
        rows.iter().map(|row| row.sources.len()).collect::<Vec<_>>()
    };
    assert_eq!(degrees(true), [12385, 12524, 12558, 12533]);
    assert_eq!(degrees(false), [12485, 12571, 12465, 12479]);
}
