//! Which spikes go where: to the ranks that have connections from their cell, and to no other.

use std::collections::HashMap;
use std::ops::Range;

use pynn_core::backend::LocalProjection;
use pynn_core::connector::Reaching;
use pynn_core::network::{EndPart, Network, ProjectionSpec};

use smallvec::SmallVec;

use crate::layout::Layout;
use crate::schedule::{Link, Schedule};

/// A destination: an outgoing channel of the rank, by its index among these, or the rank itself.
pub type Destination = u16;

/// The rank itself: for spikes of sources, whose simulator does not know them.
pub const SELF: Destination = Destination::MAX;

/// The connections of `projection` onto the cells of rank `to`: one for each part of the target end
/// that has any there.
fn onto<'n>(
    network: &'n Network,
    layout: &Layout,
    projection: &'n ProjectionSpec,
    to: usize,
) -> impl Iterator<Item = LocalProjection<'n>> {
    LocalProjection::onto(network, projection, move |population| layout.cells(population, to))
}

/// The cells of `part`, a part of a projection's source end, that live on rank `from`: their indices in the end.
fn sources(network: &Network, layout: &Layout, part: &EndPart, from: usize) -> Range<u32> {
    part.within(&layout.cells(&network.populations()[part.population.0], from))
}

/// The part of `reaching` within `sources`, as ranges and single indices.
fn within(reaching: &Reaching, sources: Range<u32>) -> Vec<Range<u32>> {
    let clip = |range: &Range<u32>| range.start.max(sources.start)..range.end.min(sources.end);
    let ranges = match reaching {
        Reaching::All => vec![sources],
        Reaching::Range(range) => vec![clip(range)],
        Reaching::Listed(indices) => {
            let first = indices.partition_point(|index| *index < sources.start);
            let last = indices.partition_point(|index| *index < sources.end);
            indices[first..last].iter().map(|&index| index..index + 1).collect()
        }
    };
    ranges.into_iter().filter(|range| !range.is_empty()).collect()
}

/// Whether spikes travel through a projection: not through gap junctions, nor where the target's backend draws those of a
/// source itself.
fn travels(network: &Network, projection: &ProjectionSpec) -> bool {
    projection.family.info().carries_spikes
        && !(network.target_simulator(projection).draws)(network, projection)
}

/// Calls `visit(from, to, source indices)` for every pair of ranks between which `projection` has connections from cells
/// of `part` of its source end; `from` is in `ranks` and may equal `to`.
fn pairs(
    network: &Network,
    layout: &Layout,
    (projection, part): (&ProjectionSpec, &EndPart),
    ranks: Range<usize>,
    visit: &mut dyn FnMut(usize, usize, Vec<Range<u32>>),
) {
    let simulator = network.populations()[projection.target.parts()[0].population.0].simulator;
    for to in layout.ranks_of(simulator) {
        for local in onto(network, layout, projection, to) {
            let reaching = local.reaching();
            for from in ranks.clone() {
                let reached = within(&reaching, sources(network, layout, part, from));
                if !reached.is_empty() {
                    visit(from, to, reached);
                }
            }
        }
    }
}

/// All connections between different ranks.
#[must_use]
pub fn links(network: &Network, layout: &Layout) -> Vec<Link> {
    network.projections().iter().flat_map(|projection| links_of(network, layout, projection)).collect()
}

/// The connections of `projection` between different ranks.
#[must_use]
pub fn links_of(network: &Network, layout: &Layout, projection: &ProjectionSpec) -> Vec<Link> {
    let mut links = Vec::new();
    if !travels(network, projection) {
        return links;
    }
    for part in projection.source.parts() {
        let simulator = network.populations()[part.population.0].simulator;
        pairs(network, layout, (projection, part), layout.ranks_of(simulator), &mut |from, to, _| {
            if from != to {
                let (delay, projection) = (projection.shortest_delay, projection.name.to_string());
                links.push(Link { from, to, delay, projection });
            }
        });
    }
    links
}

/// Where the spikes of one cell go: seldom to many ranks.
type Set = SmallVec<[Destination; 8]>;

