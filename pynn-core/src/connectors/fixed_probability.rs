//! Each pair with the same probability.

use std::ops::Range;

use crate::connector::{Connector, Ends, Row};
use crate::error::Result;
use crate::random::GEOMETRICS;

/// No source: there are fewer cells.
const NONE: u32 = u32::MAX;

/// Connects each source to each target with probability `p_connect`, independently. PyNN's
/// `FixedProbabilityConnector`.
///
/// The sources of a target ascend.
#[doc(alias = "FixedProbabilityConnector")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedProbability {
    /// The probability of a connection, from 0 to 1; to be given.
    pub p_connect: f64,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether two cells may connect in both directions; default true. If not, of two cells that both are in both ends only
    /// the one of the larger global id may connect to the other, and none to itself: PyNN's
    /// `allow_self_connections='NoMutual'`.
    #[doc(alias = "NoMutual")]
    pub allow_mutual_connections: bool,
}

impl Default for FixedProbability {
    fn default() -> Self {
        Self { p_connect: f64::NAN, allow_self_connections: true, allow_mutual_connections: true }
    }
}

impl Connector for FixedProbability {
    fn name(&self) -> &'static str {
        "FixedProbability"
    }

    fn check(&self, _: &Ends<'_>) -> Result<(), String> {
        let p = self.p_connect;
        if p.is_nan() {
            return Err(
                "FixedProbability needs p_connect; write FixedProbability { p_connect: 0.1, .. }".into()
            );
        }
        if !(0.0..=1.0).contains(&p) {
            return Err(format!("`p_connect` is a probability, between 0 and 1; {p} is not"));
        }
        Ok(())
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        let all = u64::from(ends.sources.size()) * u64::from(ends.targets.size());
        let pairs = if self.allow_mutual_connections { all } else { ends.pairs_in_one_direction() };
        Some((self.p_connect * pairs as f64) as u64)
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        if self.p_connect == 0.0 {
            return Ok(());
        }
        let inverse_log_q = 1.0 / (-self.p_connect).ln_1p();
        let size = u64::from(ends.sources.size());
        let (mut sources, mut numbers) = (Vec::new(), [0; GEOMETRICS]);
        for target in targets {
            let left_out = if self.allow_self_connections { None } else { ends.own_index(target) };
            let mut stream = ends.target_stream(target);
            sources.clear();
            // From one connection to the next: the number of pairs between is geometric.
            let mut next = 0u64;
            while next < size {
                sources.extend(stream.geometrics(inverse_log_q, &mut numbers).iter().map(|skip| {
                    let source = next + u64::from(skip.unsigned_abs());
                    // The largest stands for all beyond it: so many pairs are passed, and no more is known.
                    let known = *skip != i32::MAX;
                    next = source + u64::from(known);
                    if known { u32::try_from(source).unwrap_or(NONE) } else { NONE }
                }));
            }
            while sources.last().is_some_and(|source| u64::from(*source) >= size) {
                sources.pop();
            }
            if !self.allow_mutual_connections {
                let is_allowed = ends.one_direction(target);
                sources.retain(|source| *source != NONE && is_allowed(*source));
            } else if left_out.is_some() || size > i32::MAX as u64 {
                sources.retain(|source| *source != NONE && Some(*source) != left_out);
            }
            if !sources.is_empty() {
                emit(Row::new(target, &sources, None));
            }
        }
        Ok(())
    }
}
