//! Weights that change with the times of spikes: which post-synaptic spikes lie between two pre-synaptic ones, and what
//! they do.

use std::ops::Range;

use super::rule::{Incoming, Synapses};
use super::stdp::{
    Additive, AdditivePotentiation, Decay, Dependence, Multiplicative, Pair, PairSpike, Powers, Vogels,
    VogelsSpike, Window,
};
use super::{Arrival, Layout, Posts, Trains};

/// How post-synaptic steps lie to pre-synaptic ones, for the synapses of one delay: a pre-synaptic spike of step t is
/// at the synapse when a post-synaptic one of step t + `whole` and a part would be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    delay: i64,
    whole: i64,
    /// The part of a step, below 1.
    part: f64,
    /// A post-synaptic spike that coincides with a pre-synaptic one is not yet known when that arrives.
    late: bool,
    /// Spikes up to this post-synaptic step have changed the weights.
    settled: i64,
}

impl Shift {
    #[expect(clippy::cast_possible_truncation, reason = "no longer than the delay")]
    pub(super) fn new(delay: u32, dendritic_fraction: f64) -> Self {
        let shift = (1.0 - 2.0 * dendritic_fraction) * f64::from(delay);
        // Tenths and their like are no binary fractions: what all but coincides does.
        let shift = if (shift - shift.round()).abs() < 1e-6 { shift.round() } else { shift };
        let (whole, delay) = (shift.floor() as i64, i64::from(delay));
        Self { delay, whole, part: shift - shift.floor(), late: whole == delay, settled: i64::MIN }
    }

    pub(super) fn reset(&mut self) {
        self.settled = i64::MIN;
    }

    /// What lies between the spikes of two pre-synaptic steps.
    #[inline]
    fn window(&self, first: u32, second: i64) -> Window {
        let (first, second) = (i64::from(first) + self.whole, second + self.whole);
        let (late, aside) = (i64::from(self.late), i64::from(self.part > 0.0));
        Window {
            from: (first - late).max(self.settled),
            to: second - late,
            origin: first + aside,
            coincident: if self.late { first } else { i64::MIN },
            before: second + aside - 1,
            ahead: 1 - aside,
        }
    }

    /// The last post-synaptic step that comes before every pre-synaptic spike which arrives after `step`.
    fn settles(&self, step: u32) -> i64 {
        i64::from(step) + 1 - self.delay + self.whole - i64::from(self.late)
    }

    /// The last post-synaptic step that has come to the synapse at the end of `step`, or will before anything else does.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "half a delay")]
    fn arrived(&self, step: u32) -> i64 {
        let back = ((self.delay - self.whole) as f64 - self.part) / 2.0;
        (i64::from(step) - back.ceil() as i64).max(self.settles(step))
    }

    /// What decays between a pre-synaptic spike and the post-synaptic step after it.
    fn part_after(&self, decay: &Decay) -> f64 {
        if self.part > 0.0 { decay.part(1.0 - self.part) } else { 1.0 }
    }

    /// What decays between a post-synaptic step and the pre-synaptic spike after it, less than a step away.
    fn part_before(&self, decay: &Decay) -> f64 {
        decay.part(self.part)
    }
}

/// Calls `apply` for every segment that has had a spike: its number and that of its delay, the window up to the
/// post-synaptic step that `until` gives, and its synapses.
fn each_segment(
    (layout, trains): (&Layout, &Trains),
    shifts: &[Shift],
    until: impl Fn(&Shift) -> i64,
    mut apply: impl FnMut(usize, usize, Window, Range<usize>),
) {
    for segment in (0..trains.last.len()).filter(|segment| trains.last[*segment] > 0) {
        let synapses = layout.starts[segment] as usize..layout.starts[segment + 1] as usize;
        let number = segment % shifts.len();
        let shift = &shifts[number];
        let window = shift.window(trains.last[segment], 0);
        apply(segment, number, Window { to: until(shift), ..window }, synapses);
    }
}

/// Notes that all segments are settled; gives the last step that all of them have done with.
fn note_settled(shifts: &mut [Shift], step: u32) -> i64 {
    shifts.iter_mut().for_each(|shift| shift.settled = shift.settled.max(shift.settles(step)));
    shifts.iter().map(|shift| shift.settled).min().unwrap_or(i64::from(step))
}

/// The rule of pairs.
#[derive(Debug)]
pub(super) struct PairRule {
    pub(super) rule: Pair,
    pub(super) plus: Decay,
    pub(super) minus: Decay,
    /// The number of the target's spikes in [`super::Tables`].
    pub(super) posts: usize,
    /// One a delay.
    pub(super) shifts: Vec<Shift>,
    /// The pre-synaptic trace of each segment.
    pub(super) traces: Vec<f64>,
}

/// Calls `$body` with the weight dependence of a rule of pairs, which has a type of its own.
macro_rules! with_dependence {
    ($rule:expr, |$dependence:ident| $body:expr) => {
        match ($rule.mu_plus, $rule.mu_minus) {
            (0.0, 0.0) => {
                let $dependence = Additive;
                $body
            }
            (1.0, 1.0) => {
                let $dependence = Multiplicative;
                $body
            }
            (0.0, 1.0) => {
                let $dependence = AdditivePotentiation;
                $body
            }
            (mu_plus, mu_minus) => {
                let $dependence = Powers { mu_plus, mu_minus };
                $body
            }
        }
    };
}

