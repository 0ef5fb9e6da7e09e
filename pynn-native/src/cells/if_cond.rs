//! Conductance-based integrate-and-fire cells.

use pynn_core::error::Result;
use pynn_core::point_neuron::Response;

use super::composed::Lif;
use super::{Table, with_coefficients};
use crate::kernels::{if_cond_alpha, if_cond_exp, response};
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
        let ([v, g_exc, g_inh, refractory], [exc, inh], fired) = cells.split_sums();
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
        let ([v, g_exc, d_exc, g_inh, d_inh, refractory], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| if_cond_alpha::step(
            c, v, g_exc, d_exc, g_inh, d_inh, refractory, exc, inh, fired
        ));
    }
}

/// Kernel of [`pynn_core::cells::IfCondExpGsfaGrr`]: a [`lif`](crate::kernels::lif) membrane with four receptors, of which the
/// cell's own spikes reach two.
#[derive(Debug)]
pub struct IfCondExpGsfaGrr {
    cell: Lif,
    jumps: [Table<1>; 2],
}

impl CellKernel for IfCondExpGsfaGrr {
    const STATE: &'static [&'static str] = &["v", "refractory", "gsyn_exc", "gsyn_inh", "g_s", "g_r"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let responses = [
            Response::CondExp { tau_syn: "tau_syn_E", e_syn: "e_rev_E" },
            Response::CondExp { tau_syn: "tau_syn_I", e_syn: "e_rev_I" },
            Response::CondExp { tau_syn: "tau_sfa", e_syn: "e_rev_sfa" },
            Response::CondExp { tau_syn: "tau_rr", e_syn: "e_rev_rr" },
        ];
        let jump = |name| Table::new(setup, [name], |jump| jump);
        Ok(Self { cell: Lif::new(setup, &responses)?, jumps: [jump("q_sfa")?, jump("q_rr")?] })
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.cell.inject(cell, current)
    }

    fn step(&mut self, Cells { state, inputs, fired, step }: Cells<'_>) {
        self.cell.step(Cells { state: &mut *state, inputs, fired: &mut *fired, step });
        for (jump, column) in self.jumps.iter().zip(&mut state[Lif::COLUMNS + 2..]) {
            with_coefficients!(jump, |c| response::after_spike(c, column, fired));
        }
    }
}

/// Kernel of [`pynn_core::cells::IfFacetsHardware1`]; see [`if_cond_exp`].
#[derive(Debug)]
pub struct IfFacetsHardware1(Table<{ if_cond_exp::K }, { if_cond_exp::CURRENT }>);

impl CellKernel for IfFacetsHardware1 {
    const STATE: &'static [&'static str] = IfCondExp::STATE;

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        let names = ["g_leak", "tau_syn_E", "tau_syn_I", "v_reset", "e_rev_I", "v_rest", "v_thresh"];
        let coefficients = |[g_leak, tau_syn_e, tau_syn_i, v_reset, e_rev_i, v_rest, v_thresh]: [f64; 7],
                            i_offset| {
            const CM: f64 = 0.2;
            let p = if_cond_exp::Parameters {
                v_rest,
                cm: CM,
                tau_m: CM / g_leak,
                tau_refrac: 1.0,
                tau_syn_e,
                tau_syn_i,
                e_rev_e: 0.0,
                e_rev_i,
                i_offset,
                v_reset,
                v_thresh,
            };
            if_cond_exp::coefficients(&p, h)
        };
        Table::driven(setup, names, coefficients).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, g_exc, g_inh, refractory], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| if_cond_exp::step(c, v, g_exc, g_inh, refractory, exc, inh, fired));
    }
}
