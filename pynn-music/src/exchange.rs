//! The time loop of one rank: take what is needed, step, send what is complete. Never a call that blocks.

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::{Spike, Tick};

use crate::clock::{Rhythm, Span};
use crate::schedule::Schedule;
use crate::transport::{Header, Transport};

/// Longest stretch handed to a simulator in one call: bounds what it must keep for later, and the time until a
/// rank that waits for nobody notices that another failed.
const STRIDE: Tick = Tick(10 * Tick::MILLISECOND.0);

/// What the time loop moves: a simulator with its spike sources and recorders.
pub trait Node {
    /// Takes the spikes of one packet from `rank`. They may be due from the next step on.
    ///
    /// # Errors
    /// When the simulator fails.
    fn deliver(&mut self, rank: usize, spikes: &[Spike]) -> Result<()>;

    /// Does some of what needs nothing that is still to come, since this rank would only wait, and gives whether there
    /// may be more of it.
    ///
    /// # Errors
    /// When the simulator fails.
    fn prepare(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// Takes the potentials that came by an incoming channel, which are those of now: one a word, as
    /// [`Schedule::potentials`] lists their cells.
    ///
    /// # Errors
    /// When the simulator fails.
    fn take_potentials(&mut self, channel: usize, potentials: &[Spike]) -> Result<()> {
        let _ = (channel, potentials);
        Ok(())
    }

    /// Steps from `from` to `to`, and puts every spike stamped in between that other ranks need into `outbox`, and
    /// behind these the potentials that its channels carry.
    ///
    /// # Errors
    /// When the simulator fails.
    fn advance(&mut self, from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()>;
}

/// Spikes that wait to leave, by outgoing channel.
#[derive(Debug, Default)]
pub struct Outbox {
    packets: Vec<Vec<Spike>>,
}

impl Outbox {
    /// Adds `spike` to the packet of the `index`-th outgoing channel of this rank.
    pub fn push(&mut self, index: usize, spike: Spike) {
        self.packets[index].push(spike);
    }

    /// Adds `spikes` to the packet of the `index`-th outgoing channel of this rank.
    pub fn extend(&mut self, index: usize, spikes: impl IntoIterator<Item = Spike>) {
        self.packets[index].extend(spikes);
    }
}

/// What a rank waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Packet `number` of an incoming `channel`.
    Packet {
        /// The channel's id.
        channel: usize,
        /// The packet's number.
        number: u64,
    },
    /// The receiver of an outgoing `channel` to take a packet, so that `number` can leave.
    Slot {
        /// The channel's id.
        channel: usize,
        /// The number of the packet that cannot leave yet.
        number: u64,
    },
    /// The last packets to leave this rank.
    Completion,
}

/// What a turn of the loop did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It stepped.
    Stepped,
    /// Nothing can be done before this.
    Waits(Wait),
    /// The run is over: nothing is left to take or to send.
    Done,
}

struct Incoming {
    id: usize,
    from: usize,
    rhythm: Rhythm,
    sender_step: Tick,
    /// How many potentials each packet brings behind its spikes.
    potentials: usize,
    packets: u64,
    taken: u64,
    /// How many packets the next step needs.
    needed: u64,
}

struct Outgoing {
    id: usize,
    rhythm: Rhythm,
    packets: u64,
    sent: u64,
}

/// The time loop of one rank as a machine that is polled, so that tests can play every order of events.
pub struct Exchange {
    step: Tick,
    span: Span,
    time: Tick,
    incoming: Vec<Incoming>,
    outgoing: Vec<Outgoing>,
    outbox: Outbox,
    taken: Vec<Spike>,
    /// Whether nothing is left to prepare before the next step.
    prepared: bool,
}

impl Exchange {
    /// The loop of `rank`, before its first run.
    #[must_use]
    pub fn new(schedule: &Schedule, rank: usize) -> Self {
        let channel = |&id: &usize| (id, &schedule.channels()[id]);
        let incoming = schedule.incoming(rank).iter().map(channel).map(|(id, channel)| Incoming {
            id,
            from: channel.from,
            rhythm: channel.rhythm,
            sender_step: schedule.step(channel.from),
            potentials: schedule.potentials(id).len(),
            packets: 0,
            taken: 0,
            needed: 0,
        });
        let outgoing = schedule.outgoing(rank).iter().map(channel).map(|(id, channel)| Outgoing {
            id,
            rhythm: channel.rhythm,
            packets: 0,
            sent: 0,
        });
        Self {
            step: schedule.step(rank),
            span: Span::default(),
            time: Tick::ZERO,
            outbox: Outbox { packets: vec![Vec::new(); schedule.outgoing(rank).len()] },
            incoming: incoming.collect(),
            outgoing: outgoing.collect(),
            taken: Vec::new(),
            prepared: false,
        }
    }

    /// Starts a run: both ends of `span` are multiples of this rank's time step.
    ///
    /// # Errors
    /// When the transport fails.
    pub fn begin(&mut self, span: Span, transport: &mut dyn Transport) -> Result<()> {
        self.span = span;
        for channel in &mut self.incoming {
            (channel.packets, channel.taken) = (channel.rhythm.packets(span), 0);
        }
        for channel in &mut self.outgoing {
            (channel.packets, channel.sent) = (channel.rhythm.packets(span), 0);
        }
        self.outbox.packets.iter_mut().for_each(Vec::clear);
        self.reach(span.start);
        transport.begin(span)
    }

