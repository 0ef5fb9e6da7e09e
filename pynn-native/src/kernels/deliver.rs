//! Adding the weights of arriving spikes to the inputs of cells.
//!
//! Inputs are sums of integers, multiples of a quantum, so they are exact and the order of arrival does not matter.
//! [`collect`] turns them into numbers once a step.

use std::ops::Range;

use super::{Input, pages, vectorised};

/// `count` zeros, on huge pages where the system gives them to those who ask.
pub fn zeros<T: Copy + Default>(count: usize) -> Vec<T> {
    let column = vec![T::default(); count];
    pages::ask(&column);
    column
}

/// Slots of synapses, relative to the first that any can have; two bytes each where that is enough.
#[derive(Debug)]
pub struct Targets {
    slots: Slots,
    /// All slots are within.
    range: Range<usize>,
}

#[derive(Debug)]
enum Slots {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Targets {
    /// `count` synapses that end on slots in `range`; all on the first so far.
    ///
    /// # Panics
    /// When there are synapses and no slots.
    pub fn new(count: usize, range: Range<usize>) -> Self {
        assert!(count == 0 || !range.is_empty(), "{count} synapses end nowhere");
        let narrow = range.len() <= 1 << 16;
        let slots = if narrow { Slots::Narrow(zeros(count)) } else { Slots::Wide(zeros(count)) };
        Self { slots, range }
    }

    /// Lets each of `synapses` end on `slot`.
    ///
    /// # Panics
    /// When there is no such synapse, or no such slot.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "checked against the range")]
    pub fn place(&mut self, slot: u32, synapses: impl Iterator<Item = usize>) {
        assert!(self.range.contains(&(slot as usize)), "slot {slot} is not in {:?}", self.range);
        let slot = slot - self.range.start as u32;
        match &mut self.slots {
            Slots::Narrow(slots) => synapses.for_each(|synapse| slots[synapse] = slot as u16),
            Slots::Wide(slots) => synapses.for_each(|synapse| slots[synapse] = slot),
        }
    }

    /// Lets synapses, given by number, end on slots.
    ///
    /// # Panics
    /// When there is no such synapse, or no such slot.
    #[inline]
    pub fn place_each(&mut self, synapses: impl Iterator<Item = (usize, u32)>) {
        let range = self.range.clone();
        let synapses = synapses.map(|(synapse, slot)| {
            assert!(range.contains(&(slot as usize)), "slot {slot} is not in {range:?}");
            (synapse, slot as usize - range.start)
        });
        match &mut self.slots {
            Slots::Narrow(slots) => synapses.for_each(|(synapse, slot)| slots[synapse] = slot as u16),
            Slots::Wide(slots) => synapses.for_each(|(synapse, slot)| slots[synapse] = slot as u32),
        }
    }

