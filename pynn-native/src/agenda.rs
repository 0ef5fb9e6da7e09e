//! What arrives in the coming steps.

use std::collections::VecDeque;

/// Synapses of one source, of one delay or of some that follow each other: those numbered from `start` to before `end` of
/// table number `table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) table: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// Segments by the step in which the first of their synapses act. A spike is looked up once, when it is heard of: the segments of a
/// step are then in one place, and none of them is empty.
#[derive(Debug)]
pub(crate) struct Agenda {
    /// The step of the first list.
    next: u32,
    steps: VecDeque<Vec<Segment>>,
}

impl Agenda {
    /// Nothing, from step `next` on.
    pub(crate) fn new(next: u32) -> Self {
        Self { next, steps: VecDeque::from([Vec::new()]) }
    }

    /// The step of [`next`](Self::next).
    pub(crate) fn step(&self) -> u32 {
        self.next
    }

    /// Adds what acts from `step` on and says so, unless that has been.
    #[inline]
    #[must_use]
    pub(crate) fn add(&mut self, step: u32, segment: Segment) -> bool {
        let Some(ahead) = step.checked_sub(self.next) else { return false };
        let ahead = ahead as usize;
        if ahead >= self.steps.len() {
            self.steps.resize_with(ahead + 1, Vec::new);
        }
        self.steps[ahead].push(segment);
        true
    }

    /// What acts in the next step.
    #[inline]
    pub(crate) fn next(&mut self) -> &mut Vec<Segment> {
        &mut self.steps[0]
    }

    /// Goes on by one step.
    #[inline]
    pub(crate) fn rotate(&mut self) {
        self.next += 1;
        self.steps.rotate_left(1);
        if let Some(last) = self.steps.back_mut() {
            last.clear();
        }
    }

    /// Forgets all: the next step is step 1.
    pub(crate) fn reset(&mut self) {
        self.next = 1;
        self.steps.iter_mut().for_each(Vec::clear);
    }

    pub(crate) fn bytes(&self) -> usize {
        self.steps.iter().map(|step| step.capacity() * size_of::<Segment>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_come_up_in_their_step_and_those_of_the_past_do_not() {
        let segment = |table| Segment { table, start: 0, end: 1 };
        let mut agenda = Agenda::new(5);
        for (step, table) in [(5, 0), (4, 1), (9, 2), (6, 3), (9, 4)] {
            assert_eq!(agenda.add(step, segment(table)), step != 4);
        }
        let mut found = Vec::new();
        for step in 5..12 {
            found.extend(agenda.next().iter().map(|segment| (step, segment.table)));
            agenda.rotate();
        }
        assert_eq!(found, [(5, 0), (6, 3), (9, 2), (9, 4)]);
        agenda.reset();
        assert!(agenda.add(1, segment(7)));
        assert_eq!(*agenda.next(), [segment(7)]);
    }
}
