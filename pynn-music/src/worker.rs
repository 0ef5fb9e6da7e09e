//! A rank from set-up to end: it does what the driver commands, and tells the others when it cannot.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Model, Network};
use pynn_core::time::Tick;

use crate::change;
use crate::clock::Span;
use crate::command::{Answer, Command, Object, Values};
use crate::exchange::{Exchange, Turn, Wait};
use crate::node::RankNode;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::statistics::RankStatistics;
use crate::transport::{Failure, Patience, Transport};
use crate::wire;

/// How often a rank that never waits looks for failures of others, in turns.
const LOOK: u64 = 16;
/// How often a rank that waits looks at the clock, in turns.
const GLANCE: u32 = 64;

/// What all ranks know alike.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) model: Arc<dyn Model + Send + Sync>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) deadline: Duration,
}

impl Common {
    pub(crate) fn network(&self) -> &Network {
        self.model.network()
    }
}

/// What the driver can see of the ranks of its process without asking.
#[derive(Debug)]
pub(crate) struct Progress {
    times: Vec<AtomicI64>,
    signs: AtomicU64,
}

impl Progress {
    pub(crate) fn new(ranks: usize) -> Self {
        Self { times: (0..ranks).map(|_| AtomicI64::new(0)).collect(), signs: AtomicU64::new(0) }
    }

    pub(crate) fn reached(&self, rank: usize, time: Tick) {
        if let Some(own) = self.times.get(rank) {
            own.store(time.0, Ordering::Relaxed);
        }
    }

    pub(crate) fn time(&self, rank: usize) -> Tick {
        Tick(self.times.get(rank).map_or(0, |time| time.load(Ordering::Relaxed)))
    }

    /// Notes that something happened.
    #[cfg(feature = "mpi")]
    pub(crate) fn sign(&self) {
        self.signs.fetch_add(1, Ordering::Relaxed);
    }

    /// A number that changes when something happens.
    pub(crate) fn pulse(&self) -> u64 {
        let times = self.times.iter().map(|time| time.load(Ordering::Relaxed) as u64);
        times.fold(self.signs.load(Ordering::Relaxed), u64::wrapping_add)
    }
}

/// One rank.
pub(crate) struct Worker {
    common: Common,
    rank: usize,
    transport: Box<dyn Transport>,
    exchange: Exchange,
    node: Option<RankNode>,
    recorder: Recorder,
    progress: Arc<Progress>,
    failed: Option<Error>,
    numbers: RankStatistics,
    /// The description with all changes, if there are any.
    changed: Option<Network>,
}

impl Worker {
    pub(crate) fn new(
        common: Common,
        rank: usize,
        transport: Box<dyn Transport>,
        progress: Arc<Progress>,
    ) -> Self {
        let recorder = Recorder::new(common.network(), common.plan.layout(), rank);
        let exchange = Exchange::new(common.plan.schedule(), rank);
        let numbers = RankStatistics { rank, ..RankStatistics::default() };
        Self {
            common,
            rank,
            transport,
            exchange,
            node: None,
            recorder,
            progress,
            failed: None,
            numbers,
            changed: None,
        }
    }

    /// Does what `command` says. After a failure, of this rank or of another, only what is recorded can be read.
    pub(crate) fn execute(&mut self, command: Command) -> Answer {
        let reads = matches!(command, Command::Spikes { .. } | Command::Samples { .. } | Command::Statistics);
        if let (Some(error), false) = (&self.failed, reads) {
            return Err(error.clone());
        }
        match catch_unwind(AssertUnwindSafe(|| self.perform(command))) {
            Ok(Ok(words)) => Ok(words),
            Ok(Err(error)) => {
                self.rescue();
                Err(self.fail(error))
            }
            Err(panic) => {
                let error = Error::new(ErrorKind::Simulator, format!("it panicked: {}", panic_text(&*panic)));
                let error = self.fail(error);
                // Whatever panicked is in an unknown state: not even its destructor is trusted.
                std::mem::forget(self.node.take());
                Err(error)
            }
        }
    }

    fn perform(&mut self, command: Command) -> Answer {
        match command {
            Command::Build { digest } => self.build(digest)?,
            Command::Run(span) => self.run(span)?,
            Command::Spikes { population, segment } => return Ok(self.recorder.spikes(population, segment)),
            Command::Samples { population, variable, segment } => {
                return Ok(self.recorder.samples(population, variable, segment));
            }
            Command::Statistics => return Ok(self.statistics().words()),
            Command::Reset => self.reset()?,
            Command::Set { object, values } => return refusable(self.set(object, &values)),
            Command::Get(object) => return refusable(self.get(object)),
            Command::End { .. } => {}
        }
        Ok(Vec::new())
    }

    fn build(&mut self, digest: u64) -> Result<()> {
        if digest != self.common.network().digest() {
            return Err(Error::new(
                ErrorKind::Transport,
                "its description of the network differs from that of rank 0; start all processes with the same \
                 program, arguments and files",
            ));
        }
        let start = Instant::now();
        self.node = Some(RankNode::build(self.common.network(), &self.common.plan, self.rank)?);
        self.numbers.build = start.elapsed();
        Ok(())
    }

    fn reset(&mut self) -> Result<()> {
        if let Some(node) = &mut self.node {
            node.reset()?;
        }
        self.recorder.begin(self.common.network());
        self.progress.reached(self.rank, Tick::ZERO);
        Ok(())
    }

    fn set(&mut self, object: Object, values: &Values) -> Result<Vec<u64>> {
        let node = self.node.as_mut().ok_or_else(not_built)?;
        let mut network = self.changed.as_ref().unwrap_or(self.common.network()).clone();
        let layout = self.common.plan.layout();
        change::describe(&mut network, layout, self.rank, object, values)?;
        change::take_over(node, &layout.part(&network, self.rank), object, values)?;
        self.changed = Some(network);
        Ok(Vec::new())
    }

