//! When packets leave and when they are needed, in integers.

use pynn_core::time::Tick;

/// One run: the stretch of simulated time `(start, end]`. Windows restart at its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Span {
    /// Where the run starts.
    pub start: Tick,
    /// Where the run ends.
    pub end: Tick,
}

impl Span {
    /// The run from `start` to `end`.
    #[must_use]
    pub fn new(start: Tick, end: Tick) -> Self {
        Self { start, end }
    }

    fn length(self) -> i64 {
        (self.end.0 - self.start.0).max(0)
    }
}

/// The rhythm of one channel. Packet `k` (from 1) carries the spikes stamped in `((k-1) window, k window]`
/// after the start of the run; the last one ends with the run and says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// The smallest delay of all connections of the channel.
    pub delay: Tick,
    /// What one packet covers: a multiple of the sender's time step.
    pub window: Tick,
}

impl Rhythm {
    /// The number of packets of a run, the last one included.
    #[must_use]
    pub fn packets(self, span: Span) -> u64 {
        (span.length() as u64).div_ceil(self.window.0 as u64)
    }

    /// The packets that a rank must have taken before it steps to `time`: a spike not yet taken is stamped
    /// after `need * window >= time - delay`, so it is due after `time`.
    #[must_use]
    pub fn need(self, span: Span, time: Tick) -> u64 {
        let uncovered = time.0 - span.start.0 - self.delay.0;
        if uncovered <= 0 {
            return 0;
        }
        (uncovered as u64).div_ceil(self.window.0 as u64).min(self.packets(span))
    }

    /// The latest time to which `taken` packets allow to step: the inverse of [`need`](Self::need).
    #[must_use]
    pub fn reach(self, span: Span, taken: u64) -> Tick {
        if taken >= self.packets(span) {
            return span.end;
        }
        span.start + self.delay + self.window * taken as i64
    }

    /// Where the window of packet `number` ends.
    #[must_use]
    pub fn window_end(self, span: Span, number: u64) -> Tick {
        (span.start + self.window * number as i64).min(span.end)
    }

    /// Slots with which no schedule of the ranks can get stuck: `floor(delay / window)`, and four so that a sender looks
    /// for empty ones only once in a while.
    #[must_use]
    pub fn slots(self) -> usize {
        (self.delay.0 / self.window.0).max(4) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm(delay: i64, window: i64) -> Rhythm {
        Rhythm { delay: Tick(delay), window: Tick(window) }
    }

    #[test]
    fn a_run_that_is_no_multiple_of_the_window_has_a_short_last_packet() {
        let (rhythm, span) = (rhythm(4, 4), Span::new(Tick(10), Tick(20)));
        assert_eq!(rhythm.packets(span), 3);
        assert_eq!(rhythm.window_end(span, 2), Tick(18));
        assert_eq!(rhythm.window_end(span, 3), Tick(20));
    }

    #[test]
    fn an_empty_run_has_no_packets() {
        assert_eq!(rhythm(4, 2).packets(Span::new(Tick(8), Tick(8))), 0);
    }

    #[test]
    fn nothing_is_needed_within_the_first_delay() {
        let (rhythm, span) = (rhythm(4, 2), Span::new(Tick(100), Tick(200)));
        assert_eq!(rhythm.need(span, Tick(104)), 0);
        assert_eq!(rhythm.need(span, Tick(105)), 1);
        assert_eq!(rhythm.need(span, Tick(107)), 2);
    }

    #[test]
    fn reach_is_the_inverse_of_need() {
        let span = Span::new(Tick(7), Tick(61));
        for rhythm in [rhythm(5, 5), rhythm(9, 3), rhythm(24, 2), rhythm(1, 1)] {
            for taken in 0..=rhythm.packets(span) {
                let reach = rhythm.reach(span, taken);
                assert!(rhythm.need(span, reach.min(span.end)) <= taken);
                if reach < span.end {
                    assert_eq!(rhythm.need(span, reach + Tick(1)), taken + 1);
                }
            }
        }
    }
}
