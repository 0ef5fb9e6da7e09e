//! Adding the weights of arriving spikes to the inputs of cells.
//!
//! Inputs are sums of integers, multiples of a quantum, so they are exact and the order of arrival does not matter.
//! [`collect`] turns them into numbers once a step.

use std::ops::Range;

use super::ring::{Ring, Shape};
use super::{Input, pages, vectorised};

/// `count` zeros, on huge pages where the system gives them to those who ask.
pub fn zeros<T: Copy + Default>(count: usize) -> Vec<T> {
    let column = vec![T::default(); count];
    pages::ask(&column);
    column
}

/// Where synapses end: slots of a ring, in which of its steps; two bytes each where that is enough.
#[derive(Debug)]
pub struct Targets {
    places: Places,
    /// All slots are within.
    range: Range<usize>,
    /// Of the ring, as far as these synapses need it.
    shape: Shape,
}

/// The step of a synapse, counted from the first, times the slots of a step, and its slot, counted from that of the range.
#[derive(Debug)]
enum Places {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

/// Runs code for places of either width.
macro_rules! either {
    ($places:expr, $name:ident => $code:expr) => {
        match $places {
            Places::Narrow($name) => $code,
            Places::Wide($name) => $code,
        }
    };
}

impl Targets {
    /// `count` synapses that end on slots in `range` of a ring of `shape`; all on the first slot in the first step so far.
    ///
    /// # Panics
    /// When there are synapses and no slots, or slots that are not in the ring, or more than 2^32.
    pub fn new(count: usize, range: Range<usize>, shape: Shape) -> Self {
        assert!(count == 0 || !range.is_empty(), "{count} synapses end nowhere");
        assert!(range.end <= shape.slots && shape.steps > 0, "{range:?} is not in {shape:?}");
        let places = (shape.steps - 1) * shape.slots + range.len();
        assert!(places <= 1 << 32, "{places} places are too many to number");
        let places =
            if places <= 1 << 16 { Places::Narrow(zeros(count)) } else { Places::Wide(zeros(count)) };
        Self { places, range, shape }
    }

    /// Lets each of `synapses` end on `slot` in the first step.
    ///
    /// # Panics
    /// When there is no such synapse, or no such slot.
    #[inline]
    pub fn place(&mut self, slot: u32, synapses: impl Iterator<Item = usize>) {
        let Self { places, range, shape } = self;
        let place = number(range, *shape, 0, slot);
        either!(places, places => synapses.for_each(|synapse| places[synapse] = place as _));
    }

    /// Lets synapses, given by number, end in a step, counted from the first, on a slot.
    ///
    /// # Panics
    /// When there is no such synapse, step, or slot.
    #[inline]
    pub fn place_each(&mut self, synapses: impl Iterator<Item = (usize, usize, u32)>) {
        let Self { places, range, shape } = self;
        let synapses = synapses.map(|(synapse, step, slot)| (synapse, number(range, *shape, step, slot)));
        either!(places, places => synapses.for_each(|(synapse, place)| places[synapse] = place as _));
    }

    /// In which step, counted from the first, and on which slot each of `synapses` ends.
    pub fn ends(&self, synapses: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        synapses.map(|synapse| {
            let place = either!(&self.places, places => places[synapse] as usize);
            (place / self.shape.slots, self.range.start + place % self.shape.slots)
        })
    }

    /// How many synapses.
    pub fn len(&self) -> usize {
        either!(&self.places, places => places.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        either!(&self.places, places => size_of_val(places.as_slice()))
    }

    /// Adds `weight` where each of `synapses` ends, whose first step is the next of `ring`.
    ///
    /// # Panics
    /// When the ring has not the shape that the synapses are for.
    #[inline]
    pub fn add_same(&self, synapses: Range<usize>, weight: i32, ring: &mut Ring) {
        either!(&self.places, places => match self.blocks(ring) {
            Blocks::One(sums) => add_same(&places[synapses], weight, sums, |place| place),
            Blocks::Many(sums, first) => {
                let len = sums.len();
                add_same(&places[synapses], weight, sums, |place| around(first + place, len));
            }
        });
    }

    /// Adds where each of `synapses` ends, whose first step is the next of `ring`, its own weight.
    ///
    /// # Panics
    /// When the ring has not the shape that the synapses are for.
    #[inline]
    pub fn add_each(&self, synapses: Range<usize>, weights: &[i32], ring: &mut Ring) {
        let weights = &weights[synapses.clone()];
        either!(&self.places, places => match self.blocks(ring) {
            Blocks::One(sums) => add_each(&places[synapses], weights, sums, |place| place),
            Blocks::Many(sums, first) => {
                let len = sums.len();
                add_each(&places[synapses], weights, sums, |place| around(first + place, len));
            }
        });
    }

    /// Where the places of the synapses are in `ring`.
    #[inline(always)]
    fn blocks<'a>(&self, ring: &'a mut Ring) -> Blocks<'a> {
        if self.shape.steps == 1 {
            let (sums, first) = ring.blocks();
            return Blocks::One(&mut sums[first + self.range.start..first + self.range.end]);
        }
        assert!(self.shape == ring.shape(), "synapses for {:?} in {:?}", self.shape, ring.shape());
        let (sums, first) = ring.blocks();
        Blocks::Many(sums, first + self.range.start)
    }

