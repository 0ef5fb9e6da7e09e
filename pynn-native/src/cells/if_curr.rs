//! Current-based integrate-and-fire cells.

use pynn_core::error::Result;

use super::{Table, with_coefficients};
use crate::kernels::{if_curr_alpha, if_curr_delta, if_curr_exp};
use crate::model::{CellKernel, Cells, Setup};

const NAMES: [&str; 9] =
    ["v_rest", "cm", "tau_m", "tau_refrac", "tau_syn_E", "tau_syn_I", "i_offset", "v_reset", "v_thresh"];

fn parameters(values: [f64; 9]) -> if_curr_exp::Parameters {
    let [v_rest, cm, tau_m, tau_refrac, tau_syn_e, tau_syn_i, i_offset, v_reset, v_thresh] = values;
    if_curr_exp::Parameters {
        v_rest,
        cm,
        tau_m,
        tau_refrac,
        tau_syn_e,
        tau_syn_i,
        i_offset,
        v_reset,
        v_thresh,
    }
}

/// Kernel of [`pynn_core::cells::IfCurrExp`]; see [`if_curr_exp`].
#[derive(Debug)]
pub struct IfCurrExp(Table<{ if_curr_exp::K }, { if_curr_exp::CURRENT }>);

impl CellKernel for IfCurrExp {
    const STATE: &'static [&'static str] = &["v", "i_exc", "i_inh", "refractory"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        Table::new(setup, NAMES, |values| if_curr_exp::coefficients(&parameters(values), h)).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, i_exc, i_inh, refractory], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| if_curr_exp::step(c, v, i_exc, i_inh, refractory, exc, inh, fired));
    }
}

/// Kernel of [`pynn_core::cells::IfCurrAlpha`]; see [`if_curr_alpha`].
#[derive(Debug)]
pub struct IfCurrAlpha(Table<{ if_curr_alpha::K }, { if_curr_alpha::CURRENT }>);

impl CellKernel for IfCurrAlpha {
    const STATE: &'static [&'static str] = &["v", "i_exc", "d_exc", "i_inh", "d_inh", "refractory"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        Table::new(setup, NAMES, |values| if_curr_alpha::coefficients(&parameters(values), h)).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, i_exc, d_exc, i_inh, d_inh, refractory], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| if_curr_alpha::step(
            c, v, i_exc, d_exc, i_inh, d_inh, refractory, exc, inh, fired
        ));
    }
}

/// Kernel of [`pynn_core::cells::IfCurrDelta`]; see [`if_curr_delta`].
#[derive(Debug)]
pub struct IfCurrDelta(Table<{ if_curr_delta::K }, { if_curr_delta::CURRENT }>);

impl CellKernel for IfCurrDelta {
    const STATE: &'static [&'static str] = &["v", "refractory"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        let names = ["v_rest", "cm", "tau_m", "tau_refrac", "i_offset", "v_reset", "v_thresh"];
        let coefficients = |[v_rest, cm, tau_m, tau_refrac, i_offset, v_reset, v_thresh]: [f64; 7]| {
            let p = if_curr_delta::Parameters { v_rest, cm, tau_m, tau_refrac, i_offset, v_reset, v_thresh };
            if_curr_delta::coefficients(&p, h)
        };
        Table::new(setup, names, coefficients).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, refractory], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| if_curr_delta::step(c, v, refractory, exc, inh, fired));
    }
}
