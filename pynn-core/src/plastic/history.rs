//! Which cells of a population fired in which of the last steps.

use std::collections::VecDeque;

/// Spikes of one population of sources, by step, as far back as its longest delay; ahead as far as they are known.
#[derive(Debug)]
pub struct History {
    /// Rows that fired, by step; the first is step `oldest`.
    steps: VecDeque<Vec<u32>>,
    /// The steps in which any fired, ascending.
    spiking: VecDeque<i64>,
    oldest: i64,
    longest: u32,
}

impl History {
    /// A history of `longest` steps before step 1.
    pub fn new(longest: u32) -> Self {
        let steps = (0..=longest).map(|_| Vec::new()).collect();
        Self { steps, spiking: VecDeque::new(), oldest: 1 - i64::from(longest), longest }
    }

    /// How many steps it goes back.
    #[must_use]
    pub fn longest(&self) -> u32 {
        self.longest
    }

    /// Forgets everything: the next step is step 1.
    pub fn reset(&mut self) {
        self.steps.iter_mut().for_each(Vec::clear);
        self.spiking.clear();
        self.oldest = 1 - i64::from(self.longest);
    }

    /// Adds a spike. One too old for any delay is dropped: whoever adds it has checked that it acts no more.
    #[inline]
    pub fn push(&mut self, step: u32, row: u32) {
        let Ok(at) = usize::try_from(i64::from(step) - self.oldest) else { return };
        while self.steps.len() <= at {
            self.steps.push_back(Vec::new());
        }
        if self.steps[at].is_empty() {
            let step = i64::from(step);
            match self.spiking.back() {
                Some(last) if *last > step => {
                    self.spiking.insert(self.spiking.partition_point(|other| *other < step), step);
                }
                _ => self.spiking.push_back(step),
            }
        }
        self.steps[at].push(row);
    }

    /// In how many of the steps that it knows any fired.
    #[inline]
    #[must_use]
    pub fn spiking(&self) -> usize {
        self.spiking.len()
    }

    /// The rows that fired before `step`, by step, for the steps in which any did.
    #[inline]
    pub fn before(&self, step: i64) -> impl Iterator<Item = (i64, &[u32])> {
        let past = self.spiking.iter().take_while(move |fired| **fired < step);
        past.map(|&fired| (fired, self.at(fired)))
    }

    /// The rows that fired in `step`.
    #[inline]
    pub fn at(&self, step: i64) -> &[u32] {
        usize::try_from(step - self.oldest).ok().and_then(|at| self.steps.get(at)).map_or(&[], Vec::as_slice)
    }

    /// Forgets the oldest step.
    pub fn rotate(&mut self) {
        if self.spiking.front() == Some(&self.oldest) {
            self.spiking.pop_front();
        }
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

    #[test]
    fn steps_without_spikes_are_passed_over() {
        let mut history = History::new(3);
        for (step, row) in [(4, 0), (1, 1), (4, 2), (3, 3), (1, 4)] {
            history.push(step, row);
        }
        let before = |history: &History, step| {
            history.before(step).map(|(step, rows)| (step, rows.to_vec())).collect::<Vec<_>>()
        };
        assert_eq!(before(&history, 4), [(1, vec![1, 4]), (3, vec![3])]);
        assert_eq!(history.spiking(), 3);
        (0..4).for_each(|_| history.rotate());
        assert_eq!(before(&history, 9), [(3, vec![3]), (4, vec![0, 2])]);
        history.reset();
        assert_eq!((history.spiking(), before(&history, 9)), (0, Vec::new()));
    }
}