    fn get(&mut self, object: Object) -> Result<Vec<u64>> {
        let node = self.node.as_mut().ok_or_else(not_built)?;
        let network = self.changed.as_ref().unwrap_or(self.common.network());
        change::read(node, &self.common.plan.layout().part(network, self.rank), object)
    }

    fn run(&mut self, span: Span) -> Result<()> {
        let start = Instant::now();
        let node = self.node.as_mut().ok_or_else(not_built)?;
        let mut watch = Watch::new(self.common.deadline);
        let mut patience = Patience::default();
        let mut turns = 0u64;
        self.exchange.begin(span, &mut *self.transport)?;
        loop {
            match self.exchange.turn(&mut node.recording(&mut self.recorder), &mut *self.transport)? {
                Turn::Stepped => {
                    self.progress.reached(self.rank, self.exchange.time());
                    patience.reset();
                    watch.calm();
                    turns += 1;
                    if turns.is_multiple_of(LOOK) {
                        self.transport.check()?;
                    }
                    if turns.is_multiple_of(LOOK / 2) {
                        self.transport.sign_of_life();
                    }
                }
                Turn::Waits(wait) => {
                    self.transport.pause(&mut patience)?;
                    if patience.turns().is_multiple_of(GLANCE) && watch.is_over(wait) {
                        return Err(late(&self.common, span, wait));
                    }
                }
                Turn::Done => break,
            }
        }
        node.drain(&mut self.recorder);
        self.numbers.run += start.elapsed();
        self.numbers.waited += watch.total;
        Ok(())
    }

    /// Takes over the samples of a simulator whose run has failed.
    fn rescue(&mut self) {
        if let Some(node) = &mut self.node {
            let drained = catch_unwind(AssertUnwindSafe(|| node.drain(&mut self.recorder)));
            if drained.is_err() {
                std::mem::forget(self.node.take());
            }
        }
    }

    /// Notes the failure, and tells the others unless they told first.
    fn fail(&mut self, error: Error) -> Error {
        let failure = self.transport.failure().unwrap_or_else(|| {
            let name = self.common.plan.layout().name(self.common.network(), self.rank);
            let (kind, message) = (error.kind(), format!("{name}: {}", error.message()));
            let failure = Failure { rank: self.rank, kind, message };
            self.transport.abort(&failure);
            failure
        });
        let error = failure.error();
        self.failed = Some(error.clone());
        error
    }

    /// Stops all other ranks in the name of one that does not answer any more.
    #[cfg(feature = "mpi")]
    pub(crate) fn stop_others(&mut self, rank: usize, error: &Error) {
        let (kind, message) = (error.kind(), error.message().to_owned());
        self.transport.abort(&Failure { rank, kind, message });
        self.failed.get_or_insert_with(|| error.clone());
    }

    fn statistics(&self) -> RankStatistics {
        let mut numbers = self.numbers;
        if let Some(node) = &self.node {
            let of = node.statistics();
            (numbers.synapses, numbers.events) = (of.synapses, of.events);
            numbers.bytes = of.synapse_bytes + of.state_bytes + node.route_bytes() as u64;
        }
        numbers.bytes += self.recorder.bytes() as u64;
        numbers
    }
}

/// What is refused is no failure: it is an answer, with the words of a result.
fn refusable(result: Result<Vec<u64>>) -> Answer {
    match result {
        Err(error) if !matches!(error.kind(), ErrorKind::Usage | ErrorKind::Description) => Err(error),
        result => Ok(wire::answer_words(&result)),
    }
}

fn not_built() -> Error {
    Error::new(ErrorKind::Usage, "it is asked to work before it is built")
}

/// How long a rank has been waiting for the same thing.
struct Watch {
    deadline: Duration,
    waiting: Option<(Wait, Instant)>,
    total: Duration,
}

impl Watch {
    fn new(deadline: Duration) -> Self {
        Self { deadline, waiting: None, total: Duration::ZERO }
    }

    fn calm(&mut self) {
        if let Some((_, since)) = self.waiting.take() {
            self.total += since.elapsed();
        }
    }

    fn is_over(&mut self, wait: Wait) -> bool {
        match self.waiting {
            Some((of, since)) if of == wait => since.elapsed() >= self.deadline,
            _ => {
                self.calm();
                self.waiting = Some((wait, Instant::now()));
                false
            }
        }
    }
}

fn late(common: &Common, span: Span, wait: Wait) -> Error {
    let schedule = common.plan.schedule();
    let name = |rank| common.plan.layout().name(common.network(), rank);
    let packet = |id: usize, number: u64| {
        let channel = &schedule.channels()[id];
        let start = channel.rhythm.window_end(span, number - 1);
        let end = channel.rhythm.window_end(span, number);
        (channel, format!("packet {number} of {channel}, window ({}, {}] ms", start.ms(), end.ms()))
    };
    let seconds = common.deadline.as_secs_f64();
    let text = match wait {
        Wait::Packet { channel, number } => {
            let (channel, packet) = packet(channel, number);
            format!("waited {seconds} s for {packet}, from {}", name(channel.from))
        }
        Wait::Slot { channel, number } => {
            let (channel, packet) = packet(channel, number);
            format!("waited {seconds} s for {} to make room for {packet}", name(channel.to))
        }
        Wait::Completion => format!("waited {seconds} s for its last packets to be taken"),
    };
    Error::new(
        ErrorKind::Timeout,
        format!("{text}; it may have stalled: if it is only slow, allow more by PYNN_DEADLINE (in s)"),
    )
}

/// What a panic said.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
