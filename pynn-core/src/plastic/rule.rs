//! What happens when a spike arrives, rule by rule.

use std::ops::Range;

use super::pairs::{PairRule, Shift, VogelsRule};
use super::short_term::{Draws, Recovery, Resources, Sites, Tsodyks};
use super::{Arrival, Before, Layout};

/// A rule with its state.
#[derive(Debug)]
pub(super) enum Kept {
    Tsodyks(TsodyksRule),
    Bernoulli(BernoulliRule),
    Quantal(QuantalRule),
    Pair(PairRule),
    Vogels(VogelsRule),
}

/// Depression and facilitation. With the same constants for all, synapses of a segment are in the same state.
#[derive(Debug)]
pub(super) struct TsodyksRule {
    /// ms.
    pub(super) h: f64,
    /// Whether all synapses have the same constants: then there is one, and a state for each segment.
    pub(super) shared: bool,
    /// One for all, or one a synapse.
    pub(super) constants: Vec<Tsodyks>,
    /// One a segment, or one a synapse.
    pub(super) states: Vec<Resources>,
}

/// Transmission with some probability.
#[derive(Debug)]
pub(super) struct BernoulliRule {
    pub(super) key: [u32; 2],
    /// One for all, or one a synapse.
    pub(super) p: Vec<f64>,
}

/// Release sites.
#[derive(Debug)]
pub(super) struct QuantalRule {
    pub(super) key: [u32; 2],
    /// ms.
    pub(super) h: f64,
    pub(super) sites: u16,
    /// `U`, `tau_rec` and `tau_facil`: one for all, or one a synapse.
    pub(super) constants: Vec<[f64; 3]>,
    /// One a synapse.
    pub(super) states: Vec<Sites>,
}

/// A spike that arrives at a segment.
pub(super) struct Incoming {
    /// The number of its delay.
    pub(super) number: usize,
    pub(super) segment: usize,
    /// The global id of its source.
    pub(super) source: u32,
    /// Of the segment's spikes.
    pub(super) before: Before,
}

impl Kept {
    /// A spike arrives at a segment.
    #[inline]
    pub(super) fn arrive(&mut self, spike: &Incoming, synapses: Synapses<'_>, arrival: &mut Arrival<'_>) {
        match self {
            Self::Tsodyks(rule) => rule.arrive(spike, &synapses, arrival),
            Self::Bernoulli(rule) => rule.arrive(spike, &synapses, arrival),
            Self::Quantal(rule) => rule.arrive(spike, &synapses, arrival),
            Self::Pair(rule) => rule.arrive(spike, synapses, arrival),
            Self::Vogels(rule) => rule.arrive(spike, synapses, arrival),
        }
    }

    /// Back to time 0.
    pub(super) fn reset(&mut self) {
        match self {
            Self::Tsodyks(rule) => rule.states.fill(Resources::START),
            Self::Bernoulli(_) => {}
            Self::Quantal(rule) => rule.states.fill(Sites { u: 0.0, full: rule.sites }),
            Self::Pair(rule) => {
                rule.traces.fill(0.0);
                rule.shifts.iter_mut().for_each(Shift::reset);
            }
            Self::Vogels(rule) => rule.shifts.iter_mut().for_each(Shift::reset),
        }
    }

    /// Whether it changes weights.
    pub(super) fn changes_weights(&self) -> bool {
        matches!(self, Self::Pair(_) | Self::Vogels(_))
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Tsodyks(rule) => {
                size_of_val(rule.constants.as_slice()) + size_of_val(rule.states.as_slice())
            }
            Self::Bernoulli(rule) => size_of_val(rule.p.as_slice()),
            Self::Quantal(rule) => {
                size_of_val(rule.constants.as_slice()) + size_of_val(rule.states.as_slice())
            }
            Self::Pair(rule) => size_of_val(rule.traces.as_slice()),
            Self::Vogels(_) => 0,
        }
    }
}

/// The synapses that a spike arrives at.
pub(super) struct Synapses<'a> {
    pub(super) layout: &'a Layout,
    pub(super) weights: &'a mut [f64],
    pub(super) shown: Option<&'a mut [f64]>,
    /// The global id of target number 0.
    pub(super) first_gid: u32,
    pub(super) range: Range<usize>,
}

impl Synapses<'_> {
    /// What tells a synapse's draws of one spike from those of others between the same two cells.
    #[inline]
    fn draws(&self, key: [u32; 2], spike: &Incoming, sent: u32, synapse: usize) -> Draws {
        let copy = self.layout.copies.get(synapse).copied().unwrap_or(0);
        let which = u16::from(copy) << 8 | u16::from(spike.before.repeat);
        Draws::new(key, spike.source, self.first_gid + self.layout.targets[synapse], sent, which)
    }

    /// Changes each weight, which the index of the target helps to compute, and transmits it.
    #[inline(always)]
    pub(super) fn update(self, arrival: &mut Arrival<'_>, mut update: impl FnMut(usize, f64) -> f64) {
        let targets = &self.layout.targets[self.range.clone()];
        let weights = &mut self.weights[self.range.clone()];
        for (target, weight) in targets.iter().zip(&mut *weights) {
            *weight = update(*target as usize, *weight);
            arrival.transmit(*target, *weight);
        }
        if let Some(shown) = self.shown {
            shown[self.range].copy_from_slice(weights);
        }
    }
}

/// The value for one synapse of what is one for all, or one a synapse.
#[inline(always)]
fn of<T: Copy>(values: &[T], synapse: usize) -> T {
    if values.len() == 1 { values[0] } else { values[synapse] }
}

impl TsodyksRule {
    fn arrive(&mut self, spike: &Incoming, synapses: &Synapses<'_>, arrival: &mut Arrival<'_>) {
        let interval = f64::from(arrival.sent - spike.before.last) * self.h;
        let targets = &synapses.layout.targets;
        if self.shared {
            let part = self.states[spike.segment].spike(&self.constants[0], interval);
            for synapse in synapses.range.clone() {
                arrival.transmit(targets[synapse], synapses.weights[synapse] * part);
            }
        } else {
            for synapse in synapses.range.clone() {
                let part = self.states[synapse].spike(&self.constants[synapse], interval);
                arrival.transmit(targets[synapse], synapses.weights[synapse] * part);
            }
        }
    }
}

impl BernoulliRule {
    fn arrive(&self, spike: &Incoming, synapses: &Synapses<'_>, arrival: &mut Arrival<'_>) {
        for synapse in synapses.range.clone() {
            if synapses.draws(self.key, spike, arrival.sent, synapse).happens(of(&self.p, synapse)) {
                arrival.transmit(synapses.layout.targets[synapse], synapses.weights[synapse]);
            }
        }
    }
}

impl QuantalRule {
    fn arrive(&mut self, spike: &Incoming, synapses: &Synapses<'_>, arrival: &mut Arrival<'_>) {
        let interval = f64::from(arrival.sent - spike.before.last) * self.h;
        let recovery = |[u, tau_rec, tau_facil]: [f64; 3]| Recovery::new(u, tau_rec, tau_facil, interval);
        let same = if self.constants.len() == 1 { Some(recovery(self.constants[0])) } else { None };
        for synapse in synapses.range.clone() {
            let recovery = same.unwrap_or_else(|| recovery(self.constants[synapse]));
            let mut draws = synapses.draws(self.key, spike, arrival.sent, synapse);
            let released = self.states[synapse].spike(self.sites, &recovery, &mut draws);
            if released > 0 {
                let weight = f64::from(released) * synapses.weights[synapse];
                arrival.transmit(synapses.layout.targets[synapse], weight);
            }
        }
    }
}
