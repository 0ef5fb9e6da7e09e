//! MPI: its start and end, messages, and the memory that the processes of a machine share.
//!
//! The safe interface of the `mpi` crate ties a request to the scope of its buffer; a channel keeps both for a whole
//! run, and it knows no shared memory. So set-up is safe, and the rest goes through `mpi::ffi`.

use std::cell::RefCell;
use std::ffi::{c_int, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ptr::NonNull;
use std::rc::Rc;
use std::time::Duration;

use mpi::collective::SystemOperation;
use mpi::ffi;
use mpi::topology::{Color, Communicator, SimpleCommunicator};
use mpi::traits::{AsRaw, CommunicatorCollectives};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Spike;

use super::{Failure, Idle, Manners, Patience};
use crate::cores::{self, Padded};
use crate::wire;

/// The standard says that it is 0 in every implementation.
const SUCCESS: c_int = 0;

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
    /// The processes of this machine.
    near: ManuallyDrop<SimpleCommunicator>,
    /// Which ranks they are.
    is_near: Vec<bool>,
    windows: RefCell<Vec<ffi::MPI_Win>>,
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
        Self::open_at(0)
    }

    /// Starts MPI as if processes with other numbers for `place` were on other machines: for tests.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_at(place: u16) -> Result<Rc<Self>> {
        let Some((universe, _)) = mpi::initialize_with_threading(mpi::Threading::Serialized) else {
            return Err(Error::new(
                ErrorKind::Usage,
                "MPI was started before: set up one simulation per program under mpirun",
            ));
        };
        let communicator = universe.world().duplicate();
        let (rank, size) = (communicator.rank() as usize, communicator.size() as usize);
        let machine = communicator.split_shared(communicator.rank());
        let manners = manners(&machine);
        let near = machine.split_by_color(Color::with_value(place.into())).unwrap_or(machine);
        let mut ranks = vec![0u64; near.size() as usize];
        near.all_gather_into(&(rank as u64), &mut ranks[..]);
        Ok(Rc::new(Self {
            universe: ManuallyDrop::new(universe),
            communicator: ManuallyDrop::new(communicator),
            near: ManuallyDrop::new(near),
            is_near: (0..size as u64).map(|rank| ranks.contains(&rank)).collect(),
            windows: RefCell::default(),
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

    /// Whether process `rank` is on this machine.
    pub(super) fn is_near(&self, rank: usize) -> bool {
        self.is_near[rank]
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
            // SAFETY: each is dropped once, and not used after: `world` is owned here. Who refers to the memory of a
            // window owns a share of the world, so nobody does any more.
            unsafe {
                for mut window in world.windows.take() {
                    ffi::MPI_Win_free(&mut window);
                }
                ManuallyDrop::drop(&mut world.near);
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

    /// `bytes` bytes that all processes of this machine see until the world is closed, the first `zeros` of them zero.
    /// All of them call this together. Nobody gets any if MPI cannot share memory, or if they ask for different sizes.
    pub(super) fn share(&self, bytes: usize, zeros: usize) -> Option<NonNull<u8>> {
        let least = |words: [u64; 2]| {
            let mut least = words;
            self.near.all_reduce_into(&words[..], &mut least[..], SystemOperation::min());
            least
        };
        let sizes = [bytes as u64, !(bytes as u64)];
        if self.near.size() == 1 || least(sizes) != sizes || bytes == 0 {
            return None;
        }
        let window = self.window(bytes + align_of::<Padded<u8>>());
        if let (0, Some((_, base))) = (self.near.rank(), window) {
            // SAFETY: the memory is as large, and no process touches it before all have met below.
            unsafe { base.write_bytes(0, zeros.min(bytes)) };
        }
        if least([window.is_some().into(); 2]) != [1; 2] {
            return None;
        }
        let (window, base) = window?;
        self.windows.borrow_mut().push(window);
        Some(base)
    }

    /// A window with `bytes` bytes of the first process of this machine, and where its padded part starts: in all
    /// processes with the same byte, since each maps whole pages.
    fn window(&self, bytes: usize) -> Option<(ffi::MPI_Win, NonNull<u8>)> {
        let own = if self.near.rank() == 0 { bytes as ffi::MPI_Aint } else { 0 };
        let near = self.near.as_raw();
        let (mut base, mut size, mut unit) = (std::ptr::null_mut::<u8>(), 0, 0);
        let address = (&raw mut base).cast();
        // SAFETY: all processes of `near` make these calls, whose results are written to variables of their types. An
        // error of the first one is no end of all; the second one is made for a window that exists.
        unsafe {
            let mut window = ffi::RSMPI_WIN_NULL;
            ffi::MPI_Comm_set_errhandler(near, ffi::RSMPI_ERRORS_RETURN);
            let code = ffi::MPI_Win_allocate_shared(own, 1, ffi::RSMPI_INFO_NULL, near, address, &mut window);
            ffi::MPI_Comm_set_errhandler(near, ffi::RSMPI_ERRORS_ARE_FATAL);
            if code != SUCCESS
                || ffi::MPI_Win_shared_query(window, 0, &mut size, &mut unit, address) != SUCCESS
                || size < bytes as ffi::MPI_Aint
            {
                return None;
            }
            let padding = base.align_offset(align_of::<Padded<u8>>());
            Some((window, NonNull::new(base.add(padding))?))
        }
    }

    /// Starts to send `words` to `rank`.
    #[must_use]
    pub fn post(&self, rank: usize, topic: Topic, words: Vec<u64>) -> Parcel {
        // An answer that nobody takes tells that rank 0 is gone; other messages need not wait to be taken.
        let mode = if topic == Topic::Answer { Mode::Matched } else { Mode::Buffered };
        let mut parcel = Parcel { request: Request::idle(), content: words };
        let (start, count) = (parcel.content.as_ptr().cast(), parcel.content.len() as c_int);
        // SAFETY: the parcel keeps or leaks its content until the request is complete.
        unsafe {
            let kind = ffi::RSMPI_UINT64_T;
            mode.call()(start, count, kind, rank as c_int, topic as c_int, self.raw(), &mut parcel.request.0);
        }
        parcel
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

/// A message on its way. Dropped before it has left, it leaks its content, which MPI still reads.
pub struct Parcel<T = u64> {
    request: Request,
    content: Vec<T>,
}

impl<T> Default for Parcel<T> {
    fn default() -> Self {
        Self { request: Request::idle(), content: Vec::new() }
    }
}

impl<T> Parcel<T> {
    /// Whether it has left; an answer, whether it has been taken.
    pub fn left(&mut self) -> bool {
        self.request.test()
    }

    /// To be filled, if it has left.
    pub(super) fn content(&mut self) -> Option<&mut Vec<T>> {
        self.left().then_some(&mut self.content)
    }
}

impl Parcel<Spike> {
    /// Starts to send its content from spike number `first` on.
    pub(super) fn send(
        &mut self,
        world: &World,
        mode: Mode,
        (to, topic): (usize, Topic),
        first: usize,
    ) -> Result<()> {
        let spikes = &self.content[first..];
        let (start, count) = (spikes.as_ptr().cast(), count(spikes.len(), "send to", to)?);
        // SAFETY: the content is not touched until the request is complete, and leaked with it. A spike is two u32
        // without padding, of the same layout in all processes: they run one binary.
        let code = unsafe {
            let kind = ffi::RSMPI_UINT32_T;
            mode.call()(start, count, kind, to as c_int, topic as c_int, world.raw(), &mut self.request.0)
        };
        check(code, "send to", to)
    }
}

impl<T> Drop for Parcel<T> {
    fn drop(&mut self) {
        self.request.leak_unless_complete(&mut self.content);
    }
}

/// When a send is complete.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// When its receive is matched: a credit for further packets.
    Matched,
    /// When its buffer is free.
    Buffered,
}

type Send = unsafe extern "C" fn(
    *const c_void,
    c_int,
    ffi::MPI_Datatype,
    c_int,
    c_int,
    ffi::MPI_Comm,
    *mut ffi::MPI_Request,
) -> c_int;

impl Mode {
    fn call(self) -> Send {
        if self == Self::Matched { ffi::MPI_Issend } else { ffi::MPI_Isend }
    }
}

pub(super) struct Request(ffi::MPI_Request);

impl Request {
    pub(super) fn idle() -> Self {
        // SAFETY: a constant of the library.
        Self(unsafe { ffi::RSMPI_REQUEST_NULL })
    }

    /// Whether it is complete; an idle one is.
    pub(super) fn test(&mut self) -> bool {
        let mut flag = 1;
        // SAFETY: the request is valid or null, and becomes null when complete.
        unsafe {
            if self.0 != ffi::RSMPI_REQUEST_NULL {
                ffi::MPI_Test(&mut self.0, &mut flag, ffi::RSMPI_STATUS_IGNORE);
            }
        }
        flag != 0
    }

    /// Starts to receive `spikes` spikes, or fewer.
    ///
    /// # Safety
    /// So many can be written to `place`, which is not touched nor freed until the request is complete.
    pub(super) unsafe fn receive(
        &mut self,
        world: &World,
        (from, topic): (usize, Topic),
        place: *mut Spike,
        spikes: usize,
    ) -> Result<()> {
        let (place, count) = (place.cast(), count(spikes, "receive from", from)?);
        // SAFETY: as this function asks for. A spike is two u32 without padding.
        let code = unsafe {
            let kind = ffi::RSMPI_UINT32_T;
            ffi::MPI_Irecv(place, count, kind, from as c_int, topic as c_int, world.raw(), &mut self.0)
        };
        check(code, "receive from", from)
    }

    /// Leaks `buffer`, which is MPI's until the request is complete.
    pub(super) fn leak_unless_complete<T>(&mut self, buffer: &mut Vec<T>) {
        if !self.test() {
            std::mem::forget(std::mem::take(buffer));
        }
    }
}

fn refused(what: &str, rank: usize) -> Error {
    Error::new(ErrorKind::Transport, format!("MPI refused to {what} rank {rank}"))
}

fn check(code: c_int, what: &str, rank: usize) -> Result<()> {
    if code == SUCCESS { Ok(()) } else { Err(refused(what, rank)) }
}

fn count(spikes: usize, what: &str, rank: usize) -> Result<c_int> {
    c_int::try_from(spikes * 2).map_err(|_| refused(what, rank))
}
