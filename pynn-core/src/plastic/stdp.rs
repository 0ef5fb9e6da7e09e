//! Weights that change with the times of the spikes on both sides of a synapse.
//!
//! All happens when a pre-synaptic spike arrives: first the post-synaptic spikes since the one before change the weight,
//! in their order, then the spike itself does, and then the weight is transmitted. What lies between the two sides is in
//! [`Window`]; times are whole steps.

/// A post-synaptic spike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Post {
    /// Its step.
    pub(super) step: u32,
    /// The sum over all spikes of the cell up to this one, itself included, of `exp(-D/tau)`, D the time since.
    pub(super) trace: f64,
}

/// `exp(-k h/tau)` for `k` steps.
#[derive(Clone, Debug)]
pub(super) struct Decay {
    table: Vec<f64>,
    rate: f64,
}

impl Decay {
    /// The table ends where values are beneath notice, or become rare.
    const LONGEST: f64 = 8192.0;

    /// The decay with time constant `tau` in steps of `h`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "held within the table")]
    pub(super) fn new(h: f64, tau: f64) -> Self {
        let rate = h / tau;
        let length = (45.0 / rate).clamp(1.0, Self::LONGEST) as u32;
        Self {
            table: (0..length).map(|k| crate::random::portable::exp(-rate * f64::from(k))).collect(),
            rate,
        }
    }

    /// `exp(-k h/tau)`; `k` is not negative.
    #[inline(always)]
    #[expect(clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a number of steps")]
    pub(super) fn at(&self, k: i64) -> f64 {
        match self.table.get(k as usize) {
            Some(value) => *value,
            None => crate::random::portable::exp(-self.rate * k as f64),
        }
    }

    /// `exp(-x h/tau)` for a part of a step.
    pub(super) fn part(&self, x: f64) -> f64 {
        crate::random::portable::exp(-self.rate * x)
    }
}

/// Which post-synaptic spikes lie between two pre-synaptic ones, in steps of the post-synaptic cell.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Spikes after this step are between.
    pub(super) from: i64,
    /// Spikes up to this step are between.
    pub(super) to: i64,
    /// The step at which the first pre-synaptic spike would have been post-synaptic, rounded up.
    pub(super) origin: i64,
    /// A post-synaptic spike of this step coincided with the first pre-synaptic one.
    pub(super) coincident: i64,
    /// The last step before the second pre-synaptic spike.
    pub(super) before: i64,
    /// How many steps that step is before it, rounded down: 1, or 0 and a part.
    pub(super) ahead: i64,
}

/// How much a weight changes by a pair, by its value.
pub(super) trait Dependence {
    /// `(1 - w)^mu_plus` for `w` from 0 to 1.
    fn up(&self, room: f64) -> f64;
    /// `w^mu_minus` for `w` from 0 to 1.
    fn down(&self, room: f64) -> f64;
}

/// Not at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Additive;

impl Dependence for Additive {
    #[inline(always)]
    fn up(&self, _: f64) -> f64 {
        1.0
    }
    #[inline(always)]
    fn down(&self, _: f64) -> f64 {
        1.0
    }
}

/// In proportion to the distance from the limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Multiplicative;

impl Dependence for Multiplicative {
    #[inline(always)]
    fn up(&self, room: f64) -> f64 {
        room
    }
    #[inline(always)]
    fn down(&self, room: f64) -> f64 {
        room
    }
}

/// Potentiation not, depression in proportion.
#[derive(Clone, Copy, Debug)]
pub(super) struct AdditivePotentiation;

impl Dependence for AdditivePotentiation {
    #[inline(always)]
    fn up(&self, _: f64) -> f64 {
        1.0
    }
    #[inline(always)]
    fn down(&self, room: f64) -> f64 {
        room
    }
}

/// By powers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Powers {
    /// Exponent of potentiation.
    pub(super) mu_plus: f64,
    /// Exponent of depression.
    pub(super) mu_minus: f64,
}

impl Dependence for Powers {
    #[inline(always)]
    fn up(&self, room: f64) -> f64 {
        room.max(0.0).powf(self.mu_plus)
    }
    #[inline(always)]
    fn down(&self, room: f64) -> f64 {
        room.max(0.0).powf(self.mu_minus)
    }
}

/// The constants of the rule of pairs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Time constant of potentiation, ms.
    pub tau_plus: f64,
    /// Time constant of depression, ms.
    pub tau_minus: f64,
    /// Potentiation, as a part of the larger limit.
    pub a_plus: f64,
    /// Depression, as a part of the larger limit.
    pub a_minus: f64,
    /// Exponent of potentiation.
    pub mu_plus: f64,
    /// Exponent of depression.
    pub mu_minus: f64,
    /// Smallest weight.
    pub w_min: f64,
    /// Largest weight.
    pub w_max: f64,
}

impl Pair {
    /// The larger magnitude of the limits.
    pub fn scale(&self) -> f64 {
        self.w_min.abs().max(self.w_max.abs())
    }
}

