//! Spikes that were fired before delays changed: they arrive as they were sent.

use std::collections::VecDeque;
use std::ops::Range;

use crate::group::Group;
use crate::kernels::ring::Ring;
use crate::wiring::Wiring;

/// What arrives in the steps to come by connections that are no more.
#[derive(Debug, Default)]
pub(crate) struct UnderWay {
    arrivals: VecDeque<Arrival>,
    quanta: Quanta,
}

/// What arrives in a step.
#[derive(Debug)]
struct Arrival {
    step: u32,
    /// Slots, and what is added to them, in quanta.
    sums: Vec<(u32, i64)>,
    events: u64,
}

/// What the inputs of slots are multiples of.
type Quanta = Vec<(Range<usize>, f64)>;

impl UnderWay {
    /// What the spikes that `wiring` knows when `now` steps are done will add to the inputs of `groups`, some of which is in
    /// `ring` already. Takes them out of both; those that drives draw when they arrive stay.
    #[expect(clippy::cast_possible_truncation, reason = "slots are numbered by 32 bits")]
    pub(crate) fn of(wiring: &mut Wiring, ring: &mut Ring, now: u32, groups: &[Group]) -> Self {
        let drives = std::mem::take(&mut wiring.drives);
        let last = wiring.last_arrival(now);
        let (mut arrivals, mut early) = (VecDeque::new(), wiring.in_ring(now));
        for step in now.saturating_add(1)..=last {
            let added = early + wiring.deliver(step, ring);
            early = wiring.in_ring(step);
            let events = added - early;
            if events > 0 {
                let reached = ring.next_step().iter_mut().enumerate().filter(|(_, sum)| **sum != 0);
                let sums = reached.map(|(slot, sum)| (slot as u32, std::mem::take(sum))).collect();
                arrivals.push_back(Arrival { step, sums, events });
            }
            ring.rotate();
        }
        wiring.drives = drives;
        Self { arrivals, quanta: quanta(groups) }
    }

    /// The last step in which any arrives.
    pub(crate) fn last(&self) -> Option<u32> {
        self.arrivals.back().map(|arrival| arrival.step)
    }

    /// Adds to `inputs` what arrives at the end of `step`, once, and says how many events that were.
    #[inline]
    pub(crate) fn deliver(&mut self, step: u32, inputs: &mut [i64]) -> u64 {
        let mut events = 0;
        while let Some(arrival) = self.arrivals.pop_front_if(|arrival| arrival.step <= step) {
            let add = |(slot, sum): &(u32, i64)| {
                let input = &mut inputs[*slot as usize];
                *input = input.saturating_add(*sum);
            };
            arrival.sums.iter().for_each(add);
            events += arrival.events;
        }
        events
    }

    /// Takes over the resolution of weights of `groups`, which has changed with the weights: by a power of two.
    pub(crate) fn measure(&mut self, groups: &[Group]) {
        if self.arrivals.is_empty() {
            return;
        }
        let new = quanta(groups);
        for (slot, sum) in self.arrivals.iter_mut().flat_map(|arrival| &mut arrival.sums) {
            let (old, new) = (quantum(&self.quanta, *slot), quantum(&new, *slot));
            if old != new {
                *sum = (*sum as f64 * (old / new)).round() as i64;
            }
        }
        self.quanta = new;
    }
}

fn quanta(groups: &[Group]) -> Quanta {
    let of = |group: &Group, receptor| (group.receptor(receptor), group.quantum(receptor));
    groups.iter().flat_map(|group| (0..group.receptors()).map(move |receptor| of(group, receptor))).collect()
}

fn quantum(quanta: &Quanta, slot: u32) -> f64 {
    let of = quanta.iter().find(|(slots, _)| slots.contains(&(slot as usize)));
    of.map_or(1.0, |(_, quantum)| *quantum)
}
