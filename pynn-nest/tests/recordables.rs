//! What NEST shows of its cells, in our units.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;

use common::{hold, options, start};
use pynn_core::cell::{CellType, Sampled, Variable};
use pynn_core::prelude::*;
use pynn_nest::Nest;

/// A variable of one cell, sampled every ms for 30 ms.
fn trace<C: CellType, V: Sampled>(
    cell: C,
    variable: Variable<V>,
    change: impl Fn(&mut NetworkBuilder, &Population<Nest, C>),
) -> Vec<f64>
where
    Nest: Simulates<C> + Records<V>,
{
    let mut net = NetworkBuilder::new("Shown");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cells = net.population(&sim, "cells", 2, cell);
    change(&mut net, &cells);
    net.record_every(&cells, variable, 1.0 * ms);
    let mut sim = start(net);
    sim.run(30.0 * ms).unwrap();
    let name = C::info().variables[variable.index()].name;
    let values = sim.trace_of(cells.id(), name, 0).unwrap().values;
    // The second cell.
    values.into_iter().skip(1).step_by(2).collect()
}

fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs(), "{found}, expected {expected}");
}

// Without a current between them, w decays with tau_w.
#[test]
fn adaptation_currents_start_and_are_shown_in_nanoamperes() {
    let _held = hold();
    let cell = EifCondExpIsfaIsta { a: 0.0 * nS, ..EifCondExpIsfaIsta::default() };
    let w = trace(cell, EifCondExpIsfaIsta::variables().w, |net, cells| {
        net.initialize(cells, EifCondExpIsfaIsta::states().w, [0.1 * nA, 0.25 * nA]);
    });
    assert_eq!(w[0], 0.25);
    assert!((w[30] - 0.25 * (-30.0 / 144.0f64).exp()).abs() < 1e-7, "{}", w[30]);
}

#[test]
fn recovery_follows_the_potential_from_its_initial_value() {
    let _held = hold();
    // At v = -70, u = -14 both stand still: 0.04 * 4900 - 350 + 140 + 14 = 0.
    let u = trace(Izhikevich::default(), Izhikevich::variables().u, |_, _| {});
    assert!(u.iter().all(|u| (u + 14.0).abs() < 1e-9), "{u:?}");
    let u = trace(Izhikevich::default(), Izhikevich::variables().u, |net, cells| {
        net.initialize(cells, Izhikevich::states().u, -20.0);
    });
    assert!(u[0] == -20.0 && u[30] != -20.0, "{u:?}");
}

/// A GIF cell that fires once, at the beginning, whatever is drawn.
fn gif() -> GifCondExp {
    GifCondExp { v_t_star: -45.0 * mV, tau_refrac: 100.0 * ms, ..GifCondExp::default() }
}

fn above_threshold(net: &mut NetworkBuilder, cells: &Population<Nest, GifCondExp>) {
    net.initialize(cells, GifCondExp::states().v, -20.0 * mV);
}

/// Each part grows by 1 at the end of the first step and decays with 1, 10 and 100 ms. NEST shows what acted in a step: the
/// sum at its begin.
fn three_parts(time: f64) -> f64 {
    [1.0, 10.0, 100.0].iter().map(|tau| (-(time - 0.1 - 0.1) / tau).exp()).sum()
}

#[test]
fn a_moving_threshold_starts_where_it_rests_and_jumps_at_a_spike() {
    let _held = hold();
    let v_t = trace(gif(), GifCondExp::variables().v_t, above_threshold);
    assert_eq!(v_t[0], -45.0);
    close(v_t[30] + 45.0, three_parts(30.0));
}

#[test]
fn a_spike_triggered_current_is_shown_in_nanoamperes() {
    let _held = hold();
    let i_eta = trace(gif(), GifCondExp::variables().i_eta, above_threshold);
    assert_eq!(i_eta[0], 0.0);
    close(i_eta[30], three_parts(30.0));
}

#[test]
fn adaptation_conductances_start_and_are_shown_in_microsiemens() {
    let _held = hold();
    let g_s = trace(IfCondExpGsfaGrr::default(), IfCondExpGsfaGrr::variables().g_s, |net, cells| {
        net.initialize(cells, IfCondExpGsfaGrr::states().g_s, 5.0 * nS);
    });
    assert_eq!(g_s[0], 0.005);
    assert!((g_s[30] - 0.005 * (-0.3f64).exp()).abs() < 1e-8, "{}", g_s[30]);
    let g_r = trace(IfCondExpGsfaGrr::default(), IfCondExpGsfaGrr::variables().g_r, |net, cells| {
        net.initialize(cells, IfCondExpGsfaGrr::states().g_r, 5.0 * nS);
    });
    assert_eq!(g_r[0], 0.005);
    assert!((g_r[3] - 0.005 * (-1.5f64).exp()).abs() < 1e-8, "{}", g_r[3]);
}

// Chance: a cell whose threshold is reached, with a rate of 1 per ms, fires in a step of 0.1 ms with probability 1 - e^-0.1.
// 2000 of them fire 190.3 times in the first step, give or take 13.1: four deviations.
#[test]
fn gif_cells_draw_each_their_own_numbers() {
    let _held = hold();
    let mut net = NetworkBuilder::new("Chance");
    let sim = net.simulator::<Nest>("sim", options(0.1));
    let cell = GifCondExp {
        v_t_star: -65.0 * mV,
        lambda0: 1.0 * kHz,
        tau_refrac: 9.0 * ms,
        ..GifCondExp::default()
    };
    let cells = net.population(&sim, "cells", 2000, cell);
    net.record(&cells, GifCondExp::variables().spikes);
    let mut sim = start(net);
    sim.run(0.1 * ms).unwrap();
    let fired = sim.spikes_of(cells.id(), 0).unwrap().times.len();
    assert!((138..=243).contains(&fired), "{fired} of 2000");
}
