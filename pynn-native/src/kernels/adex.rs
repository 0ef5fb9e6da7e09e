//! A membrane with an exponential upstroke and an adaptation current (AdEx), under any [`Effect`].
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) + (C / tau_m) delta_T e^((v - v_thresh) / delta_T) - w + i_offset + receptors
//! tau_w dw/dt = a (v - v_rest) - w        v >= v_spike: v = v_reset, w += b
//! ```
//! # Spikes
//! As in NEST: `v` is tested within the step; from the crossing to the end of the step and for `round(tau_refrac / h)` steps
//! more it stays at `v_reset`, while w goes on. Without a refractory period it goes on from `v_reset` in the next substep,
//! and however often it crosses in a step, the cell fires once. With `delta_T = 0` there is no upstroke and the cell fires
//! at `v_thresh`.
//!
//! # Method
//! Close to a spike v grows without bound. `x = delta_T ln(1 + e^((v_thresh - v) / delta_T))` does not: it is `v_thresh - v` far
//! below threshold, falls to 0 in an upstroke with a slope of `-delta_T / tau_m`, and obeys, with `q = e^(-x / delta_T)`,
//!
//! ```text
//! dx/dt = -(1 - q) (dv/dt without the upstroke) - q delta_T / tau_m,   v = v_thresh - x - delta_T ln(1 - q)
//! ```
//! The classical Runge-Kutta formula takes x and w through a fixed number of substeps of at most [`LONGEST`]; there the
//! time of the crossing is interpolated, since w jumps then. Conductances are exact at every stage. The same operations
//! for every cell: no step control, no branch.
//!
//! Largest and (root mean square) error of `v` in mV, at least 2 ms away from spikes, against a Runge-Kutta integration by
//! steps of 0.5 us with spikes and input on the same grid, over 200 ms with 8 to 33 spikes. NEST finds a spike at the end
//! of one of its substeps, a few us late, which w remembers:
//!
//! | time step | constant current: here | NEST | input: here | NEST |
//! |---|---|---|---|---|
//! | 0.1 ms | 8e-6 (2e-6) | 9e-4 (2e-4) | 2e-4 (3e-5) | 2e-3 (3e-4) |
//! | 0.01 ms | 2e-6 (5e-7) | 3e-2 (1e-2) | | |
//!
//! # Stability
//! Receptors together count for no more than 1 / substep (40 / ms: 11 uS for the default cell), and in an upstroke v
//! counts for no more than `v_spike`: no input destabilises a cell.

use std::hint::select_unpredictable;

use super::math::{exp, ln};
use super::response::{BLOCK, Effect};
use super::{Coefficients, vectorised};

/// Longest substep, ms.
pub const LONGEST: f64 = 0.025;

/// Number of coefficients.
pub const K: usize = 17;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 1;

/// What the coefficients are made of, in ms, mV, nF, nA, uS.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Capacitance, nF.
    pub cm: f64,
    /// Refractory period, ms.
    pub tau_refrac: f64,
    /// Potential at which a spike is cut off, mV.
    pub v_spike: f64,
    /// Potential after a spike, mV.
    pub v_reset: f64,
    /// Resting potential, mV.
    pub v_rest: f64,
    /// Membrane time constant, ms.
    pub tau_m: f64,
    /// Constant current, nA.
    pub i_offset: f64,
    /// Sub-threshold adaptation, uS.
    pub a: f64,
    /// Spike-triggered adaptation, nA.
    pub b: f64,
    /// Sharpness of the upstroke, mV.
    pub delta_t: f64,
    /// Time constant of adaptation, ms.
    pub tau_w: f64,
    /// Threshold of the upstroke, mV.
    pub v_thresh: f64,
}

/// Substeps in a time step of `h` ms.
pub fn substeps(h: f64) -> usize {
    // The small amount forgives the rounding of h.
    (h / LONGEST - 1e-9).ceil().clamp(1.0, 10_000.0) as usize
}

