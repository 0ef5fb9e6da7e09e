//! The same number of sources for each target.

use std::ops::Range;

use super::NOT_GIVEN;
use super::candidates::{Candidates, Drawer, check_number};
use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects `n` random sources to each target. PyNN's `FixedNumberPreConnector`.
///
/// PyNN takes `allow_self_connections='NoMutual'` here and then allows all pairs; there is no such choice.
///
/// The sources of a target come in no particular order.
#[doc(alias = "FixedNumberPreConnector")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedNumberPre {
    /// How many sources each target has; to be given.
    pub n: usize,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether a source may connect to a target several times; default false.
    pub with_replacement: bool,
}

impl Default for FixedNumberPre {
    fn default() -> Self {
        Self { n: NOT_GIVEN, allow_self_connections: true, with_replacement: false }
    }
}

impl Connector for FixedNumberPre {
    fn name(&self) -> &'static str {
        "FixedNumberPre"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let among = !self.allow_self_connections && ends.own_before(ends.targets.size()) > 0;
        check_number(self.name(), self.n, ("sources", ends.sources.size(), among), self.with_replacement)
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        if self.n == 0 {
            return Ok(());
        }
        let mut drawer = Drawer::default();
        for target in targets {
            let own = ends.own_index(target).filter(|_| !self.allow_self_connections);
            let candidates = Candidates::new(ends.sources.size(), own);
            let mut stream = ends.target_stream(target);
            let sources = if self.with_replacement {
                drawer.with_replacement(&mut stream, candidates, self.n)
            } else {
                drawer.distinct(&mut stream, candidates, self.n)
            };
            emit(Row::new(target, sources, Some(u64::from(target) * self.n as u64)));
        }
        Ok(())
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        Some((self.n as u64).saturating_mul(u64::from(ends.targets.size())))
    }
}