    /// How far the rank is.
    #[must_use]
    pub fn time(&self) -> Tick {
        self.time
    }

    /// Does what can be done: sends, takes, steps.
    ///
    /// # Errors
    /// When the simulator or the transport fails, and when a packet comes out of turn or a spike late.
    pub fn turn(&mut self, node: &mut dyn Node, transport: &mut dyn Transport) -> Result<Turn> {
        let slot = self.send(transport)?;
        let packet = self.take(node, transport)?;
        if let Some(wait) = slot.or(packet) {
            return Ok(Turn::Waits(wait));
        }
        if self.time == self.span.end {
            let done = transport.all_sent()?;
            return Ok(if done { Turn::Done } else { Turn::Waits(Wait::Completion) });
        }
        let to = self.horizon();
        node.advance(self.time, to, &mut self.outbox)?;
        self.reach(to);
        Ok(Turn::Stepped)
    }

    /// Whether there is a next step in this run, and the simulator has something left to prepare.
    #[must_use]
    pub fn can_prepare(&self) -> bool {
        !self.prepared && self.time != self.span.end
    }

    /// Lets the simulator prepare some of what follows: for a rank that waits and [can](Self::can_prepare).
    ///
    /// # Errors
    /// When the simulator fails.
    pub fn prepare(&mut self, node: &mut dyn Node) -> Result<()> {
        self.prepared = !node.prepare()?;
        Ok(())
    }

    /// Goes to `time`, and notes what the next step needs: the turns of a wait then only look for it.
    fn reach(&mut self, time: Tick) {
        self.time = time;
        self.prepared = false;
        let next = time + self.step;
        for channel in &mut self.incoming {
            channel.needed =
                if next > self.span.end { channel.packets } else { channel.rhythm.need(self.span, next) };
        }
    }

    /// Sends the packets that are complete, and says which one finds no slot.
    fn send(&mut self, transport: &mut dyn Transport) -> Result<Option<Wait>> {
        let mut wait = None;
        for (channel, spikes) in self.outgoing.iter_mut().zip(&mut self.outbox.packets) {
            let number = channel.sent + 1;
            if number > channel.packets || channel.rhythm.window_end(self.span, number) > self.time {
                continue;
            }
            let header = Header { number: number as u32, last: number == channel.packets };
            if transport.try_send(channel.id, header, spikes)? {
                channel.sent = number;
            } else {
                wait = Some(Wait::Slot { channel: channel.id, number });
            }
        }
        Ok(wait)
    }

    /// Takes the packets that the next step needs, or all that are left after the last one. It takes no other, so
    /// that a simulator never has to keep spikes from further ahead than one window.
    fn take(&mut self, node: &mut dyn Node, transport: &mut dyn Transport) -> Result<Option<Wait>> {
        let mut wait = None;
        for channel in &mut self.incoming {
            while channel.taken < channel.needed {
                let Some(header) = transport.try_take(channel.id, &mut self.taken)? else {
                    wait.get_or_insert(Wait::Packet { channel: channel.id, number: channel.taken + 1 });
                    break;
                };
                channel.taken += 1;
                let (spikes, potentials) = channel.divide(&self.taken)?;
                channel.check(header, spikes, self.time)?;
                node.deliver(channel.from, spikes)?;
                if !potentials.is_empty() {
                    node.take_potentials(channel.id, potentials)?;
                }
            }
        }
        Ok(wait)
    }

    /// How far the packets taken allow to step, up to the end of the next outgoing window.
    fn horizon(&self) -> Tick {
        let mut to = self.span.end.min(self.time + Tick(STRIDE.0.max(self.step.0)));
        for channel in &self.incoming {
            to = to.min(channel.rhythm.reach(self.span, channel.taken));
        }
        to = self.step * to.steps_down(self.step);
        for channel in &self.outgoing {
            to = to.min(channel.rhythm.window_end(self.span, channel.sent + 1));
        }
        to
    }
}

impl Incoming {
    /// The spikes of a packet, and its potentials.
    fn divide<'a>(&self, packet: &'a [Spike]) -> Result<(&'a [Spike], &'a [Spike])> {
        let spikes = packet.len().checked_sub(self.potentials);
        spikes.map(|spikes| packet.split_at(spikes)).ok_or_else(|| {
            let (number, from) = (self.taken, self.from);
            Error::new(
                ErrorKind::Transport,
                format!("packet {number} from rank {from} has not all potentials"),
            )
        })
    }

    fn check(&self, header: Header, spikes: &[Spike], now: Tick) -> Result<()> {
        let last = self.taken == self.packets;
        if u64::from(header.number) != self.taken || header.last != last {
            return Err(Error::new(
                ErrorKind::Transport,
                format!(
                    "packet {} came from rank {} where packet {} of {} was due",
                    header.number, self.from, self.taken, self.packets
                ),
            ));
        }
        // The schedule makes a late spike impossible; a defect must not pass as a result. The first spike is the
        // earliest.
        let early = (now - self.rhythm.delay).steps_down(self.sender_step);
        match spikes.first() {
            Some(spike) if i64::from(spike.step) <= early => Err(Error::new(
                ErrorKind::Transport,
                format!(
                    "the spike of cell {} at {} came from rank {} too late, at {now}",
                    spike.gid,
                    self.sender_step * i64::from(spike.step),
                    self.from
                ),
            )),
            _ => Ok(()),
        }
    }
}
