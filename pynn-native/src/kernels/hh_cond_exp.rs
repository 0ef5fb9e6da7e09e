//! `HhCondExp`: Hodgkin-Huxley cell after Traub & Miles (1991) with exponential synaptic conductances.
//!
//! ```text
//! C dv/dt = -gbar_Na m^3 h (v - e_rev_Na) - gbar_K n^4 (v - e_rev_K) - g_leak (v - e_rev_leak)
//!           - g_exc (v - e_rev_E) - g_inh (v - e_rev_I) + i_offset
//! dx/dt = alpha_x(u) (1 - x) - beta_x(u) x for x = m, h, n,   u = v - v_offset in mV, rates in 1/ms:
//! alpha_m = 0.32 (13 - u) / (e^((13 - u)/4) - 1)      beta_m = 0.28 (u - 40) / (e^((u - 40)/5) - 1)
//! alpha_h = 0.128 e^((17 - u)/18)                     beta_h = 4 / (1 + e^((40 - u)/5))
//! alpha_n = 0.032 (15 - u) / (e^((15 - u)/5) - 1)     beta_n = 0.5 e^((10 - u)/40)
//! dg/dt = -g / tau_syn        arrival of weight w: g += w
//! ```
//! # Spikes
//! A spike is an upward crossing of [`THRESHOLD`] (-20 mV) between two grid points; there is no reset and no refractory
//! period. NEURON detects the crossing of +10 mV, 0.03 ms later; its own error (first order in the step) is -0.013 ms a
//! spike at a step of 0.01 ms, and the threshold is chosen so that spikes of either agree within 0.1 ms for the first
//! ten. NEST reports the first grid point after the peak, 0.1 to 0.2 ms later.
//!
//! # Method
//! The fifth-order formula of Dormand & Prince (1980, doi:10.1016/0771-050X(80)90013-3) with a fixed number of
//! substeps of at most 0.05 ms, see [`substeps`]; conductances are exact at every stage. Cells that are active at the
//! start of a step (`v` above -45 mV for the default cell, or a conductance of more than 8 / ms) take twice as many:
//! in each block they are gathered, so that vectors stay full. Which they are depends on the cell alone.
//!
//! Largest and (root mean square) error of `v` in mV, at least 2 ms away from spikes, over 200 ms of random input and
//! over 100 ms of constant current, against the engine at a step of 0.001 ms:
//!
//! | time step | input: here | NEST | constant current: here | NEST |
//! |---|---|---|---|---|
//! | 0.1 ms | 6e-4 (2e-4) | 3e-3 (1e-3) | 8e-4 (4e-4) | 3e-3 (2e-3) |
//! | 0.025 ms | 4e-6 (1e-6) | 2e-4 (6e-5) | 1e-5 (6e-6) | 2e-4 (8e-5) |
//! | 0.01 ms | 1e-8 (6e-9) | 1e-6 (5e-7) | 3e-8 (2e-8) | 2e-6 (9e-7) |
//!
//! The rates need one exponential: all of theirs are powers of `e^(-u/360)`.
//!
//! # Stability
//! An explicit formula needs bounds. Rates of the gates are held below -60 and above 140 mV from `v_offset`. Where the
//! total conductance of an active cell exceeds 80 / ms, `v` relaxes by that rate (in a spike of the default cell it
//! reaches 53 / ms); synapses count for no more than 40 / ms, 8 uS for the default cell. So no input, however strong,
//! destabilises a cell.

use super::{Coefficients, math::exp_small, vectorised};

/// Rates are held below and above these distances from `v_offset`, mV.
const LOWEST: f64 = -60.0;
const HIGHEST: f64 = 140.0;

/// `v` relaxes by no more than this rate, in units of 1 / substep; up to 3.3 the method is stable.
const FASTEST: f64 = 2.0;

/// All synapses together count for no more than this, in units of 1 / substep.
const SYNAPSES: f64 = 1.0;

/// Cells further above `v_offset` than this (mV) take twice as many substeps,
const ACTIVE: f64 = 18.0;

/// and so do cells whose channels and synapses count for more than this, in units of 1 / substep.
const STRONG: f64 = 0.4;

/// A spike is an upward crossing of this potential, mV.
pub const THRESHOLD: f64 = -20.0;

/// Number of coefficients.
pub const K: usize = 30;

/// The coefficient that has the constant current in it.
pub const CURRENT: usize = 3;

/// Cells of one pass over the substeps: their columns stay in the first-level cache.
const BLOCK: usize = 256;

/// Cells of the longest vector.
const LANES: usize = 8;

