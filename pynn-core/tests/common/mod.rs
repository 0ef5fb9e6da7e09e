//! A backend that only takes descriptions.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use pynn_core::backend::{Lowered, Simulator};
use pynn_core::connector::{Cells, Connector, Ends, Row};
use pynn_core::prelude::*;
use pynn_core::random::{Key, Purpose};

/// A backend that describes and does not simulate.
#[derive(Debug)]
pub struct Paper;

impl Backend for Paper {
    const NAME: &'static str = "Paper";
    type Model = Vec<f64>;
    type Synapse = ();
    fn instantiate(_: &pynn_core::backend::Part<'_>) -> Result<Box<dyn Simulator>> {
        Err(Error::new(ErrorKind::Simulator, "paper does not simulate"))
    }
}

impl Simulates<IfCurrExp> for Paper {
    fn lower(cell: &IfCurrExp) -> Lowered<Vec<f64>> {
        Lowered::Model(cell.parameter_values())
    }
}

impl Simulates<IfCondExp> for Paper {
    fn lower(cell: &IfCondExp) -> Lowered<Vec<f64>> {
        Lowered::Model(cell.parameter_values())
    }
}

impl Transmits<StaticSynapse> for Paper {
    fn lower(_: &StaticSynapse) {}
}

impl<K: Connector> Connects<K> for Paper {
    fn lower(connector: K) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

impl<V> Records<V> for Paper {}

/// The ends with the given first global ids and sizes, and streams of seed `seed`.
pub fn ends(sources: (u32, u32), targets: (u32, u32), seed: u64) -> Ends<'static> {
    let cells = |(first_gid, size)| Cells::range(first_gid, size);
    Ends::new(cells(sources), cells(targets), Key::new(seed, Purpose::Connection, 0))
}

/// A row as a value.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnRow {
    pub target: u32,
    pub sources: Vec<u32>,
    pub first: Option<u64>,
    pub order: Option<Vec<u32>>,
    pub weights: Option<Vec<f64>>,
    pub delays: Option<Vec<f64>>,
}

impl From<Row<'_>> for OwnRow {
    fn from(row: Row<'_>) -> Self {
        Self {
            target: row.target,
            sources: row.sources.to_vec(),
            first: row.first,
            order: row.order.map(<[u32]>::to_vec),
            weights: row.weights.map(<[f64]>::to_vec),
            delays: row.delays.map(<[f64]>::to_vec),
        }
    }
}

/// The rows onto `targets`.
pub fn rows(connector: &dyn Connector, ends: &Ends, targets: std::ops::Range<u32>) -> Vec<OwnRow> {
    let mut rows = Vec::new();
    connector.connect(ends, targets, &mut |row| rows.push(OwnRow::from(row))).unwrap();
    rows
}

/// All pairs (source, target).
pub fn pairs(connector: &dyn Connector, ends: &Ends) -> Vec<(u32, u32)> {
    let rows = rows(connector, ends, 0..ends.targets.size());
    rows.iter().flat_map(|row| row.sources.iter().map(|source| (*source, row.target))).collect()
}
