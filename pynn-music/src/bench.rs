//! How long an exchange takes: each rank writes fresh spikes, exchanges them with every other rank, and reads all it
//! got. Small exchanges are as fast as a cache line moves from core to core, and where the cores are, a machine with
//! several of them decides anew: so the time of a [`ping`] belongs to every number.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pynn_core::error::{Error, Result};
use pynn_core::time::{Spike, Tick};

use crate::clock::Span;
use crate::exchange::{Exchange, Node, Outbox, Turn};
use crate::schedule::{Link, Schedule};
use crate::transport::thread::{Hub, ThreadTransport};
use crate::transport::{Patience, Transport};

/// Chunks of a measurement: the fastest and the median of them are reported.
const CHUNKS: usize = 15;
/// How long a chunk lasts, about.
const CHUNK: Duration = Duration::from_millis(20);

/// A measured exchange.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// Spikes a rank sends to each other rank in an exchange.
    pub spikes: usize,
    /// The fastest chunk, in us an exchange.
    pub least: f64,
    /// The median chunk, in us an exchange.
    pub median: f64,
}

/// All ranks send to all others in every step, `spikes` spikes each.
fn schedule(ranks: usize) -> Result<Schedule> {
    let pairs = (0..ranks).flat_map(|from| (0..ranks).map(move |to| (from, to)));
    let links = pairs.filter(|(from, to)| from != to).map(|(from, to)| Link {
        from,
        to,
        delay: Tick(1),
        projection: "exchange".into(),
    });
    Schedule::new(vec![Tick(1); ranks], links, None)
}

struct Chatter {
    spikes: usize,
    others: usize,
    sum: u64,
}

impl Node for Chatter {
    fn deliver(&mut self, _rank: usize, spikes: &[Spike]) -> Result<()> {
        for spike in spikes {
            self.sum = self.sum.wrapping_add(u64::from(spike.gid));
        }
        Ok(())
    }

    fn advance(&mut self, _from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()> {
        let step = to.0 as u32;
        for other in 0..self.others {
            let fresh = (0..self.spikes).map(|gid| Spike { step, gid: gid as u32 });
            outbox.extend(other, fresh);
        }
        Ok(())
    }
}

/// One rank's side: warms up, then times `CHUNKS` runs of as many exchanges as fit into `CHUNK`.
///
/// # Errors
/// When the transport fails.
pub fn exchange_on(
    schedule: &Schedule,
    rank: usize,
    transport: &mut dyn Transport,
    spikes: usize,
    exchanges: i64,
) -> Result<Measured> {
    let mut exchange = Exchange::new(schedule, rank);
    let mut chatter = Chatter { spikes, others: schedule.outgoing(rank).len(), sum: 0 };
    let mut start = Tick::ZERO;
    let mut times = Vec::new();
    for chunk in 0..=CHUNKS {
        let span = Span::new(start, start + Tick(exchanges));
        let begin = Instant::now();
        run(&mut exchange, &mut chatter, transport, span)?;
        if chunk > 0 {
            times.push(begin.elapsed().as_secs_f64() * 1e6 / exchanges as f64);
        }
        start = span.end;
    }
    black_box(chatter.sum);
    times.sort_by(f64::total_cmp);
    Ok(Measured { spikes, least: times[0], median: times[CHUNKS / 2] })
}

fn run(
    exchange: &mut Exchange,
    node: &mut dyn Node,
    transport: &mut dyn Transport,
    span: Span,
) -> Result<()> {
    let mut patience = Patience::default();
    exchange.begin(span, transport)?;
    loop {
        match exchange.turn(node, transport)? {
            Turn::Stepped => patience.reset(),
            Turn::Waits(_) => transport.pause(&mut patience)?,
            Turn::Done => return Ok(()),
        }
    }
}

/// How many exchanges of `spikes` spikes on `ranks` ranks last about [`CHUNK`]: the same number on every rank.
fn exchanges(ranks: usize, spikes: usize) -> i64 {
    let pairs = (ranks * ranks.saturating_sub(1)).max(1) as f64;
    let guess = 0.2e-6 * pairs + 1e-9 * pairs * spikes as f64;
    (CHUNK.as_secs_f64() / guess).clamp(20.0, 50_000.0) as i64
}

/// Exchanges between `ranks` threads.
///
/// # Errors
/// When a thread fails.
pub fn exchange_threads(ranks: usize, spikes: usize) -> Result<Measured> {
    let schedule = Arc::new(schedule(ranks)?);
    let hub = Hub::new(&schedule);
    let exchanges = exchanges(ranks, spikes);
    let threads: Vec<_> = (0..ranks)
        .map(|rank| {
            let (schedule, hub) = (schedule.clone(), hub.clone());
            std::thread::spawn(move || {
                let mut transport = ThreadTransport::new(hub, rank);
                exchange_on(&schedule, rank, &mut transport, spikes, exchanges)
            })
        })
        .collect();
    let mut measured = Vec::new();
    for thread in threads {
        let gone =
            |_| Error::new(pynn_core::error::ErrorKind::PeerFailed, "a thread of the benchmark panicked");
        measured.push(thread.join().map_err(gone)??);
    }
    Ok(measured[0])
}

/// Exchanges between the MPI processes of `world`; every process calls it, and has its own numbers.
///
/// # Errors
/// When MPI fails.
#[cfg(feature = "mpi")]
pub fn exchange_processes(world: &std::rc::Rc<crate::transport::World>, spikes: usize) -> Result<Measured> {
    let schedule = schedule(world.size())?;
    let mut transport =
        crate::transport::MpiTransport::new(world.clone(), &schedule, Duration::from_secs(3600));
    exchange_on(&schedule, world.rank(), &mut transport, spikes, exchanges(world.size(), spikes))
}

/// The time that a cache line takes from one core to another, in ns: half the fastest round trip of two threads.
#[must_use]
pub fn ping() -> f64 {
    const ROUNDS: u64 = 2_000;
    let line = Arc::new(AtomicU64::new(0));
    let other = {
        let line = line.clone();
        std::thread::spawn(move || echo(&line, ROUNDS * CHUNKS as u64))
    };
    let mut least = f64::INFINITY;
    for chunk in 0..CHUNKS as u64 {
        let start = Instant::now();
        for round in chunk * ROUNDS..(chunk + 1) * ROUNDS {
            line.store(2 * round + 1, Ordering::Release);
            wait_for(&line, 2 * round + 2);
        }
        least = least.min(start.elapsed().as_secs_f64() * 1e9 / (2 * ROUNDS) as f64);
    }
    // It has echoed all rounds.
    let _ = other.join();
    least
}

fn echo(line: &AtomicU64, rounds: u64) {
    for round in 0..rounds {
        wait_for(line, 2 * round + 1);
        line.store(2 * round + 2, Ordering::Release);
    }
}

/// Spins, but not for ever on a machine with one core.
fn wait_for(line: &AtomicU64, value: u64) {
    let mut spins = 0u32;
    while line.load(Ordering::Acquire) != value {
        spins += 1;
        if spins.is_multiple_of(10_000) {
            std::thread::yield_now();
        }
        std::hint::spin_loop();
    }
}