/// What the coefficients are made of, in ms, mV, nF, nA, uS.
#[derive(Clone, Copy, Debug)]
pub struct Parameters {
    /// Largest conductance of sodium, uS.
    pub gbar_na: f64,
    /// Largest conductance of potassium, uS.
    pub gbar_k: f64,
    /// Leak conductance, uS.
    pub g_leak: f64,
    /// Capacitance, nF.
    pub cm: f64,
    /// Potential that shifts the rates, mV.
    pub v_offset: f64,
    /// Reversal potential of sodium, mV.
    pub e_rev_na: f64,
    /// Reversal potential of potassium, mV.
    pub e_rev_k: f64,
    /// Reversal potential of the leak, mV.
    pub e_rev_leak: f64,
    /// Excitatory reversal potential, mV.
    pub e_rev_e: f64,
    /// Inhibitory reversal potential, mV.
    pub e_rev_i: f64,
    /// Decay time of the excitatory conductance, ms.
    pub tau_syn_e: f64,
    /// Decay time of the inhibitory conductance, ms.
    pub tau_syn_i: f64,
    /// Constant current, nA.
    pub i_offset: f64,
}

/// Substeps in a time step of `h` ms for cells whose largest `(gbar_na + gbar_k + g_leak) / cm` is `speed`, 1/ms: as many
/// as keep a substep at or below 0.05 ms; more for channels faster than those of the default cell (130.05 / ms). An
/// active cell takes twice as many.
pub fn substeps(speed: f64, h: f64) -> usize {
    // The small amount forgives the rounding of h = 0.1 / 2.
    (h * 20.0 * (speed / 130.05).max(1.0) - 1e-9).ceil().clamp(1.0, 10_000.0) as usize
}

/// Times of the stages, in substeps.
const STAGES: [f64; 5] = [1.0 / 5.0, 3.0 / 10.0, 4.0 / 5.0, 8.0 / 9.0, 1.0];

/// Where the decays of a substep of quiet and of active cells start among the coefficients.
const QUIET_DECAYS: usize = 10;
const ACTIVE_DECAYS: usize = 20;

/// Coefficients for `substeps` substeps in a time step of `h` ms.
pub fn coefficients(p: &Parameters, h: f64, substeps: usize) -> [f64; K] {
    let mut c = [0.0; K];
    c[..10].copy_from_slice(&[
        p.gbar_na / p.cm,
        p.gbar_k / p.cm,
        p.g_leak / p.cm,
        (p.g_leak * p.e_rev_leak + p.i_offset) / p.cm,
        p.v_offset,
        p.e_rev_na,
        p.e_rev_k,
        p.e_rev_e,
        p.e_rev_i,
        1.0 / p.cm,
    ]);
    for (first, substeps) in [(QUIET_DECAYS, substeps), (ACTIVE_DECAYS, 2 * substeps)] {
        for (k, stage) in STAGES.into_iter().enumerate() {
            let time = stage * h / substeps as f64;
            c[first + k] = (-time / p.tau_syn_e).exp();
            c[first + 5 + k] = (-time / p.tau_syn_i).exp();
        }
    }
    c
}

/// `v`, `m`, `h`, `n` of one cell, or their rates of change.
type Four = [f64; 4];

/// `y + a k`.
#[inline(always)]
fn plus(y: Four, a: f64, k: Four) -> Four {
    [k[0].mul_add(a, y[0]), k[1].mul_add(a, y[1]), k[2].mul_add(a, y[2]), k[3].mul_add(a, y[3])]
}

/// `a x / (e^x - 1)` as numerator and denominator, of which the latter is never near zero; `top = a x`, and `e` are two
/// factors of `e^x`.
#[inline(always)]
fn linoid(a: f64, top: f64, e: (f64, f64)) -> (f64, f64) {
    let small = top.abs() < a * 1e-3;
    let series = top.mul_add(top.mul_add(1.0 / (12.0 * a), -0.5), a);
    (if small { series } else { top }, if small { 1.0 } else { e.0.mul_add(e.1, -1.0) })
}

