//! A rank from set-up to end: it does what the driver commands, and tells the others when it cannot.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use pynn_core::digest::Digest;
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Model, Network};
use pynn_core::time::Tick;

use crate::change;
use crate::clock::Span;
use crate::command::{Answer, Command, Object, Values};
use crate::exchange::{Exchange, Turn};
use crate::node::RankNode;
use crate::plan::Plan;
use crate::progress::Progress;
use crate::recorder::Recorder;
use crate::statistics::RankStatistics;
use crate::transport::{Failure, Patience, Transport};
use crate::watch::{Watch, late};
use crate::wire;

/// How often a rank that never waits looks for failures of others, in turns.
const LOOK: u64 = 16;
/// How far a rank goes before others of its thread have their turn, should it wait for nobody.
const STRETCH: Tick = Tick(10 * Tick::MILLISECOND.0);

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

    /// A number that stands for the description and for where it is placed.
    pub(crate) fn digest(&self) -> u64 {
        let mut digest = Digest::new();
        digest.write_u64(self.network().digest());
        digest.write(format!("{:?}", self.plan.layout()).as_bytes());
        digest.finish()
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
    /// What was set last, and the description with the changes before.
    former: Option<(Object, Values, Option<Network>)>,
    run: Option<Run>,
}

/// A run under way.
struct Run {
    span: Span,
    start: Instant,
    watch: Watch,
    turns: u64,
}