impl PairRule {
    /// A spike at the synapses of a segment, after one that was one of `1 + repeats` in its step.
    #[inline]
    fn spike(&self, number: usize, segment: usize, repeats: u8, window: Window) -> PairSpike<'_> {
        let (trace, shift) = (self.traces[segment], &self.shifts[number]);
        PairSpike {
            rule: &self.rule,
            plus: &self.plus,
            minus: &self.minus,
            window,
            trace,
            earlier: trace - 1.0 - f64::from(repeats),
            plus_part: shift.part_after(&self.plus),
            minus_part: shift.part_before(&self.minus),
        }
    }

    pub(super) fn arrive(&mut self, spike: &Incoming, synapses: Synapses<'_>, arrival: &mut Arrival<'_>) {
        let last = spike.before.last;
        let window = self.shifts[spike.number].window(last, i64::from(arrival.sent));
        let update = self.spike(spike.number, spike.segment, spike.before.repeats, window);
        let posts = &arrival.posts[self.posts];
        with_dependence!(self.rule, |dependence| update_pairs(
            &dependence,
            &update,
            posts,
            synapses,
            arrival
        ));
        let trace = &mut self.traces[spike.segment];
        *trace = *trace * self.plus.at(i64::from(arrival.sent - last)) + 1.0;
    }

    /// Lets the post-synaptic spikes change the weights that come before every spike which arrives after `step`.
    pub(super) fn settle(
        &mut self,
        step: u32,
        (layout, trains): (&Layout, &Trains),
        posts: &Posts,
        weights: &mut [f64],
    ) -> i64 {
        let until = |shift: &Shift| shift.settles(step);
        with_dependence!(self.rule, |dependence| {
            each_segment((layout, trains), &self.shifts, until, |segment, number, window, synapses| {
                let update = self.spike(number, segment, trains.repeats[segment], window);
                for (target, weight) in layout.targets[synapses.clone()].iter().zip(&mut weights[synapses]) {
                    *weight = update.potentiated(&dependence, posts.of(*target as usize), *weight);
                }
            });
        });
        note_settled(&mut self.shifts, step)
    }
}

/// The weights of a segment at a spike. Out of line, so that each dependence has a loop of its own.
#[inline(never)]
fn update_pairs<D: Dependence>(
    dependence: &D,
    update: &PairSpike<'_>,
    posts: &Posts,
    synapses: Synapses<'_>,
    arrival: &mut Arrival<'_>,
) {
    synapses.update(arrival, |target, weight| {
        let posts = posts.of(target);
        update.depressed(dependence, posts, update.potentiated(dependence, posts, weight))
    });
}

/// The rule of Vogels et al.
#[derive(Debug)]
pub(super) struct VogelsRule {
    pub(super) rule: Vogels,
    pub(super) decay: Decay,
    /// The number of the target's spikes in [`super::Tables`].
    pub(super) posts: usize,
    /// One a delay.
    pub(super) shifts: Vec<Shift>,
}

impl VogelsRule {
    fn spike(&self, number: usize, again: bool, window: Window) -> VogelsSpike<'_> {
        let shift = &self.shifts[number];
        VogelsSpike {
            rule: &self.rule,
            decay: &self.decay,
            window,
            again,
            origin_part: shift.part_after(&self.decay),
            to_part: shift.part_before(&self.decay),
            to_ahead: i64::from(shift.late),
        }
    }

    pub(super) fn arrive(&mut self, spike: &Incoming, synapses: Synapses<'_>, arrival: &mut Arrival<'_>) {
        let last = spike.before.last;
        let window = self.shifts[spike.number].window(last, i64::from(arrival.sent));
        let update = self.spike(spike.number, last > 0, window);
        let posts = &arrival.posts[self.posts];
        synapses.update(arrival, |target, weight| {
            let posts = posts.of(target);
            update.updated(posts, update.potentiated(posts, weight))
        });
    }

    pub(super) fn settle(
        &mut self,
        step: u32,
        (layout, trains): (&Layout, &Trains),
        posts: &Posts,
        weights: &mut [f64],
    ) -> i64 {
        self.update(|shift| shift.settles(step), (layout, trains), posts, weights);
        note_settled(&mut self.shifts, step)
    }

    /// Lets the post-synaptic spikes change `weights` that have come to the synapses at the end of `step`.
    pub(super) fn arrived(
        &self,
        step: u32,
        (layout, trains): (&Layout, &Trains),
        posts: &Posts,
        weights: &mut [f64],
    ) {
        self.update(|shift| shift.arrived(step), (layout, trains), posts, weights);
    }

    fn update(
        &self,
        until: impl Fn(&Shift) -> i64,
        (layout, trains): (&Layout, &Trains),
        posts: &Posts,
        weights: &mut [f64],
    ) {
        each_segment((layout, trains), &self.shifts, until, |_, number, window, synapses| {
            let update = self.spike(number, true, window);
            for (target, weight) in layout.targets[synapses.clone()].iter().zip(&mut weights[synapses]) {
                *weight = update.potentiated(posts.of(*target as usize), *weight);
            }
        });
    }
}
