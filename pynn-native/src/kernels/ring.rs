//! What arrives in the coming steps.

use super::deliver::zeros;

/// As many bytes may a ring of several steps have: it shares the second-level cache with the state of the cells.
const BYTES: usize = 1 << 18;
/// Fewer steps cost the caches more than they save.
const FEWEST: usize = 4;
const MOST: usize = 64;

/// How many slots a ring has for a step, and for how many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Slots of a step: one for each receptor of each cell.
    pub slots: usize,
    /// Steps.
    pub steps: usize,
}

impl Shape {
    /// For the next step alone.
    pub fn of_a_step(slots: usize) -> Self {
        Self { slots, steps: 1 }
    }

    /// For as many steps as the caches keep at hand, or for the next alone if these are but a few.
    pub fn of_steps(slots: usize) -> Self {
        let steps = (BYTES / size_of::<i64>()).checked_div(slots).unwrap_or(0).min(MOST);
        Self { slots, steps: if steps < FEWEST { 1 } else { steps } }
    }
}

/// Sums of what arrives at the ends of the next steps, in multiples of a quantum: a block of slots a step.
#[derive(Debug)]
pub struct Ring {
    sums: Vec<i64>,
    shape: Shape,
    /// Where the block of the next step starts.
    first: usize,
}

impl Ring {
    /// Nothing arrives.
    ///
    /// # Panics
    /// When there are more sums than can be numbered.
    pub fn new(shape: Shape) -> Self {
        let sums = shape.slots.checked_mul(shape.steps).expect("fewer sums than bytes of memory");
        Self { sums: zeros(sums), shape, first: 0 }
    }

    /// How many slots there are for a step, and how many steps.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// What arrives at the end of the next step.
    #[inline]
    pub fn next_step(&mut self) -> &mut [i64] {
        &mut self.sums[self.first..self.first + self.shape.slots]
    }

    /// All sums, and where the block of the next step starts; it is followed by that of the step after, at the end of
    /// all by the first.
    #[inline]
    pub fn blocks(&mut self) -> (&mut [i64], usize) {
        (&mut self.sums, self.first)
    }

    /// Goes on by one step, whose sums have been taken.
    #[inline]
    pub fn rotate(&mut self) {
        self.first += self.shape.slots;
        if self.first == self.sums.len() {
            self.first = 0;
        }
    }

    /// Adds `weight` to `slot` of a step: of number 0 is the next.
    ///
    /// # Panics
    /// When there is no such step, or no such slot.
    pub fn add(&mut self, step: usize, slot: usize, weight: i32) {
        let Shape { slots, steps } = self.shape;
        assert!(step < steps && slot < slots, "step {step}, slot {slot} of {:?}", self.shape);
        let place = (self.first + step * slots + slot) % self.sums.len();
        self.sums[place] += i64::from(weight);
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.sums.fill(0);
        self.first = 0;
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        size_of_val(self.sums.as_slice())
    }
}