/// Opening and closing rates of m, h and n at `u = v - v_offset`, 1/ms.
#[inline(always)]
fn rates(u: f64) -> [f64; 6] {
    // e^(13/4), e^8, e^3, 0.128 e^(17/18), 0.5 e^(1/4).
    const M: f64 = 25.790_339_917_193_062;
    const Z: f64 = 2_980.957_987_041_728_3;
    const N: f64 = 20.085_536_923_187_668;
    const H: f64 = 0.329_137_207_652_867_8;
    const C: f64 = 0.642_012_708_343_870_7;
    let u = if u < LOWEST { LOWEST } else { u };
    let u = if u > HIGHEST { HIGHEST } else { u };
    // Powers of q = e^(-u/360).
    let q = exp_small(u * (-1.0 / 360.0));
    let q2 = q * q;
    let q4 = q2 * q2;
    let q8 = q4 * q4;
    let q9 = q8 * q;
    let q18 = q9 * q9;
    let q36 = q18 * q18;
    let q72 = q36 * q36;
    let (q20, q90) = (q18 * q2, q72 * q18);
    let z = Z * q72;
    let (m_top, m_below) = linoid(1.28, u.mul_add(-0.32, 4.16), (M, q90));
    let (n_top, n_below) = linoid(0.16, u.mul_add(-0.032, 0.48), (N, q72));
    // a x / (e^x - 1) with x = (u - 40)/5 = -y is a y z / (z - 1) with z = e^y.
    let top = u.mul_add(-0.28, 11.2);
    let small = top.abs() < 1.4e-3;
    let series = top.mul_add(top.mul_add(1.0 / (12.0 * 1.4), 0.5), 1.4);
    let b_top = if small { series } else { top * z };
    let b_below = if small { 1.0 } else { z - 1.0 };
    // One division for all four: the reciprocal of the product, multiplied back.
    let h_below = 1.0 + z;
    let (mb, hn) = (m_below * b_below, h_below * n_below);
    let inverse = 1.0 / (mb * hn);
    let (per_mb, per_hn) = (inverse * hn, inverse * mb);
    [
        m_top * (per_mb * b_below),
        b_top * (per_mb * m_below),
        H * q20,
        (4.0 * per_hn) * n_below,
        n_top * (per_hn * h_below),
        C * q9,
    ]
}

/// What does not change within a step: conductances over capacitance in 1/ms, potentials in mV.
#[derive(Clone, Copy)]
struct Membrane {
    na: f64,
    k: f64,
    offset: f64,
    e_na: f64,
    e_k: f64,
    /// 1 / the fastest rate at which `v` may relax, ms.
    per_fastest: f64,
}

/// Rates of change of a cell with leak and synapses of conductance `g` that drive by `b`.
#[inline(always)]
fn change(p: Membrane, [v, m, h, n]: Four, (g, b): (f64, f64)) -> Four {
    let (na, n2) = ((m * m) * (m * h) * p.na, n * n);
    let k = n2 * n2 * p.k;
    let total = na + (k + g);
    // 1 up to `fastest`, then less: `limit * total` does not exceed it for any total that can be, three times as much.
    let limit = total.mul_add(-p.per_fastest, 2.0);
    let limit = if limit > 1.0 { 1.0 } else { limit };
    let limit = if limit < 0.3 { 0.3 } else { limit };
    let [open_m, close_m, open_h, close_h, open_n, close_n] = rates(v - p.offset);
    [
        limit * v.mul_add(-total, na.mul_add(p.e_na, k.mul_add(p.e_k, b))),
        m.mul_add(-(open_m + close_m), open_m),
        h.mul_add(-(open_h + close_h), open_h),
        n.mul_add(-(open_n + close_n), open_n),
    ]
}

/// Weights of the stages, times the substep: `[k][j]` of stage `k + 2`, and of the end.
type Tableau = [[f64; 5]; 6];

fn tableau(h: f64) -> Tableau {
    [
        [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0],
        [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0],
        [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0],
        [19_372.0 / 6_561.0, -25_360.0 / 2_187.0, 64_448.0 / 6_561.0, -212.0 / 729.0, 0.0],
        [9_017.0 / 3_168.0, -355.0 / 33.0, 46_732.0 / 5_247.0, 49.0 / 176.0, -5_103.0 / 18_656.0],
        // Of k1, k3, k4, k5, k6.
        [35.0 / 384.0, 500.0 / 1_113.0, 125.0 / 192.0, -2_187.0 / 6_784.0, 11.0 / 84.0],
    ]
    .map(|row: [f64; 5]| row.map(|weight| weight * h))
}

/// What all cells share in a substep.
#[derive(Clone, Copy)]
struct Substep {
    weights: Tableau,
    /// 1 / the fastest rate at which `v` may relax, ms.
    per_fastest: f64,
    /// The strongest that synapses may be, 1/ms.
    strongest: f64,
}

impl Substep {
    /// A substep of `h` ms.
    #[inline(always)]
    fn new(h: f64) -> Self {
        Self { weights: tableau(h), per_fastest: h / FASTEST, strongest: SYNAPSES / h }
    }
}

