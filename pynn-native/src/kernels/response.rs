//! What receptors of any number and kind do to a membrane, `C dv/dt = ... + sum of g (e - v) + sum of i`.
//!
//! | receptor | columns | an arriving weight w adds |
//! |---|---|---|
//! | [`first_order`]: `dg/dt = -g / tau`, or the same for a current | `g` | w to `g` |
//! | [`second_order`]: `dg/dt = d - g / tau_decay`, `dd/dt = -d / tau_rise` | `g`, `d` | [`kick`]` w` to `d`: `g` then peaks at w |
//!
//! With `tau_rise = tau_decay` the second is the alpha function. Both are advanced exactly.

use super::{Coefficients, Input, vectorised};

/// Cells of one pass: what is added up for them stays in the first-level cache.
pub const BLOCK: usize = 256;

/// What the receptors of the cells of a block do in a (sub)step, conductances and currents over the capacitance.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Total conductance at the start, in the middle and at the end, 1/ms.
    pub rate: [[f64; BLOCK]; 3],
    /// What drives `v` at these times, mV/ms.
    pub drive: [[f64; BLOCK]; 3],
    /// The integral of `rate` over the first and the second half.
    pub area: [[f64; BLOCK]; 2],
}

impl Effect {
    /// No receptor yet.
    #[must_use]
    pub fn none() -> Self {
        Self { rate: [[0.0; BLOCK]; 3], drive: [[0.0; BLOCK]; 3], area: [[0.0; BLOCK]; 2] }
    }

    /// Forgets what was added up for the first `cells` cells.
    pub fn clear(&mut self, cells: usize) {
        let columns = self.rate.iter_mut().chain(&mut self.drive).chain(&mut self.area);
        columns.for_each(|column| column[..cells].fill(0.0));
    }
}

/// Number of coefficients of [`first_order`].
pub const FIRST: usize = 4;

/// A conductance that decays with `tau` ms and reverses at `e_rev` mV, on a capacitance of `cm` nF, for (sub)steps of `h` ms.
#[must_use]
pub fn conductance(tau: f64, e_rev: f64, cm: f64, h: f64) -> [f64; FIRST] {
    let half = -h / 2.0 / tau;
    [half.exp(), 1.0 / cm, e_rev / cm, -half.exp_m1() * tau / cm]
}

/// A current that decays with `tau` ms, on a capacitance of `cm` nF, for (sub)steps of `h` ms.
#[must_use]
pub fn current(tau: f64, cm: f64, h: f64) -> [f64; FIRST] {
    [(-h / 2.0 / tau).exp(), 0.0, 1.0 / cm, 0.0]
}

/// Number of coefficients of [`second_order`].
pub const SECOND: usize = 7;

/// What a `d` of 1 makes of `g` after `s` ms.
fn rising(tau_rise: f64, tau_decay: f64, s: f64) -> f64 {
    let difference = s * (1.0 / tau_rise - 1.0 / tau_decay);
    // (1 - e^-x) / x
    let mean = if difference == 0.0 { 1.0 } else { -(-difference).exp_m1() / difference };
    s * mean * (-s / tau_decay).exp()
}

/// A conductance that rises with `tau_rise` and decays with `tau_decay` ms; otherwise as [`conductance`].
#[must_use]
pub fn slow_conductance([tau_rise, tau_decay]: [f64; 2], e_rev: f64, cm: f64, h: f64) -> [f64; SECOND] {
    let half = h / 2.0;
    let (rise, risen) = (-half / tau_rise, rising(tau_rise, tau_decay, half));
    // Of dg/dt = d - g / tau_decay the integral is tau_decay (integral of d, less what g gained).
    let from_rise = tau_decay * (-rise.exp_m1() * tau_rise - risen);
    [
        (-half / tau_decay).exp(),
        rise.exp(),
        risen,
        1.0 / cm,
        e_rev / cm,
        -(-half / tau_decay).exp_m1() * tau_decay / cm,
        from_rise / cm,
    ]
}

/// What a weight of 1 adds to the `d` of a [`slow_conductance`], so that its peak is 1.
#[must_use]
pub fn kick([tau_rise, tau_decay]: [f64; 2]) -> f64 {
    // At the peak the rise and the decay are as fast: t = ln(tau_decay / tau_rise) / (1 / tau_rise - 1 / tau_decay).
    let ratio = tau_decay / tau_rise - 1.0;
    let log_over_ratio = if ratio == 0.0 { 1.0 } else { ratio.ln_1p() / ratio };
    1.0 / rising(tau_rise, tau_decay, tau_decay * log_over_ratio)
}

#[inline(always)]
fn first_body<C: Coefficients<FIRST>>(c: C, effect: &mut Effect, g: &mut [f64]) {
    let n = g.len().min(BLOCK);
    let (c, g) = (c.first(n), &mut g[..n]);
    let Effect { rate: [a0, a1, a2], drive: [b0, b1, b2], area: [first, second] } = effect;
    for i in 0..n {
        let g0 = g[i];
        let g1 = g0 * c.get(0, i);
        let g2 = g1 * c.get(0, i);
        a0[i] = g0.mul_add(c.get(1, i), a0[i]);
        a1[i] = g1.mul_add(c.get(1, i), a1[i]);
        a2[i] = g2.mul_add(c.get(1, i), a2[i]);
        b0[i] = g0.mul_add(c.get(2, i), b0[i]);
        b1[i] = g1.mul_add(c.get(2, i), b1[i]);
        b2[i] = g2.mul_add(c.get(2, i), b2[i]);
        first[i] = g0.mul_add(c.get(3, i), first[i]);
        second[i] = g1.mul_add(c.get(3, i), second[i]);
        g[i] = g2;
    }
}

