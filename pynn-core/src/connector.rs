//! Which cells a projection connects.
//!
//! A connector is a pure generator: given the two ends it emits, target by target, the indices of the sources. What it
//! emits for a target depends on nothing but the description, so each rank makes the connections of its own targets,
//! without communication, and any division into ranks gives the same network.

use std::cell::OnceCell;
use std::fmt;
use std::ops::Range;

use crate::end::{End, EndPart};
use crate::error::Result;
use crate::network::{Network, ProjectionSpec};
use crate::random::{Key, Purpose, Stream};
use crate::space::{Point, Space};

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
    fn check(&self, ends: &Ends<'_>) -> Result<(), String>;

    /// Emits the connections onto the targets with indices `targets` in the target end: for each target, in ascending
    /// order, at most one [`Row`]. Emits the same for a target whatever else is asked for.
    ///
    /// # Errors
    /// When connections cannot be made, a file cannot be read.
    fn connect(&self, ends: &Ends<'_>, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()>;

    /// How many connections it makes in all, where that is known beforehand. [`Row::first`] is given exactly then.
    fn count(&self, ends: &Ends<'_>) -> Option<u64> {
        let _ = ends;
        None
    }

    /// About how many connections it makes, for plans; by default [`count`](Self::count).
    fn expected(&self, ends: &Ends<'_>) -> Option<u64> {
        self.count(ends)
    }

    /// Which sources have connections onto `targets`: spikes of others are not sent there. May say too many, never too few.
    fn reaching(&self, ends: &Ends<'_>, targets: Range<u32>) -> Reaching {
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

/// The two ends of a projection, where their cells are, and its random numbers.
#[derive(Clone, Debug)]
pub struct Ends<'n> {
    /// The cells that send.
    pub sources: Cells,
    /// The cells that receive.
    pub targets: Cells,
    /// The key of the connector's streams.
    pub key: Key,
    /// In which distances are taken.
    pub space: Space,
    /// The network, and the parts of the two ends.
    of: Option<(&'n Network, [End; 2])>,
    /// Where the cells of the two ends are; made when it is asked for.
    points: OnceCell<[Vec<Point>; 2]>,
    /// The targets that are among the sources, ascending; made when it is asked for.
    own: OnceCell<Vec<u32>>,
}

impl<'n> Ends<'n> {
    /// The ends `sources` and `targets` without a network, and streams of `key`: each end a [`Line`](crate::space::Line).
    #[must_use]
    pub fn new(sources: Cells, targets: Cells, key: Key) -> Self {
        let (points, own) = (OnceCell::new(), OnceCell::new());
        Self { sources, targets, key, space: Space::default(), of: None, points, own }
    }

    pub(crate) fn of(network: &'n Network, projection: &ProjectionSpec) -> Self {
        let (source, target) = (&projection.source, &projection.target);
        let key = network.key(Purpose::Connection, projection.id.0 as u64);
        Self {
            of: Some((network, [source.clone(), target.clone()])),
            space: projection.space,
            ..Self::new(source.cells().clone(), target.cells().clone(), key)
        }
    }

    /// The network, where the ends are of one.
    #[must_use]
    pub fn network(&self) -> Option<&'n Network> {
        self.of.as_ref().map(|of| of.0)
    }

    /// The names of the populations of the two ends: `exc + inh`.
    pub(crate) fn names(&self) -> [String; 2] {
        let Some((network, ends)) = &self.of else { return ["the sources", "the targets"].map(Into::into) };
        ends.each_ref().map(|end| {
            let names = end.populations().map(|population| &*network.populations()[population.0].name);
            names.collect::<Vec<_>>().join(" + ")
        })
    }

    /// Where the cells of the two ends are, by index.
    fn points(&self) -> &[Vec<Point>; 2] {
        self.points.get_or_init(|| match &self.of {
            Some((network, ends)) => ends.each_ref().map(|end| {
                let of = |part: &EndPart| {
                    let points = network.points(part.population);
                    part.cells.iter().map(|cell| points[cell]).collect::<Vec<_>>()
                };
                end.parts().iter().flat_map(of).collect()
            }),
            None => [&self.sources, &self.targets]
                .map(|cells| (0..cells.size()).map(|index| [f64::from(index), 0.0, 0.0]).collect()),
        })
    }

    /// The distance of target `target` from source `source` in um, in the projection's [`Space`].
    ///
    /// # Panics
    /// When there are no such cells.
    #[must_use]
    pub fn distance(&self, source: u32, target: u32) -> f64 {
        let [sources, targets] = self.points();
        self.space.distance(sources[source as usize], targets[target as usize])
    }

    /// Where target `target` is, seen from source `source`: x, y and z in um. Their places, without regard to the space, as
    /// in PyNN.
    ///
    /// # Panics
    /// When there are no such cells.
    #[must_use]
    pub fn displacement(&self, source: u32, target: u32) -> [f64; 3] {
        let [sources, targets] = self.points();
        let (from, to) = (sources[source as usize], targets[target as usize]);
        std::array::from_fn(|axis| to[axis] - from[axis])
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
