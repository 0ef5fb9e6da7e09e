//! A number of targets for each source, the same or drawn.

use std::ops::Range;

use super::candidates::{Available, Candidates, Drawer};
use super::count::Count;
use crate::connector::{Connector, Ends, Row};
use crate::error::{Error, Result};

/// Connects each source to `n` random targets. PyNN's `FixedNumberPostConnector`.
///
/// PyNN takes `allow_self_connections='NoMutual'` here and then allows all pairs; there is no such choice.
///
/// The sources of a target ascend. Each rank draws for all sources and keeps the targets that it simulates.
#[doc(alias = "FixedNumberPostConnector")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FixedNumberPost {
    /// How many targets each source has, or a distribution of integers, drawn for each source; to be given.
    pub n: Count,
    /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
    pub allow_self_connections: bool,
    /// Whether a source may connect to a target several times; default false.
    pub with_replacement: bool,
}

impl Default for FixedNumberPost {
    fn default() -> Self {
        Self { n: Count::NOT_GIVEN, allow_self_connections: true, with_replacement: false }
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
    /// The target that is source `source` itself, if it may not be drawn.
    fn own(&self, ends: &Ends<'_>, source: u32) -> Option<u32> {
        ends.own_target(source).filter(|_| !self.allow_self_connections)
    }

    fn available(&self, ends: &Ends<'_>, among: bool) -> Available {
        let (size, with_replacement) = (ends.targets.size(), self.with_replacement);
        Available { of: "source", what: "targets", size, among, with_replacement }
    }

    fn keep(&self, ends: &Ends<'_>, range: &Range<u32>) -> Result<Kept, String> {
        let mut kept = Kept { before: 0, targets: Vec::new(), ends: Vec::new() };
        let mut drawer = Drawer::default();
        let width = range.end - range.start;
        for source in 0..ends.sources.size() {
            let own = self.own(ends, source);
            let candidates = Candidates::new(ends.targets.size(), own);
            let mut stream = ends.source_stream(source);
            let n = self.n.of(source, &mut stream, self.name(), self.available(ends, own.is_some()))?;
            let drawn = if self.with_replacement {
                drawer.with_replacement(&mut stream, candidates, n)
            } else {
                drawer.distinct(&mut stream, candidates, n)
            };
            kept.before += drawn.iter().map(|target| u64::from(*target < range.start)).sum::<u64>();
            let relative = drawn.iter().map(|target| target.wrapping_sub(range.start));
            kept.targets.extend(relative.filter(|target| *target < width));
            kept.ends.push(kept.targets.len());
        }
        Ok(kept)
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
        let all = self.available(ends, among);
        self.n.check(self.name(), all, ends.sources.size(), |source| {
            (ends.source_stream(source), self.available(ends, self.own(ends, source).is_some()))
        })
    }

    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        if self.n.same() == Some(0) {
            return Ok(());
        }
        let kept = self.keep(ends, &targets).map_err(Error::description)?;
        let known = self.n.same().is_some();
        let (row_ends, sources) = kept.by_target(targets.end - targets.start);
        let mut begin = 0;
        for (target, end) in targets.zip(row_ends) {
            if begin < end {
                emit(Row::new(target, &sources[begin..end], known.then_some(kept.before + begin as u64)));
            }
            begin = end;
        }
        Ok(())
    }

    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        self.n.same().map(|n| (n as u64).saturating_mul(u64::from(ends.sources.size())))
    }

    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        Some(self.n.expected(ends.sources.size()))
    }
}
