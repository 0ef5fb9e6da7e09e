//! Ranks as MPI processes: numbered messages with an eager first part, an own wait loop, no collective call.
//!
//! The safe interface of the `mpi` crate ties a request to the scope of its buffer; a channel keeps both for a whole
//! run. So set-up is safe, and sends and receives go through `mpi::ffi` on buffers that this file owns.

use std::ffi::c_int;
use std::mem::{ManuallyDrop, MaybeUninit};
use std::rc::Rc;
use std::time::{Duration, Instant};

use mpi::collective::SystemOperation;
use mpi::ffi;
use mpi::topology::{Communicator, SimpleCommunicator};
use mpi::traits::{AsRaw, CommunicatorCollectives};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Spike;

use super::{Failure, Header, Idle, Manners, Patience, Transport};
use crate::clock::{Rhythm, Span};
use crate::cores;
use crate::schedule::Schedule;
use crate::wire;

/// Fewest slots of a channel: one packet in a round of them is acknowledged, which takes as long as a packet does.
const ROUND: usize = 16;

/// Spikes of a first message and its header: within 4 KiB with what MPI adds, the eager limit of Open MPI. One byte
/// more, and a message costs several times as much.
const FIRST: usize = 496;
/// Marks the last packet in the header's step.
const LAST: u32 = 1 << 31;
/// How often waits look for the failure of another rank, in turns.
const LOOK: u32 = 64;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Topic {
    /// The first part of a packet.
    First = 1,
    /// The rest of a packet.
    Rest = 2,
    /// What rank 0 asks of another rank.
    Command = 3,
    /// What the rank answers.
    Answer = 4,
    /// A rank that gives up.
    Abort = 5,
    /// A rank that is still at work.
    Alive = 6,
}

/// All processes of the run. MPI ends with [`close`](Self::close) alone: were it to end while a rank unwinds, the
/// others would hang.
pub struct World {
    universe: ManuallyDrop<mpi::environment::Universe>,
    communicator: ManuallyDrop<SimpleCommunicator>,
    rank: usize,
    size: usize,
    manners: Manners,
}

impl World {
    /// Starts MPI. All further calls come from this thread.
    ///
    /// # Errors
    /// When MPI has been started before: it starts once in a process.
    pub fn open() -> Result<Rc<Self>> {
        let Some((universe, _)) = mpi::initialize_with_threading(mpi::Threading::Serialized) else {
            return Err(Error::new(
                ErrorKind::Usage,
                "MPI was started before: set up one simulation per program under mpirun",
            ));
        };
        let communicator = universe.world().duplicate();
        let (rank, size) = (communicator.rank() as usize, communicator.size() as usize);
        let manners = manners(&communicator.split_shared(communicator.rank()));
        Ok(Rc::new(Self {
            universe: ManuallyDrop::new(universe),
            communicator: ManuallyDrop::new(communicator),
            rank,
            size,
            manners,
        }))
    }

