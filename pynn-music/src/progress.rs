//! How far ranks are, as the driver sees it, and the progress bar of a long run.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use pynn_core::time::Tick;

use crate::clock::Span;
use crate::cores::Padded;

/// Runs shorter than this show no bar.
const SHORT: Duration = Duration::from_secs(1);

/// What the driver can see of the ranks of its process without asking.
#[derive(Debug)]
pub(crate) struct Progress {
    ranks: Vec<Padded<Sign>>,
    signs: AtomicU64,
}

/// What a rank shows.
#[derive(Debug)]
struct Sign {
    thread: usize,
    time: AtomicI64,
    works: AtomicBool,
}

impl Progress {
    /// For ranks on the threads of these numbers.
    pub(crate) fn new(threads: impl IntoIterator<Item = usize>) -> Self {
        let sign = |thread| Padded(Sign { thread, time: AtomicI64::new(0), works: AtomicBool::new(false) });
        Self { ranks: threads.into_iter().map(sign).collect(), signs: AtomicU64::new(0) }
    }

    fn of(&self, rank: usize) -> Option<&Sign> {
        self.ranks.get(rank).map(|padded| &padded.0)
    }

    pub(crate) fn reached(&self, rank: usize, time: Tick) {
        if let Some(own) = self.of(rank) {
            own.time.store(time.0, Ordering::Relaxed);
        }
    }

    pub(crate) fn time(&self, rank: usize) -> Tick {
        Tick(self.of(rank).map_or(0, |sign| sign.time.load(Ordering::Relaxed)))
    }

    /// Notes that the thread of `rank` works for it, or does no longer.
    pub(crate) fn works(&self, rank: usize, works: bool) {
        if let Some(own) = self.of(rank) {
            own.works.store(works, Ordering::Relaxed);
        }
    }

    /// The rank for which the thread of `rank` works.
    pub(crate) fn at_work(&self, rank: usize) -> Option<usize> {
        let thread = self.of(rank)?.thread;
        let works = |sign: &Padded<Sign>| sign.0.thread == thread && sign.0.works.load(Ordering::Relaxed);
        self.ranks.iter().position(works)
    }

    /// Notes that something happened.
    #[cfg(feature = "mpi")]
    pub(crate) fn sign(&self) {
        self.signs.fetch_add(1, Ordering::Relaxed);
    }

    /// A number that changes when something happens.
    pub(crate) fn pulse(&self) -> u64 {
        let times = self.ranks.iter().map(|sign| sign.0.time.load(Ordering::Relaxed) as u64);
        times.fold(self.signs.load(Ordering::Relaxed), u64::wrapping_add)
    }
}

/// A bar on the standard error stream, if that is a terminal and the run is long.
pub(crate) struct Bar {
    span: Span,
    start: Instant,
    wanted: bool,
    bar: Option<ProgressBar>,
}

impl Bar {
    pub(crate) fn new(span: Span, wanted: bool) -> Self {
        let wanted = wanted && std::io::stderr().is_terminal();
        Self { span, start: Instant::now(), wanted, bar: None }
    }

    /// Shows that the simulation is at `time`.
    pub(crate) fn show(&mut self, time: Tick) {
        if !self.wanted || self.start.elapsed() < SHORT {
            return;
        }
        let span = self.span;
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{wide_bar} {msg} {eta:>4}");
            let length = (span.end - span.start).0.unsigned_abs();
            ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_message(format!("{:.1} of {}", time.ms(), span.end));
        bar.set_position((time - span.start).0.max(0).unsigned_abs());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