/// A pre-synaptic spike at a synapse with the rule of pairs.
#[derive(Clone, Copy, Debug)]
pub(super) struct PairSpike<'a> {
    /// The constants.
    pub(super) rule: &'a Pair,
    /// `exp(-D/tau_plus)`.
    pub(super) plus: &'a Decay,
    /// `exp(-D/tau_minus)`.
    pub(super) minus: &'a Decay,
    /// Spikes between this and the one before.
    pub(super) window: Window,
    /// The sum over the pre-synaptic spikes before this one of `exp(-D/tau_plus)`, D the time up to the last of them;
    /// 0 if there was none.
    pub(super) trace: f64,
    /// The same without those of the last of them's own step.
    pub(super) earlier: f64,
    /// What decays in the part of a step between that spike and the step `origin`.
    pub(super) plus_part: f64,
    /// What decays in the part of a step beyond `ahead` steps.
    pub(super) minus_part: f64,
}

impl PairSpike<'_> {
    /// The weight after the post-synaptic spikes of the window.
    #[inline(always)]
    pub(super) fn potentiated<D: Dependence>(&self, dependence: &D, posts: &[Post], mut weight: f64) -> f64 {
        let (rule, window) = (self.rule, &self.window);
        if self.trace == 0.0 {
            return weight;
        }
        let scale = rule.scale();
        let end = up_to(posts, window.to);
        let first = up_to(&posts[..end], window.from);
        for post in &posts[first..end] {
            let step = i64::from(post.step);
            let trace = if step == window.coincident { self.earlier } else { self.trace };
            let pairs = trace * self.plus.at(step - window.origin) * self.plus_part;
            let room = (rule.w_max - weight) / scale;
            weight = (weight + scale * (rule.a_plus * dependence.up(room) * pairs)).min(rule.w_max);
        }
        weight
    }

    /// The weight after this spike too.
    #[inline(always)]
    pub(super) fn depressed<D: Dependence>(&self, dependence: &D, posts: &[Post], weight: f64) -> f64 {
        let rule = self.rule;
        let Some(last) = up_to(posts, self.window.before).checked_sub(1).map(|last| &posts[last]) else {
            return weight;
        };
        let steps = self.window.before - i64::from(last.step) + self.window.ahead;
        let pairs = last.trace * self.minus.at(steps) * self.minus_part;
        let scale = rule.scale();
        let room = (weight - rule.w_min) / scale;
        (weight - scale * (rule.a_minus * dependence.down(room) * pairs)).max(rule.w_min)
    }
}

/// How many of the spikes are of step `step` or before. Looks from the end, where the spikes are that matter.
#[inline(always)]
fn up_to(posts: &[Post], step: i64) -> usize {
    let mut end = posts.len();
    while end > 0 && i64::from(posts[end - 1].step) > step {
        end -= 1;
    }
    end
}

/// The constants of the rule of Vogels et al. 2011.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vogels {
    /// Time constant, ms.
    pub tau: f64,
    /// Rate of learning.
    pub eta: f64,
    /// What a pre-synaptic spike takes away, in units of `eta`: `2 rho tau`.
    pub depression: f64,
    /// Smallest weight.
    pub w_min: f64,
    /// Largest weight.
    pub w_max: f64,
}

/// A pre-synaptic spike at a synapse with the rule of Vogels et al.
#[derive(Clone, Copy, Debug)]
pub(super) struct VogelsSpike<'a> {
    /// The constants.
    pub(super) rule: &'a Vogels,
    /// `exp(-D/tau)`.
    pub(super) decay: &'a Decay,
    /// Spikes between this and the one before.
    pub(super) window: Window,
    /// Whether there was one before.
    pub(super) again: bool,
    /// What decays in the part of a step between that spike and the step `origin`.
    pub(super) origin_part: f64,
    /// What decays in the part of a step between `to` and this spike.
    pub(super) to_part: f64,
    /// How many whole steps `to` is before this spike.
    pub(super) to_ahead: i64,
}

impl VogelsSpike<'_> {
    /// The weight after the post-synaptic spikes of the window.
    #[inline(always)]
    pub(super) fn potentiated(&self, posts: &[Post], mut weight: f64) -> f64 {
        if !self.again {
            return weight;
        }
        let end = up_to(posts, self.window.to);
        let first = up_to(&posts[..end], self.window.from);
        for post in &posts[first..end] {
            let near = self.decay.at(i64::from(post.step) - self.window.origin) * self.origin_part;
            weight = (weight + self.rule.eta * near).clamp(self.rule.w_min, self.rule.w_max);
        }
        weight
    }

    /// The weight after this spike too.
    #[inline(always)]
    pub(super) fn updated(&self, posts: &[Post], weight: f64) -> f64 {
        let near = up_to(posts, self.window.to).checked_sub(1).map_or(0.0, |last| {
            self.decay.at(self.window.to - i64::from(posts[last].step) + self.to_ahead) * self.to_part
        });
        let change = self.rule.eta * (near - self.rule.depression);
        (weight + change).clamp(self.rule.w_min, self.rule.w_max)
    }
}