    /// This process.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.rank
    }

    /// How many processes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The MPI library, as it calls itself.
    #[must_use]
    pub fn library() -> String {
        let text = mpi::environment::library_version().unwrap_or_default();
        text.split([',', '\n']).next().unwrap_or_default().trim().to_owned()
    }

    /// Ends MPI on this process; waits for the others to do so too.
    pub fn close(world: Rc<Self>) {
        if let Ok(mut world) = Rc::try_unwrap(world).map_err(drop) {
            // SAFETY: each is dropped once, and not used after: `world` is owned here.
            unsafe {
                ManuallyDrop::drop(&mut world.communicator);
                ManuallyDrop::drop(&mut world.universe);
            }
        }
    }

    /// Ends all processes at once, with `code`. The last resort.
    pub fn abort_all(code: i32) -> ! {
        // SAFETY: a call of any thread at any time between init and finalize; where MPI does not return control.
        unsafe { ffi::MPI_Abort(ffi::RSMPI_COMM_WORLD, code) };
        std::process::exit(code)
    }

    fn raw(&self) -> ffi::MPI_Comm {
        self.communicator.as_raw()
    }

    /// Starts to send `words` to `rank`.
    #[must_use]
    pub fn post(&self, rank: usize, topic: Topic, words: Vec<u64>) -> Parcel {
        let mut request = Request::idle();
        // An answer that nobody takes tells that rank 0 is gone; other messages need not wait to be taken.
        let send = if topic == Topic::Answer { ffi::MPI_Issend } else { ffi::MPI_Isend };
        // SAFETY: the buffer lives in the parcel, which keeps or leaks it until the request is complete.
        unsafe {
            send(
                words.as_ptr().cast(),
                words.len() as c_int,
                ffi::RSMPI_UINT64_T,
                rank as c_int,
                topic as c_int,
                self.raw(),
                &mut request.0,
            );
        }
        Parcel { request, words }
    }

    /// A message about `topic`, if one is there, and its sender.
    #[must_use]
    pub fn fetch(&self, topic: Topic) -> Option<(usize, Vec<u64>)> {
        let (mut found, mut status) = (0, MaybeUninit::uninit());
        // SAFETY: `status` is written when `found`; it says how much is received into a buffer of that size.
        unsafe {
            let any = ffi::RSMPI_ANY_SOURCE;
            ffi::MPI_Iprobe(any, topic as c_int, self.raw(), &mut found, status.as_mut_ptr());
            if found == 0 {
                return None;
            }
            let (status, mut count) = (status.assume_init(), 0);
            ffi::MPI_Get_count(&status, ffi::RSMPI_UINT64_T, &mut count);
            let mut words = vec![0u64; count as usize];
            ffi::MPI_Recv(
                words.as_mut_ptr().cast(),
                count,
                ffi::RSMPI_UINT64_T,
                status.MPI_SOURCE,
                topic as c_int,
                self.raw(),
                ffi::RSMPI_STATUS_IGNORE,
            );
            Some((status.MPI_SOURCE as usize, words))
        }
    }

    /// The failure of another rank, if one told.
    #[must_use]
    pub fn failure(&self) -> Option<Failure> {
        let (rank, words) = self.fetch(Topic::Abort)?;
        let unreadable =
            || Failure { rank, kind: ErrorKind::PeerFailed, message: format!("rank {rank} gave up") };
        Some(wire::failure_of(&words).unwrap_or_else(unreadable))
    }

    /// One turn of a wait outside MPI: spin, yield or sleep.
    pub fn idle(&self, patience: &mut Patience) {
        match patience.next(self.manners) {
            Idle::Spin => std::hint::spin_loop(),
            Idle::Yield => std::thread::yield_now(),
            Idle::Sleep => {
                let late = patience.turns() > self.manners.spins + self.manners.yields + 1000;
                std::thread::sleep(Duration::from_micros(if late { 500 } else { 20 }));
            }
        }
    }
}

/// Manners for the processes of one machine. Launchers bind each to a core of its own: what counts is how many cores
/// all of them have together.
fn manners(machine: &SimpleCommunicator) -> Manners {
    let own = cores::allowed();
    let mut all = own;
    machine.all_reduce_into(&own[..], &mut all[..], SystemOperation::bitwise_or());
    Manners::new(machine.size() as usize, if all == own { cores::available() } else { cores::count(&all) })
}

/// A message on its way. Dropped before it has left, it leaks its buffer, which MPI still reads.
pub struct Parcel {
    request: Request,
    words: Vec<u64>,
}

impl Parcel {
    /// Whether it has left; an answer, whether it has been taken.
    pub fn left(&mut self) -> bool {
        self.request.test()
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        if !self.request.test() {
            std::mem::forget(std::mem::take(&mut self.words));
        }
    }
}

struct Request(ffi::MPI_Request);

impl Request {
    fn idle() -> Self {
        // SAFETY: a constant of the library.
        Self(unsafe { ffi::RSMPI_REQUEST_NULL })
    }

    /// Whether it is complete; an idle one is.
    fn test(&mut self) -> bool {
        let mut flag = 1;
        // SAFETY: the request is valid or null, and becomes null when complete.
        unsafe {
            if self.0 != ffi::RSMPI_REQUEST_NULL {
                ffi::MPI_Test(&mut self.0, &mut flag, ffi::RSMPI_STATUS_IGNORE);
            }
        }
        flag != 0
    }
}

/// One rank's end of all its channels.
pub struct MpiTransport {
    world: Rc<World>,
    ends: Vec<End>,
    failure: Option<Failure>,
    /// How often rank 0 hears from this rank, when it last did, and the message that is on its way.
    interval: Duration,
    signed: Instant,
    sign: Option<Parcel>,
}

enum End {
    Elsewhere,
    In(Inbound),
    Out(Outbound),
}

struct Inbound {
    from: c_int,
    rhythm: Rhythm,
    packets: u64,
    posted: u64,
    taken: u64,
    slots: Vec<(Request, Vec<Spike>)>,
    /// A packet whose rest is on its way: its header, the request, and how many spikes it will have.
    rest: Option<(Header, Request, usize)>,
    assembly: Vec<Spike>,
}

struct Outbound {
    to: c_int,
    sent: u64,
    slots: Vec<Parcels>,
}

struct Parcels {
    requests: [Request; 2],
    first: Vec<Spike>,
    spikes: Vec<Spike>,
}

fn refused(what: &str, rank: c_int) -> Error {
    Error::new(ErrorKind::Transport, format!("MPI refused to {what} rank {rank}"))
}

