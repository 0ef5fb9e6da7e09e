//! Ranks as MPI processes: those of one machine tell each other spikes through memory that they share, others by messages.
//! An own wait loop, and no collective call once the channels are set up.

use std::rc::Rc;
use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Spike;

use super::mpi::{Parcel, Topic, World};
use super::{Failure, Header, Patience, Transport, memory, messages};
use crate::clock::Span;
use crate::schedule::Schedule;
use crate::wire;

/// How often waits look for the failure of another rank, in turns without sleep.
const LOOK: u32 = 64;

/// One rank's end of all its channels.
pub struct MpiTransport {
    world: Rc<World>,
    ends: Vec<End>,
    /// Whether messages to processes of this machine may be on their way: they need calls of MPI to get on.
    sending: bool,
    failure: Option<Failure>,
    /// How often rank 0 hears from this rank, when it last did, and the message that is on its way.
    interval: Duration,
    signed: Instant,
    sign: Option<Parcel>,
}

enum End {
    Elsewhere,
    In(messages::Inbound),
    Out(messages::Outbound),
    NearIn(memory::Inbound),
    NearOut(memory::Outbound),
}

impl MpiTransport {
    /// The ends of this process, which gives rank 0 a sign of life every `interval`. All processes call this together,
    /// with equal schedules.
    #[must_use]
    pub fn new(world: Rc<World>, schedule: &Schedule, interval: Duration) -> Self {
        let mailboxes = memory::mailboxes(&world, schedule);
        let ends = schedule.channels().iter().zip(mailboxes).map(|(channel, mailbox)| {
            match (channel.to == world.rank(), channel.from == world.rank(), mailbox) {
                (true, _, Some(mailbox)) => End::NearIn(memory::Inbound::new(mailbox, channel)),
                (true, _, None) => End::In(messages::Inbound::new(world.clone(), channel)),
                (_, true, Some(mailbox)) => End::NearOut(memory::Outbound::new(mailbox, channel)),
                (_, true, None) => End::Out(messages::Outbound::new(world.clone(), channel)),
                _ => End::Elsewhere,
            }
        });
        let ends = ends.collect();
        Self { ends, world, sending: false, failure: None, interval, signed: Instant::now(), sign: None }
    }
}

impl Transport for MpiTransport {
    fn begin(&mut self, span: Span) -> Result<()> {
        for end in &mut self.ends {
            match end {
                End::In(inbound) => inbound.begin(span)?,
                End::Out(outbound) => outbound.begin(),
                _ => {}
            }
        }
        self.check()
    }

    fn try_send(&mut self, channel: usize, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        match &mut self.ends[channel] {
            End::NearOut(outbound) => {
                self.sending |= spikes.len() > memory::AREA;
                outbound.send(header, spikes)
            }
            End::Out(outbound) => outbound.send(header, spikes),
            _ => Err(Error::new(ErrorKind::Transport, format!("channel {channel} does not leave this rank"))),
        }
    }

    fn try_take(&mut self, channel: usize, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        match &mut self.ends[channel] {
            End::NearIn(inbound) => inbound.take(spikes),
            End::In(inbound) => inbound.take(spikes),
            _ => {
                Err(Error::new(ErrorKind::Transport, format!("channel {channel} does not end at this rank")))
            }
        }
    }

    fn all_sent(&mut self) -> Result<bool> {
        let mut left = true;
        for end in &mut self.ends {
            left &= match end {
                End::NearOut(outbound) => outbound.left(),
                End::Out(outbound) => outbound.left(),
                _ => true,
            };
        }
        Ok(left)
    }

    fn pause(&mut self, patience: &mut Patience) -> Result<()> {
        if patience.slept() || patience.turns() % LOOK == LOOK - 1 {
            self.check()?;
        }
        if self.sending {
            self.sending = !self.all_sent()?;
        }
        self.world.idle(patience);
        Ok(())
    }

    fn failure(&mut self) -> Option<Failure> {
        if self.failure.is_none() {
            self.failure = self.world.failure();
        }
        self.failure.clone()
    }

    fn sign_of_life(&mut self) {
        if self.world.rank() == 0 || self.signed.elapsed() < self.interval {
            return;
        }
        self.signed = Instant::now();
        if self.sign.as_mut().is_none_or(Parcel::left) {
            self.sign = Some(self.world.post(0, Topic::Alive, Vec::new()));
        }
    }

    fn abort(&mut self, failure: &Failure) {
        self.failure.get_or_insert_with(|| failure.clone());
        let words = wire::failure_words(failure);
        let others = (0..self.world.size()).filter(|&rank| rank != self.world.rank());
        let mut parcels: Vec<Parcel> =
            others.map(|rank| self.world.post(rank, Topic::Abort, words.clone())).collect();
        // Progress is made in MPI calls only: a few, and what has not left then leaves with later ones.
        for _ in 0..1000 {
            if parcels.iter_mut().all(Parcel::left) {
                return;
            }
            std::thread::yield_now();
        }
    }
}
