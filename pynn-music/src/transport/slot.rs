//! A packet's place in memory that sender and receiver both see, threads or processes: small packets lie in the cache
//! lines that tell that they are there, so an exchange takes as long as cache lines take from core to core.

use std::sync::atomic::{AtomicU64, Ordering};

use pynn_core::time::Spike;

use super::Header;

/// Spikes that lie in the slot itself.
pub(super) const FEW: usize = 11;

/// Written by the sender alone. All bits zero is an empty one.
#[derive(Default)]
#[repr(C)]
pub(super) struct Slot {
    label: AtomicU64,
    few: [AtomicU64; FEW],
}

/// What a slot says of its packet, in bits from the lowest: its number in the run, how many spikes there are, or more
/// than [`FEW`] if they lie elsewhere, whether it is the last one, and which of all packets of the channel it is.
fn label(turn: u64, header: Header, spikes: usize) -> u64 {
    turn << 41 | u64::from(header.last) << 40 | (spikes.min(FEW + 1) as u64) << 32 | u64::from(header.number)
}

impl Slot {
    /// Puts in packet number `turn` of the channel, from 1, of `size` spikes; the receiver has taken the one before it out
    /// of this slot. More than [`FEW`] spikes lie elsewhere already, else they are `few`.
    pub(super) fn put(&self, turn: u64, header: Header, size: usize, few: &[Spike]) {
        if size > FEW {
            self.few[0].store(size as u64, Ordering::Relaxed);
        } else {
            for (place, spike) in self.few.iter().zip(few) {
                place.store(spike.to_word(), Ordering::Relaxed);
            }
        }
        self.label.store(label(turn, header, size), Ordering::Release);
    }

    /// What packet number `turn` of the channel says of itself, and how many spikes it has, if it is there. Up to [`FEW`]
    /// of them replace `spikes`; more are to be taken from elsewhere.
    pub(super) fn take(&self, turn: u64, spikes: &mut Vec<Spike>) -> Option<(Header, usize)> {
        let label = self.label.load(Ordering::Acquire);
        if label >> 41 != turn & (u64::MAX >> 41) {
            return None;
        }
        let header = Header { number: label as u32, last: label >> 40 & 1 != 0 };
        let size = (label >> 32) as usize & 0xff;
        let Some(few) = self.few.get(..size) else {
            return Some((header, self.few[0].load(Ordering::Relaxed) as usize));
        };
        spikes.clear();
        spikes.extend(few.iter().map(|place| Spike::from_word(place.load(Ordering::Relaxed))));
        Some((header, size))
    }
}

/// What one end of a channel knows of its slots, so that the other's cache line is read only when it must be.
#[derive(Clone, Copy, Default)]
pub(super) struct End {
    sent: u64,
    taken: u64,
    slot: usize,
}

impl End {
    /// The slot that is next.
    pub(super) fn slot(&self) -> usize {
        self.slot
    }

    /// The number of the packet that is next to be sent, from 1, if one of `slots` is free: the receiver counts in `taken`
    /// what it has taken out.
    pub(super) fn next_to_send(&mut self, slots: usize, taken: &AtomicU64) -> Option<u64> {
        let slots = slots as u64;
        if self.sent - self.taken == slots {
            self.taken = taken.load(Ordering::Acquire);
        }
        (self.sent - self.taken < slots).then_some(self.sent + 1)
    }

    /// It is sent.
    pub(super) fn sent(&mut self, slots: usize) {
        self.sent += 1;
        self.turn(slots);
    }

    /// The number of the packet that is next to be taken, from 1.
    pub(super) fn next_to_take(&self) -> u64 {
        self.taken + 1
    }

    /// It is taken, which `taken` tells the sender.
    pub(super) fn took(&mut self, slots: usize, taken: &AtomicU64) {
        self.taken += 1;
        self.turn(slots);
        taken.store(self.taken, Ordering::Release);
    }

    fn turn(&mut self, slots: usize) {
        self.slot = if self.slot + 1 == slots { 0 } else { self.slot + 1 };
    }
}