/// Coefficients for `substeps` substeps in a time step of `h` ms.
pub fn coefficients(p: &Parameters, h: f64, substeps: usize) -> [f64; K] {
    let smooth = p.delta_t > 0.0;
    let x_at = |v: f64| {
        let y = p.v_thresh - v;
        if smooth { y.max(0.0) + p.delta_t * (-y.abs() / p.delta_t).exp().ln_1p() } else { y }
    };
    [
        1.0 / p.tau_m,
        p.v_rest / p.tau_m + p.i_offset / p.cm,
        1.0 / p.cm,
        p.a / p.tau_w,
        p.v_rest,
        1.0 / p.tau_w,
        p.v_thresh,
        p.delta_t,
        if smooth { 1.0 / p.delta_t } else { 0.0 },
        f64::from(u8::from(smooth)),
        if smooth { x_at(p.v_spike) } else { 0.0 },
        x_at(p.v_reset),
        p.v_reset,
        (p.tau_refrac / h).round(),
        p.b,
        (-h / substeps as f64 / p.tau_w).exp(),
        p.a * (p.v_reset - p.v_rest),
    ]
}

/// What is the same for a cell throughout a substep.
#[derive(Clone, Copy)]
struct Membrane {
    leak: f64,
    rest: f64,
    per_cm: f64,
    a: f64,
    v_rest: f64,
    per_tau_w: f64,
    v_thresh: f64,
    delta_t: f64,
    per_delta_t: f64,
    smooth: f64,
    x_spike: f64,
}

/// Rates of change of x and w, under receptors of conductance `rate` that drive by `drive`.
#[inline(always)]
fn change(m: Membrane, x: f64, w: f64, rate: f64, drive: f64) -> (f64, f64) {
    let x = if x < m.x_spike { m.x_spike } else { x };
    let q = m.smooth * exp(-x * m.per_delta_t);
    let s = 1.0 - q;
    // Held above 0 for the logarithm; its product with a slope of that size is nothing.
    let v = (-m.delta_t).mul_add(ln(if s < 1e-17 { 1e-17 } else { s }), m.v_thresh - x);
    let dv = (-w).mul_add(m.per_cm, (-(m.leak + rate)).mul_add(v, m.rest + drive));
    let dx = -s.mul_add(dv, q * (m.delta_t * m.leak));
    (dx, m.a.mul_add(v - m.v_rest, -w * m.per_tau_w))
}

/// Rate and drive of the receptors, both scaled so that the rate is not above `strongest`.
#[inline(always)]
fn receptors(rate: f64, drive: f64, strongest: f64) -> (f64, f64) {
    let scale = strongest / if rate > strongest { rate } else { strongest };
    (rate * scale, drive * scale)
}

#[inline(always)]
fn substep_body<C: Coefficients<K>>(
    c: C,
    h: f64,
    effect: &Effect,
    x: &mut [f64],
    w: &mut [f64],
    held: &mut [f64],
    fired: &mut [u8],
) {
    let n = x.len().min(BLOCK);
    let (c, x, w) = (c.first(n), &mut x[..n], &mut w[..n]);
    let (held, fired) = (&mut held[..n], &mut fired[..n]);
    let Effect { rate: rates, drive: drives, .. } = effect;
    let (half, sixth, strongest) = (h / 2.0, h / 6.0, 1.0 / h);
    for i in 0..n {
        let at = |k: usize| c.get(k, i);
        let m = Membrane {
            leak: at(0),
            rest: at(1),
            per_cm: at(2),
            a: at(3),
            v_rest: at(4),
            per_tau_w: at(5),
            v_thresh: at(6),
            delta_t: at(7),
            per_delta_t: at(8),
            smooth: at(9),
            x_spike: at(10),
        };
        let (a0, b0) = receptors(rates[0][i], drives[0][i], strongest);
        let (a1, b1) = receptors(rates[1][i], drives[1][i], strongest);
        let (a2, b2) = receptors(rates[2][i], drives[2][i], strongest);
        let (x0, w0) = (x[i], w[i]);
        let k1 = change(m, x0, w0, a0, b0);
        let k2 = change(m, half.mul_add(k1.0, x0), half.mul_add(k1.1, w0), a1, b1);
        let k3 = change(m, half.mul_add(k2.0, x0), half.mul_add(k2.1, w0), a1, b1);
        let k4 = change(m, h.mul_add(k3.0, x0), h.mul_add(k3.1, w0), a2, b2);
        let x1 = sixth.mul_add(2.0f64.mul_add(k2.0 + k3.0, k1.0 + k4.0), x0);
        let w1 = sixth.mul_add(2.0f64.mul_add(k2.1 + k3.1, k1.1 + k4.1), w0);
        let is_held = held[i] > 0.0;
        let spike = !is_held & (x1 <= m.x_spike);
        // The part of the substep before the crossing: of a parabola one Newton step from the chord; w then relaxes
        // towards its value at v_reset.
        let (slope, slope_w) = (h * k1.0, h * k1.1);
        let (bend, bend_w) = (x1 - x0 - slope, w1 - w0 - slope_w);
        let chord = (x0 - m.x_spike) / if spike { x0 - x1 } else { 1.0 };
        let miss = chord.mul_add(chord.mul_add(bend, slope), x0 - m.x_spike);
        let before = chord - miss / if spike { (2.0 * chord).mul_add(bend, slope) } else { 1.0 };
        let before = if before > 0.0 { before } else { 0.0 };
        let before = if before < 1.0 { before } else { 1.0 };
        let jumped = before.mul_add(before.mul_add(bend_w, slope_w), w0) + at(14);
        let y = (1.0 - before) * h * m.per_tau_w;
        let y = if y > 1.0 { 1.0 } else { y };
        let target = at(16);
        let relaxed = (target - jumped).mul_add(y * y.mul_add(y.mul_add(1.0 / 6.0, -0.5), 1.0), jumped);
        let waiting = (w0 - target).mul_add(at(15), target);
        let goes_on = if is_held { waiting } else { w1 };
        w[i] = select_unpredictable(spike, relaxed, goes_on);
        let goes_on = if is_held { x0 } else { x1 };
        x[i] = select_unpredictable(spike, at(11), goes_on);
        let hold = if at(13) > 0.0 { 1.0 } else { 0.0 };
        held[i] = select_unpredictable(spike, hold, held[i]);
        fired[i] |= u8::from(spike);
    }
}

