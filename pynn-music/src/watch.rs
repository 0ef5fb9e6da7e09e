//! How long a rank has been waiting, and what it says when that is too long.

use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind};

use crate::clock::Span;
use crate::exchange::Wait;
use crate::progress::Progress;
use crate::worker::Common;

/// How often a rank that waits looks at the clock, in turns.
const GLANCE: u32 = 64;

/// How long a rank has been waiting for the same thing.
pub(crate) struct Watch {
    deadline: Duration,
    turns: u32,
    waiting: Option<(Wait, Instant)>,
    pub(crate) total: Duration,
}

impl Watch {
    pub(crate) fn new(deadline: Duration) -> Self {
        Self { deadline, turns: 0, waiting: None, total: Duration::ZERO }
    }

    pub(crate) fn calm(&mut self) {
        self.turns = 0;
        if let Some((_, since)) = self.waiting.take() {
            self.total += since.elapsed();
        }
    }

    /// Notes one more turn of a wait; whether it is over the deadline. `long`: the turn may have taken long.
    pub(crate) fn is_over(&mut self, wait: Wait, long: bool) -> bool {
        self.turns = self.turns.wrapping_add(1);
        if !(long || self.turns.is_multiple_of(GLANCE)) {
            return false;
        }
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

/// The error of a rank that has waited too long. Who is to blame is the rank that holds the thread of the one that is
/// waited for.
pub(crate) fn late(common: &Common, progress: &Progress, span: Span, wait: Wait) -> Error {
    let schedule = common.plan.schedule();
    let name = |rank| common.plan.layout().name(common.network(), rank);
    let held = |rank| match progress.at_work(rank).filter(|&other| other != rank) {
        Some(other) => format!(", whose thread works for {}", name(other)),
        None => String::new(),
    };
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
            format!("waited {seconds} s for {packet}, from {}{}", name(channel.from), held(channel.from))
        }
        Wait::Slot { channel, number } => {
            let (channel, packet) = packet(channel, number);
            format!(
                "waited {seconds} s for {} to make room for {packet}{}",
                name(channel.to),
                held(channel.to)
            )
        }
        Wait::Completion => format!("waited {seconds} s for its last packets to be taken"),
    };
    Error::new(
        ErrorKind::Timeout,
        format!("{text}; it may have stalled: if it is only slow, allow more by PYNN_DEADLINE (in s)"),
    )
}
