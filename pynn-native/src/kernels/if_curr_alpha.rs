//! `IfCurrAlpha`: alpha-shaped synaptic currents, integrated exactly.
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) + i_exc + i_inh + i_offset
//! di/dt = d - i / tau_syn        dd/dt = -d / tau_syn        arrival of weight w: d += w e / tau_syn
//! ```
//! so that one spike gives `w (t / tau_syn) exp(1 - t / tau_syn)`, peak `w` at `tau_syn`. Same grid spikes as NEST's
//! `iaf_psc_alpha`.

use std::hint::select_unpredictable;

use super::if_curr_exp::{Parameters, drift};
use super::{Coefficients, Input, vectorised};

/// Number of coefficients.
pub const K: usize = 15;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 1;

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    let synapse = |tau: f64| {
        let (from_slope, from_current) = alpha_to_voltage(p.tau_m, tau, p.cm, h);
        let decay = (-h / tau).exp();
        [from_slope, from_current, decay, h * decay, std::f64::consts::E / tau]
    };
    let ([e0, e1, e2, e3, e4], [i0, i1, i2, i3, i4]) = (synapse(p.tau_syn_e), synapse(p.tau_syn_i));
    let leak = (-h / p.tau_m).exp();
    let drift = drift(p.tau_m, p.cm, p.v_rest, p.i_offset, h);
    [leak, drift, e0, e1, e2, e3, e4, i0, i1, i2, i3, i4, p.v_thresh, p.v_reset, (p.tau_refrac / h).round()]
}

/// Change of `v` in one step, mV, by a slope of 1 nA/ms and by a current of 1 nA.
///
/// With `x = h (1/tau_syn - 1/tau_m)` these are `h^2/C exp(-h/tau_syn) (e^x - 1 - x)/x^2` and
/// `h/C exp(-h/tau_syn) (e^x - 1)/x`; the series takes over where the differences cancel.
fn alpha_to_voltage(tau_m: f64, tau_syn: f64, cm: f64, h: f64) -> (f64, f64) {
    let x = h * (1.0 / tau_syn - 1.0 / tau_m);
    let first = if x.abs() < 1e-5 { 1.0 + x / 2.0 + x * x / 6.0 } else { x.exp_m1() / x };
    let second = if x.abs() < 0.1 { small_second(x) } else { (x.exp_m1() - x) / (x * x) };
    let decay = (-h / tau_syn).exp();
    (h * h / cm * decay * second, h / cm * decay * first)
}

/// `(e^x - 1 - x) / x^2` for small `x`.
fn small_second(x: f64) -> f64 {
    let (mut term, mut sum) = (0.5, 0.5);
    for k in 3..14 {
        term *= x / f64::from(k);
        sum += term;
    }
    sum
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn body<C: Coefficients<K>, I: Input>(
    c: C,
    v: &mut [f64],
    i_exc: &mut [f64],
    d_exc: &mut [f64],
    i_inh: &mut [f64],
    d_inh: &mut [f64],
    refractory: &mut [f64],
    exc: I,
    inh: I,
    fired: &mut [u8],
) {
    let n = v.len();
    let c = c.first(n);
    let (i_exc, d_exc, i_inh, d_inh) = (&mut i_exc[..n], &mut d_exc[..n], &mut i_inh[..n], &mut d_inh[..n]);
    let (refractory, fired) = (&mut refractory[..n], &mut fired[..n]);
    let (mut exc, mut inh) = (exc.first(n), inh.first(n));
    for i in 0..n {
        let held = refractory[i] > 0.0;
        let push_exc = d_exc[i] * c.get(2, i) + i_exc[i] * c.get(3, i);
        let push_inh = d_inh[i] * c.get(7, i) + i_inh[i] * c.get(8, i);
        let moved = v[i] * c.get(0, i) + (push_exc + push_inh) + c.get(1, i);
        let next = if held { v[i] } else { moved };
        i_exc[i] = i_exc[i] * c.get(4, i) + d_exc[i] * c.get(5, i);
        d_exc[i] = d_exc[i] * c.get(4, i) + exc.take(i) * c.get(6, i);
        i_inh[i] = i_inh[i] * c.get(9, i) + d_inh[i] * c.get(10, i);
        d_inh[i] = d_inh[i] * c.get(9, i) + inh.take(i) * c.get(11, i);
        let spike = next >= c.get(12, i);
        v[i] = select_unpredictable(spike, c.get(13, i), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, c.get(14, i), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of all cells: `v` mV, `i_*` nA, `d_*` nA/ms, `refractory` steps left, `exc` and `inh` the arriving
    /// weights in nA, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>, I: Input] = body(
        c: C, v: &mut [f64], i_exc: &mut [f64], d_exc: &mut [f64], i_inh: &mut [f64], d_inh: &mut [f64],
        refractory: &mut [f64], exc: I, inh: I, fired: &mut [u8],
    )
}
