//! `IfCurrDelta`: a spike of weight `w` (mV) moves `v` by `w`; integrated exactly.
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) + i_offset        arrival of weight w: v += w
//! ```
//! Arrivals while the cell is refractory are lost, as in NEST's `iaf_psc_delta`.

use std::hint::select_unpredictable;

use super::{Coefficients, Input, if_curr_exp, vectorised};

/// Number of coefficients.
pub const K: usize = 5;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 1;

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
        (-h / p.tau_m).exp(),
        if_curr_exp::drift(p.tau_m, p.cm, p.v_rest, p.i_offset, h),
        p.v_thresh,
        p.v_reset,
        (p.tau_refrac / h).round(),
    ]
}

#[inline(always)]
fn body<C: Coefficients<K>, I: Input>(
    c: C,
    v: &mut [f64],
    refractory: &mut [f64],
    exc: I,
    inh: I,
    fired: &mut [u8],
) {
    let n = v.len();
    let c = c.first(n);
    let (refractory, fired) = (&mut refractory[..n], &mut fired[..n]);
    let (mut exc, mut inh) = (exc.first(n), inh.first(n));
    for i in 0..n {
        let held = refractory[i] > 0.0;
        let moved = v[i] * c.get(0, i) + c.get(1, i) + (exc.take(i) + inh.take(i));
        let next = if held { v[i] } else { moved };
        let spike = next >= c.get(2, i);
        v[i] = select_unpredictable(spike, c.get(3, i), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, c.get(4, i), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of all cells: `v` mV, `refractory` steps left, `exc` and `inh` the arriving weights in mV, `fired` 1
    /// for a spike.
    pub fn step / step_at [C: Coefficients<K>, I: Input] = body(
        c: C, v: &mut [f64], refractory: &mut [f64], exc: I, inh: I, fired: &mut [u8],
    )
}
