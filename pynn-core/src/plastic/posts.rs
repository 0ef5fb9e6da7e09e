//! Post-synaptic spikes that synapses have yet to look at.

use crate::population::PopulationId;

use super::stdp::{Decay, Post};

/// The last spikes of the cells of one population that live here, with their traces of one time constant.
#[derive(Debug)]
pub(super) struct Posts {
    pub(super) population: PopulationId,
    /// Time constant of the traces, ms.
    pub(super) tau: f64,
    decay: Decay,
    /// Cell by cell, room for `stride` spikes each.
    spikes: Vec<Post>,
    stride: usize,
    counts: Vec<u32>,
    /// More spikes than this of one cell are a reason to settle.
    bound: usize,
    fullest: usize,
}

/// Spikes of a cell that are kept without looking at what could be forgotten.
const KEPT: usize = 32;

impl Posts {
    pub(super) fn new(population: PopulationId, cells: usize, h: f64, tau: f64) -> Self {
        let stride = 4;
        Self {
            population,
            tau,
            decay: Decay::new(h, tau),
            spikes: vec![Post::default(); stride * cells],
            stride,
            counts: vec![0; cells],
            bound: KEPT,
            fullest: 0,
        }
    }

    /// Forgets everything.
    pub(super) fn reset(&mut self) {
        self.counts.fill(0);
        (self.fullest, self.bound) = (0, KEPT);
    }

    /// The spikes of a cell that are kept, in order.
    #[inline(always)]
    pub(super) fn of(&self, cell: usize) -> &[Post] {
        let first = cell * self.stride;
        &self.spikes[first..first + self.counts[cell] as usize]
    }

    /// Adds the spike of a cell in `step`.
    pub(super) fn push(&mut self, cell: usize, step: u32) {
        let trace = self
            .of(cell)
            .last()
            .map_or(1.0, |last| last.trace * self.decay.at(i64::from(step) - i64::from(last.step)) + 1.0);
        let count = self.counts[cell] as usize;
        if count == self.stride {
            self.widen(2 * self.stride);
        }
        self.spikes[cell * self.stride + count] = Post { step, trace };
        self.counts[cell] += 1;
        self.fullest = self.fullest.max(count + 1);
    }

    /// Whether so many spikes are kept that it is worth while to settle.
    pub(super) fn is_full(&self) -> bool {
        self.fullest > self.bound
    }

    /// Forgets the spikes of step `step` and before, but for the last of each cell, whose trace is still needed.
    pub(super) fn forget(&mut self, step: i64) {
        self.fullest = 0;
        for (cell, count) in self.counts.iter_mut().enumerate() {
            let spikes = &mut self.spikes[cell * self.stride..][..*count as usize];
            let past = spikes.iter().take_while(|post| i64::from(post.step) <= step).count();
            let first = past.saturating_sub(1);
            spikes.copy_within(first.., 0);
            *count -= u32::try_from(first).unwrap_or(u32::MAX);
            self.fullest = self.fullest.max(*count as usize);
        }
        self.bound = KEPT.max(2 * self.fullest);
    }

    fn widen(&mut self, stride: usize) {
        let mut wider = vec![Post::default(); stride * self.counts.len()];
        for (new, old) in wider.chunks_mut(stride).zip(self.spikes.chunks(self.stride)) {
            new[..self.stride].copy_from_slice(old);
        }
        (self.stride, self.spikes) = (stride, wider);
    }

    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.spikes.as_slice()) + size_of_val(self.counts.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_leaves_the_last_trace() {
        let mut posts = Posts::new(PopulationId(0), 2, 1.0, 10.0);
        (1..=9).for_each(|step| posts.push(1, 10 * step));
        assert_eq!(posts.of(1).len(), 9);
        let kept = posts.of(1)[6..].to_vec();
        posts.forget(75);
        assert_eq!((posts.of(0), posts.of(1)), (&[][..], &kept[..]));
        // 1 + e^-1 + e^-2 + ..
        let series = (1.0 - (-9f64).exp()) / (1.0 - (-1f64).exp());
        assert!((posts.of(1)[2].trace - series).abs() < 1e-12);
        posts.reset();
        assert!(posts.of(1).is_empty());
    }
}
