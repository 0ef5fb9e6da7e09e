//! `Izhikevich`: the simple model of Izhikevich (2003).
//!
//! ```text
//! dv/dt = 0.04 v^2 + 5 v + 140 - u + i, du/dt = a (b v - u)      v in mV, t in ms, i in pA over 1 pF
//! arrival of weight w: v += w        v >= 30: v = c, u += d
//! ```
//! # Method
//! NEST's: explicit Euler of both from the values at the start of the step, weights added, then the threshold; no
//! refractory period. The model is defined by this method at a time step of about 1 ms; a finer one is another model.
//! Operations are NEST's in NEST's order, so `v` has NEST's bits.

use std::hint::select_unpredictable;

use super::{Coefficients, Input, vectorised};

/// Number of coefficients.
pub const K: usize = 7;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 5;

/// The cell fires at this potential, mV.
pub const THRESHOLD: f64 = 30.0;

/// What the coefficients are made of.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Rate of recovery, 1/ms.
    pub a: f64,
    /// Sensitivity of recovery to the potential, 1/ms.
    pub b: f64,
    /// Potential after a spike, mV.
    pub c: f64,
    /// Jump of recovery at a spike, mV/ms.
    pub d: f64,
    /// Constant current, nA.
    pub i_offset: f64,
}

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    [h, h * p.a, p.b, p.c, p.d, p.i_offset * 1000.0, THRESHOLD]
}

#[inline(always)]
fn body<C: Coefficients<K>, I: Input>(c: C, v: &mut [f64], u: &mut [f64], exc: I, inh: I, fired: &mut [u8]) {
    let n = v.len();
    let c = c.first(n);
    let (v, u, fired) = (&mut v[..n], &mut u[..n], &mut fired[..n]);
    let (mut exc, mut inh) = (exc.first(n), inh.first(n));
    for i in 0..n {
        let (v0, u0) = (v[i], u[i]);
        let slope = 0.04 * v0 * v0 + 5.0 * v0 + 140.0 - u0 + c.get(5, i);
        let moved = v0 + (c.get(0, i) * slope + (exc.take(i) + inh.take(i)));
        let recovered = u0 + c.get(1, i) * (c.get(2, i) * v0 - u0);
        let spike = moved >= c.get(6, i);
        v[i] = select_unpredictable(spike, c.get(3, i), moved);
        u[i] = recovered + select_unpredictable(spike, c.get(4, i), 0.0);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of all cells: `v` mV, `u` mV/ms, `exc` and `inh` the arriving weights in mV, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>, I: Input] = body(
        c: C, v: &mut [f64], u: &mut [f64], exc: I, inh: I, fired: &mut [u8],
    )
}
