//! Synapses that transmit a part of their weight, as the spikes of their source say, or chance.

use crate::random::philox;

use crate::random::portable::exp;

/// Constants of a depressing and facilitating synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tsodyks {
    /// By what part of what it lacks `u` grows with a spike.
    pub use_: f64,
    /// Time constant of recovery, ms.
    pub tau_rec: f64,
    /// Time constant of facilitation, ms; 0 for none.
    pub tau_facil: f64,
    /// Time constant of inactivation, ms; 0 for at once.
    pub tau_psc: f64,
}

/// State of a depressing and facilitating synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resources {
    /// Ready.
    pub x: f64,
    /// Active.
    pub y: f64,
    /// What part of `x` a spike sets free.
    pub u: f64,
}

impl Resources {
    /// All ready, not facilitated.
    pub const START: Self = Self { x: 1.0, y: 0.0, u: 0.0 };

    /// A spike, `interval` ms after the one before: what part of the weight it transmits.
    ///
    /// The exact solution of `x' = z/tau_rec`, `y' = -y/tau_psc`, `z' = y/tau_psc - z/tau_rec` over the interval.
    #[inline(always)]
    pub fn spike(&mut self, constants: &Tsodyks, interval: f64) -> f64 {
        let Tsodyks { use_, tau_rec, tau_facil, tau_psc } = *constants;
        let facil = if tau_facil > 0.0 { exp(-interval / tau_facil) } else { 0.0 };
        let psc = if tau_psc > 0.0 { exp(-interval / tau_psc) } else { 0.0 };
        let rec = exp(-interval / tau_rec);
        // How much of y has come back to x. Where the time constants are next to equal the quotient is a derivative.
        let from_y = if (tau_psc - tau_rec).abs() < 1e-6 * tau_rec {
            1.0 - rec * (1.0 + interval / tau_rec)
        } else {
            ((rec - 1.0) * tau_rec - (psc - 1.0) * tau_psc) / (tau_psc - tau_rec)
        };
        let z = 1.0 - self.x - self.y;
        self.x += from_y * self.y + (1.0 - rec) * z;
        self.y *= psc;
        self.u *= facil;
        self.u += use_ * (1.0 - self.u);
        let free = self.u * self.x;
        self.x -= free;
        self.y += free;
        free
    }
}

/// Random words of one spike at one synapse.
#[derive(Clone, Debug)]
pub(super) struct Draws {
    key: [u32; 2],
    counter: [u32; 4],
    words: [u32; 4],
    used: usize,
}

impl Draws {
    /// The words of the spike of `step` from cell `source` to cell `target` (global ids); `which` tells apart several
    /// synapses between the two and several spikes in the step.
    #[inline(always)]
    pub(super) fn new(key: [u32; 2], source: u32, target: u32, step: u32, which: u16) -> Self {
        let counter = [source, target, step, u32::from(which) << 16];
        Self { key, counter, words: [0; 4], used: 4 }
    }

    /// Whether something of probability `p` happens.
    #[inline(always)]
    pub(super) fn happens(&mut self, p: f64) -> bool {
        if self.used == 4 {
            self.words = philox(self.counter, self.key);
            self.counter[3] += 1;
            self.used = 0;
        }
        let word = self.words[self.used];
        self.used += 1;
        f64::from(word) < p * 4_294_967_296.0
    }
}

/// Release sites of a synapse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sites {
    /// With what probability a full site releases.
    pub(super) u: f64,
    /// How many are full.
    pub(super) full: u16,
}

/// What the constants of a quantal synapse make of an interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Recovery {
    /// By what part of what it lacks `u` grows with a spike.
    pub(super) use_: f64,
    /// What remains of facilitation.
    pub(super) facil: f64,
    /// With what probability an empty site has recovered.
    pub(super) recovered: f64,
}

impl Recovery {
    /// For time constants and an interval in ms.
    #[inline(always)]
    pub(super) fn new(use_: f64, tau_rec: f64, tau_facil: f64, interval: f64) -> Self {
        let facil = if tau_facil > 0.0 { exp(-interval / tau_facil) } else { 0.0 };
        Self { use_, facil, recovered: 1.0 - exp(-interval / tau_rec) }
    }
}

impl Sites {
    /// A spike at a synapse of `count` sites: how many release.
    #[inline(always)]
    pub(super) fn spike(&mut self, count: u16, recovery: &Recovery, draws: &mut Draws) -> u16 {
        self.u = recovery.use_ + self.u * (1.0 - recovery.use_) * recovery.facil;
        for _ in self.full..count {
            self.full += u16::from(draws.happens(recovery.recovered));
        }
        let mut released = 0;
        for _ in 0..self.full {
            released += u16::from(draws.happens(self.u));
        }
        self.full -= released;
        released
    }
}
