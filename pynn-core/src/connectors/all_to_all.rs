//! Every source to every target.

use std::ops::Range;

use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects every source to every target. PyNN's `AllToAllConnector`.
#[doc(alias = "AllToAllConnector")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllToAll {
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
}

impl Default for AllToAll {
    fn default() -> Self {
        Self { allow_self_connections: true }
    }
}

impl Connector for AllToAll {
    fn name(&self) -> &'static str {
        "AllToAll"
    }

    fn check(&self, _: &Ends) -> Result<(), String> {
        Ok(())
    }

    fn connect(&self, ends: &Ends, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let all: Vec<u32> = (0..ends.sources.size()).collect();
        let mut others = Vec::new();
        for target in targets {
            let first = ends.pairs(0..target, self.allow_self_connections);
            match ends.own_index(target) {
                Some(own) if !self.allow_self_connections => {
                    others.clear();
                    others.extend(all.iter().copied().filter(|source| *source != own));
                    emit(Row::new(target, &others, Some(first)));
                }
                _ => emit(Row::new(target, &all, Some(first))),
            }
        }
        Ok(())
    }

    fn count(&self, ends: &Ends) -> Option<u64> {
        Some(ends.pairs(0..ends.targets.size(), self.allow_self_connections))
    }
}
