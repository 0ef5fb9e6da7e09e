//! No transport at all: the run played with tokens instead of spikes, to see before the first step that it ends.

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::time::Tick;

use crate::clock::Span;
use crate::schedule::Schedule;

/// What a run would send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rehearsal {
    /// Steps of all ranks.
    pub steps: u64,
    /// Packets of all channels.
    pub packets: u64,
}

/// Plays `span` with every packet empty. The protocol is a marked graph, so the order in which ranks fire does not
/// matter: what ends here ends in every real run, and what gets stuck here gets stuck always.
///
/// # Errors
/// When ranks wait for each other in a circle; the text lists them with their channels and projections.
pub fn rehearse(schedule: &Schedule, span: Span) -> Result<Rehearsal> {
    let mut game = Game::new(schedule, span);
    let mut queue: Vec<usize> = (0..schedule.ranks()).collect();
    while let Some(rank) = queue.pop() {
        while game.fire(rank, &mut queue) {}
    }
    if (0..schedule.ranks()).all(|rank| game.finished(rank)) { Ok(game.played) } else { Err(game.stuck()) }
}

struct Game<'a> {
    schedule: &'a Schedule,
    span: Span,
    time: Vec<Tick>,
    sent: Vec<u64>,
    taken: Vec<u64>,
    played: Rehearsal,
}

impl<'a> Game<'a> {
    fn new(schedule: &'a Schedule, span: Span) -> Self {
        let channels = schedule.channels().len();
        Self {
            schedule,
            span,
            time: vec![span.start; schedule.ranks()],
            sent: vec![0; channels],
            taken: vec![0; channels],
            played: Rehearsal::default(),
        }
    }

    /// Sends, takes or steps once, if `rank` can; wakes the ranks that this may concern.
    fn fire(&mut self, rank: usize, queue: &mut Vec<usize>) -> bool {
        let mut moved = false;
        for &id in self.schedule.outgoing(rank) {
            let channel = &self.schedule.channels()[id];
            if self.due(id) && self.sent[id] - self.taken[id] < channel.slots as u64 {
                self.sent[id] += 1;
                self.played.packets += 1;
                queue.push(channel.to);
                moved = true;
            }
        }
        let goal = self.goal(rank);
        for &id in self.schedule.incoming(rank) {
            if self.taken[id] < self.target(id, rank, goal) && self.taken[id] < self.sent[id] {
                self.taken[id] += 1;
                queue.push(self.schedule.channels()[id].from);
                moved = true;
            }
        }
        if self.may_step(rank) {
            self.time[rank] = goal;
            self.played.steps += 1;
            moved = true;
        }
        moved
    }

    /// Whether a packet of the channel is complete and not yet sent.
    fn due(&self, id: usize) -> bool {
        let channel = &self.schedule.channels()[id];
        self.sent[id] < channel.rhythm.packets(self.span)
            && channel.rhythm.window_end(self.span, self.sent[id] + 1) <= self.time[channel.from]
    }

    fn goal(&self, rank: usize) -> Tick {
        (self.time[rank] + self.schedule.step(rank)).min(self.span.end)
    }

    /// The packets to take before the step to `goal`, or all of them after the last step.
    fn target(&self, id: usize, rank: usize, goal: Tick) -> u64 {
        let rhythm = self.schedule.channels()[id].rhythm;
        if self.time[rank] == self.span.end {
            rhythm.packets(self.span)
        } else {
            rhythm.need(self.span, goal)
        }
    }

    fn may_step(&self, rank: usize) -> bool {
        let goal = self.goal(rank);
        self.time[rank] < self.span.end
            && !self.schedule.outgoing(rank).iter().any(|&id| self.due(id))
            && self.schedule.incoming(rank).iter().all(|&id| self.taken[id] >= self.target(id, rank, goal))
    }

    fn finished(&self, rank: usize) -> bool {
        self.time[rank] == self.span.end
            && !self.schedule.outgoing(rank).iter().any(|&id| self.due(id))
            && self
                .schedule
                .incoming(rank)
                .iter()
                .all(|&id| self.taken[id] >= self.target(id, rank, self.span.end))
    }

    fn stuck(&self) -> Error {
        let mut message = String::from("ranks would wait for each other for ever:");
        for rank in (0..self.schedule.ranks()).filter(|&rank| !self.finished(rank)) {
            let goal = self.goal(rank);
            for &id in self.schedule.outgoing(rank).iter().filter(|&&id| self.due(id)) {
                let channel = &self.schedule.channels()[id];
                message.push_str(&format!(
                    "\n  - rank {rank} at {} waits for a free slot of {channel}, delay {}",
                    self.time[rank], channel.rhythm.delay
                ));
            }
            let lacks = |id: usize| self.taken[id] < self.target(id, rank, goal);
            for &id in self.schedule.incoming(rank).iter().filter(|&&id| lacks(id)) {
                let channel = &self.schedule.channels()[id];
                message.push_str(&format!(
                    "\n  - rank {rank} at {} waits for packet {} of {channel}, delay {}, window {}",
                    self.time[rank],
                    self.taken[id] + 1,
                    channel.rhythm.delay,
                    channel.rhythm.window
                ));
            }
        }
        Error::new(ErrorKind::Placement, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Rhythm;
    use crate::schedule::{Channel, Link};

    fn link(from: usize, to: usize, delay: i64) -> Link {
        Link { from, to, delay: Tick(delay), projection: format!("p{from}{to}") }
    }

    #[test]
    fn plain_windows_end() {
        let links = [link(0, 1, 4), link(1, 0, 4), link(1, 2, 2), link(2, 2, 7)];
        let schedule = Schedule::new(vec![Tick(2), Tick(1), Tick(1)], links, None).unwrap();
        let played = rehearse(&schedule, Span::new(Tick(10), Tick(30))).unwrap();
        assert_eq!(played.steps, 10 + 20 + 20);
    }

    #[test]
    fn windows_longer_than_the_delays_of_a_loop_are_reported_with_their_projections() {
        let channel = |from, to| Channel {
            from,
            to,
            rhythm: Rhythm { delay: Tick(2), window: Tick(4) },
            slots: 2,
            projections: vec![format!("p{from}{to}")],
        };
        let schedule = Schedule::from_channels(vec![Tick(1); 2], vec![channel(0, 1), channel(1, 0)]);
        let error = rehearse(&schedule, Span::new(Tick(0), Tick(40))).unwrap_err();
        for part in ["rank 0", "rank 1", "p01", "p10", "packet 1"] {
            assert!(error.message().contains(part), "{error}");
        }
    }
}
