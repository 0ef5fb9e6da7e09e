//! A probability for each pair.

use std::fmt;
use std::ops::Range;

use crate::connector::{Ends, Row};
use crate::error::{Error, Result};

/// Which pairs of two cells of both ends may connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowed {
    /// A cell to itself.
    pub(super) own: bool,
    /// Two cells in both directions.
    pub(super) mutual: bool,
}

impl Allowed {
    pub(super) const ALL: Self = Self { own: true, mutual: true };
}

/// The methods that say which pairs may connect.
macro_rules! allowing {
    () => {
        /// Whether a cell may connect to itself; default true. What counts is the cell, not its index.
        #[must_use]
        pub fn allow_self_connections(self, allow_self_connections: bool) -> Self {
            Self { allowed: Allowed { own: allow_self_connections, ..self.allowed }, ..self }
        }

        /// Whether two cells may connect in both directions; default true. If not, of two cells that both are in both ends
        /// only the one of the larger global id may connect to the other, and none to itself: PyNN's
        /// `allow_self_connections='NoMutual'`.
        #[doc(alias = "NoMutual")]
        #[must_use]
        pub fn allow_mutual_connections(self, allow_mutual_connections: bool) -> Self {
            Self { allowed: Allowed { mutual: allow_mutual_connections, ..self.allowed }, ..self }
        }
    };
}
pub(super) use allowing;

/// Connects each pair with a probability of its own.
pub(super) struct ByPair<'a> {
    pub(super) name: &'static str,
    pub(super) allowed: Allowed,
    /// The probability of a source and a target.
    pub(super) probability: &'a dyn Fn(u32, u32) -> f64,
    /// What is said of a pair besides: how far from each other.
    pub(super) seen: &'a dyn Fn(u32, u32) -> String,
}

impl ByPair<'_> {
    /// The connections onto `targets`: one draw a pair.
    pub(super) fn connect(
        &self,
        ends: &Ends<'_>,
        targets: Range<u32>,
        emit: &mut dyn FnMut(Row<'_>),
    ) -> Result<()> {
        let mut sources = Vec::new();
        for target in targets {
            let own = ends.own_index(target).filter(|_| !self.allowed.own);
            let one_direction = ends.one_direction(target);
            let mut stream = ends.target_stream(target);
            sources.clear();
            for source in 0..ends.sources.size() {
                let p = (self.probability)(source, target);
                if !(0.0..=1.0).contains(&p) {
                    return Err(Error::description(format!(
                        "{}: the probability of a connection from source {source} to target {target}{} is {p}, but must be \
                         between 0 and 1",
                        self.name,
                        (self.seen)(source, target)
                    )));
                }
                let allowed = Some(source) != own && (self.allowed.mutual || one_direction(source));
                if stream.uniform() < p && allowed {
                    sources.push(source);
                }
            }
            if !sources.is_empty() {
                emit(Row::new(target, &sources, None));
            }
        }
        Ok(())
    }

    /// About how many connections there will be, from a grid of pairs.
    pub(super) fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        let grid = |size: u32| (0..size).step_by(size.div_ceil(64).max(1) as usize);
        let (mut pairs, mut sum) = (0.0, 0.0);
        for target in grid(ends.targets.size()) {
            for source in grid(ends.sources.size()) {
                pairs += 1.0;
                sum += (self.probability)(source, target).clamp(0.0, 1.0);
            }
        }
        let all = f64::from(ends.sources.size()) * f64::from(ends.targets.size());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        Some((sum / f64::max(pairs, 1.0) * all) as u64)
    }
}

/// A closure, by a few of its values: it cannot be printed, but the digest of a description tells two apart.
pub(super) fn write_closure(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    allowed: Allowed,
    samples: impl Iterator<Item = f64>,
) -> fmt::Result {
    write!(f, "{name} {{ {:?}, {allowed:?} }}", samples.collect::<Vec<_>>())
}
