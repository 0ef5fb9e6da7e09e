//! `GifCondExp`: a leaky membrane under any [`Effect`] that fires at random, with a spike-triggered current and a moving
//! threshold.
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) - i_eta + i_offset + receptors
//! i_eta = sum of eta_k, deta_k/dt = -eta_k / tau_eta_k      v_t = v_t_star + sum of gamma_k, dgamma_k/dt = -gamma_k / tau_gamma_k
//! a spike in a step with probability 1 - e^(-lambda0 e^((v - v_t) / delta_v) h): eta_k += a_eta_k, gamma_k += a_gamma_k
//! ```
//! # Method
//! NEST's order: `i_eta` and `v_t` are those of the start of the step, `v` is that of its end. `v` is integrated as in
//! [`lif`](super::lif). The potential of the spike stays in the sample; from the next step on `v` is held at `v_reset` for
//! `round(tau_refrac / h)` steps, in which the cell cannot fire.
//!
//! The random number of a cell and step is word `step % 4` of the Philox block with counter (global id, step / 4).

use std::hint::select_unpredictable;

use super::lif::moved;
use super::math::exp;
use super::response::{BLOCK, Effect};
use super::{Coefficients, vectorised};

/// Number of coefficients.
pub const K: usize = 22;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 2;

/// What the coefficients are made of, in ms, mV, nF, nA, Hz.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Resting potential, mV.
    pub v_rest: f64,
    /// Capacitance, nF.
    pub cm: f64,
    /// Membrane time constant, ms.
    pub tau_m: f64,
    /// Refractory period, ms.
    pub tau_refrac: f64,
    /// Potential after a spike, mV.
    pub v_reset: f64,
    /// Constant current, nA.
    pub i_offset: f64,
    /// How sharp the threshold is, mV.
    pub delta_v: f64,
    /// Threshold without recent spikes, mV.
    pub v_t_star: f64,
    /// Rate of firing at threshold, Hz.
    pub lambda0: f64,
    /// Decay times of the parts of the current, ms.
    pub tau_eta: [f64; 3],
    /// Decay times of the parts of the threshold, ms.
    pub tau_gamma: [f64; 3],
    /// Jumps of the parts of the current, nA.
    pub a_eta: [f64; 3],
    /// Jumps of the parts of the threshold, mV.
    pub a_gamma: [f64; 3],
}

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    let mut c = [0.0; K];
    c[..10].copy_from_slice(&[
        h / 2.0 / p.tau_m,
        1.0 / p.tau_m,
        p.v_rest / p.tau_m + p.i_offset / p.cm,
        h / 6.0,
        p.v_reset,
        (p.tau_refrac / h).round(),
        1.0 / p.cm,
        p.v_t_star,
        1.0 / p.delta_v,
        p.lambda0 * 1e-3 * h,
    ]);
    c[10..13].copy_from_slice(&p.tau_eta.map(|tau| (-h / tau).exp()));
    c[13..16].copy_from_slice(&p.tau_gamma.map(|tau| (-h / tau).exp()));
    c[16..19].copy_from_slice(&p.a_eta);
    c[19..22].copy_from_slice(&p.a_gamma);
    c
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn body<C: Coefficients<K>>(
    c: C,
    effect: &Effect,
    v: &mut [f64],
    refractory: &mut [f64],
    i_eta: &mut [f64],
    v_t: &mut [f64],
    eta1: &mut [f64],
    eta2: &mut [f64],
    eta3: &mut [f64],
    gamma1: &mut [f64],
    gamma2: &mut [f64],
    gamma3: &mut [f64],
    words: &[u32],
    fired: &mut [u8],
) {
    let n = v.len().min(BLOCK);
    let (c, v, refractory) = (c.first(n), &mut v[..n], &mut refractory[..n]);
    let (i_eta, v_t, words, fired) = (&mut i_eta[..n], &mut v_t[..n], &words[..n], &mut fired[..n]);
    let (eta1, eta2, eta3) = (&mut eta1[..n], &mut eta2[..n], &mut eta3[..n]);
    let (gamma1, gamma2, gamma3) = (&mut gamma1[..n], &mut gamma2[..n], &mut gamma3[..n]);
    for i in 0..n {
        let at = |k: usize| c.get(k, i);
        let current = eta1[i] + eta2[i] + eta3[i];
        let threshold = at(7) + (gamma1[i] + gamma2[i] + gamma3[i]);
        (i_eta[i], v_t[i]) = (current, threshold);
        let rest = (-current).mul_add(at(6), at(2));
        let moved = moved(effect, i, v[i], [at(0), at(1), rest, at(3)]);
        let held = refractory[i] > 0.0;
        let next = select_unpredictable(held, at(4), moved);
        let hazard = at(9) * exp((next - threshold) * at(8));
        let probability = 1.0 - exp(-hazard);
        // Uniform in (0, 1).
        let draw = (f64::from(words[i]) + 0.5) * (1.0 / 4_294_967_296.0);
        let spike = !held & (draw < probability);
        let jump = if spike { 1.0 } else { 0.0 };
        eta1[i] = eta1[i].mul_add(at(10), jump * at(16));
        eta2[i] = eta2[i].mul_add(at(11), jump * at(17));
        eta3[i] = eta3[i].mul_add(at(12), jump * at(18));
        gamma1[i] = gamma1[i].mul_add(at(13), jump * at(19));
        gamma2[i] = gamma2[i].mul_add(at(14), jump * at(20));
        gamma3[i] = gamma3[i].mul_add(at(15), jump * at(21));
        // Without a refractory period there is no step in which to be held: the reset is at once.
        v[i] = select_unpredictable(spike & (at(5) <= 0.0), at(4), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, at(5), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of the cells of a block: `v` and `v_t` mV, `i_eta` nA, `refractory` steps left, the parts of current and
    /// threshold, a random word a cell, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>] = body(
        c: C, effect: &Effect, v: &mut [f64], refractory: &mut [f64], i_eta: &mut [f64], v_t: &mut [f64],
        eta1: &mut [f64], eta2: &mut [f64], eta3: &mut [f64], gamma1: &mut [f64], gamma2: &mut [f64],
        gamma3: &mut [f64], words: &[u32], fired: &mut [u8],
    )
}
