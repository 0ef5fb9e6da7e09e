//! The driver's side: commands to all ranks, answers of all ranks, and what to make of silence.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind, Result};

use crate::command::{Answer, Command};
use crate::crew::Crew;
use crate::progress::Progress;
use crate::transport::Failure;
use crate::transport::thread::{Hub, ThreadTransport};
use crate::worker::{Common, Worker};

#[cfg(feature = "mpi")]
mod processes;

#[cfg(feature = "mpi")]
pub(crate) use processes::{launch_leader, serve};

/// How often the driver looks at the clock while it waits.
const GLANCE: Duration = Duration::from_millis(100);
/// How long the others are waited for at most once a rank has failed.
const GRACE: Duration = Duration::from_secs(5);

/// What a rank says to the last command; nothing, if it does not answer any more.
type Message = (usize, Option<Answer>);

/// Judges silence: of the driver about its ranks, of rank 0 about the other processes.
pub(crate) struct Vigil {
    patience: Duration,
    grace: Duration,
    watched: bool,
    pulse: u64,
    since: Instant,
    failed: Option<Instant>,
}

impl Vigil {
    /// Ranks tell of waits that exceed `deadline` themselves: leave them `extra` to do so.
    pub(crate) fn new(deadline: Duration, extra: Duration, watched: bool) -> Self {
        Self {
            patience: deadline.saturating_add(extra),
            grace: deadline.min(GRACE) + extra,
            watched,
            pulse: 0,
            since: Instant::now(),
            failed: None,
        }
    }

    /// A rank failed: the others stop soon, or never.
    pub(crate) fn failure(&mut self) {
        self.failed.get_or_insert_with(Instant::now);
    }

    /// Something happened.
    pub(crate) fn sign(&mut self) {
        self.since = Instant::now();
    }

    /// Whether to give up on those who have not answered; `pulse` changes whenever something happens.
    pub(crate) fn is_over(&mut self, pulse: u64) -> bool {
        if pulse != self.pulse {
            (self.pulse, self.since) = (pulse, Instant::now());
        }
        self.failed.is_some_and(|since| since.elapsed() > self.grace)
            || (self.watched && self.since.elapsed() > self.patience)
    }
}

/// A thread and the ranks that it works for.
struct Member {
    ranks: Vec<usize>,
    commands: Sender<Command>,
    thread: JoinHandle<()>,
}

impl Member {
    fn start(
        ranks: Vec<usize>,
        common: &Common,
        hub: &Arc<Hub>,
        progress: &Arc<Progress>,
        answers: &Sender<Message>,
    ) -> Result<Self> {
        let name = match ranks[..] {
            [rank] => common.plan.layout().name(common.network(), rank),
            _ => format!("ranks {ranks:?}"),
        };
        let (commands, inbox) = channel();
        let work = {
            let (ranks, common, hub) = (ranks.clone(), common.clone(), hub.clone());
            let (progress, answers) = (progress.clone(), answers.clone());
            move || {
                let worker = |rank| {
                    let transport = Box::new(ThreadTransport::new(hub.clone(), rank));
                    Worker::new(common.clone(), rank, transport, progress.clone())
                };
                obey(&mut Crew::new(ranks.into_iter().map(worker).collect()), &inbox, &answers);
            }
        };
        let (all, answers) = (ranks.clone(), answers.clone());
        // A driver that is gone need not know.
        let lost = move || all.into_iter().for_each(|rank| drop(answers.send((rank, None))));
        Ok(Self { ranks, commands, thread: spawn(name, work, lost)? })
    }

    fn is_lost(&self, lost: &[bool]) -> bool {
        self.ranks.iter().any(|&rank| lost[rank])
    }

    /// Who does not answer keeps the others of its thread from doing so.
    fn lose(&self, lost: &mut [bool]) {
        self.ranks.iter().for_each(|&rank| lost[rank] = true);
    }
}

/// All ranks, as the driver sees them.
pub(crate) struct Team {
    /// The threads of this process; under MPI that of rank 0, which passes commands on.
    members: Vec<Member>,
    answers: Receiver<Message>,
    /// Ranks that do not answer any more.
    lost: Vec<bool>,
    progress: Arc<Progress>,
    common: Common,
    hub: Option<Arc<Hub>>,
    extra: Duration,
    failed: bool,
}

impl Team {
    /// Ranks on threads of this process: `threads` has the number of each rank's.
    pub(crate) fn threads(common: &Common, threads: &[usize]) -> Result<Self> {
        let hub = Hub::on_threads(common.plan.schedule(), threads.to_vec());
        let progress = Arc::new(Progress::new(threads.iter().copied()));
        let (answer, answers) = channel();
        let count = threads.iter().max().map_or(0, |last| last + 1);
        let member = |thread| {
            let ranks = (0..threads.len()).filter(|&rank| threads[rank] == thread).collect();
            Member::start(ranks, common, &hub, &progress, &answer)
        };
        Ok(Self {
            members: (0..count).map(member).collect::<Result<_>>()?,
            answers,
            lost: vec![false; threads.len()],
            progress,
            common: common.clone(),
            hub: Some(hub),
            extra: Duration::from_millis(500),
            failed: false,
        })
    }

    /// The ranks of this process.
    pub(crate) fn here(&self) -> std::ops::Range<usize> {
        0..self.members.iter().map(|member| member.ranks.len()).sum()
    }

