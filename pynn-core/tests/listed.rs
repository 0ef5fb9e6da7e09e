//! Connections from lists and files.

mod common;

use std::path::PathBuf;

use common::{OwnRow, Paper, ends, rows};
use pynn_core::backend::{Draw, LocalProjection, SynapseRow};
use pynn_core::connector::{Connector, Reaching};
use pynn_core::prelude::*;

fn row(target: u32, sources: &[u32], first: u64) -> OwnRow {
    let sources = sources.to_vec();
    OwnRow { target, sources, first: Some(first), order: None, weights: None, delays: None }
}

#[test]
fn a_list_is_ordered_by_target_and_remembers_its_order() {
    let ends = ends((0, 5), (5, 4), 0);
    let sorted = FromList::new([(4, 0), (1, 0), (2, 3)]);
    assert_eq!(rows(&sorted, &ends, 0..4), [row(0, &[4, 1], 0), row(3, &[2], 2)]);
    let shuffled = FromList::new([(2, 3), (4, 0), (0, 3), (1, 0)]);
    let expected = [
        OwnRow { order: Some(vec![1, 3]), ..row(0, &[4, 1], 0) },
        OwnRow { order: Some(vec![0, 2]), ..row(3, &[2, 0], 2) },
    ];
    assert_eq!(rows(&shuffled, &ends, 0..4), expected);
    assert_eq!(rows(&shuffled, &ends, 1..4), expected[1..]);
    assert_eq!(shuffled.count(&ends), Some(4));
}

#[test]
fn a_list_knows_which_sources_reach_which_targets() {
    let ends = ends((0, 9), (9, 4), 0);
    let list = FromList::new([(8, 0), (2, 3), (0, 3), (8, 3), (2, 3), (5, 1)]);
    assert_eq!(list.reaching(&ends, 2..4), Reaching::Listed(vec![0, 2, 8]));
    assert_eq!(list.reaching(&ends, 2..3), Reaching::Listed(vec![]));
    assert_eq!(list.reaching(&ends, 0..2), Reaching::Listed(vec![5, 8]));
}

#[test]
fn an_index_that_no_cell_has_is_named() {
    let ends = ends((0, 5), (5, 4), 0);
    let message = |pairs: &[(usize, usize)]| FromList::new(pairs.iter().copied()).check(&ends).unwrap_err();
    assert_eq!(
        message(&[(0, 0), (1, 3), (5, 1)]),
        "entry 2 of FromList: source 5 is not one of the 5 sources; indices count from 0"
    );
    assert_eq!(
        message(&[(0, 1 << 40), (1, 3)]),
        "entry 0 of FromList: target 1099511627776 is not one of the 4 targets; indices count from 0"
    );
}

#[test]
fn lists_that_differ_are_spelled_differently() {
    let text = |pairs: [(usize, usize); 2]| format!("{:?}", FromList::new(pairs));
    assert_eq!(text([(0, 1), (2, 3)]), text([(0, 1), (2, 3)]));
    assert_ne!(text([(0, 1), (2, 3)]), text([(0, 1), (3, 3)]));
    assert_ne!(text([(0, 3), (2, 1)]), text([(2, 1), (0, 3)]), "weights go by the order of the list");
    assert!(text([(0, 1), (2, 3)]).starts_with("FromList(2 connections"));
}

/// Source, target, weight in base units, delay in steps.
type Connection = (u32, u32, f64, u32);

/// The connections of a network's only projection.
fn connections(network: &Network) -> Result<Vec<Connection>> {
    let projection = LocalProjection::onto(network, &network.projections()[0], |_| 0..1000).next().unwrap();
    let mut found = Vec::new();
    projection.connect(Draw::All, &mut |row: SynapseRow<'_>| {
        for (index, source) in row.sources.iter().enumerate() {
            found.push((*source, row.target, row.weights.get(index), row.delays.get(index)));
        }
    })?;
    Ok(found)
}

/// Five sources, four cells, and the given projection between them.
fn network<S: pynn_core::synapse::SynapseType<Conductance, Family = StaticSynapse>>(
    connector: impl Connector,
    synapse: S,
) -> Result<Network> {
    let mut net = NetworkBuilder::new("Listed");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let input = net.population(&sim, "input", 5, SpikeSourcePoisson::default());
    let cells = net.population(&sim, "cells", 4, IfCondExp::default());
    net.project(Some("listed"), &input, cells.default_target(), connector, synapse);
    net.build()
}

#[test]
fn values_follow_their_pairs() {
    let (connector, synapse) = FromList::with_values([
        (2, 3, 0.1 * uS, 0.5 * ms),
        (4, 0, 0.2 * uS, 1.5 * ms),
        (0, 3, 0.3 * uS, 2.5 * ms),
    ]);
    let expected = [(4, 0, 0.2, 15), (2, 3, 0.1, 5), (0, 3, 0.3, 25)];
    assert_eq!(connections(&network(connector.clone(), synapse).unwrap()).unwrap(), expected);
    let synapse = StaticSynapse { weight: [0.1 * uS, 0.2 * uS, 0.3 * uS], delay: 0.5 * ms };
    let expected = [(4, 0, 0.2, 5), (2, 3, 0.1, 5), (0, 3, 0.3, 5)];
    assert_eq!(connections(&network(connector, synapse).unwrap()).unwrap(), expected);
}