vectorised! {
    /// Adds a receptor of first order to `effect` and takes its column to the end of the (sub)step.
    pub fn first_order / first_order_at [C: Coefficients<FIRST>] = first_body(
        c: C, effect: &mut Effect, g: &mut [f64],
    )
}

#[inline(always)]
fn second_body<C: Coefficients<SECOND>>(c: C, effect: &mut Effect, g: &mut [f64], d: &mut [f64]) {
    let n = g.len().min(BLOCK);
    let (c, g, d) = (c.first(n), &mut g[..n], &mut d[..n]);
    let Effect { rate: [a0, a1, a2], drive: [b0, b1, b2], area: [first, second] } = effect;
    for i in 0..n {
        let (g0, d0) = (g[i], d[i]);
        let (g1, d1) = (g0.mul_add(c.get(0, i), d0 * c.get(2, i)), d0 * c.get(1, i));
        let (g2, d2) = (g1.mul_add(c.get(0, i), d1 * c.get(2, i)), d1 * c.get(1, i));
        a0[i] = g0.mul_add(c.get(3, i), a0[i]);
        a1[i] = g1.mul_add(c.get(3, i), a1[i]);
        a2[i] = g2.mul_add(c.get(3, i), a2[i]);
        b0[i] = g0.mul_add(c.get(4, i), b0[i]);
        b1[i] = g1.mul_add(c.get(4, i), b1[i]);
        b2[i] = g2.mul_add(c.get(4, i), b2[i]);
        first[i] = g0.mul_add(c.get(5, i), d0.mul_add(c.get(6, i), first[i]));
        second[i] = g1.mul_add(c.get(5, i), d1.mul_add(c.get(6, i), second[i]));
        (g[i], d[i]) = (g2, d2);
    }
}

vectorised! {
    /// Adds a receptor of second order to `effect` and takes its columns to the end of the (sub)step.
    pub fn second_order / second_order_at [C: Coefficients<SECOND>] = second_body(
        c: C, effect: &mut Effect, g: &mut [f64], d: &mut [f64],
    )
}

#[inline(always)]
fn arrive_body<C: Coefficients<1>, I: Input>(kick: C, column: &mut [f64], input: I) {
    let n = column.len();
    let (kick, mut input) = (kick.first(n), input.first(n));
    for (i, value) in column.iter_mut().enumerate() {
        *value = input.take(i).mul_add(kick.get(0, i), *value);
    }
}

vectorised! {
    /// Adds to `column` what arrives, `kick` times.
    pub fn arrive / arrive_at [C: Coefficients<1>, I: Input] = arrive_body(
        kick: C, column: &mut [f64], input: I,
    )
}

/// Adds `kick` to `column` where a cell fired.
pub fn after_spike<C: Coefficients<1>>(kick: C, column: &mut [f64], fired: &[u8]) {
    let n = column.len();
    let (kick, fired) = (kick.first(n), &fired[..n]);
    for i in 0..n {
        column[i] += if fired[i] != 0 { kick.get(0, i) } else { 0.0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest `g` and the integral of `rate` over 60 ms after a weight of 1.
    fn peak_and_area(taus: [f64; 2]) -> (f64, f64) {
        let (mut effect, mut g, mut d) = (Effect::none(), [0.0], [kick(taus)]);
        let (mut peak, c) = (0.0f64, slow_conductance(taus, 0.0, 1.0, 1e-2));
        for _ in 0..6_000 {
            second_order(c, &mut effect, &mut g, &mut d);
            peak = peak.max(g[0]);
        }
        (peak, effect.area[0][0] + effect.area[1][0])
    }

    #[test]
    fn a_slow_conductance_peaks_at_its_weight_and_has_the_area_of_its_shape() {
        // The alpha function w (t / tau) e^(1 - t / tau) has the area e tau w. Sampled every 0.01 ms, a peak is missed by
        // no more than (0.005 / tau)^2 / 2.
        let (peak, area) = peak_and_area([2.0, 2.0]);
        assert!((peak - 1.0).abs() < 4e-6, "{peak}");
        assert!((area / (2.0 * std::f64::consts::E) - 1.0).abs() < 1e-10, "{area}");
        // Of w k (e^(-t / 1.7) - e^(-t / 0.2)) the area is w k (1.7 - 0.2), and k = 1 / the bracket at its peak.
        let at_peak = (1.7f64 / 0.2).ln() / (1.0 / 0.2 - 1.0 / 1.7);
        let bracket = (-at_peak / 1.7).exp() - (-at_peak / 0.2).exp();
        let (peak, area) = peak_and_area([0.2, 1.7]);
        assert!((peak - 1.0).abs() < 3e-4, "{peak}");
        assert!((area * bracket / 1.5 - 1.0).abs() < 1e-10, "{area}");
    }

    #[test]
    fn a_slow_conductance_is_continuous_where_its_time_constants_meet() {
        let alpha = slow_conductance([2.0, 2.0], -70.0, 0.3, 0.1);
        let near = slow_conductance([2.0 * (1.0 + 1e-9), 2.0], -70.0, 0.3, 0.1);
        for (alpha, near) in alpha.into_iter().zip(near) {
            assert!((near / alpha - 1.0).abs() < 1e-8, "{near} {alpha}");
        }
        assert!((kick([2.0 * (1.0 + 1e-9), 2.0]) / kick([2.0, 2.0]) - 1.0).abs() < 1e-8);
        assert!((kick([2.0, 2.0]) - std::f64::consts::E / 2.0).abs() < 1e-15);
    }
}
