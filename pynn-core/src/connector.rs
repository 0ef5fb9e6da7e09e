//! Which cells a projection connects.
//!
//! A connector is a pure generator: given the two ends it emits, target by target, the indices of the sources. What it
//! emits for a target depends on nothing but the description, so each rank makes the connections of its own targets,
//! without communication, and any division into ranks gives the same network.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use crate::error::Result;
use crate::random::{Key, Stream};

pub use crate::end::{Cells, Selection};

/// A connector. `Debug` is its spelling in messages and in the digest of a description.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no connector",
    label = "expected a connector such as `AllToAll`"
)]
pub trait Connector: fmt::Debug + Send + Sync + 'static {
    /// PyNN's name without `Connector`: `"AllToAll"`.
    fn name(&self) -> &'static str;

    /// Says what is wrong with the connector's parameters for these ends, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the projection, and the remedy.
    fn check(&self, ends: &Ends) -> Result<(), String>;

    /// Emits the connections onto the targets with indices `targets` in the target end: for each target, in ascending
    /// order, at most one [`Row`]. Emits the same for a target whatever else is asked for.
    ///
    /// # Errors
    /// When connections cannot be made, a file cannot be read.
    fn connect(&self, ends: &Ends, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()>;

    /// How many connections it makes in all, where that is known beforehand. [`Row::first`] is given exactly then.
    fn count(&self, ends: &Ends) -> Option<u64> {
        let _ = ends;
        None
    }

    /// About how many connections it makes, for plans; by default [`count`](Self::count).
    fn expected(&self, ends: &Ends) -> Option<u64> {
        self.count(ends)
    }

    /// Which sources have connections onto `targets`: spikes of others are not sent there. May say too many, never too few.
    fn reaching(&self, ends: &Ends, targets: Range<u32>) -> Reaching {
        let _ = (ends, targets);
        Reaching::All
    }

    /// The connector's own weights (in the receptor's base unit), if it lists them: the smallest and the largest.
    fn listed_weights(&self) -> Option<(f64, f64)> {
        None
    }

    /// The connector's own delays in ms, if it lists them: the smallest and the largest.
    fn listed_delays(&self) -> Option<(f64, f64)> {
        None
    }
}

/// Which sources of a projection reach given targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaching {
    /// Perhaps all.
    All,
    /// Those with indices in a range.
    Range(Range<u32>),
    /// Those listed, ascending.
    Listed(Vec<u32>),
}

/// The connections onto one target.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The target's index in the target end.
    pub target: u32,
    /// The sources' indices in the source end. May name one several times.
    pub sources: &'a [u32],
    /// The number of the row's first connection among all of the projection, where the connector knows it.
    pub first: Option<u64>,
    /// The places of the row's connections in lists of weights and delays, where these do not follow the rows but the
    /// order in which the connector itself lists its connections.
    pub order: Option<&'a [u32]>,
    /// The connector's own weights in the receptor's base unit, one a source.
    pub weights: Option<&'a [f64]>,
    /// The connector's own delays in ms, one a source.
    pub delays: Option<&'a [f64]>,
}

impl<'a> Row<'a> {
    /// A row without own weights and delays.
    #[must_use]
    pub fn new(target: u32, sources: &'a [u32], first: Option<u64>) -> Self {
        Self { target, sources, first, order: None, weights: None, delays: None }
    }
}

/// The two ends of a projection and its random numbers.
#[derive(Clone, Debug)]
pub struct Ends {
    /// The cells that send.
    pub sources: Cells,
    /// The cells that receive.
    pub targets: Cells,
    /// The key of the connector's streams.
    pub key: Key,
    /// The targets that are among the sources, ascending; made when it is asked for.
    own: OnceCell<Vec<u32>>,
}

impl Ends {
    /// The ends `sources` and `targets`, and streams of `key`.
    #[must_use]
    pub fn new(sources: Cells, targets: Cells, key: Key) -> Self {
        Self { sources, targets, key, own: OnceCell::new() }
    }

    /// The index among the sources of the cell that is target `target`, if it is there: its self-connection.
    #[must_use]
    pub fn own_index(&self, target: u32) -> Option<u32> {
        self.sources.index_of(self.targets.gid(target))
    }

    /// The index among the targets of the cell that is source `source`, if it is there: its self-connection.
    #[must_use]
    pub fn own_target(&self, source: u32) -> Option<u32> {
        self.targets.index_of(self.sources.gid(source))
    }

    /// How many of the first `targets` targets are among the sources: how many self-connections there can be.
    #[must_use]
    pub fn own_before(&self, targets: u32) -> u64 {
        if let (Some(source), Some(target)) = (self.sources.consecutive(), self.targets.consecutive()) {
            let end = |first: u32, size: u32| u64::from(first) + u64::from(size);
            let stop = end(target, targets).min(end(source, self.sources.size()));
            return stop.saturating_sub(u64::from(source.max(target)));
        }
        let own = self.own.get_or_init(|| {
            (0..self.targets.size()).filter(|target| self.own_index(*target).is_some()).collect()
        });
        own.partition_point(|own| *own < targets) as u64
    }

    /// The random stream of target `target`. Numbered by global id, so a view draws as its population does.
    #[must_use]
    pub fn target_stream(&self, target: u32) -> Stream {
        Stream::new(self.key, u64::from(self.targets.gid(target)))
    }

    /// The random stream of source `source`, unrelated to every target's.
    #[must_use]
    pub fn source_stream(&self, source: u32) -> Stream {
        Stream::new(self.key, 1 << 32 | u64::from(self.sources.gid(source)))
    }

    /// The random stream of node `node` of a tree over the targets, unrelated to every cell's.
    #[must_use]
    pub fn node_stream(&self, node: u64) -> Stream {
        Stream::new(self.key, 1 << 63 | node)
    }
}