    /// How many synapses.
    pub fn len(&self) -> usize {
        match &self.slots {
            Slots::Narrow(slots) => slots.len(),
            Slots::Wide(slots) => slots.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        match &self.slots {
            Slots::Narrow(slots) => size_of_val(slots.as_slice()),
            Slots::Wide(slots) => size_of_val(slots.as_slice()),
        }
    }

    /// Adds `weight` to the input of each of `synapses`.
    #[inline]
    pub fn add_same(&self, synapses: Range<usize>, weight: i32, inputs: &mut [i64]) {
        let inputs = &mut inputs[self.range.clone()];
        match &self.slots {
            Slots::Narrow(slots) => add_same(&slots[synapses], weight, inputs),
            Slots::Wide(slots) => add_same(&slots[synapses], weight, inputs),
        }
    }

    /// Adds to the input of each of `synapses` its own weight.
    #[inline]
    pub fn add_each(&self, synapses: Range<usize>, weights: &[i32], inputs: &mut [i64]) {
        let (weights, inputs) = (&weights[synapses.clone()], &mut inputs[self.range.clone()]);
        match &self.slots {
            Slots::Narrow(slots) => add_each(&slots[synapses], weights, inputs),
            Slots::Wide(slots) => add_each(&slots[synapses], weights, inputs),
        }
    }

    /// Asks the caches for `synapses`.
    #[inline]
    pub fn prefetch(&self, synapses: Range<usize>) {
        match &self.slots {
            Slots::Narrow(slots) => prefetch(&slots[synapses]),
            Slots::Wide(slots) => prefetch(&slots[synapses]),
        }
    }
}

#[inline(always)]
fn add_same<S: Copy + Into<u32>>(slots: &[S], weight: i32, inputs: &mut [i64]) {
    let weight = i64::from(weight);
    let mut add = |slot: S| {
        let slot: u32 = slot.into();
        debug_assert!((slot as usize) < inputs.len());
        // SAFETY: `Targets` has slots of its range alone, and `inputs` is as long as that.
        unsafe { *inputs.get_unchecked_mut(slot as usize) += weight };
    };
    // By four: of a loop of five instructions it would depend on its place in the program how fast it is.
    let (fours, rest) = slots.as_chunks::<4>();
    fours.iter().for_each(|four| four.iter().for_each(|slot| add(*slot)));
    rest.iter().for_each(|slot| add(*slot));
}

#[inline(always)]
fn add_each<S: Copy + Into<u32>>(slots: &[S], weights: &[i32], inputs: &mut [i64]) {
    for (slot, weight) in slots.iter().zip(weights) {
        let slot: u32 = (*slot).into();
        debug_assert!((slot as usize) < inputs.len());
        // SAFETY: `Targets` has slots of its range alone, and `inputs` is as long as that.
        unsafe { *inputs.get_unchecked_mut(slot as usize) += i64::from(*weight) };
    }
}

/// Asks the caches for `values`.
#[inline(always)]
pub fn prefetch<T>(values: &[T]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let ask = |at: *const T| {
            // SAFETY: a prefetch has no effect on what a program computes, whatever the address.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) };
        };
        // First and last line, without a branch that nobody can foresee; of long ones also some in between: the hardware
        // follows a stream once it has seen its first lines.
        let Range { start, end } = values.as_ptr_range();
        ask(start);
        ask(end.wrapping_sub(1));
        if size_of_val(values) > 128 {
            (1..6).for_each(|line| ask(start.wrapping_byte_add(line * 64)));
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = values;
}

/// The sums of a step, in multiples of a quantum. Taken, a sum is zero again. Exact for sums below 2^51.
#[derive(Debug)]
pub struct Sums<'a> {
    sums: &'a mut [i64],
    quantum: f64,
}

impl<'a> Sums<'a> {
    /// `sums` in multiples of `quantum`.
    pub fn new(sums: &'a mut [i64], quantum: f64) -> Self {
        Self { sums, quantum }
    }
}

impl Input for Sums<'_> {
    #[inline(always)]
    fn first(self, n: usize) -> Self {
        Self { sums: &mut self.sums[..n], ..self }
    }

    #[inline(always)]
    fn take(&mut self, i: usize) -> f64 {
        // 1.5 * 2^52, whose last bits count ones: adding an integer of magnitude below 2^51 to its bits adds it to its value.
        const MAGIC: f64 = 6_755_399_441_055_744.0;
        let bits = (MAGIC.to_bits() as i64).wrapping_add(self.sums[i]);
        self.sums[i] = 0;
        (f64::from_bits(bits as u64) - MAGIC) * self.quantum
    }
}

#[inline(always)]
fn collect_body(sums: Sums<'_>, out: &mut [f64]) {
    let mut sums = sums.first(out.len());
    for (i, out) in out.iter_mut().enumerate() {
        *out = sums.take(i);
    }
}

vectorised! {
    /// Moves sums to `out`, as numbers.
    pub fn collect / collect_at [] = collect_body(sums: Sums<'_>, out: &mut [f64])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collected_inputs_are_exact_and_start_again_from_zero() {
        let sums = [0, 1, -1, 1 << 50, -(1 << 50), (1 << 51) - 1];
        let (mut inputs, mut out) = (sums, [0.0; 6]);
        collect(Sums::new(&mut inputs, 0.5), &mut out);
        assert_eq!(inputs, [0; 6]);
        for (sum, value) in sums.into_iter().zip(out) {
            assert_eq!(value, sum as f64 * 0.5);
        }
    }

    #[test]
    fn narrow_and_wide_slots_add_the_same() {
        for range in [7..20, 7..1 << 17] {
            let mut inputs = vec![0; range.end];
            let mut targets = Targets::new(4, range);
            targets.place(10, [0, 1].into_iter());
            targets.place_each([(3, 16), (2, 7)].into_iter());
            targets.add_same(0..4, 5, &mut inputs);
            targets.add_each(1..3, &[1, 2, 3, 4], &mut inputs);
            assert_eq!(inputs[7..17], [8, 0, 0, 12, 0, 0, 0, 0, 0, 5]);
            assert_eq!(inputs.iter().sum::<i64>(), 25);
        }
    }
}