fn check(code: c_int, what: &str, rank: c_int) -> Result<()> {
    // MPI_SUCCESS is 0 in every implementation: the standard says so.
    if code == 0 { Ok(()) } else { Err(refused(what, rank)) }
}

fn count(spikes: usize, what: &str, rank: c_int) -> Result<c_int> {
    c_int::try_from(spikes * 2).map_err(|_| refused(what, rank))
}

impl MpiTransport {
    /// The ends of this process, which gives rank 0 a sign of life every `interval`.
    #[must_use]
    pub fn new(world: Rc<World>, schedule: &Schedule, interval: Duration) -> Self {
        let ends = schedule.channels().iter().map(|channel| {
            let slots = channel.slots.max(ROUND);
            if channel.to == world.rank {
                let slot = |_| (Request::idle(), vec![Spike::default(); FIRST]);
                End::In(Inbound {
                    from: channel.from as c_int,
                    rhythm: channel.rhythm,
                    packets: 0,
                    posted: 0,
                    taken: 0,
                    slots: (0..slots).map(slot).collect(),
                    rest: None,
                    assembly: Vec::new(),
                })
            } else if channel.from == world.rank {
                let slot = |_| Parcels {
                    requests: [Request::idle(), Request::idle()],
                    first: Vec::with_capacity(FIRST),
                    spikes: Vec::new(),
                };
                let slots = (0..slots).map(slot).collect();
                End::Out(Outbound { to: channel.to as c_int, sent: 0, slots })
            } else {
                End::Elsewhere
            }
        });
        let ends = ends.collect();
        Self { ends, world, failure: None, interval, signed: Instant::now(), sign: None }
    }
}

impl Inbound {
    /// Receives into the slot of the next packet, if one is still to come. Never more receives than packets: one left
    /// over would swallow the first packet of the next run.
    fn post(&mut self, comm: ffi::MPI_Comm) -> Result<()> {
        if self.posted == self.packets {
            return Ok(());
        }
        let slots = self.slots.len() as u64;
        let (request, buffer) = &mut self.slots[(self.posted % slots) as usize];
        // SAFETY: the buffer has FIRST spikes, is not touched nor moved while the request is active, and is
        // leaked with it.
        let code = unsafe {
            ffi::MPI_Irecv(
                buffer.as_mut_ptr().cast(),
                2 * FIRST as c_int,
                ffi::RSMPI_UINT32_T,
                self.from,
                Topic::First as c_int,
                comm,
                &mut request.0,
            )
        };
        self.posted += 1;
        check(code, "receive from", self.from)
    }

    fn post_rest(&mut self, header: Header, total: usize, comm: ffi::MPI_Comm) -> Result<()> {
        let (have, mut request) = (self.assembly.len(), Request::idle());
        self.assembly.reserve(total - have);
        // SAFETY: as many spikes as are reserved behind the first; the vector is not touched until the request is
        // complete, and leaked with it.
        let code = unsafe {
            ffi::MPI_Irecv(
                self.assembly.as_mut_ptr().add(have).cast(),
                count(total - have, "receive from", self.from)?,
                ffi::RSMPI_UINT32_T,
                self.from,
                Topic::Rest as c_int,
                comm,
                &mut request.0,
            )
        };
        self.rest = Some((header, request, total));
        check(code, "receive from", self.from)
    }

    fn take(&mut self, comm: ffi::MPI_Comm, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        if self.rest.is_none() {
            let slots = self.slots.len() as u64;
            let (request, buffer) = &mut self.slots[(self.taken % slots) as usize];
            if self.taken == self.posted || !request.test() {
                return Ok(None);
            }
            let (header, total) = read_header(buffer[0]);
            spikes.clear();
            if total < FIRST {
                spikes.extend_from_slice(&buffer[1..=total]);
                self.taken += 1;
                self.post(comm)?;
                return Ok(Some(header));
            }
            self.assembly.clear();
            self.assembly.extend_from_slice(&buffer[1..]);
            self.post_rest(header, total, comm)?;
        }
        let Some((header, request, total)) = &mut self.rest else { return Ok(None) };
        if !request.test() {
            return Ok(None);
        }
        // SAFETY: the complete receive wrote all spikes up to `total`, which were reserved.
        unsafe { self.assembly.set_len(*total) };
        let header = *header;
        self.rest = None;
        std::mem::swap(&mut self.assembly, spikes);
        self.taken += 1;
        self.post(comm)?;
        Ok(Some(header))
    }
}

fn write_header(header: Header, spikes: usize) -> Spike {
    Spike { step: header.number | if header.last { LAST } else { 0 }, gid: spikes as u32 }
}

fn read_header(word: Spike) -> (Header, usize) {
    (Header { number: word.step & !LAST, last: word.step & LAST != 0 }, word.gid as usize)
}

