//! A total number of connections.

use std::ops::Range;

use super::NOT_GIVEN;
use super::candidates::{Candidates, Drawer, check_given};
use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects `n` random pairs of a source and a target. PyNN's `FixedTotalNumberConnector`.
///
/// PyNN takes `allow_self_connections='NoMutual'` here and then allows all pairs; there is no such choice.
///
/// The sources of a target come in no particular order. The number is divided over halves of the targets, and again,
/// down to each target: so a rank draws for its own targets only, and the total is exact on any number of ranks.
#[doc(alias = "FixedTotalNumberConnector")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedTotalNumber {
    /// How many connections in all; to be given.
    pub n: usize,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether a source may connect to a target several times; default true.
    pub with_replacement: bool,
}

impl Default for FixedTotalNumber {
    fn default() -> Self {
        Self { n: NOT_GIVEN, allow_self_connections: true, with_replacement: true }
    }
}

/// A part of the targets while the number of connections is divided.
struct Node {
    /// 1 for all, 2 n and 2 n + 1 for the halves of number n.
    number: u64,
    targets: Range<u32>,
    /// How many connections they have.
    count: u64,
    /// How many connections all targets before them have.
    first: u64,
}

struct Division<'a> {
    connector: FixedTotalNumber,
    ends: &'a Ends<'a>,
    wanted: Range<u32>,
    drawer: Drawer,
    emit: &'a mut dyn FnMut(Row<'_>),
}

impl Division<'_> {
    fn divide(&mut self, node: &Node) {
        let Range { start, end } = node.targets;
        if node.count == 0 || end <= self.wanted.start || start >= self.wanted.end {
            return;
        }
        if end - start == 1 {
            self.draw(node);
            return;
        }
        let middle = start + (end - start) / 2;
        let left = self.left_count(node, middle);
        let number = 2 * node.number;
        self.divide(&Node { number, targets: start..middle, count: left, first: node.first });
        let (count, first) = (node.count - left, node.first + left);
        self.divide(&Node { number: number + 1, targets: middle..end, count, first });
    }

    /// How many of a node's connections go to the targets before `middle`.
    fn left_count(&self, node: &Node, middle: u32) -> u64 {
        let pairs = |targets| self.ends.pairs(targets, self.connector.allow_self_connections);
        let (left, right) = (pairs(node.targets.start..middle), pairs(middle..node.targets.end));
        let mut stream = self.ends.node_stream(node.number);
        if self.connector.with_replacement {
            stream.binomial(node.count, left as f64 / (left + right) as f64)
        } else {
            stream.hypergeometric(left, right, node.count)
        }
    }

    fn draw(&mut self, node: &Node) {
        let target = node.targets.start;
        let own = self.ends.own_index(target).filter(|_| !self.connector.allow_self_connections);
        let candidates = Candidates::new(self.ends.sources.size(), own);
        let mut stream = self.ends.target_stream(target);
        let count = usize::try_from(node.count).unwrap_or(usize::MAX);
        let sources = if self.connector.with_replacement {
            self.drawer.with_replacement(&mut stream, candidates, count)
        } else {
            self.drawer.distinct(&mut stream, candidates, count)
        };
        (self.emit)(Row::new(target, sources, Some(node.first)));
    }
}

impl Connector for FixedTotalNumber {
    fn name(&self) -> &'static str {
        "FixedTotalNumber"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        check_given(self.name(), self.n)?;
        let pairs = ends.pairs(0..ends.targets.size(), self.allow_self_connections);
        if self.n as u64 > pairs && !self.with_replacement {
            return Err(format!(
                "FixedTotalNumber draws n = {} different pairs, but there are {pairs}; lower n, or set with_replacement: true",
                self.n
            ));
        }
        if self.n > 0 && pairs == 0 {
            return Err(format!(
                "FixedTotalNumber draws n = {} pairs, but a cell and itself is the only one; allow_self_connections: true would allow it",
                self.n
            ));
        }
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let all = Node { number: 1, targets: 0..ends.targets.size(), count: self.n as u64, first: 0 };
        let drawer = Drawer::default();
        Division { connector: *self, ends, wanted: targets, drawer, emit }.divide(&all);
        Ok(())
    }

    fn count(&self, _: &Ends<'_>) -> Option<u64> {
        Some(self.n as u64)
    }
}
