//! What views of a population are given: parameters and initial values.

mod common;

use common::Paper;
use pynn_core::change::CellValue;
use pynn_core::population::Population;
use pynn_core::prelude::*;

fn net() -> (NetworkBuilder, Population<Paper, IfCurrExp>) {
    let mut net = NetworkBuilder::new("Varied");
    let sim = net.simulator("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 6, IfCurrExp { tau_m: 10.0 * ms, ..IfCurrExp::default() });
    (net, cells)
}

fn tau_m() -> CellValue {
    CellValue::Parameter(IfCurrExp::parameters().tau_m.index())
}

#[test]
fn only_the_cells_of_a_view_get_values_and_the_last_holds() {
    let (mut net, cells) = net();
    let (tau_m, v) = (IfCurrExp::parameters().tau_m, IfCurrExp::states().v);
    net.vary(cells.slice(..3), tau_m, 20.0 * ms);
    net.vary(cells.select([5, 2]), tau_m, [30.0 * ms, 60.0 * ms]);
    net.initialize(cells.slice(4..), v, |cell: usize| -(cell as f64) * mV);
    let (cells, network) = (cells.id(), net.build().unwrap());
    assert_eq!(network.cell_values(cells, self::tau_m()), [20.0, 20.0, 30.0, 10.0, 10.0, 60.0]);
    let v = CellValue::Initial(v.index());
    assert_eq!(network.cell_values(cells, v), [-65.0, -65.0, -65.0, -65.0, -4.0, -5.0]);
}

#[test]
fn what_the_population_is_given_later_replaces_what_its_views_were_given() {
    let (mut net, cells) = net();
    net.vary(cells.slice(..3), IfCurrExp::parameters().tau_m, -1.0 * ms);
    net.vary(&cells, IfCurrExp::parameters().tau_m, 20.0 * ms);
    net.vary(cells.slice(5..), IfCurrExp::parameters().tau_m, 30.0 * ms);
    let (cells, network) = (cells.id(), net.build().unwrap());
    assert_eq!(network.cell_values(cells, tau_m()), [20.0, 20.0, 20.0, 20.0, 20.0, 30.0]);
}

#[test]
fn a_cell_draws_the_same_whatever_view_it_is_in() {
    let uniform = Uniform { low: 10.0 * ms, high: 20.0 * ms };
    let drawn = |views: &[Vec<usize>]| {
        let (mut net, cells) = net();
        views.iter().for_each(|view| {
            net.vary(cells.select(view.iter().copied()), IfCurrExp::parameters().tau_m, uniform)
        });
        net.seed(5);
        net.build().unwrap().cell_values(cells.id(), tau_m())
    };
    let all = drawn(&[(0..6).collect()]);
    assert_eq!(drawn(&[vec![1, 3], vec![0, 2, 3, 4, 5]]), all);
    let some = drawn(&[vec![4]]);
    assert_eq!((some[4], some[3]), (all[4], 10.0));
}

#[test]
fn mistakes_name_the_cell_of_the_population() {
    let (mut net, cells) = net();
    let tau_m = IfCurrExp::parameters().tau_m;
    net.vary(cells.slice(2..9), tau_m, 20.0 * ms);
    net.vary(cells.slice(2..4), tau_m, [1.0 * ms; 3]);
    net.vary(cells.slice(2..4), tau_m, [1.0 * ms, 0.0 * ms]);
    net.vary(cells.slice(4..), IfCurrExp::parameters().cm, |cell: usize| (cell as f64 - 5.0) * nF);
    net.initialize(cells.slice(1..2), IfCurrExp::states().v, f64::NAN * mV);
    let message = net.build().unwrap_err();
    assert_eq!(
        message.message(),
        "5 mistakes in the description:\n  \
         - `vary` of `cells`: the range 2..9 reaches beyond the 6 cells of the population `cells`; end it at 6 or before\n  \
         - population `cells`: tau_m lists 3 values for 2 cells; list one a cell\n  \
         - population `cells`: tau_m[3] of IF_curr_exp is 0 ms, but must be positive\n  \
         - population `cells`: cm[4] of IF_curr_exp is -1 nF, but must be positive\n  \
         - population `cells`: v[1] of IF_curr_exp is NaN mV, but must be finite"
    );
}