impl Outbound {
    fn send(&mut self, comm: ffi::MPI_Comm, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        let index = self.sent % self.slots.len() as u64;
        let mode = if index == 0 { Mode::Matched } else { Mode::Buffered };
        let slot = &mut self.slots[index as usize];
        if !slot.requests.iter_mut().all(Request::test) {
            return Ok(false);
        }
        let first = spikes.len().min(FIRST - 1);
        slot.first.clear();
        slot.first.push(write_header(header, spikes.len()));
        slot.first.extend_from_slice(&spikes[..first]);
        std::mem::swap(&mut slot.spikes, spikes);
        spikes.clear();
        start(comm, mode, (self.to, Topic::First), &slot.first, &mut slot.requests[0])?;
        if slot.spikes.len() > first {
            start(comm, mode, (self.to, Topic::Rest), &slot.spikes[first..], &mut slot.requests[1])?;
        }
        self.sent += 1;
        Ok(true)
    }
}

/// When a send is complete.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// When its receive is matched: the credit for further packets. One packet in a round of the slots is sent so:
    /// less than two rounds are under way, and the others do without an acknowledgement.
    Matched,
    /// When its buffer is free.
    Buffered,
}

fn start(
    comm: ffi::MPI_Comm,
    mode: Mode,
    (to, topic): (c_int, Topic),
    spikes: &[Spike],
    request: &mut Request,
) -> Result<()> {
    let send = if mode == Mode::Matched { ffi::MPI_Issend } else { ffi::MPI_Isend };
    // SAFETY: the slot keeps the spikes untouched until the request is complete, and is leaked with it. A spike is
    // two u32 without padding, of the same layout in all processes: they run one binary.
    let code = unsafe {
        send(
            spikes.as_ptr().cast(),
            count(spikes.len(), "send to", to)?,
            ffi::RSMPI_UINT32_T,
            to,
            topic as c_int,
            comm,
            &mut request.0,
        )
    };
    check(code, "send to", to)
}

impl Transport for MpiTransport {
    fn begin(&mut self, span: Span) -> Result<()> {
        let comm = self.world.raw();
        for end in &mut self.ends {
            match end {
                End::In(inbound) => {
                    (inbound.packets, inbound.posted, inbound.taken) = (inbound.rhythm.packets(span), 0, 0);
                    for _ in 0..inbound.slots.len() {
                        inbound.post(comm)?;
                    }
                }
                End::Out(outbound) => outbound.sent = 0,
                End::Elsewhere => {}
            }
        }
        self.check()
    }

    fn try_send(&mut self, channel: usize, header: Header, spikes: &mut Vec<Spike>) -> Result<bool> {
        match &mut self.ends[channel] {
            End::Out(outbound) => outbound.send(self.world.raw(), header, spikes),
            _ => Err(Error::new(ErrorKind::Transport, format!("channel {channel} does not leave this rank"))),
        }
    }

    fn try_take(&mut self, channel: usize, spikes: &mut Vec<Spike>) -> Result<Option<Header>> {
        match &mut self.ends[channel] {
            End::In(inbound) => inbound.take(self.world.raw(), spikes),
            _ => {
                Err(Error::new(ErrorKind::Transport, format!("channel {channel} does not end at this rank")))
            }
        }
    }

    fn all_sent(&mut self) -> Result<bool> {
        let requests = self.ends.iter_mut().filter_map(|end| match end {
            End::Out(outbound) => Some(outbound.slots.iter_mut().flat_map(|slot| &mut slot.requests)),
            _ => None,
        });
        Ok(requests.flatten().all(Request::test))
    }

    fn pause(&mut self, patience: &mut Patience) -> Result<()> {
        if patience.turns() % LOOK == LOOK - 1 {
            self.check()?;
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
        if self.world.rank == 0 || self.signed.elapsed() < self.interval {
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
        let others = (0..self.world.size).filter(|&rank| rank != self.world.rank);
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

/// Buffers of active requests belong to MPI: they are leaked.
impl Drop for MpiTransport {
    fn drop(&mut self) {
        for end in &mut self.ends {
            match end {
                End::In(inbound) => {
                    for (request, buffer) in &mut inbound.slots {
                        leak_unless(request.test(), buffer);
                    }
                    let complete = inbound.rest.as_mut().is_none_or(|(_, request, _)| request.test());
                    leak_unless(complete, &mut inbound.assembly);
                }
                End::Out(outbound) => {
                    for slot in &mut outbound.slots {
                        leak_unless(slot.requests[0].test(), &mut slot.first);
                        leak_unless(slot.requests[1].test(), &mut slot.spikes);
                    }
                }
                End::Elsewhere => {}
            }
        }
    }
}

fn leak_unless(complete: bool, buffer: &mut Vec<Spike>) {
    if !complete {
        std::mem::forget(std::mem::take(buffer));
    }
}
