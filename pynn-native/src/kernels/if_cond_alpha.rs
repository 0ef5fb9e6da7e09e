//! `IfCondAlpha`: alpha-shaped synaptic conductances.
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) - g_exc (v - e_rev_E) - g_inh (v - e_rev_I) + i_offset
//! dg/dt = d - g / tau_syn        dd/dt = -d / tau_syn        arrival of weight w: d += w e / tau_syn
//! ```
//! so that one spike gives `w (t / tau_syn) exp(1 - t / tau_syn)`. The method is that of [`if_cond_exp`]: exact
//! conductances and their exact integrals, Simpson's rule for the rest.

use std::hint::select_unpredictable;

use super::if_cond_exp::{self, Parameters, linear_step};
use super::{Coefficients, Input, vectorised};

/// Number of coefficients.
pub const K: usize = 19;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 10;

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    let half = h / 2.0;
    // Integrals over half a step of the conductance from g = 1 and from d = 1, over C; decay; gain of an arrival.
    let synapse = |tau: f64| {
        let x = half / tau;
        let (decay, lost) = ((-x).exp(), -(-x).exp_m1());
        [tau * lost / p.cm, tau * tau * (lost - x * decay) / p.cm, decay, std::f64::consts::E / tau]
    };
    let ([e0, e1, e2, e3], [i0, i1, i2, i3]) = (synapse(p.tau_syn_e), synapse(p.tau_syn_i));
    let [leak, .., drive, exc, inh, sixth, thresh, reset, refrac, rate, per_cm] =
        if_cond_exp::coefficients(p, h);
    [leak, e0, e1, e2, e3, i0, i1, i2, i3, half, drive, exc, inh, sixth, thresh, reset, refrac, rate, per_cm]
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn body<C: Coefficients<K>, I: Input>(
    c: C,
    v: &mut [f64],
    g_exc: &mut [f64],
    d_exc: &mut [f64],
    g_inh: &mut [f64],
    d_inh: &mut [f64],
    refractory: &mut [f64],
    exc: I,
    inh: I,
    fired: &mut [u8],
) {
    let n = v.len();
    let c = c.first(n);
    let (g_exc, d_exc, g_inh, d_inh) = (&mut g_exc[..n], &mut d_exc[..n], &mut g_inh[..n], &mut d_inh[..n]);
    let (refractory, fired) = (&mut refractory[..n], &mut fired[..n]);
    let (mut exc, mut inh) = (exc.first(n), inh.first(n));
    for i in 0..n {
        let half = c.get(9, i);
        let (e0, p0, i0, q0) = (g_exc[i], d_exc[i], g_inh[i], d_inh[i]);
        let (e1, p1) = (half.mul_add(p0, e0) * c.get(3, i), p0 * c.get(3, i));
        let (i1, q1) = (half.mul_add(q0, i0) * c.get(7, i), q0 * c.get(7, i));
        let (e2, p2) = (half.mul_add(p1, e1) * c.get(3, i), p1 * c.get(3, i));
        let (i2, q2) = (half.mul_add(q1, i1) * c.get(7, i), q1 * c.get(7, i));
        let integral = |e: f64, p: f64, g: f64, q: f64| {
            let inh = g.mul_add(c.get(5, i), q.mul_add(c.get(6, i), c.get(0, i)));
            e.mul_add(c.get(1, i), p.mul_add(c.get(2, i), inh))
        };
        let drive = |e: f64, g: f64| e.mul_add(c.get(11, i), g.mul_add(c.get(12, i), c.get(10, i)));
        let a = [integral(e0, p0, i0, q0), integral(e1, p1, i1, q1)];
        let a_mid = (e1 + i1).mul_add(c.get(18, i), c.get(17, i));
        let b = [drive(e0, i0), drive(e1, i1), drive(e2, i2)];
        let moved = linear_step(v[i], a, b, a_mid, c.get(13, i));
        (g_exc[i], g_inh[i]) = (e2, i2);
        d_exc[i] = p2 + exc.take(i) * c.get(4, i);
        d_inh[i] = q2 + inh.take(i) * c.get(8, i);
        let held = refractory[i] > 0.0;
        let next = if held { v[i] } else { moved };
        let spike = next >= c.get(14, i);
        v[i] = select_unpredictable(spike, c.get(15, i), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, c.get(16, i), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of all cells: `v` mV, `g_*` uS, `d_*` uS/ms, `refractory` steps left, `exc` and `inh` the arriving
    /// weights in uS, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>, I: Input] = body(
        c: C, v: &mut [f64], g_exc: &mut [f64], d_exc: &mut [f64], g_inh: &mut [f64], d_inh: &mut [f64],
        refractory: &mut [f64], exc: I, inh: I, fired: &mut [u8],
    )
}
