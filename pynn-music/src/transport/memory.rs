//! A channel between processes of one machine: slots in memory that both see. What is too large for it is a message.

use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use pynn_core::error::Result;
use pynn_core::time::Spike;

use super::Header;
use super::messages::Rest;
use super::mpi::{Mode, Parcel, Topic, World};
use super::slot::{End, FEW, Slot};
use crate::cores::Padded;
use crate::schedule::{Channel, Schedule};

/// Spikes for which each slot has room in shared memory beside those that lie in it.
pub(super) const AREA: usize = 1024;

type Line = Padded<AtomicU64>;

/// Where the channels between processes of this machine lie: first, side by side, what small packets need.
#[derive(Debug, PartialEq, Eq)]
struct Layout {
    /// For each channel the offsets of its lines and of its area, in bytes.
    places: Vec<Option<(usize, usize)>>,
    /// Bytes of all lines.
    lines: usize,
    /// Bytes of all.
    bytes: usize,
}

impl Layout {
    fn new(channels: &[Channel], is_near: impl Fn(usize) -> bool) -> Self {
        let near = |channel: &Channel| is_near(channel.from) && is_near(channel.to);
        let lines = |channel: &Channel| size_of::<Line>() + channel.slots * size_of::<Padded<Slot>>();
        let all: usize = channels.iter().filter(|channel| near(channel)).map(lines).sum();
        let mut end = (0, all);
        let mut place = |channel| {
            let place = end;
            end = (end.0 + lines(channel), end.1 + channel.slots * AREA * size_of::<u64>());
            place
        };
        let places = channels.iter().map(|channel| near(channel).then(|| place(channel)));
        Self { places: places.collect(), lines: all, bytes: end.1 }
    }
}

/// A channel in shared memory.
pub(super) struct Mailbox {
    /// Keeps the memory.
    world: Rc<World>,
    /// Packets taken out, written by the receiver alone.
    taken: &'static Line,
    slots: &'static [Padded<Slot>],
    /// [`AREA`] words for each slot.
    area: &'static [AtomicU64],
}

/// The mailboxes of all channels between processes of this machine; none if it cannot share memory. All of its processes
/// call this together, with equal schedules.
pub(super) fn mailboxes(world: &Rc<World>, schedule: &Schedule) -> Vec<Option<Mailbox>> {
    let channels = schedule.channels();
    let layout = Layout::new(channels, |rank| world.is_near(rank));
    let Some(base) = world.share(layout.bytes, layout.lines) else {
        return channels.iter().map(|_| None).collect();
    };
    let mailbox = |(channel, &place): (&Channel, &Option<(usize, usize)>)| {
        let (lines, area) = place?;
        // SAFETY: the layout keeps all these apart, aligned, and within the memory, which the world keeps as long as the
        // mailbox keeps the world. All processes use it by atomics only, for which any bits are valid.
        unsafe {
            let taken = base.add(lines).cast::<Line>();
            let slots = NonNull::slice_from_raw_parts(taken.add(1).cast(), channel.slots);
            let area = NonNull::slice_from_raw_parts(base.add(area).cast(), channel.slots * AREA);
            Some(Mailbox {
                world: world.clone(),
                taken: taken.as_ref(),
                slots: slots.as_ref(),
                area: area.as_ref(),
            })
        }
    };
    channels.iter().zip(&layout.places).map(mailbox).collect()
}

impl Mailbox {
    /// The room of slot `index`.
    fn area(&self, index: usize) -> &[AtomicU64] {
        &self.area[index * AREA..][..AREA]
    }
}

/// The receiver's end.
pub(super) struct Inbound {
    mailbox: Mailbox,
    end: End,
    rest: Rest,
}

impl Inbound {
    pub(super) fn new(mailbox: Mailbox, channel: &Channel) -> Self {
        let rest = Rest::new(mailbox.world.clone(), channel.from);
        Self { mailbox, end: End::default(), rest }
    }

