//! The ranks of one thread. Each goes as far as it can, then the next; the thread waits when none can do anything.

use pynn_core::error::{Error, Result};

use crate::clock::Span;
use crate::command::{Answer, Command};
use crate::transport::Patience;
use crate::worker::{Pace, Worker};

/// The ranks of one thread.
pub(crate) struct Crew {
    workers: Vec<Worker>,
}

impl Crew {
    /// At least one rank.
    pub(crate) fn new(workers: Vec<Worker>) -> Self {
        Self { workers }
    }

    /// Does what `command` says with all ranks; `answer` gets each one's answer.
    pub(crate) fn execute(&mut self, command: &Command, answer: &mut dyn FnMut(usize, Answer)) {
        if let Command::Run(span) = command {
            return self.run(*span, answer);
        }
        for worker in &mut self.workers {
            answer(worker.rank(), worker.execute(command));
        }
    }

    fn run(&mut self, span: Span, answer: &mut dyn FnMut(usize, Answer)) {
        let mut shift = Shift { running: Vec::new(), worked: false, failure: None, answer };
        for worker in &mut self.workers {
            match worker.begin(span) {
                Ok(()) => shift.running.push(worker),
                Err(error) => shift.fails(worker.rank(), error),
            }
        }
        let mut patience = Patience::default();
        while !shift.running.is_empty() {
            shift.round(patience.slept());
            shift.rest(&mut patience);
        }
    }

    /// Stops all other ranks in the name of one that does not answer any more.
    #[cfg(feature = "mpi")]
    pub(crate) fn stop_others(&mut self, rank: usize, error: &Error) {
        if let Some(worker) = self.workers.first_mut() {
            worker.stop_others(rank, error);
        }
    }
}

/// A run of the ranks of one thread.
struct Shift<'a> {
    running: Vec<&'a mut Worker>,
    /// Whether any of them did something in the last round.
    worked: bool,
    failure: Option<Error>,
    answer: &'a mut dyn FnMut(usize, Answer),
}

impl Shift<'_> {
    /// Lets each rank go as far as it can, after the thread has `slept` perhaps.
    fn round(&mut self, slept: bool) {
        let mut running = std::mem::take(&mut self.running);
        let shared = running.len() > 1;
        let before = std::mem::take(&mut self.worked);
        running.retain_mut(|worker| {
            if self.failure.is_some() {
                return true;
            }
            // The simulators of the others may have taken long.
            let pace = worker.proceed(slept || (shared && (before || self.worked)));
            self.worked |= pace != Ok(Pace::Waits);
            match pace {
                Ok(Pace::Waits | Pace::Stepped) => return true,
                Ok(Pace::Done) => (self.answer)(worker.rank(), Ok(Vec::new())),
                Err(error) => self.fails(worker.rank(), error),
            }
            false
        });
        self.running = running;
    }

    /// Prepares or waits if no rank could do anything, and stops all if one has failed.
    fn rest(&mut self, patience: &mut Patience) {
        if self.worked {
            patience.reset();
        } else if let Err(error) = self.prepare_or_pause(patience) {
            self.failure.get_or_insert(error);
        }
        if let Some(error) = &self.failure {
            for worker in self.running.drain(..) {
                let error = worker.stop(error.clone());
                (self.answer)(worker.rank(), Err(error));
            }
        }
    }

    /// Lets one rank prepare its next step: only now, since others wait for the spikes of all. Or waits, when all are
    /// prepared.
    fn prepare_or_pause(&mut self, patience: &mut Patience) -> Result<()> {
        match self.running.iter_mut().find(|worker| worker.can_prepare()) {
            Some(worker) => worker.prepare(),
            None => self.running.first_mut().map_or(Ok(()), |first| first.pause(patience)),
        }
    }

    fn fails(&mut self, rank: usize, error: Error) {
        self.failure.get_or_insert_with(|| error.clone());
        (self.answer)(rank, Err(error));
    }
}
