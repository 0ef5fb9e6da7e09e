//! Spike sources as functions of time: the same on every backend and any number of ranks.

use std::ops::Range;

use crate::cells::{Intervals, SpikeTrains};
use crate::time::Spike;

/// The spike sources of one population on one rank.
pub trait SpikeSource: Send {
    /// Appends the spikes of time steps `steps` (counted from 1), ordered by step and then by cell. Steps are asked for
    /// in order, without gap.
    fn spikes(&mut self, steps: Range<u32>, out: &mut Vec<Spike>);
    /// Passes over time steps `steps`, which are asked for instead of by [`spikes`](Self::spikes).
    fn skip(&mut self, steps: Range<u32>) {
        let mut passed = Vec::new();
        for step in steps {
            passed.clear();
            self.spikes(step..step + 1, &mut passed);
        }
    }
    /// Goes back to time 0.
    fn reset(&mut self);
}

/// The kinds of spike sources.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Sources {
    /// [`SpikeSourcePoisson`](crate::cells::SpikeSourcePoisson); parameters are rate, start, duration.
    Poisson,
    /// [`SpikeSourceArray`](crate::cells::SpikeSourceArray).
    Array(SpikeTrains),
    /// Cells whose intervals are drawn one after the other; [`Intervals`] says which parameters they have.
    Renewal(Intervals),
}

impl Sources {
    /// Says what is wrong with what is given for a whole population of `size` cells, if anything.
    pub(crate) fn check(&self, size: usize) -> Result<(), String> {
        match self {
            Self::Poisson => Ok(()),
            Self::Array(trains) => trains.check(size),
            Self::Renewal(intervals) => intervals.check(),
        }
    }
}