    pub(super) fn take(&mut self, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        let (slots, index) = (self.mailbox.slots, self.end.slot());
        if !self.rest.is_expected() {
            let Some((header, size)) = slots[index].0.take(self.end.next_to_take(), spikes) else {
                return Ok(None);
            };
            if size <= AREA {
                if size > FEW {
                    let words = &self.mailbox.area(index)[..size];
                    spikes.clear();
                    spikes.extend(words.iter().map(|word| Spike::from_word(word.load(Ordering::Relaxed))));
                }
                return Ok(Some(self.took(header)));
            }
            self.rest.expect(header, &[], size)?;
        }
        Ok(self.rest.take(spikes).map(|header| self.took(header)))
    }

    fn took(&mut self, header: Header) -> Header {
        self.end.took(self.mailbox.slots.len(), &self.mailbox.taken.0);
        header
    }
}

/// The sender's end.
pub(super) struct Outbound {
    mailbox: Mailbox,
    to: usize,
    end: End,
    /// For each slot, what was too large for it.
    parcels: Vec<Parcel<Spike>>,
}

impl Outbound {
    pub(super) fn new(mailbox: Mailbox, channel: &Channel) -> Self {
        let parcels = mailbox.slots.iter().map(|_| Parcel::default()).collect();
        Self { mailbox, to: channel.to, end: End::default(), parcels }
    }

    pub(super) fn send(&mut self, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        let Mailbox { world, taken, slots, .. } = &self.mailbox;
        let Some(turn) = self.end.next_to_send(slots.len(), &taken.0) else { return Ok(false) };
        let (index, size) = (self.end.slot(), spikes.len());
        if size > AREA {
            let Some(content) = self.parcels[index].content() else { return Ok(false) };
            std::mem::swap(content, spikes);
            self.parcels[index].send(world, Mode::Buffered, (self.to, Topic::Rest), 0)?;
        } else if size > FEW {
            for (word, spike) in self.mailbox.area(index).iter().zip(&*spikes) {
                word.store(spike.to_word(), Ordering::Relaxed);
            }
        }
        slots[index].0.put(turn, header, size, spikes);
        spikes.clear();
        self.end.sent(slots.len());
        Ok(true)
    }

    /// Whether all messages have left.
    pub(super) fn left(&mut self) -> bool {
        self.parcels.iter_mut().all(Parcel::left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Link;
    use pynn_core::time::Tick;

    #[test]
    fn channels_within_a_machine_lie_apart_and_aligned_and_others_nowhere() {
        let pairs = [(0, 1), (0, 2), (1, 0), (2, 1), (3, 0)];
        let links = pairs.map(|(from, to)| Link { from, to, delay: Tick(9), projection: "a".into() });
        let schedule = Schedule::new(vec![Tick(1); 4], links, Some(Tick(1))).unwrap();
        let layout = Layout::new(schedule.channels(), |rank| rank != 2);
        // Nine slots each; a line for the count of packets taken, one for each slot, and their rooms.
        let (lines, area) = (10 * 128, 9 * AREA * 8);
        let places = [Some(0), None, Some(1), None, Some(2)];
        let places = places.map(|place| place.map(|place| (place * lines, 3 * lines + place * area)));
        assert_eq!(layout, Layout { places: places.to_vec(), lines: 3 * lines, bytes: 3 * (lines + area) });
        assert_eq!((align_of::<Line>(), size_of::<Padded<Slot>>()), (128, 128));
    }

    #[test]
    fn ranks_on_machines_of_their_own_share_nothing() {
        let links = [Link { from: 0, to: 1, delay: Tick(1), projection: "a".into() }];
        let schedule = Schedule::new(vec![Tick(1); 2], links, None).unwrap();
        assert_eq!(Layout::new(schedule.channels(), |rank| rank == 0).bytes, 0);
    }
}
