//! `IfCurrExp`: exponentially decaying synaptic currents, integrated exactly (Rotter & Diesmann 1999,
//! doi:10.1007/s004220050570).
//!
//! ```text
//! C dv/dt = -(C / tau_m) (v - v_rest) + i_exc + i_inh + i_offset        di/dt = -i / tau_syn
//! ```
//! The linear system has an exact propagator over one step, so the only discretisation is that of spike times to the
//! grid. Same grid spikes as NEST's `iaf_psc_exp`.

use std::hint::select_unpredictable;

use super::{Coefficients, Input, vectorised};

/// Number of coefficients.
pub const K: usize = 9;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 3;

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
    /// Decay time of the excitatory current, ms.
    pub tau_syn_e: f64,
    /// Decay time of the inhibitory current, ms.
    pub tau_syn_i: f64,
    /// Constant current, nA.
    pub i_offset: f64,
    /// Potential after a spike, mV.
    pub v_reset: f64,
    /// Threshold, mV.
    pub v_thresh: f64,
}

/// Coefficients for time step `h`, ms.
pub fn coefficients(p: &Parameters, h: f64) -> [f64; K] {
    let leak = (-h / p.tau_m).exp();
    [
        leak,
        current_to_voltage(p.tau_m, p.tau_syn_e, p.cm, h),
        current_to_voltage(p.tau_m, p.tau_syn_i, p.cm, h),
        drift(p.tau_m, p.cm, p.v_rest, p.i_offset, h),
        (-h / p.tau_syn_e).exp(),
        (-h / p.tau_syn_i).exp(),
        p.v_thresh,
        p.v_reset,
        (p.tau_refrac / h).round(),
    ]
}

/// Change of `v` in one step, for `v = 0`, by leak and constant current, mV.
pub(super) fn drift(tau_m: f64, cm: f64, v_rest: f64, i_offset: f64, h: f64) -> f64 {
    -(-h / tau_m).exp_m1() * (v_rest + i_offset * tau_m / cm)
}

/// Change of `v` in one step by a current of 1 nA that decays with `tau_syn`, mV:
/// `(1 / C) (exp(-h/tau_m) - exp(-h/tau_syn)) / (1/tau_syn - 1/tau_m)`, also where the two times meet.
fn current_to_voltage(tau_m: f64, tau_syn: f64, cm: f64, h: f64) -> f64 {
    let rate = 1.0 / tau_syn - 1.0 / tau_m;
    let x = h * rate;
    (-h / tau_syn).exp() * h / cm * if x.abs() < 1e-5 { 1.0 + x / 2.0 + x * x / 6.0 } else { x.exp_m1() / x }
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn body<C: Coefficients<K>, I: Input>(
    c: C,
    v: &mut [f64],
    i_exc: &mut [f64],
    i_inh: &mut [f64],
    refractory: &mut [f64],
    exc: I,
    inh: I,
    fired: &mut [u8],
) {
    let n = v.len();
    let c = c.first(n);
    let (i_exc, i_inh, refractory) = (&mut i_exc[..n], &mut i_inh[..n], &mut refractory[..n]);
    let (mut exc, mut inh, fired) = (exc.first(n), inh.first(n), &mut fired[..n]);
    for i in 0..n {
        let held = refractory[i] > 0.0;
        let moved = v[i] * c.get(0, i) + (i_exc[i] * c.get(1, i) + i_inh[i] * c.get(2, i)) + c.get(3, i);
        let next = if held { v[i] } else { moved };
        i_exc[i] = i_exc[i] * c.get(4, i) + exc.take(i);
        i_inh[i] = i_inh[i] * c.get(5, i) + inh.take(i);
        let spike = next >= c.get(6, i);
        v[i] = select_unpredictable(spike, c.get(7, i), next);
        let left = if held { refractory[i] - 1.0 } else { 0.0 };
        refractory[i] = select_unpredictable(spike, c.get(8, i), left);
        fired[i] = u8::from(spike);
    }
}

vectorised! {
    /// One step of all cells: `v` mV, `i_exc` and `i_inh` nA, `refractory` steps left, `exc` and `inh` the arriving
    /// weights in nA, `fired` 1 for a spike.
    pub fn step / step_at [C: Coefficients<K>, I: Input] = body(
        c: C, v: &mut [f64], i_exc: &mut [f64], i_inh: &mut [f64], refractory: &mut [f64],
        exc: I, inh: I, fired: &mut [u8],
    )
}
