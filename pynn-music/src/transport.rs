//! How packets of spikes get from rank to rank. A transport is one file: in threads, by MPI, or not at all.

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Spike;

use crate::clock::Span;
use crate::cores;

pub mod dry_run;
#[cfg(feature = "mpi")]
mod memory;
#[cfg(feature = "mpi")]
mod messages;
#[cfg(feature = "mpi")]
mod mpi;
#[cfg(feature = "mpi")]
mod processes;
mod slot;
pub mod thread;

#[cfg(feature = "mpi")]
pub use self::mpi::{Parcel, Topic, World};
#[cfg(feature = "mpi")]
pub use processes::MpiTransport;

/// What a packet says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Header {
    /// Its number on its channel, from 1 in every run.
    pub number: u32,
    /// Nothing more comes on this channel in this run.
    pub last: bool,
}

/// Why a rank gave up, as it tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The rank that failed first.
    pub rank: usize,
    /// What kind of failure.
    pub kind: ErrorKind,
    /// The text, which names the rank.
    pub message: String,
}

impl Failure {
    /// The error that every other rank returns.
    #[must_use]
    pub fn error(&self) -> Error {
        Error::new(self.kind, self.message.clone())
    }
}

/// One rank's end of all its channels. Channel ids are those of the [`Schedule`](crate::schedule::Schedule).
///
/// # Laws
/// Packets of a channel arrive in the order in which they were sent, each once. No call blocks; waiting is a loop
/// of polls and [`pause`](Self::pause). A send is refused only while all slots of its channel are under way.
/// After a failure of any rank, `pause` returns it as an error within milliseconds on every rank.
pub trait Transport {
    /// Opens all channels for one run.
    ///
    /// # Errors
    /// When another rank failed.
    fn begin(&mut self, span: Span) -> Result<()>;

    /// Sends `spikes` if a slot is free; then `spikes` is empty, and keeps some allocation to be filled again.
    ///
    /// # Errors
    /// When the transport itself fails.
    fn try_send(&mut self, channel: usize, header: Header, spikes: &mut Vec<Spike>) -> Result<bool>;

    /// Takes the next packet if it is there, replacing `spikes`.
    ///
    /// # Errors
    /// When the transport itself fails.
    fn try_take(&mut self, channel: usize, spikes: &mut Vec<Spike>) -> Result<Option<Header>>;

    /// Whether everything sent has left this rank's buffers: the end of a run.
    ///
    /// # Errors
    /// When the transport itself fails.
    fn all_sent(&mut self) -> Result<bool>;

    /// One turn of a wait: looks for failures of others, then spins, yields or sleeps shortly, depending on how
    /// long this wait already takes.
    ///
    /// # Errors
    /// When another rank failed.
    fn pause(&mut self, patience: &mut Patience) -> Result<()>;

    /// Looks whether a rank failed.
    fn failure(&mut self) -> Option<Failure>;

    /// [`failure`](Self::failure) as an error, for long stretches without a wait.
    ///
    /// # Errors
    /// When a rank failed.
    fn check(&mut self) -> Result<()> {
        self.failure().map_or(Ok(()), |failure| Err(failure.error()))
    }

    /// Tells all ranks that this one gives up. The first failure wins.
    fn abort(&mut self, failure: &Failure);

    /// Tells rank 0, now and then, that this rank is at work, where it cannot see that by itself.
    fn sign_of_life(&mut self) {}
}

/// How long a wait has been going on: spin, then yield, then sleep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Patience {
    turns: u32,
    slept: bool,
}

/// What to do in a turn of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Poll again at once.
    Spin,
    /// Let another thread of this core go first.
    Yield,
    /// Sleep until woken, or for a short while.
    Sleep,
}

impl Patience {
    /// Starts anew, after progress.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// The number of turns so far.
    #[must_use]
    pub fn turns(&self) -> u32 {
        self.turns
    }

    /// Whether the last turn was a sleep, which may have taken long.
    #[must_use]
    pub fn slept(&self) -> bool {
        self.slept
    }

    /// The next turn of the wait, with `manners` of this machine.
    pub fn next(&mut self, manners: Manners) -> Idle {
        self.turns = self.turns.saturating_add(1);
        self.slept = self.turns > manners.spins + manners.yields;
        if self.slept {
            Idle::Sleep
        } else if self.turns > manners.spins {
            Idle::Yield
        } else {
            Idle::Spin
        }
    }
}

/// How long to spin and to yield: spinning is for threads that have a core of their own. Not for long even then: where
/// other programs want the cores, the rank that is waited for may be one that has none at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// Turns of spinning.
    pub spins: u32,
    /// Turns of yielding after that.
    pub yields: u32,
}

impl Manners {
    /// For `threads` threads of this process.
    #[must_use]
    pub fn of(threads: usize) -> Self {
        Self::new(threads, cores::available())
    }

    /// For `threads` threads or processes on `cores` cores.
    #[must_use]
    pub fn new(threads: usize, cores: usize) -> Self {
        if threads <= cores { Self { spins: 200, yields: 40 } } else { Self { spins: 1, yields: 200 } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_spins_then_yields_then_sleeps_and_starts_anew_after_progress() {
        let manners = Manners { spins: 2, yields: 1 };
        let mut patience = Patience::default();
        let turns: Vec<Idle> = (0..4).map(|_| patience.next(manners)).collect();
        assert_eq!(turns, [Idle::Spin, Idle::Spin, Idle::Yield, Idle::Sleep]);
        assert!(patience.slept());
        patience.reset();
        assert_eq!(patience.next(manners), Idle::Spin);
    }

    #[test]
    fn more_threads_than_cores_yield_at_once() {
        assert!(Manners::of(1_000_000).spins <= 1);
    }
}
