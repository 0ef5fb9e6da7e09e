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

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
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

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        Some(ends.pairs(0..ends.targets.size(), self.allow_self_connections))
    }
}

/// Connects every two cells of the two ends in one direction only: the one of the larger global id to the other, and none
/// to itself. Cells that are in one end only connect as by [`AllToAll`]. PyNN's `AllToAllConnector` with
/// `allow_self_connections='NoMutual'`.
#[doc(alias = "NoMutual")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllToAllNoMutual;

impl Connector for AllToAllNoMutual {
    fn name(&self) -> &'static str {
        "AllToAllNoMutual"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        Ok(())
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        let mut sources = Vec::new();
        for target in targets {
            let is_allowed = ends.one_direction(target);
            sources.clear();
            sources.extend((0..ends.sources.size()).filter(|source| is_allowed(*source)));
            if !sources.is_empty() {
                emit(Row::new(target, &sources, None));
            }
        }
        Ok(())
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        Some(ends.pairs_in_one_direction())
    }
}
