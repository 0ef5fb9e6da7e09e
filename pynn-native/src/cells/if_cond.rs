//! Conductance-based integrate-and-fire cells.

use pynn_core::error::Result;

use super::{Table, with_coefficients};
use crate::kernels::{if_cond_alpha, if_cond_exp};
use crate::model::{CellKernel, Cells, Setup};

const NAMES: [&str; 11] = [
    "v_rest",
    "cm",
    "tau_m",
    "tau_refrac",
    "tau_syn_E",
    "tau_syn_I",
    "e_rev_E",
    "e_rev_I",
    "i_offset",
    "v_reset",
    "v_thresh",
];

fn parameters(values: [f64; 11]) -> if_cond_exp::Parameters {
    let [v_rest, cm, tau_m, tau_refrac, tau_syn_e, tau_syn_i, e_rev_e, e_rev_i, i_offset, v_reset, v_thresh] =
        values;
    if_cond_exp::Parameters {
        v_rest,
        cm,
        tau_m,
        tau_refrac,
        tau_syn_e,
        tau_syn_i,
        e_rev_e,
        e_rev_i,
        i_offset,
        v_reset,
        v_thresh,
    }
}

/// Kernel of [`pynn_core::cells::IfCondExp`]; see [`if_cond_exp`].
#[derive(Debug)]
pub struct IfCondExp(Table<{ if_cond_exp::K }, { if_cond_exp::CURRENT }>);

impl CellKernel for IfCondExp {
    const STATE: &'static [&'static str] = &["v", "gsyn_exc", "gsyn_inh", "refractory"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        Table::new(setup, NAMES, |values| if_cond_exp::coefficients(&parameters(values), h)).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, g_exc, g_inh, refractory], [exc, inh], fired) = cells.split();
        with_coefficients!(&self.0, |c| if_cond_exp::step(c, v, g_exc, g_inh, refractory, exc, inh, fired));
    }
}

/// Kernel of [`pynn_core::cells::IfCondAlpha`]; see [`if_cond_alpha`].
#[derive(Debug)]
pub struct IfCondAlpha(Table<{ if_cond_alpha::K }, { if_cond_alpha::CURRENT }>);

impl CellKernel for IfCondAlpha {
    const STATE: &'static [&'static str] = &["v", "gsyn_exc", "d_exc", "gsyn_inh", "d_inh", "refractory"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        Table::new(setup, NAMES, |values| if_cond_alpha::coefficients(&parameters(values), h)).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, g_exc, d_exc, g_inh, d_inh, refractory], [exc, inh], fired) = cells.split();
        with_coefficients!(&self.0, |c| if_cond_alpha::step(
            c, v, g_exc, d_exc, g_inh, d_inh, refractory, exc, inh, fired
        ));
    }
}