/// One substep of cells whose coefficients are those of number `cell(i)` of the call; their decays start at `DECAYS`.
#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn substep<C: Coefficients<K>, const DECAYS: usize>(
    c: C,
    Substep { weights: [a2, a3, a4, a5, a6, end], per_fastest, strongest }: Substep,
    cell: impl Fn(usize) -> usize,
    v: &mut [f64],
    m: &mut [f64],
    h: &mut [f64],
    n: &mut [f64],
    g_exc: &mut [f64],
    g_inh: &mut [f64],
) {
    let cells = v.len();
    let (m, h, n) = (&mut m[..cells], &mut h[..cells], &mut n[..cells]);
    let (g_exc, g_inh) = (&mut g_exc[..cells], &mut g_inh[..cells]);
    for i in 0..cells {
        let at = |k: usize| c.get(k, cell(i));
        let decay = |stage: usize| (at(DECAYS + stage), at(DECAYS + 5 + stage));
        let p = Membrane { na: at(0), k: at(1), offset: at(4), e_na: at(5), e_k: at(6), per_fastest };
        let (e, g) = (g_exc[i] * at(9), g_inh[i] * at(9));
        let sum = e + g;
        let scale = strongest / if sum > strongest { sum } else { strongest };
        let (e, g) = (e * scale, g * scale);
        let synapses = |(decay_e, decay_i): (f64, f64)| {
            let (e, g) = (e * decay_e, g * decay_i);
            (at(2) + (e + g), e.mul_add(at(7), g.mul_add(at(8), at(3))))
        };
        let y = [v[i], m[i], h[i], n[i]];
        let k1 = change(p, y, synapses((1.0, 1.0)));
        let k2 = change(p, plus(y, a2[0], k1), synapses(decay(0)));
        let stage = plus(plus(y, a3[0], k1), a3[1], k2);
        let k3 = change(p, stage, synapses(decay(1)));
        let stage = plus(plus(plus(y, a4[0], k1), a4[1], k2), a4[2], k3);
        let k4 = change(p, stage, synapses(decay(2)));
        let stage = plus(plus(plus(plus(y, a5[0], k1), a5[1], k2), a5[2], k3), a5[3], k4);
        let k5 = change(p, stage, synapses(decay(3)));
        let stage = plus(plus(plus(plus(plus(y, a6[0], k1), a6[1], k2), a6[2], k3), a6[3], k4), a6[4], k5);
        let k6 = change(p, stage, synapses(decay(4)));
        let next =
            plus(plus(plus(plus(plus(y, end[0], k1), end[1], k3), end[2], k4), end[3], k5), end[4], k6);
        [v[i], m[i], h[i], n[i]] = next;
        g_exc[i] *= decay(4).0;
        g_inh[i] *= decay(4).1;
    }
}

#[inline(always)]
#[expect(clippy::too_many_arguments, reason = "one a column")]
fn body<C: Coefficients<K>>(
    c: C,
    timestep: f64,
    substeps: usize,
    v: &mut [f64],
    m: &mut [f64],
    h: &mut [f64],
    n: &mut [f64],
    g_exc: &mut [f64],
    g_inh: &mut [f64],
    exc: &[f64],
    inh: &[f64],
    fired: &mut [u8],
) {
    let cells = v.len();
    let c = c.first(cells);
    let h_sub = timestep / substeps as f64;
    let (quiet, active) = (Substep::new(h_sub), Substep::new(h_sub / 2.0));
    let (mut before, mut chosen) = ([0.0; BLOCK], Chosen::new());
    let Some(last) = cells.checked_sub(1) else { return };
    let mut first = 0;
    while first < cells {
        let end = cells.min(first + BLOCK);
        let (v, m) = (&mut v[first..end], &mut m[first..end]);
        let (h, n) = (&mut h[first..end], &mut n[first..end]);
        let (g_exc, g_inh) = (&mut g_exc[first..end], &mut g_inh[first..end]);
        before[..end - first].copy_from_slice(v);
        for i in 0..end - first {
            let at = |k: usize| c.get(k, first + i);
            let (n2, synapses) = (n[i] * n[i], (g_exc[i] + g_inh[i]) * at(9));
            let total = at(0) * (m[i] * m[i]) * (m[i] * h[i]) + at(1) * (n2 * n2) + synapses;
            let active = u8::from(v[i] > at(4) + ACTIVE) | u8::from(total > STRONG / h_sub);
            chosen.marks[i] = active;
        }
        chosen.choose(end - first);
        chosen.take([&*v, &*m, &*h, &*n, &*g_exc, &*g_inh]);
        for _ in 0..substeps {
            substep::<C, QUIET_DECAYS>(c, quiet, |i| first + i, v, m, h, n, g_exc, g_inh);
        }
        let Chosen { index, state: [cv, cm, ch, cn, ce, ci], padded, .. } = &mut chosen;
        let (cells, index) = (*padded, &index[..*padded]);
        for _ in 0..if cells > 0 { 2 * substeps } else { 0 } {
            let (cv, cm, ch, cn) = (&mut cv[..cells], &mut cm[..cells], &mut ch[..cells], &mut cn[..cells]);
            substep::<C, ACTIVE_DECAYS>(c, active, |k| (first + index[k]).min(last), cv, cm, ch, cn, ce, ci);
        }
        chosen.give([&mut *v, &mut *m, &mut *h, &mut *n, &mut *g_exc, &mut *g_inh]);
        let (exc, inh, fired) = (&exc[first..end], &inh[first..end], &mut fired[first..end]);
        for i in 0..end - first {
            fired[i] = u8::from(before[i] < THRESHOLD) & u8::from(v[i] >= THRESHOLD);
            g_exc[i] += exc[i];
            g_inh[i] += inh[i];
        }
        first = end;
    }
}