    /// How far the ranks of this process are.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Commands all ranks and waits for their answers; `None` from those that do not answer any more.
    pub(crate) fn ask(
        &mut self,
        command: Command,
        mut meanwhile: impl FnMut(&Progress),
    ) -> Vec<Option<Answer>> {
        let mut answers: Vec<Option<Answer>> = self.lost.iter().map(|_| None).collect();
        let mut vigil = Vigil::new(self.common.deadline, self.extra, command.is_watched());
        for member in &self.members {
            if !member.is_lost(&self.lost) && member.commands.send(command.clone()).is_err() {
                member.lose(&mut self.lost);
            }
        }
        while let Some(silent) = (0..answers.len()).find(|&rank| answers[rank].is_none() && !self.lost[rank])
        {
            match self.answers.recv_timeout(GLANCE) {
                // A rank that was given up may still answer what was asked long ago.
                Ok((rank, _)) if self.lost[rank] => {}
                Ok((rank, answer)) => {
                    match &answer {
                        Some(Ok(_)) => {}
                        Some(Err(_)) => vigil.failure(),
                        None => self.lost[rank] = true,
                    }
                    answers[rank] = answer;
                    vigil.sign();
                }
                Err(RecvTimeoutError::Timeout) if vigil.is_over(self.progress.pulse()) => {
                    self.give_up(silent, &mut answers);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.lost.fill(true),
            }
            meanwhile(&self.progress);
        }
        self.failed |= answers.iter().any(|answer| !matches!(answer, Some(Ok(_))));
        answers
    }

    /// Stops to wait for all that have not answered; if no other rank knows why, the reason is the first of them that is
    /// at work, or else `first`.
    fn give_up(&mut self, first: usize, answers: &mut [Option<Answer>]) {
        for (lost, answer) in self.lost.iter_mut().zip(&*answers) {
            *lost |= answer.is_none();
        }
        let mut unanswered = (first..answers.len()).filter(|&rank| answers[rank].is_none());
        let first = unanswered.find_map(|rank| self.progress.at_work(rank)).unwrap_or(first);
        for member in &self.members {
            if member.is_lost(&self.lost) {
                member.lose(&mut self.lost);
            }
        }
        if answers.iter().any(|answer| matches!(answer, Some(Err(_)))) {
            return;
        }
        let error = silent(&self.common, first, Some(&self.progress));
        if let Some(hub) = &self.hub {
            hub.poison(&Failure { rank: first, kind: error.kind(), message: error.message().to_owned() });
        }
        answers[first] = Some(Err(error));
    }

    /// Commands all ranks; an error of any is an error.
    pub(crate) fn order(
        &mut self,
        command: Command,
        meanwhile: impl FnMut(&Progress),
    ) -> Result<Vec<Vec<u64>>> {
        let answers = self.ask(command, meanwhile);
        let mut errors = answers.iter().filter_map(|answer| answer.as_ref()?.as_ref().err());
        // Of several, the one that is not about silence is the cause.
        let cause = errors.clone().find(|error| error.kind() != ErrorKind::Timeout).or(errors.next());
        match cause {
            Some(error) => Err(error.clone()),
            None => {
                let gone = || Error::new(ErrorKind::PeerFailed, "a rank has ended before its time");
                answers.into_iter().map(|answer| answer.ok_or_else(gone)?).collect()
            }
        }
    }

    /// Asks all ranks for data; what ranks that are lost recorded is missing.
    pub(crate) fn gather(&mut self, command: Command) -> Result<Vec<Option<Vec<u64>>>> {
        self.ask(command, |_| {}).into_iter().map(Option::transpose).collect()
    }

    /// Ends all ranks, but for those that do not answer any more. Idempotent.
    pub(crate) fn end(&mut self) {
        for member in &self.members {
            // A thread that is gone needs no command.
            let _ = member.commands.send(Command::End { failed: self.failed });
        }
        for member in self.members.drain(..).filter(|member| !member.is_lost(&self.lost)) {
            // It catches its own panics.
            let _ = member.thread.join();
        }
    }
}

/// A rank that says nothing any more.
pub(crate) fn silent(common: &Common, rank: usize, progress: Option<&Progress>) -> Error {
    let name = common.plan.layout().name(common.network(), rank);
    let seconds = common.deadline.as_secs_f64();
    let at = progress.map(|progress| format!(" at {}", progress.time(rank))).unwrap_or_default();
    Error::new(
        ErrorKind::Timeout,
        format!(
            "{name}: no progress for {seconds} s{at}; it may have stalled: if it is only slow, allow more by \
             PYNN_DEADLINE (in s)"
        ),
    )
}

/// Obeys commands until the end, or until the driver is gone.
fn obey(crew: &mut Crew, inbox: &Receiver<Command>, answers: &Sender<Message>) {
    while let Ok(command) = inbox.recv() {
        if matches!(command, Command::End { .. }) {
            return;
        }
        // A driver that is gone is noticed with the next command.
        crew.execute(&command, &mut |rank, answer| drop(answers.send((rank, Some(answer)))));
    }
}

/// Starts a thread; should it panic, `lost` tells.
fn spawn(
    name: String,
    work: impl FnOnce() + Send + 'static,
    lost: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>> {
    let caught = move || {
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
            lost();
        }
    };
    std::thread::Builder::new().name(name.clone()).spawn(caught).map_err(|error| {
        Error::new(ErrorKind::Placement, format!("{name}: cannot start its thread: {error}"))
    })
}