vectorised! {
    /// One substep of `h` ms of the cells of a block between [`enter`] and [`leave`]: `w` nA; `fired` becomes 1 for a spike.
    pub fn substep / substep_at [C: Coefficients<K>] = substep_body(
        c: C, h: f64, effect: &Effect, x: &mut [f64], w: &mut [f64], held: &mut [f64], fired: &mut [u8],
    )
}

#[inline(always)]
fn enter_body<C: Coefficients<K>>(c: C, v: &[f64], refractory: &[f64], x: &mut [f64], held: &mut [f64]) {
    let n = v.len().min(BLOCK);
    let c = c.first(n);
    let (v, refractory, x, held) = (&v[..n], &refractory[..n], &mut x[..n], &mut held[..n]);
    for i in 0..n {
        let y = c.get(6, i) - v[i];
        let above = if y > 0.0 { y } else { 0.0 };
        let smooth = c.get(7, i).mul_add(ln(1.0 + exp(-y.abs() * c.get(8, i))), above);
        held[i] = refractory[i];
        let free = if c.get(9, i) > 0.0 { smooth } else { y };
        x[i] = select_unpredictable(refractory[i] > 0.0, c.get(11, i), free);
    }
}

vectorised! {
    /// The start of a step: from `v` (mV) and the `refractory` steps left to what [`substep`] works on.
    pub fn enter / enter_at [C: Coefficients<K>] = enter_body(
        c: C, v: &[f64], refractory: &[f64], x: &mut [f64], held: &mut [f64],
    )
}

#[inline(always)]
fn leave_body<C: Coefficients<K>>(
    c: C,
    x: &[f64],
    held: &[f64],
    fired: &[u8],
    v: &mut [f64],
    refractory: &mut [f64],
) {
    let n = v.len().min(BLOCK);
    let (c, x, held, fired) = (c.first(n), &x[..n], &held[..n], &fired[..n]);
    let (v, refractory) = (&mut v[..n], &mut refractory[..n]);
    for i in 0..n {
        let s = c.get(9, i).mul_add(-exp(-x[i] * c.get(8, i)), 1.0);
        let free = (-c.get(7, i)).mul_add(ln(if s < 1e-17 { 1e-17 } else { s }), c.get(6, i) - x[i]);
        v[i] = select_unpredictable(held[i] > 0.0, c.get(12, i), free);
        let left = if refractory[i] > 0.0 { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(fired[i] != 0, c.get(13, i), left);
    }
}

vectorised! {
    /// The end of a step: back to `v` and `refractory`.
    pub fn leave / leave_at [C: Coefficients<K>] = leave_body(
        c: C, x: &[f64], held: &[f64], fired: &[u8], v: &mut [f64], refractory: &mut [f64],
    )
}