/// The active cells of a block, side by side, and filled up to whole vectors with copies of the last.
struct Chosen {
    marks: [u8; BLOCK],
    index: [usize; BLOCK],
    state: [[f64; BLOCK]; 6],
    count: usize,
    padded: usize,
}

impl Chosen {
    #[inline(always)]
    fn new() -> Self {
        Self { marks: [0; BLOCK], index: [0; BLOCK], state: [[0.0; BLOCK]; 6], count: 0, padded: 0 }
    }

    /// Chooses those of the first `cells` cells that have a mark.
    #[inline(always)]
    fn choose(&mut self, cells: usize) {
        let mut count = 0;
        for (number, marks) in self.marks[..cells].chunks(LANES).enumerate() {
            if marks.iter().fold(0, |any, mark| any | mark) == 0 {
                continue;
            }
            for (k, mark) in marks.iter().enumerate() {
                self.index[count] = number * LANES + k;
                count += usize::from(*mark);
            }
        }
        (self.count, self.padded) = (count, count.next_multiple_of(LANES).min(BLOCK));
        if count > 0 {
            let last = self.index[count - 1];
            self.index[count..self.padded].fill(last);
        }
    }

    #[inline(always)]
    fn take(&mut self, columns: [&[f64]; 6]) {
        for (state, column) in self.state.iter_mut().zip(columns) {
            for (state, i) in state.iter_mut().zip(&self.index[..self.padded]) {
                *state = column[*i];
            }
        }
    }

    #[inline(always)]
    fn give(&self, columns: [&mut [f64]; 6]) {
        for (state, column) in self.state.iter().zip(columns) {
            for (state, i) in state.iter().zip(&self.index[..self.count]) {
                column[*i] = *state;
            }
        }
    }
}

vectorised! {
    /// One step of all cells: `v` mV; `m`, `h`, `n` gates; `g_exc` and `g_inh` uS, `exc` and `inh` the arriving weights
    /// in uS, `fired` 1 for a spike. `timestep` (ms) and `substeps` are those that the coefficients were made with.
    pub fn step / step_at [C: Coefficients<K>] = body(
        c: C, timestep: f64, substeps: usize, v: &mut [f64], m: &mut [f64], h: &mut [f64], n: &mut [f64],
        g_exc: &mut [f64], g_inh: &mut [f64], exc: &[f64], inh: &[f64], fired: &mut [u8],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_traub_and_miles_also_where_they_are_singular() {
        let linoid = |x: f64| if x == 0.0 { 1.0 } else { x / x.exp_m1() };
        let mut potentials: Vec<f64> = (-600..1_400).map(|k| f64::from(k) * 0.1).collect();
        potentials.extend([13.0 + 1e-9, 40.0 - 1e-7, 15.0 + 1e-5, 13.0 - 4e-3, 40.0 + 5e-3]);
        for u in potentials {
            let expected = [
                1.28 * linoid((13.0 - u) / 4.0),
                1.4 * linoid((u - 40.0) / 5.0),
                0.128 * ((17.0 - u) / 18.0).exp(),
                4.0 / (1.0 + ((40.0 - u) / 5.0).exp()),
                0.16 * linoid((15.0 - u) / 5.0),
                0.5 * ((10.0 - u) / 40.0).exp(),
            ];
            for (found, expected) in rates(u).into_iter().zip(expected) {
                // The exponential is 1e-10 off after 90 multiplications; e^x - 1 next to |x| = 1e-3 costs three digits more.
                assert!((found / expected - 1.0).abs() < 1e-7, "u = {u}: {found} for {expected}");
            }
        }
    }
}
