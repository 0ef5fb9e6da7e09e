//! Which cells of a population fired in which of the last steps.

use std::collections::VecDeque;

/// Spikes of one population of sources, by step, as far back as its longest delay; ahead as far as they are known.
#[derive(Debug)]
pub struct History {
    /// Rows that fired, by step; the first is step `oldest`.
    steps: VecDeque<Vec<u32>>,
    oldest: i64,
    longest: u32,
}

impl History {
    /// A history of `longest` steps before step 1.
    pub fn new(longest: u32) -> Self {
        let steps = (0..=longest).map(|_| Vec::new()).collect();
        Self { steps, oldest: 1 - i64::from(longest), longest }
    }

    /// How many steps it goes back.
    #[must_use]
    pub fn longest(&self) -> u32 {
        self.longest
    }

    /// Forgets everything: the next step is step 1.
    pub fn reset(&mut self) {
        self.steps.iter_mut().for_each(Vec::clear);
        self.oldest = 1 - i64::from(self.longest);
    }

    /// Adds a spike. One too old for any delay is dropped: whoever adds it has checked that it acts no more.
    #[inline]
    pub fn push(&mut self, step: u32, row: u32) {
        let Ok(at) = usize::try_from(i64::from(step) - self.oldest) else { return };
        while self.steps.len() <= at {
            self.steps.push_back(Vec::new());
        }
        self.steps[at].push(row);
    }

    /// The rows that fired in `step`.
    #[inline]
    pub fn at(&self, step: i64) -> &[u32] {
        usize::try_from(step - self.oldest).ok().and_then(|at| self.steps.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Forgets the oldest step.
    pub fn rotate(&mut self) {
        if let Some(mut step) = self.steps.pop_front() {
            step.clear();
            self.steps.push_back(step);
            self.oldest += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_are_found_until_the_longest_delay_has_passed() {
        let mut history = History::new(2);
        history.push(1, 7);
        history.push(5, 8);
        assert_eq!(
            (history.at(1), history.at(5), history.at(-1), history.at(9)),
            (&[7][..], &[8][..], &[][..], &[][..])
        );
        history.rotate();
        history.rotate();
        assert_eq!(history.at(1), [7]);
        history.rotate();
        assert!(history.at(1).is_empty());
        assert_eq!(history.at(5), [8]);
        history.reset();
        assert!(history.at(5).is_empty());
    }
}