/// A file with the given text, gone with the value.
struct TextFile(PathBuf);

impl TextFile {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pynn-listed-{}-{name}.txt", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for TextFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn from_file(name: &str, text: &str) -> Result<Network> {
    let file = TextFile::new(name, text);
    let synapse = StaticSynapse { weight: 0.7 * uS, delay: 0.2 * ms };
    network(FromFile::new(&file.0), synapse)
}

fn read(name: &str, text: &str) -> Vec<Connection> {
    connections(&from_file(name, text).unwrap()).unwrap()
}

#[test]
fn a_file_gives_pairs_weights_and_delays() {
    let text = "# made by hand\n2 3 0.1 0.5\n\n4\t0\t0.2\t1.5 # first target\r\n0,3,0.3,2.5\n";
    assert_eq!(read("all", text), [(4, 0, 0.2, 15), (2, 3, 0.1, 5), (0, 3, 0.3, 25)]);
    assert_eq!(read("pairs", "2 3\n4 0\n"), [(4, 0, 0.7, 2), (2, 3, 0.7, 2)]);
    assert_eq!(read("weights", "2 3 0.5\n"), [(2, 3, 0.5, 2)]);
    assert_eq!(read("none", "# nothing\n"), []);
}

#[test]
fn a_header_names_the_columns_as_pynn_writes_it() {
    let text = "# columns = [\"i\", \"j\", \"weight\", \"delay\"]\n2.0\t3.0\t1e-1\t0.5\n";
    assert_eq!(read("double", text), [(2, 3, 0.1, 5)]);
    let text = "# columns = ['j', 'i', 'delay']\n2 3 0.5\n";
    assert_eq!(read("single", text), [(3, 2, 0.7, 5)]);
}

#[test]
fn delays_of_a_file_are_rounded_to_the_time_step() {
    assert_eq!(read("round", "0 0 1 0.249\n0 1 1 0.25\n"), [(0, 0, 1.0, 2), (0, 1, 1.0, 3)]);
}

#[test]
fn mistakes_in_a_file_are_located() {
    for (name, text, words) in [
        ("index", "0 1\n0 x\n", ":2: `x` is no index"),
        ("negative", "-1 1\n", ":1: `-1` is no index of a cell; indices are whole numbers from 0"),
        ("fraction", "0.5 1\n", ":1: `0.5` is no index"),
        ("value", "# c\n0 1 heavy 1\n", ":2: `heavy` is no weight"),
        ("nan", "0 1 1 NaN\n", ":1: `NaN` is no delay in ms"),
        ("zero", "0 1 1 0\n", ":1: a delay of 0 ms; delays are positive"),
        ("few", "0\n", ":1: 1 values; a line has a source, a target"),
        ("uneven", "0 1 1\n0 1\n", ":2: 2 values for 3 columns"),
        (
            "unknown",
            "# columns = [\"i\", \"j\", \"U\"]\n0 1 2\n",
            ":1: unknown column `U`; columns are i, j,",
        ),
        ("missing", "# columns = [\"i\", \"weight\"]\n0 1\n", ":1: column `j` is missing"),
        ("twice", "# columns = [\"i\", \"j\", \"i\"]\n0 1 0\n", ":1: column `i` is named twice"),
        ("source", "0 1\n5 1\n", ":2: source 5 is not one of the 5 sources; indices count from 0"),
        ("target", "# c\n\n0 4\n", ":3: target 4 is not one of the 4 targets"),
        ("short", "0 1 1 0.01\n", "a delay of 0.01 ms is shorter than the time step of `sim`, 0.1 ms"),
        ("below", "0 1 -0.5\n", "a weight of -0.5 uS is negative, but `cells` takes"),
    ] {
        let message = from_file(name, text).unwrap_err().to_string();
        assert!(message.starts_with("projection `listed`: "), "{name}: {message}");
        assert!(message.contains(words), "{name}: {message}");
    }
}

#[test]
fn a_file_that_is_not_there_is_an_error_of_the_build() {
    let synapse = || StaticSynapse { weight: 0.7 * uS, delay: 0.2 * ms };
    let message = network(FromFile::new("no/such/file.txt"), synapse()).unwrap_err().to_string();
    assert!(message.contains("cannot read no/such/file.txt: "), "{message}");
    let message = network(FromFile::default(), synapse()).unwrap_err().to_string();
    assert!(message.contains("write FromFile::new(\"connections.txt\")"), "{message}");
}

#[test]
fn a_file_is_read_once_and_its_content_is_part_of_the_digest() {
    let digest = |text: &str| {
        let file = TextFile::new("digest", text);
        let synapse = StaticSynapse { weight: 0.7 * uS, delay: 0.2 * ms };
        let network = network(FromFile::new(&file.0), synapse).unwrap();
        drop(file);
        assert_eq!(connections(&network).unwrap().len(), 1, "the file is gone, what it said is not");
        network.digest()
    };
    assert_eq!(digest("0 1 0.5 1\n"), digest("0 1 0.5 1 # one\n"));
    assert_ne!(digest("0 1 0.5 1\n"), digest("0 1 0.6 1\n"));
    assert_ne!(digest("0 1 0.5 1\n"), digest("0 1 0.5 2\n"));
    assert_ne!(digest("0 1 0.5 1\n"), digest("1 1 0.5 1\n"));
}
