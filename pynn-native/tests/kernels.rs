//! Kernels on every instruction set, bit for bit.

use pynn_native::kernels::deliver::Sums;
use pynn_native::kernels::{
    Level, PerCell, SameBut, adex, deliver, gif, hh_cond_exp, if_cond_alpha, if_cond_exp, if_curr_alpha,
    if_curr_delta, if_curr_exp, izhikevich, lif, response,
};

/// Not a multiple of any vector's length, and more than a block.
const CELLS: usize = 149;

/// Numbers in 0..1 that differ from cell to cell and column to column.
fn noise(column: u64) -> Vec<f64> {
    let mix = |x: u64| (x ^ (x >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11;
    (0..CELLS as u64)
        .map(|cell| {
            mix((cell << 20 | column).wrapping_mul(0xbf58_476d_1ce4_e5b9)) as f64 / (1u64 << 53) as f64
        })
        .collect()
}

fn scaled(column: u64, low: f64, high: f64) -> Vec<f64> {
    noise(column).into_iter().map(|x| low + (high - low) * x).collect()
}

fn steps() -> Vec<f64> {
    scaled(9, 0.0, 3.0).into_iter().map(f64::floor).collect()
}

/// Asserts that 50 steps end with the same bits at each level.
fn assert_same_bits(columns: Vec<Vec<f64>>, step: impl Fn(Level, &mut [Vec<f64>], &mut [u8])) {
    let at = |level| {
        let (mut columns, mut fired, mut spikes) = (columns.clone(), vec![0; CELLS], vec![0u32; CELLS]);
        for _ in 0..50 {
            step(level, &mut columns, &mut fired);
            spikes.iter_mut().zip(&fired).for_each(|(spikes, fired)| *spikes += u32::from(*fired));
        }
        let bits: Vec<Vec<u64>> =
            columns.into_iter().map(|c| c.into_iter().map(f64::to_bits).collect()).collect();
        (bits, spikes)
    };
    let baseline = at(Level::Baseline);
    assert!(baseline.1.iter().sum::<u32>() > 0, "no cell fires");
    for level in Level::available() {
        let other = at(level);
        assert_eq!(other.1, baseline.1, "{level:?}: spikes");
        for (number, (other, baseline)) in other.0.iter().zip(&baseline.0).enumerate() {
            let differs =
                other.iter().zip(baseline).position(|(a, b)| a != b || !f64::from_bits(*a).is_finite());
            assert_eq!(differs, None, "{level:?}: column {number}");
        }
    }
}

fn per_cell<const K: usize>(columns: &[Vec<f64>; K]) -> PerCell<'_, K> {
    PerCell(std::array::from_fn(|k| columns[k].as_slice()))
}

/// Coefficients of cells that differ a little.
fn varied<const K: usize>(coefficients: impl Fn(f64) -> [f64; K]) -> [Vec<f64>; K] {
    let each: Vec<[f64; K]> = noise(77).into_iter().map(|x| coefficients(1.0 + 0.1 * x)).collect();
    std::array::from_fn(|k| each.iter().map(|c| c[k]).collect())
}

fn curr(factor: f64) -> if_curr_exp::Parameters {
    if_curr_exp::Parameters {
        v_rest: -65.0,
        cm: 1.0,
        tau_m: 20.0 * factor,
        tau_refrac: 0.5,
        tau_syn_e: 5.0 * factor,
        tau_syn_i: 3.0,
        i_offset: 0.8,
        v_reset: -65.0,
        v_thresh: -50.0,
    }
}

fn cond(factor: f64) -> if_cond_exp::Parameters {
    if_cond_exp::Parameters {
        v_rest: -65.0,
        cm: 1.0,
        tau_m: 20.0 * factor,
        tau_refrac: 0.5,
        tau_syn_e: 5.0 * factor,
        tau_syn_i: 3.0,
        e_rev_e: 0.0,
        e_rev_i: -70.0,
        i_offset: 0.8,
        v_reset: -65.0,
        v_thresh: -50.0,
    }
}

#[test]
fn current_based_cells_have_the_same_bits_on_every_path() {
    let (exc, inh) = (scaled(1, 0.0, 0.3), scaled(2, -0.2, 0.0));
    let v = || scaled(3, -65.0, -49.0);
    let each = varied(|factor| if_curr_exp::coefficients(&curr(factor), 0.1));
    assert_same_bits(vec![v(), noise(4), noise(5), steps()], |level, columns, fired| {
        let [v, a, b, r] = columns else { unreachable!() };
        if_curr_exp::step_at(level, per_cell(&each), v, a, b, r, &*exc, &*inh, fired);
    });
    let each = varied(|factor| if_curr_alpha::coefficients(&curr(factor), 0.1));
    assert_same_bits(vec![v(), noise(4), noise(5), noise(6), noise(7), steps()], |level, columns, fired| {
        let [v, a, b, x, y, r] = columns else { unreachable!() };
        if_curr_alpha::step_at(level, per_cell(&each), v, a, b, x, y, r, &*exc, &*inh, fired);
    });
    let same = if_curr_exp::coefficients(&curr(1.0), 0.1);
    assert_same_bits(vec![v(), noise(4), noise(5), steps()], |level, columns, fired| {
        let [v, a, b, r] = columns else { unreachable!() };
        if_curr_exp::step_at(level, same, v, a, b, r, &*exc, &*inh, fired);
    });
    let own = scaled(8, -3.0, 3.0);
    let same_but = SameBut::<'_, _, { if_curr_exp::CURRENT }> { same, own: &own };
    assert_same_bits(vec![v(), noise(4), noise(5), steps()], |level, columns, fired| {
        let [v, a, b, r] = columns else { unreachable!() };
        if_curr_exp::step_at(level, same_but, v, a, b, r, &*exc, &*inh, fired);
    });
    let p = if_curr_delta::Parameters {
        v_rest: -65.0,
        cm: 1.0,
        tau_m: 20.0,
        tau_refrac: 0.5,
        i_offset: 0.8,
        v_reset: -65.0,
        v_thresh: -50.0,
    };
    let same = if_curr_delta::coefficients(&p, 0.1);
    assert_same_bits(vec![v(), steps()], |level, columns, fired| {
        let [v, r] = columns else { unreachable!() };
        if_curr_delta::step_at(level, same, v, r, &*exc, &*inh, fired);
    });
}

#[test]
fn conductance_based_cells_have_the_same_bits_on_every_path() {
    let (exc, inh) = (scaled(1, 0.0, 0.03), scaled(2, 0.0, 0.02));
    let v = || scaled(3, -65.0, -49.0);
    let each = varied(|factor| if_cond_exp::coefficients(&cond(factor), 0.1));
    // From weak to overwhelming conductances.
    let g = || scaled(4, 0.0, 30.0);
    assert_same_bits(vec![v(), g(), noise(5), steps()], |level, columns, fired| {
        let [v, a, b, r] = columns else { unreachable!() };
        if_cond_exp::step_at(level, per_cell(&each), v, a, b, r, &*exc, &*inh, fired);
    });
    let each = varied(|factor| if_cond_alpha::coefficients(&cond(factor), 0.1));
    assert_same_bits(vec![v(), g(), noise(5), noise(6), noise(7), steps()], |level, columns, fired| {
        let [v, a, b, x, y, r] = columns else { unreachable!() };
        if_cond_alpha::step_at(level, per_cell(&each), v, a, b, x, y, r, &*exc, &*inh, fired);
    });
}

#[test]
fn hodgkin_huxley_cells_have_the_same_bits_on_every_path() {
    let p = |factor: f64| hh_cond_exp::Parameters {
        gbar_na: 20.0 * factor,
        gbar_k: 6.0,
        g_leak: 0.01,
        cm: 0.2,
        v_offset: -63.0,
        e_rev_na: 50.0,
        e_rev_k: -90.0,
        e_rev_leak: -65.0,
        e_rev_e: 0.0,
        e_rev_i: -80.0,
        tau_syn_e: 0.2,
        tau_syn_i: 2.0,
        i_offset: 0.5,
    };
    let (exc, inh) = (scaled(1, 0.0, 0.03), scaled(2, 0.0, 0.02));
    let columns = || {
        vec![scaled(3, -80.0, 0.0), noise(4), noise(5), noise(6), scaled(7, 0.0, 0.1), scaled(8, 0.0, 0.1)]
    };
    let each = varied(|factor| hh_cond_exp::coefficients(&p(factor), 0.1, 3));
    assert_same_bits(columns(), |level, columns, fired| {
        let [v, m, h, n, e, i] = columns else { unreachable!() };
        hh_cond_exp::step_at(level, per_cell(&each), 0.1, 3, v, m, h, n, e, i, &exc, &inh, fired);
    });
    let same = hh_cond_exp::coefficients(&p(1.0), 0.1, 3);
    assert_same_bits(columns(), |level, columns, fired| {
        let [v, m, h, n, e, i] = columns else { unreachable!() };
        hh_cond_exp::step_at(level, same, 0.1, 3, v, m, h, n, e, i, &exc, &inh, fired);
    });
}

/// What two receptors do, after a step of each.
fn two_receptors(level: Level, g: &mut [f64], h: &mut [f64], d: &mut [f64]) -> response::Effect {
    let mut both = response::Effect::none();
    let first = varied(|factor| response::conductance(5.0 * factor, 0.0, 0.3, 0.1));
    response::first_order_at(level, per_cell(&first), &mut both, g);
    let second = varied(|factor| response::slow_conductance([2.0 * factor, 5.0], -80.0, 0.3, 0.1));
    response::second_order_at(level, per_cell(&second), &mut both, h, d);
    both
}

#[test]
fn composed_cells_have_the_same_bits_on_every_path() {
    let columns = || vec![scaled(3, -65.0, -49.0), steps(), noise(4), scaled(5, 0.0, 0.1), noise(6)];
    let p = |factor: f64| lif::Parameters {
        v_rest: -65.0,
        cm: 0.3,
        tau_m: 20.0 * factor,
        tau_refrac: 0.5,
        i_offset: 0.3,
        v_reset: -65.0,
        v_thresh: -50.0,
    };
    let each = varied(|factor| lif::coefficients(&p(factor), 0.1));
    assert_same_bits(columns(), |level, columns, fired| {
        let [v, r, g, h, d] = columns else { unreachable!() };
        let effect = two_receptors(level, g, h, d);
        lif::step_at(level, per_cell(&each), &effect, v, r, fired);
    });
    // Every third cell has no upstroke.
    let p = |factor: f64| adex::Parameters {
        cm: 0.3,
        tau_refrac: 0.5,
        v_spike: -40.0,
        v_reset: -70.0,
        v_rest: -70.0,
        tau_m: 9.0 * factor,
        i_offset: 0.5,
        a: 0.004,
        b: 0.08,
        delta_t: if factor < 1.03 { 0.0 } else { 2.0 },
        tau_w: 144.0,
        v_thresh: -50.0,
    };
    let each = varied(|factor| adex::coefficients(&p(factor), 0.1, 4));
    let columns = || [columns(), vec![scaled(7, 0.0, 0.3)]].concat();
    assert_same_bits(columns(), |level, columns, fired| {
        let [v, r, g, h, d, w] = columns else { unreachable!() };
        let (mut x, mut held) = (vec![0.0; CELLS], vec![0.0; CELLS]);
        fired.fill(0);
        adex::enter_at(level, per_cell(&each), v, r, &mut x, &mut held);
        for _ in 0..4 {
            let effect = two_receptors(level, g, h, d);
            adex::substep_at(level, per_cell(&each), 0.025, &effect, &mut x, w, &mut held, fired);
        }
        adex::leave_at(level, per_cell(&each), &x, &held, fired, v, r);
    });
}

#[test]
fn stochastic_and_two_variable_cells_have_the_same_bits_on_every_path() {
    let p = |factor: f64| gif::Parameters {
        v_rest: -55.0,
        cm: 1.0,
        tau_m: 20.0 * factor,
        tau_refrac: 0.5,
        v_reset: -65.0,
        i_offset: 0.3,
        delta_v: 0.5,
        v_t_star: -48.0,
        lambda0: 10.0,
        tau_eta: [1.0, 10.0, 100.0],
        tau_gamma: [1.0, 10.0, 100.0],
        a_eta: [0.1, 0.2, 0.1],
        a_gamma: [1.0, 0.5, 0.2],
    };
    let each = varied(|factor| gif::coefficients(&p(factor), 0.1));
    let columns: Vec<Vec<f64>> =
        [scaled(3, -60.0, -44.0), steps()].into_iter().chain((4..15).map(noise)).collect();
    let words: Vec<u32> = noise(20).into_iter().map(|x| (x * 4e9) as u32).collect();
    assert_same_bits(columns, |level, columns, fired| {
        let [v, r, i, t, a, b, c, x, y, z, g, h, d] = columns else { unreachable!() };
        let effect = two_receptors(level, g, h, d);
        gif::step_at(level, per_cell(&each), &effect, v, r, i, t, a, b, c, x, y, z, &words, fired);
    });
    let p =
        |factor: f64| izhikevich::Parameters { a: 0.02 * factor, b: 0.2, c: -65.0, d: 6.0, i_offset: 0.014 };
    let each = varied(|factor| izhikevich::coefficients(&p(factor), 0.1));
    let (exc, inh) = (scaled(1, 0.0, 2.0), scaled(2, -0.5, 0.0));
    assert_same_bits(vec![scaled(3, -70.0, -40.0), scaled(4, -16.0, -10.0)], |level, columns, fired| {
        let [v, u] = columns else { unreachable!() };
        izhikevich::step_at(level, per_cell(&each), v, u, &*exc, &*inh, fired);
    });
}

#[test]
fn collected_inputs_have_the_same_bits_on_every_path() {
    let sums: Vec<i64> = noise(1).into_iter().map(|x| ((x - 0.5) * 1e15) as i64).collect();
    for level in Level::available() {
        let (mut inputs, mut out) = (sums.clone(), vec![0.0; CELLS]);
        deliver::collect_at(level, Sums::new(&mut inputs, 2f64.powi(-33)), &mut out);
        assert!(out.iter().zip(&sums).all(|(out, sum)| *out == *sum as f64 * 2f64.powi(-33)), "{level:?}");
    }
}

#[test]
fn sums_taken_by_a_kernel_are_those_collected_for_it() {
    let quantum = 2f64.powi(-40);
    let sums =
        |column, sign: i64| noise(column).into_iter().map(|x| sign * (x * 3e11) as i64).collect::<Vec<_>>();
    let (exc, inh) = (sums(1, 1), sums(2, -1));
    let numbers = |sums: &[i64]| sums.iter().map(|sum| *sum as f64 * quantum).collect::<Vec<_>>();
    let (exc_numbers, inh_numbers) = (numbers(&exc), numbers(&inh));
    let (curr, cond) =
        (if_curr_exp::coefficients(&curr(1.0), 0.1), if_cond_exp::coefficients(&cond(1.0), 0.1));
    for level in Level::available() {
        let state = [scaled(3, -65.0, -49.0), noise(4), noise(5), steps()];
        let (mut one, mut two, mut fired) = (state.clone(), state, [vec![0; CELLS], vec![0; CELLS]]);
        for _ in 0..20 {
            let ([v, a, b, r], [x, y, z, w]) = (&mut one, &mut two);
            let (mut e, mut i) = (exc.clone(), inh.clone());
            let (of_exc, of_inh) = (Sums::new(&mut e, quantum), Sums::new(&mut i, quantum));
            if_curr_exp::step_at(level, curr, v, a, b, r, of_exc, of_inh, &mut fired[0]);
            assert_eq!((e, i), (vec![0; CELLS], vec![0; CELLS]), "{level:?}: sums are taken");
            if_curr_exp::step_at(level, curr, x, y, z, w, &*exc_numbers, &*inh_numbers, &mut fired[1]);
            let (mut e, mut i) = (exc.clone(), inh.clone());
            let (of_exc, of_inh) = (Sums::new(&mut e, quantum), Sums::new(&mut i, quantum));
            if_cond_exp::step_at(level, cond, v, a, b, r, of_exc, of_inh, &mut fired[0]);
            if_cond_exp::step_at(level, cond, x, y, z, w, &*exc_numbers, &*inh_numbers, &mut fired[1]);
        }
        assert_eq!((one, &fired[0]), (two, &fired[1]), "{level:?}");
    }
}