/// How a rank left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// It did something.
    Stepped,
    /// There is nothing that it can do yet.
    Waits,
    /// The run is over.
    Done,
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
            former: None,
            run: None,
        }
    }

    pub(crate) fn rank(&self) -> usize {
        self.rank
    }

    /// Does what `command` says, but for a run. After a failure, of this rank or of another, only what is recorded can be
    /// read.
    pub(crate) fn execute(&mut self, command: &Command) -> Answer {
        let reads = matches!(command, Command::Spikes { .. } | Command::Samples { .. } | Command::Statistics);
        if let (Some(error), false) = (&self.failed, reads) {
            return Err(error.clone());
        }
        self.guard(|worker| worker.perform(command))
    }

    /// Does `work`, as the one rank that its thread works for; an error or a panic is a failure of the rank.
    fn guard<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.progress.works(self.rank, true);
        let result = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(self.stop(error)),
            Err(panic) => {
                let error = Error::new(ErrorKind::Simulator, format!("it panicked: {}", panic_text(&*panic)));
                let error = self.fail(error);
                // Whatever panicked is in an unknown state: not even its destructor is trusted.
                std::mem::forget(self.node.take());
                Err(error)
            }
        };
        self.progress.works(self.rank, false);
        result
    }

    /// Stops because of `error`, of this rank or of another; the error is that of the rank that failed first.
    pub(crate) fn stop(&mut self, error: Error) -> Error {
        self.run = None;
        self.rescue();
        self.fail(error)
    }

    fn perform(&mut self, command: &Command) -> Answer {
        match *command {
            Command::Build { digest } => self.build(digest)?,
            Command::Spikes { population, segment } => return Ok(self.recorder.spikes(population, segment)),
            Command::Samples { population, variable, segment } => {
                return Ok(self.recorder.samples(population, variable, segment));
            }
            Command::Statistics => return Ok(self.statistics().words()),
            Command::Reset => self.reset()?,
            Command::Set { object, ref values } => return refusable(self.set(object, values)),
            Command::Undo => return refusable(self.undo()),
            Command::Get(object) => return refusable(self.get(object)),
            Command::Potentials => return self.node.as_mut().ok_or_else(not_built)?.potentials(),
            Command::Meet(ref words) => self.node.as_mut().ok_or_else(not_built)?.meet(words)?,
            Command::Run(_) | Command::End { .. } => {}
        }
        Ok(Vec::new())
    }

    fn build(&mut self, digest: u64) -> Result<()> {
        if digest != self.common.digest() {
            return Err(Error::new(
                ErrorKind::Transport,
                "its description of the network, or of how many processes simulators have, differs from that of rank 0; \
                 start all processes with the same program, arguments, files and environment",
            ));
        }
        self.transport.check()?;
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
        self.former = None;
        let node = self.node.as_mut().ok_or_else(not_built)?;
        let mut network = self.changed.as_ref().unwrap_or(self.common.network()).clone();
        let layout = self.common.plan.layout();
        change::describe(&mut network, layout, self.rank, object, values)?;
        let taken = change::take_over(node, &layout.part(&network, self.rank), object, values);
        let former = if taken.is_ok() { self.changed.replace(network) } else { self.changed.clone() };
        self.former = Some((object, values.clone(), former));
        taken.map(|()| Vec::new())
    }

    /// What ranks refuse by themselves are parameters, spike times and electrodes; of the rest all do the same.
    fn undo(&mut self) -> Result<Vec<u64>> {
        let Some((object, values, former)) = self.former.take() else { return Ok(Vec::new()) };
        self.changed = former;
        if matches!(object, Object::Parameter(..) | Object::SpikeTimes(_) | Object::Electrode(_)) {
            let node = self.node.as_mut().ok_or_else(not_built)?;
            let network = self.changed.as_ref().unwrap_or(self.common.network());
            let part = self.common.plan.layout().part(network, self.rank);
            change::take_over(node, &part, object, &values)?;
        }
        Ok(Vec::new())
    }

    fn get(&mut self, object: Object) -> Result<Vec<u64>> {
        let node = self.node.as_mut().ok_or_else(not_built)?;
        let network = self.changed.as_ref().unwrap_or(self.common.network());
        change::read(node, &self.common.plan.layout().part(network, self.rank), object)
    }

    /// Starts a run.
    pub(crate) fn begin(&mut self, span: Span) -> Result<()> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.guard(|worker| {
            worker.node.as_ref().ok_or_else(not_built)?;
            let watch = Watch::new(worker.common.deadline);
            worker.run = Some(Run { span, start: Instant::now(), watch, turns: 0 });
            worker.exchange.begin(span, &mut *worker.transport)
        })
    }

    /// Goes on with the run until it has to wait. `long`: much time may have passed since the last call.
    pub(crate) fn proceed(&mut self, long: bool) -> Result<Pace> {
        self.guard(|worker| worker.steps(long))
    }

    fn steps(&mut self, long: bool) -> Result<Pace> {
        let (Some(node), Some(run)) = (&mut self.node, &mut self.run) else { return Ok(Pace::Done) };
        let (transport, enough) = (&mut *self.transport, self.exchange.time() + STRETCH);
        let mut pace = Pace::Waits;
        loop {
            match self.exchange.turn(&mut node.recording(&mut self.recorder), transport)? {
                Turn::Stepped => {
                    self.progress.reached(self.rank, self.exchange.time());
                    run.stepped(transport)?;
                    pace = Pace::Stepped;
                    if self.exchange.time() > enough {
                        return Ok(pace);
                    }
                }
                Turn::Waits(wait) if run.watch.is_over(wait, long && pace == Pace::Waits) => {
                    return Err(late(&self.common, &self.progress, run.span, wait));
                }
                Turn::Waits(_) => return Ok(pace),
                Turn::Done => break,
            }
        }
        node.drain(&mut self.recorder);
        self.numbers.run += run.start.elapsed();
        self.numbers.waited += run.watch.total;
        self.run = None;
        Ok(Pace::Done)
    }

    /// Whether it can prepare its next step while it waits.
    pub(crate) fn can_prepare(&self) -> bool {
        self.run.is_some() && self.exchange.can_prepare()
    }

    /// Prepares its next step.
    pub(crate) fn prepare(&mut self) -> Result<()> {
        self.guard(|worker| {
            let node = worker.node.as_mut().ok_or_else(not_built)?;
            worker.exchange.prepare(&mut node.recording(&mut worker.recorder))
        })
    }

    /// One turn of a wait of all ranks of the thread.
    pub(crate) fn pause(&mut self, patience: &mut Patience) -> Result<()> {
        self.transport.pause(patience)
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

impl Run {
    fn stepped(&mut self, transport: &mut dyn Transport) -> Result<()> {
        self.watch.calm();
        self.turns += 1;
        if self.turns.is_multiple_of(LOOK) {
            transport.check()?;
        }
        if self.turns.is_multiple_of(LOOK / 2) {
            transport.sign_of_life();
        }
        Ok(())
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

/// What a panic said.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without words")
}
