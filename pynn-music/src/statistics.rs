//! What a simulation holds and has done.

use std::time::Duration;

/// The numbers of one rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RankStatistics {
    /// The rank.
    pub rank: usize,
    /// Synapses onto cells of the rank.
    pub synapses: u64,
    /// Synaptic events delivered since time 0.
    pub events: u64,
    /// Bytes of synapses, cell state, routes and recorded data.
    pub bytes: u64,
    /// Time spent to build.
    pub build: Duration,
    /// Time spent in runs.
    pub run: Duration,
    /// Of that, time spent waiting for other ranks, as far as waits were long enough to look at the clock.
    pub waited: Duration,
}

impl RankStatistics {
    pub(crate) fn words(&self) -> Vec<u64> {
        let nanoseconds = |time: Duration| time.as_nanos() as u64;
        let times = [self.build, self.run, self.waited].map(nanoseconds);
        [&[self.synapses, self.events, self.bytes], &times[..]].concat()
    }

    pub(crate) fn of(rank: usize, words: &[u64]) -> Option<Self> {
        let &[synapses, events, bytes, build, run, waited] = words else { return None };
        let [build, run, waited] = [build, run, waited].map(Duration::from_nanos);
        Some(Self { rank, synapses, events, bytes, build, run, waited })
    }
}

/// The numbers of a simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SimulationStatistics {
    /// By rank; ranks that do not answer any more are missing.
    pub ranks: Vec<RankStatistics>,
    /// Wall-clock time of the set-up.
    pub build: Duration,
    /// Wall-clock time of all runs.
    pub run: Duration,
}

impl SimulationStatistics {
    /// Synapses of all ranks.
    #[must_use]
    pub fn synapses(&self) -> u64 {
        self.ranks.iter().map(|rank| rank.synapses).sum()
    }

    /// Synaptic events of all ranks since time 0.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.ranks.iter().map(|rank| rank.events).sum()
    }

    /// Bytes of all ranks.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.ranks.iter().map(|rank| rank.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive_their_words() {
        let numbers =
            RankStatistics { rank: 2, synapses: 3, waited: Duration::from_micros(5), ..Default::default() };
        assert_eq!(RankStatistics::of(2, &numbers.words()), Some(numbers));
        assert_eq!(RankStatistics::of(2, &[1, 2]), None);
    }
}