    /// Asks the caches for `synapses`.
    #[inline]
    pub fn prefetch(&self, synapses: Range<usize>) {
        either!(&self.places, places => prefetch(&places[synapses]));
    }
}

/// The number of a place, which fits the width that is chosen for all of `range` and `shape`.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "no more than 2^32 places")]
fn number(range: &Range<usize>, shape: Shape, step: usize, slot: u32) -> u32 {
    let slot = slot as usize;
    assert!(range.contains(&slot) && step < shape.steps, "step {step}, slot {slot} of {shape:?}, {range:?}");
    (step * shape.slots + slot - range.start) as u32
}

/// The sums that places are numbers of.
enum Blocks<'a> {
    /// Those of one step.
    One(&'a mut [i64]),
    /// Those of all, and where those of the first step start: a place may be one round further.
    Many(&'a mut [i64], usize),
}

/// `place`, which is less than twice `len`, in a ring of `len`.
#[inline(always)]
fn around(place: usize, len: usize) -> usize {
    // Without a branch that nobody can foresee.
    place.min(place.wrapping_sub(len))
}

#[inline(always)]
fn add_same<P: Copy + Into<u32>>(places: &[P], weight: i32, sums: &mut [i64], at: impl Fn(usize) -> usize) {
    let weight = i64::from(weight);
    let mut add = |place: P| {
        let at = at(place.into() as usize);
        debug_assert!(at < sums.len());
        // SAFETY: `Targets` has places of its range and shape alone, `at` goes on from the end to the start, and `sums` are as
        // many as that.
        unsafe { *sums.get_unchecked_mut(at) += weight };
    };
    // By four: of a loop of five instructions it would depend on its place in the program how fast it is.
    let (fours, rest) = places.as_chunks::<4>();
    fours.iter().for_each(|four| four.iter().for_each(|place| add(*place)));
    rest.iter().for_each(|place| add(*place));
}

#[inline(always)]
fn add_each<P: Copy + Into<u32>>(
    places: &[P],
    weights: &[i32],
    sums: &mut [i64],
    at: impl Fn(usize) -> usize,
) {
    for (place, weight) in places.iter().zip(weights) {
        let at = at((*place).into() as usize);
        debug_assert!(at < sums.len());
        // SAFETY: `Targets` has places of its range and shape alone, `at` goes on from the end to the start, and `sums` are as
        // many as that.
        unsafe { *sums.get_unchecked_mut(at) += i64::from(*weight) };
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
    fn narrow_and_wide_places_add_the_same() {
        for slots in [20, 1 << 17] {
            let shape = Shape::of_a_step(slots);
            let mut ring = Ring::new(shape);
            let mut targets = Targets::new(4, 7..slots, shape);
            targets.place(10, [0, 1].into_iter());
            targets.place_each([(3, 0, 16), (2, 0, 7)].into_iter());
            targets.add_same(0..4, 5, &mut ring);
            targets.add_each(1..3, &[1, 2, 3, 4], &mut ring);
            assert_eq!(ring.next_step()[7..17], [8, 0, 0, 12, 0, 0, 0, 0, 0, 5]);
            assert_eq!(ring.next_step().iter().sum::<i64>(), 25);
        }
    }

    #[test]
    fn synapses_of_later_steps_are_found_in_those_steps() {
        for slots in [5, 1 << 15] {
            let shape = Shape { slots, steps: 4 };
            let mut ring = Ring::new(shape);
            let ends = [(0, 2), (3, 4), (2, 3), (3, 2)];
            let mut targets = Targets::new(4, 2..5, shape);
            targets.place_each((0..).zip(ends).map(|(synapse, (step, slot))| (synapse, step, slot as u32)));
            assert_eq!(targets.ends(0..4).collect::<Vec<_>>(), ends);
            for _ in 0..9 {
                targets.add_each(0..4, &[1, 2, 3, 4], &mut ring);
                for expected in [[1, 0, 0], [0, 0, 0], [0, 3, 0], [4, 0, 2], [0, 0, 0]] {
                    assert_eq!(ring.next_step()[2..5], expected);
                    ring.next_step().fill(0);
                    ring.rotate();
                }
            }
        }
    }

    #[test]
    #[should_panic = "synapses for"]
    fn a_ring_of_another_shape_is_refused() {
        let targets = Targets::new(1, 0..3, Shape { slots: 3, steps: 2 });
        targets.add_same(0..1, 1, &mut Ring::new(Shape { slots: 3, steps: 4 }));
    }
}
