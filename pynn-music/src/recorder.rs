//! What one rank records: spikes as words, samples as they come.

use pynn_core::backend::{Samples, Simulator};
use pynn_core::network::{Network, PopulationSpec, Selection};
use pynn_core::population::PopulationId;
use pynn_core::time::Spike;

use crate::layout::Layout;

/// Everything recorded on one rank, by segment: a reset begins a new one.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    /// For each block of the rank's simulator its population, and what of its spikes is recorded.
    blocks: Vec<Block>,
    segments: Vec<Segment>,
}

/// The cells of a population on this rank.
#[derive(Debug)]
struct Block {
    population: PopulationId,
    /// The global id of the population's first cell.
    first_gid: u32,
    /// The cells whose spikes are recorded.
    spikes: Option<Selection>,
}

impl Block {
    #[inline]
    fn records(&self, gid: u32) -> bool {
        self.spikes.as_ref().is_some_and(|cells| cells.number_of((gid - self.first_gid) as usize).is_some())
    }
}

#[derive(Debug, Default)]
struct Segment {
    /// By block.
    spikes: Vec<Vec<Spike>>,
    /// By block, then by sampled variable.
    samples: Vec<Vec<Vec<f64>>>,
}

impl Recorder {
    /// The recorder of `rank`, with an empty first segment.
    pub(crate) fn new(network: &Network, layout: &Layout, rank: usize) -> Self {
        let simulator = layout.place(rank).simulator;
        let populations = network.populations().iter().filter(|spec| spec.simulator == simulator);
        let block = |spec: &PopulationSpec| Block {
            population: spec.id,
            first_gid: spec.first_gid,
            spikes: spec.recording.spikes.clone(),
        };
        let blocks = populations.map(block).collect();
        let mut recorder = Self { blocks, segments: Vec::new() };
        recorder.begin(network);
        recorder
    }

    /// Begins a new segment.
    pub(crate) fn begin(&mut self, network: &Network) {
        let sampled = |block: &Block| network.populations()[block.population.0].recording.sampled.len();
        self.segments.push(Segment {
            spikes: vec![Vec::new(); self.blocks.len()],
            samples: self.blocks.iter().map(|block| vec![Vec::new(); sampled(block)]).collect(),
        });
    }

    fn block(&self, population: PopulationId) -> Option<usize> {
        self.blocks.iter().position(|block| block.population == population)
    }

    /// Takes a spike of block number `block`.
    #[inline]
    pub(crate) fn spike(&mut self, block: usize, spike: Spike) {
        if self.blocks[block].records(spike.gid)
            && let Some(segment) = self.segments.last_mut()
        {
            segment.spikes[block].push(spike);
        }
    }

    /// Takes what `simulator` has sampled.
    pub(crate) fn drain(&mut self, simulator: &mut dyn Simulator) {
        simulator.drain_samples(&mut |samples: Samples<'_>| {
            if let (Some(block), Some(segment)) = (self.block(samples.population), self.segments.last_mut()) {
                segment.samples[block][samples.variable].extend_from_slice(samples.values);
            }
        });
    }

    /// The spikes of `population` in a segment, as words; nothing if it does not live here.
    pub(crate) fn spikes(&self, population: PopulationId, segment: usize) -> Vec<u64> {
        let found = self.block(population).zip(self.segments.get(segment));
        found.map_or_else(Vec::new, |(block, segment)| {
            segment.spikes[block].iter().map(|spike| spike.to_word()).collect()
        })
    }

    /// The samples of a variable in a segment, as the bits of the values.
    pub(crate) fn samples(&self, population: PopulationId, variable: usize, segment: usize) -> Vec<u64> {
        let found = self.block(population).zip(self.segments.get(segment));
        let values = found.and_then(|(block, segment)| segment.samples[block].get(variable));
        values.map_or_else(Vec::new, |values| values.iter().map(|value| value.to_bits()).collect())
    }

    /// Bytes of everything recorded.
    pub(crate) fn bytes(&self) -> usize {
        let segment = |segment: &Segment| {
            let spikes: usize = segment.spikes.iter().map(Vec::capacity).sum();
            let samples: usize = segment.samples.iter().flatten().map(Vec::capacity).sum();
            8 * (spikes + samples)
        };
        self.segments.iter().map(segment).sum()
    }
}
