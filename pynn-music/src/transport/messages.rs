//! A channel between ranks on different machines: numbered messages with an eager first part.

use std::rc::Rc;

use pynn_core::error::Result;
use pynn_core::time::Spike;

use super::Header;
use super::mpi::{Mode, Parcel, Request, Topic, World};
use crate::clock::{Rhythm, Span};
use crate::schedule::Channel;

/// Fewest slots of a channel: one packet in a round of them is acknowledged, which takes as long as a packet does.
const ROUND: usize = 16;

/// Spikes of a first message and its header: within 4 KiB with what MPI adds, the eager limit of Open MPI. One byte
/// more, and a message costs several times as much.
const FIRST: usize = 496;
/// Marks the last packet in the header's step.
const LAST: u32 = 1 << 31;

/// The part of a packet that comes in a message of its own.
pub(super) struct Rest {
    world: Rc<World>,
    from: usize,
    /// Of the packet whose rest is on its way: its header, the request, and how many spikes it will have.
    expected: Option<(Header, Request, usize)>,
    assembly: Vec<Spike>,
}

impl Rest {
    pub(super) fn new(world: Rc<World>, from: usize) -> Self {
        Self { world, from, expected: None, assembly: Vec::new() }
    }

    pub(super) fn is_expected(&self) -> bool {
        self.expected.is_some()
    }

    /// Starts to receive what comes behind the `first` ones of `total` spikes.
    pub(super) fn expect(&mut self, header: Header, first: &[Spike], total: usize) -> Result<()> {
        self.assembly.clear();
        self.assembly.extend_from_slice(first);
        self.assembly.reserve(total - first.len());
        let mut request = Request::idle();
        // SAFETY: as many spikes as are reserved behind the first; the vector is not touched until the request is
        // complete, and leaked with it.
        unsafe {
            let place = self.assembly.as_mut_ptr().add(first.len());
            request.receive(&self.world, (self.from, Topic::Rest), place, total - first.len())?;
        }
        self.expected = Some((header, request, total));
        Ok(())
    }

    /// Takes the whole packet if it is there, replacing `spikes`.
    pub(super) fn take(&mut self, spikes: &mut Vec<Spike>) -> Option<Header> {
        let (header, _, total) = self.expected.take_if(|(_, request, _)| request.test())?;
        // SAFETY: the complete receive wrote all spikes up to `total`, which were reserved.
        unsafe { self.assembly.set_len(total) };
        std::mem::swap(&mut self.assembly, spikes);
        Some(header)
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        if let Some((_, request, _)) = &mut self.expected {
            request.leak_unless_complete(&mut self.assembly);
        }
    }
}

/// The receiver's end.
pub(super) struct Inbound {
    world: Rc<World>,
    rhythm: Rhythm,
    packets: u64,
    posted: u64,
    taken: u64,
    slots: Vec<(Request, Vec<Spike>)>,
    rest: Rest,
}

impl Inbound {
    pub(super) fn new(world: Rc<World>, channel: &Channel) -> Self {
        let slot = |_| (Request::idle(), vec![Spike::default(); FIRST]);
        Self {
            rhythm: channel.rhythm,
            packets: 0,
            posted: 0,
            taken: 0,
            slots: (0..channel.slots.max(ROUND)).map(slot).collect(),
            rest: Rest::new(world.clone(), channel.from),
            world,
        }
    }

    /// Opens the channel for a run.
    pub(super) fn begin(&mut self, span: Span) -> Result<()> {
        (self.packets, self.posted, self.taken) = (self.rhythm.packets(span), 0, 0);
        (0..self.slots.len()).try_for_each(|_| self.post())
    }

    /// Receives into the slot of the next packet, if one is still to come. Never more receives than packets: one left
    /// over would swallow the first packet of the next run.
    fn post(&mut self) -> Result<()> {
        if self.posted == self.packets {
            return Ok(());
        }
        let slots = self.slots.len() as u64;
        let (request, buffer) = &mut self.slots[(self.posted % slots) as usize];
        self.posted += 1;
        // SAFETY: the buffer has FIRST spikes, is not touched nor moved while the request is active, and is
        // leaked with it.
        unsafe { request.receive(&self.world, (self.rest.from, Topic::First), buffer.as_mut_ptr(), FIRST) }
    }

    pub(super) fn take(&mut self, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        if !self.rest.is_expected() {
            let slots = self.slots.len() as u64;
            let (request, buffer) = &mut self.slots[(self.taken % slots) as usize];
            if self.taken == self.posted || !request.test() {
                return Ok(None);
            }
            let (header, total) = read_header(buffer[0]);
            if total < FIRST {
                spikes.clear();
                spikes.extend_from_slice(&buffer[1..=total]);
                return self.took(header);
            }
            self.rest.expect(header, &buffer[1..], total)?;
        }
        self.rest.take(spikes).map_or(Ok(None), |header| self.took(header))
    }

    fn took(&mut self, header: Header) -> Result<Option<Header>> {
        self.taken += 1;
        self.post()?;
        Ok(Some(header))
    }
}

/// Buffers of active requests belong to MPI.
impl Drop for Inbound {
    fn drop(&mut self) {
        for (request, buffer) in &mut self.slots {
            request.leak_unless_complete(buffer);
        }
    }
}

fn write_header(header: Header, spikes: usize) -> Spike {
    Spike { step: header.number | if header.last { LAST } else { 0 }, gid: spikes as u32 }
}

fn read_header(word: Spike) -> (Header, usize) {
    (Header { number: word.step & !LAST, last: word.step & LAST != 0 }, word.gid as usize)
}

/// The sender's end.
pub(super) struct Outbound {
    world: Rc<World>,
    to: usize,
    sent: u64,
    /// The first part of a packet, and all of it.
    slots: Vec<[Parcel<Spike>; 2]>,
}

impl Outbound {
    pub(super) fn new(world: Rc<World>, channel: &Channel) -> Self {
        let slots = (0..channel.slots.max(ROUND)).map(|_| Default::default()).collect();
        Self { world, to: channel.to, sent: 0, slots }
    }

    /// Opens the channel for a run.
    pub(super) fn begin(&mut self) {
        self.sent = 0;
    }

    pub(super) fn send(&mut self, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        let index = self.sent % self.slots.len() as u64;
        // One packet in a round of the slots is a credit: at most two rounds are under way, and the others do without
        // an acknowledgement.
        let mode = if index == 0 { Mode::Matched } else { Mode::Buffered };
        let [first, all] = &mut self.slots[index as usize];
        let (Some(opening), Some(content)) = (first.content(), all.content()) else { return Ok(false) };
        let (size, end) = (spikes.len(), spikes.len().min(FIRST - 1));
        opening.clear();
        opening.push(write_header(header, size));
        opening.extend_from_slice(&spikes[..end]);
        std::mem::swap(content, spikes);
        spikes.clear();
        first.send(&self.world, mode, (self.to, Topic::First), 0)?;
        if size > end {
            all.send(&self.world, mode, (self.to, Topic::Rest), end)?;
        }
        self.sent += 1;
        Ok(true)
    }

    /// Whether all packets have left.
    pub(super) fn left(&mut self) -> bool {
        self.slots.iter_mut().flatten().all(Parcel::left)
    }
}
