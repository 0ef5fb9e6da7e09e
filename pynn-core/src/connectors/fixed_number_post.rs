//! The same number of targets for each source.

use std::ops::Range;

use super::NOT_GIVEN;
use super::candidates::{Candidates, Drawer, check_number};
use crate::connector::{Connector, Ends, Row};
use crate::error::Result;

/// Connects each source to `n` random targets. PyNN's `FixedNumberPostConnector`.
///
/// PyNN takes `allow_self_connections='NoMutual'` here and then allows all pairs; there is no such choice.
///
/// The sources of a target ascend. Each rank draws for all sources and keeps the targets that it simulates.
#[doc(alias = "FixedNumberPostConnector")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedNumberPost {
    /// How many targets each source has; to be given.
    pub n: usize,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether a source may connect to a target several times; default false.
    pub with_replacement: bool,
}

impl Default for FixedNumberPost {
    fn default() -> Self {
        Self { n: NOT_GIVEN, allow_self_connections: true, with_replacement: false }
    }
}

/// The connections onto the targets that a rank simulates, source by source.
struct Kept {
    /// How many connections all targets before these have.
    before: u64,
    /// The targets, as indices among those kept.
    targets: Vec<u32>,
    /// Where the targets of each source end.
    ends: Vec<usize>,
}

impl FixedNumberPost {
    fn keep(&self, ends: &Ends<'_>, range: &Range<u32>) -> Kept {
        let mut kept = Kept { before: 0, targets: Vec::new(), ends: Vec::new() };
        let mut drawer = Drawer::default();
        let width = range.end - range.start;
        for source in 0..ends.sources.size() {
            let own = ends.own_target(source).filter(|_| !self.allow_self_connections);
            let candidates = Candidates::new(ends.targets.size(), own);
            let mut stream = ends.source_stream(source);
            let drawn = if self.with_replacement {
                drawer.with_replacement(&mut stream, candidates, self.n)
            } else {
                drawer.distinct(&mut stream, candidates, self.n)
            };
            kept.before += drawn.iter().map(|target| u64::from(*target < range.start)).sum::<u64>();
            let relative = drawn.iter().map(|target| target.wrapping_sub(range.start));
            kept.targets.extend(relative.filter(|target| *target < width));
            kept.ends.push(kept.targets.len());
        }
        kept
    }
}

impl Kept {
    /// The sources of each target: where those of each target end, and all, target by target.
    #[allow(clippy::cast_possible_truncation, reason = "sources are numbered by u32")]
    fn by_target(&self, width: u32) -> (Vec<usize>, Vec<u32>) {
        let mut row_ends = vec![0; width as usize + 1];
        for target in &self.targets {
            row_ends[*target as usize + 1] += 1;
        }
        for index in 0..width as usize {
            row_ends[index + 1] += row_ends[index];
        }
        // Each entry begins as the start of its row, and is its end when the row is full.
        let mut sources = vec![0; self.targets.len()];
        let mut begin = 0;
        for (source, end) in self.ends.iter().enumerate() {
            for target in &self.targets[begin..*end] {
                let place = &mut row_ends[*target as usize];
                sources[*place] = source as u32;
                *place += 1;
            }
            begin = *end;
        }
        row_ends.truncate(width as usize);
        (row_ends, sources)
    }
}

impl Connector for FixedNumberPost {
    fn name(&self) -> &'static str {
        "FixedNumberPost"
    }

    fn check(&self, ends: &Ends<'_>) -> Result<(), String> {
        let among = !self.allow_self_connections && ends.own_before(ends.targets.size()) > 0;
        check_number(self.name(), self.n, ("targets", ends.targets.size(), among), self.with_replacement)
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        if self.n == 0 {
            return Ok(());
        }
        let kept = self.keep(ends, &targets);
        let (row_ends, sources) = kept.by_target(targets.end - targets.start);
        let mut begin = 0;
        for (target, end) in targets.zip(row_ends) {
            if begin < end {
                emit(Row::new(target, &sources[begin..end], Some(kept.before + begin as u64)));
            }
            begin = end;
        }
        Ok(())
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        Some((self.n as u64).saturating_mul(u64::from(ends.sources.size())))
    }
}
