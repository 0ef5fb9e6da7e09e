//! The progress bar of a long run.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use pynn_core::time::Tick;

use crate::clock::Span;

/// Runs shorter than this show no bar.
const SHORT: Duration = Duration::from_secs(1);

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
