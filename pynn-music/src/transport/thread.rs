//! Ranks on threads of one process: a mailbox per channel, whose packets lie in its slots, or, if large, change hands by
//! swapping vectors.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use pynn_core::error::Result;
use pynn_core::time::Spike;

use super::slot::{End, FEW, Slot};
use super::{Failure, Header, Idle, Manners, Patience, Transport};
use crate::clock::Span;
use crate::cores::Padded;
use crate::schedule::Schedule;

/// Longest sleep without a look at the mailboxes, should a wake-up get lost.
const NAP: Duration = Duration::from_millis(1);
/// As long is the first sleep: nothing orders a packet and the look of its sender for sleepers, so a packet sent at just
/// this time may wake nobody. To order them would cost every packet the way of a cache line.
const DOZE: Duration = Duration::from_micros(50);

/// What all ranks of a simulation share: mailboxes, who sleeps, and the first failure.
pub struct Hub {
    mailboxes: Vec<Mailbox>,
    /// The thread of each rank.
    threads: Vec<usize>,
    sleepers: Vec<Padded<Sleeper>>,
    poisoned: Padded<AtomicBool>,
    failure: Mutex<Option<Failure>>,
    manners: Manners,
}

struct Mailbox {
    /// The sender's thread, and the receiver's.
    from: usize,
    to: usize,
    places: Vec<Padded<Place>>,
    /// Packets taken out, written by the receiver alone.
    taken: Padded<AtomicU64>,
}

/// Two cache lines, which the sender alone writes as long as packets are small.
#[derive(Default)]
struct Place {
    slot: Slot,
    /// Not contended.
    many: Mutex<Vec<Spike>>,
}

impl Place {
    /// Puts in packet number `turn` of the channel.
    fn put(&self, turn: u64, header: Header, spikes: &mut Vec<Spike>) {
        let size = spikes.len();
        if size > FEW {
            std::mem::swap(&mut *lock(&self.many), spikes);
        }
        self.slot.put(turn, header, size, spikes);
        spikes.clear();
    }

    /// Takes out packet number `turn` of the channel, if it is there, replacing `spikes`.
    fn take(&self, turn: u64, spikes: &mut Vec<Spike>) -> Option<Header> {
        let (header, size) = self.slot.take(turn, spikes)?;
        if size > FEW {
            std::mem::swap(&mut *lock(&self.many), spikes);
        }
        Some(header)
    }
}

#[derive(Default)]
struct Sleeper {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

/// A lock that a panicking rank held: its packet does not matter any more.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Hub {
    /// The mailboxes of `schedule`, with a thread a rank.
    #[must_use]
    pub fn new(schedule: &Schedule) -> Arc<Self> {
        Self::on_threads(schedule, (0..schedule.ranks()).collect())
    }

    /// The mailboxes of `schedule`; `threads` has the number of each rank's thread, from 0.
    #[must_use]
    pub fn on_threads(schedule: &Schedule, threads: Vec<usize>) -> Arc<Self> {
        let mailbox = |from, to, slots: usize| Mailbox {
            from,
            to,
            places: (0..slots).map(|_| Padded(Place::default())).collect(),
            taken: Padded(AtomicU64::new(0)),
        };
        let mailboxes = schedule.channels().iter();
        let mailboxes = mailboxes.map(|c| mailbox(threads[c.from], threads[c.to], c.slots)).collect();
        let count = threads.iter().max().map_or(0, |last| last + 1);
        Arc::new(Self {
            mailboxes,
            sleepers: (0..count).map(|_| Padded(Sleeper::default())).collect(),
            poisoned: Padded(AtomicBool::new(false)),
            failure: Mutex::new(None),
            manners: Manners::of(count),
            threads,
        })
    }

    /// Makes all ranks stop: sleepers wake, and every later wait ends with `failure`. The first one stays.
    pub fn poison(&self, failure: &Failure) {
        lock(&self.failure).get_or_insert_with(|| failure.clone());
        self.poisoned.0.store(true, Ordering::SeqCst);
        for thread in 0..self.sleepers.len() {
            self.wake(thread);
        }
    }

    /// The first failure, if any rank failed.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        if !self.poisoned.0.load(Ordering::Relaxed) {
            return None;
        }
        lock(&self.failure).clone()
    }

    fn wake(&self, thread: usize) {
        let sleeper = &self.sleepers[thread].0;
        if sleeper.asleep.load(Ordering::Relaxed)
            && let Some(thread) = sleeper.thread.get()
        {
            thread.unpark();
        }
    }
}

/// One rank's end of the [`Hub`]. It belongs to the thread that uses it first, as do those of all ranks of that thread;
/// such a thread waits with one of them for all.
pub struct ThreadTransport {
    hub: Arc<Hub>,
    thread: usize,
    ends: Vec<End>,
    /// Turns of sleep: the first one only announces it.
    sleeps: u32,
}

impl ThreadTransport {
    /// The end of `rank`.
    #[must_use]
    pub fn new(hub: Arc<Hub>, rank: usize) -> Self {
        let ends = vec![End::default(); hub.mailboxes.len()];
        Self { thread: hub.threads[rank], hub, ends, sleeps: 0 }
    }

