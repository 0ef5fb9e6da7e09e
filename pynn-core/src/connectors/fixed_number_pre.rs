//! A number of sources for each target, the same or drawn.

use std::ops::Range;

use super::candidates::{Available, Candidates, Drawer};
use super::count::Count;
use crate::connector::{Connector, Ends, Row};
use crate::error::{Error, Result};

/// Connects `n` random sources to each target. PyNN's `FixedNumberPreConnector`.
///
/// PyNN takes `allow_self_connections='NoMutual'` here and then allows all pairs; there is no such choice.
///
/// The sources of a target come in no particular order.
#[doc(alias = "FixedNumberPreConnector")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedNumberPre {
    /// How many sources each target has, or a distribution of integers, drawn for each target; to be given.
    pub n: Count,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether a source may connect to a target several times; default false.
    pub with_replacement: bool,
}

impl Default for FixedNumberPre {
    fn default() -> Self {
        Self { n: Count::NOT_GIVEN, allow_self_connections: true, with_replacement: false }
    }
}

impl FixedNumberPre {
    /// The source that is target `target` itself, if it may not be drawn.
    fn own(&self, ends: &Ends<'_>, target: u32) -> Option<u32> {
        ends.own_index(target).filter(|_| !self.allow_self_connections)
    }

    fn available(&self, ends: &Ends<'_>, among: bool) -> Available {
        let (size, with_replacement) = (ends.sources.size(), self.with_replacement);
        Available { of: "target", what: "sources", size, among, with_replacement }
    }
}

impl Connector for FixedNumberPre {
    fn name(&self) -> &'static str {
        "FixedNumberPre"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let among = !self.allow_self_connections && ends.own_before(ends.targets.size()) > 0;
        let all = self.available(ends, among);
        self.n.check(self.name(), all, ends.targets.size(), |target| {
            (ends.target_stream(target), self.available(ends, self.own(ends, target).is_some()))
        })
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        if self.n.same() == Some(0) {
            return Ok(());
        }
        let mut drawer = Drawer::default();
        for target in targets {
            let own = self.own(ends, target);
            let candidates = Candidates::new(ends.sources.size(), own);
            let mut stream = ends.target_stream(target);
            let n = self.n.of(target, &mut stream, self.name(), self.available(ends, own.is_some()));
            let n = n.map_err(Error::description)?;
            if n == 0 {
                continue;
            }
            let sources = if self.with_replacement {
                drawer.with_replacement(&mut stream, candidates, n)
            } else {
                drawer.distinct(&mut stream, candidates, n)
            };
            emit(Row::new(target, sources, self.n.same().map(|n| u64::from(target) * n as u64)));
        }
        Ok(())
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        self.n.same().map(|n| (n as u64).saturating_mul(u64::from(ends.targets.size())))
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        Some(self.n.expected(ends.targets.size()))
    }
}