/// Where the spikes of one rank's cells go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    blocks: Vec<Block>,
    sets: Vec<Set>,
}

/// The cells of one population on this rank.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    first_gid: u32,
    /// For each cell the index of its set of destinations.
    sets: Vec<u32>,
}

impl Routes {
    /// The routes of `rank`. Populations are in order of declaration, those without a cell here included.
    #[must_use]
    pub fn new(network: &Network, layout: &Layout, schedule: &Schedule, rank: usize) -> Self {
        let mut interner = Interner::default();
        let mut blocks = Vec::new();
        let place = layout.place(rank);
        for population in network.populations().iter().filter(|spec| spec.simulator == place.simulator) {
            let cells = layout.cells(population, rank);
            let mut destinations = vec![Set::new(); cells.len()];
            let traveling = network.projections().iter().filter(|projection| travels(network, projection));
            let parts = traveling.flat_map(|spec| spec.source.parts().iter().map(move |part| (spec, part)));
            for (projection, part) in parts.filter(|(_, part)| part.population == population.id) {
                pairs(network, layout, (projection, part), rank..rank + 1, &mut |_, to, reached| {
                    let destination = if to != rank {
                        outgoing(schedule, rank, to)
                    } else if population.is_source() {
                        SELF
                    } else {
                        return;
                    };
                    for index in reached.into_iter().flatten() {
                        let cell = &mut destinations[part.cell(index) - cells.start];
                        if !cell.contains(&destination) {
                            cell.push(destination);
                        }
                    }
                });
            }
            let first_gid = population.first_gid + cells.start as u32;
            blocks.push(Block {
                first_gid,
                sets: destinations.into_iter().map(|set| interner.id(set)).collect(),
            });
        }
        Self { blocks, sets: interner.sets }
    }

    /// The number, among the simulator's populations, of the one to which `gid` of this rank belongs.
    #[inline]
    #[must_use]
    pub fn block_of(&self, gid: u32) -> usize {
        self.blocks.partition_point(|block| block.first_gid <= gid) - 1
    }

    /// Where the spikes of the cell `gid` in block number `block` go.
    #[inline]
    #[must_use]
    pub fn destinations(&self, block: usize, gid: u32) -> &[Destination] {
        let block = &self.blocks[block];
        &self.sets[block.sets[(gid - block.first_gid) as usize] as usize]
    }

    /// Whether no spike of block number `block` goes anywhere.
    #[must_use]
    pub fn is_idle(&self, block: usize) -> bool {
        self.blocks[block].sets.iter().all(|&set| self.sets[set as usize].is_empty())
    }

    /// Whether `gid` is a cell of this rank.
    #[must_use]
    pub fn owns(&self, gid: u32) -> bool {
        let after = self.blocks.partition_point(|block| block.first_gid <= gid);
        after > 0 && {
            let block = &self.blocks[after - 1];
            ((gid - block.first_gid) as usize) < block.sets.len()
        }
    }

    /// Bytes of the tables.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let sets: usize = self.sets.iter().map(|set| set.len() * size_of::<Destination>()).sum();
        sets + self.blocks.iter().map(|block| block.sets.len() * size_of::<u32>()).sum::<usize>()
    }
}

/// The index among the outgoing channels of `rank` of the one to `to`.
fn outgoing(schedule: &Schedule, rank: usize, to: usize) -> Destination {
    let mut channels = schedule.outgoing(rank).iter();
    let index =
        channels.position(|&id| schedule.channels()[id].to == to).expect("links gave every pair a channel");
    Destination::try_from(index).expect("fewer ranks than 65535")
}

#[derive(Default)]
struct Interner {
    ids: HashMap<Set, u32>,
    sets: Vec<Set>,
}

impl Interner {
    fn id(&mut self, mut set: Set) -> u32 {
        set.sort_unstable();
        if let Some(&id) = self.ids.get(&set) {
            return id;
        }
        let id = self.sets.len() as u32;
        self.sets.push(set.clone());
        self.ids.insert(set, id);
        id
    }
}