    /// Sleeps until woken. The first call only announces it: the caller polls once more before the second one
    /// sleeps, so that a packet sent in between is not missed.
    fn sleep(&mut self) {
        let sleeper = &self.hub.sleepers[self.thread].0;
        match self.sleeps {
            0 => {
                sleeper.thread.get_or_init(std::thread::current);
                sleeper.asleep.store(true, Ordering::SeqCst);
            }
            1 => std::thread::park_timeout(DOZE),
            _ => std::thread::park_timeout(NAP),
        }
        self.sleeps = self.sleeps.saturating_add(1);
    }

    fn rise(&mut self) {
        if self.sleeps > 0 {
            self.hub.sleepers[self.thread].0.asleep.store(false, Ordering::SeqCst);
            self.sleeps = 0;
        }
    }
}

impl Transport for ThreadTransport {
    fn begin(&mut self, _span: Span) -> Result<()> {
        self.check()
    }

    fn try_send(&mut self, channel: usize, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        let (mailbox, end) = (&self.hub.mailboxes[channel], &mut self.ends[channel]);
        let places = &mailbox.places;
        let Some(turn) = end.next_to_send(places.len(), &mailbox.taken.0) else { return Ok(false) };
        places[end.slot()].0.put(turn, header, spikes);
        end.sent(places.len());
        if mailbox.to != self.thread {
            self.hub.wake(mailbox.to);
        }
        Ok(true)
    }

    fn try_take(&mut self, channel: usize, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        let (mailbox, end) = (&self.hub.mailboxes[channel], &mut self.ends[channel]);
        let places = &mailbox.places;
        let Some(header) = places[end.slot()].0.take(end.next_to_take(), spikes) else { return Ok(None) };
        end.took(places.len(), &mailbox.taken.0);
        if mailbox.from != self.thread {
            self.hub.wake(mailbox.from);
        }
        Ok(Some(header))
    }

    fn all_sent(&mut self) -> Result<bool> {
        Ok(true)
    }

    fn pause(&mut self, patience: &mut Patience) -> Result<()> {
        self.check()?;
        match patience.next(self.hub.manners) {
            Idle::Spin => std::hint::spin_loop(),
            Idle::Yield => std::thread::yield_now(),
            Idle::Sleep => {
                self.sleep();
                return Ok(());
            }
        }
        self.rise();
        Ok(())
    }

    fn failure(&mut self) -> Option<Failure> {
        self.hub.failure()
    }

    fn abort(&mut self, failure: &Failure) {
        self.hub.poison(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Link;
    use pynn_core::error::ErrorKind;
    use pynn_core::time::Tick;

    fn pair() -> [ThreadTransport; 2] {
        let link = Link { from: 0, to: 1, delay: Tick(1), projection: "a".into() };
        let hub = Hub::new(&Schedule::new(vec![Tick(1); 2], [link], None).unwrap());
        [ThreadTransport::new(hub.clone(), 0), ThreadTransport::new(hub, 1)]
    }

    #[test]
    fn a_slot_and_what_does_not_fit_are_two_cache_lines() {
        assert_eq!(size_of::<Padded<Place>>(), 128);
    }

    #[test]
    fn packets_of_any_size_arrive_whole() {
        let [mut sender, mut receiver] = pair();
        let mut got = spikes(7);
        for (number, size) in (1..).zip([0, 1, FEW, FEW + 1, 1000, FEW + 2, 0, 3].repeat(3)) {
            let (header, mut sent) = (Header { number, last: number % 3 == 0 }, spikes(size as u32));
            assert!(sender.try_send(0, header, &mut sent).unwrap() && sent.is_empty());
            assert_eq!(receiver.try_take(0, &mut got).unwrap(), Some(header));
            assert_eq!(got, spikes(size as u32));
        }
    }

    fn spikes(n: u32) -> Vec<Spike> {
        (0..n).map(|gid| Spike { gid, step: 1 }).collect()
    }

    #[test]
    fn packets_arrive_in_order_and_a_full_mailbox_refuses_the_next() {
        let [mut sender, mut receiver] = pair();
        let round = 1..=4;
        for number in round.clone() {
            let header = Header { number, last: false };
            assert!(sender.try_send(0, header, &mut spikes(number)).unwrap());
        }
        assert!(!sender.try_send(0, Header::default(), &mut spikes(3)).unwrap());
        for number in round {
            let mut got = Vec::new();
            assert_eq!(receiver.try_take(0, &mut got).unwrap(), Some(Header { number, last: false }));
            assert_eq!(got, spikes(number));
        }
        assert_eq!(receiver.try_take(0, &mut Vec::new()).unwrap(), None);
        assert!(sender.try_send(0, Header::default(), &mut spikes(3)).unwrap());
    }

    #[test]
    fn a_failure_wakes_a_sleeping_rank_with_the_first_reason() {
        let [mut first, mut second] = pair();
        let waiting = std::thread::spawn(move || {
            let mut patience = Patience::default();
            loop {
                if let Err(error) = second.pause(&mut patience) {
                    return error;
                }
            }
        });
        let failure =
            |message: &str| Failure { rank: 0, kind: ErrorKind::Simulator, message: message.into() };
        first.abort(&failure("no more memory"));
        first.abort(&failure("and another"));
        let error = waiting.join().unwrap();
        assert_eq!(error.message(), "no more memory");
    }
}
