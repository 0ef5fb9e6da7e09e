//! A leaky membrane with a threshold, under any [`Effect`].
//!
//! `C dv/dt = -(C / tau_m) (v - v_rest) + i_offset + receptors`, integrated as [`if_cond_exp`](super::if_cond_exp) does: exactly
//! for constant conductances, and to the fourth order for those that decay. Threshold, reset and refractory period too
//! are those of [`if_cond_exp`](super::if_cond_exp).

use std::hint::select_unpredictable;

use super::if_cond_exp::linear_step;
use super::response::{BLOCK, Effect};
use super::{Coefficients, vectorised};

/// Number of coefficients.
pub const K: usize = 7;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 2;

/// What the coefficients are made of, in ms, mV, nF, nA.
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
    /// Constant current, nA.
    pub i_offset: f64,
    /// Potential after a spike, mV.
    pub v_reset: f64,
    /// Threshold, mV.
    pub v_thresh: f64,
}

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    [
        h / 2.0 / p.tau_m,
        1.0 / p.tau_m,
        p.v_rest / p.tau_m + p.i_offset / p.cm,
        h / 6.0,
        p.v_thresh,
        p.v_reset,
        (p.tau_refrac / h).round(),
    ]
}

/// `v` of cell `i` at the end of the step, by coefficients 0 to 3.
#[inline(always)]
pub(super) fn moved(effect: &Effect, i: usize, v: f64, [half, leak, rest, sixth]: [f64; 4]) -> f64 {
    let Effect { rate: [_, rate, _], drive: [b0, b1, b2], area: [first, second] } = effect;
    let b = [b0[i] + rest, b1[i] + rest, b2[i] + rest];
    linear_step(v, [first[i] + half, second[i] + half], b, rate[i] + leak, sixth)
}

#[inline(always)]
fn body<C: Coefficients<K>>(c: C, effect: &Effect, v: &mut [f64], refractory: &mut [f64], fired: &mut [u8]) {
    let n = v.len().min(BLOCK);
    let (c, v) = (c.first(n), &mut v[..n]);
    let (refractory, fired) = (&mut refractory[..n], &mut fired[..n]);
    for i in 0..n {
        let moved = moved(effect, i, v[i], [c.get(0, i), c.get(1, i), c.get(2, i), c.get(3, i)]);
        let held = refractory[i] > 0.0;
        let next = if held { v[i] } else { moved };
        let spike = next >= c.get(4, i);
        v[i] = select_unpredictable(spike, c.get(5, i), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, c.get(6, i), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of the cells of a block: `v` mV, `refractory` steps left, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>] = body(
        c: C, effect: &Effect, v: &mut [f64], refractory: &mut [f64], fired: &mut [u8],
    )
}
