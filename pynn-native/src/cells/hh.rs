//! Hodgkin-Huxley cells.

use pynn_core::error::Result;

use super::{Table, with_coefficients};
use crate::kernels::hh_cond_exp;
use crate::model::{CellKernel, Cells, Setup};

const NAMES: [&str; 13] = [
    "gbar_Na",
    "gbar_K",
    "g_leak",
    "cm",
    "v_offset",
    "e_rev_Na",
    "e_rev_K",
    "e_rev_leak",
    "e_rev_E",
    "e_rev_I",
    "tau_syn_E",
    "tau_syn_I",
    "i_offset",
];

fn parameters(values: [f64; 13]) -> hh_cond_exp::Parameters {
    let [gbar_na, gbar_k, g_leak, cm, v_offset, e_rev_na, e_rev_k, rest @ ..] = values;
    let [e_rev_leak, e_rev_e, e_rev_i, tau_syn_e, tau_syn_i, i_offset] = rest;
    hh_cond_exp::Parameters {
        gbar_na,
        gbar_k,
        g_leak,
        cm,
        v_offset,
        e_rev_na,
        e_rev_k,
        e_rev_leak,
        e_rev_e,
        e_rev_i,
        tau_syn_e,
        tau_syn_i,
        i_offset,
    }
}

/// The number of substeps of the whole population, so that it does not depend on how the cells are divided over ranks.
fn substeps(setup: &Setup<'_>) -> Result<usize> {
    let names = ["gbar_Na", "gbar_K", "g_leak", "cm"];
    let mut whole = setup.population().clone();
    whole.cells = match names.map(|name| setup.constant_parameter(name)) {
        [Some(_), Some(_), Some(_), Some(_)] => 0..1,
        _ => 0..whole.spec.size,
    };
    let [na, k, leak, cm] = names.map(|name| whole.parameter_named(name));
    let channels = na?.into_iter().zip(k?).zip(leak?).map(|((na, k), leak)| na + k + leak);
    let speeds = channels.zip(cm?).map(|(channels, cm)| channels / cm);
    Ok(hh_cond_exp::substeps(speeds.fold(0.0, f64::max), setup.timestep()))
}

/// Kernel of [`pynn_core::cells::HhCondExp`]; see [`hh_cond_exp`].
#[derive(Debug)]
pub struct HhCondExp {
    table: Table<{ hh_cond_exp::K }, { hh_cond_exp::CURRENT }>,
    timestep: f64,
    substeps: usize,
}

impl CellKernel for HhCondExp {
    const STATE: &'static [&'static str] = &["v", "m", "h", "n", "gsyn_exc", "gsyn_inh"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let substeps = substeps(setup)?;
        let h = setup.timestep();
        let table =
            Table::new(setup, NAMES, |values| hh_cond_exp::coefficients(&parameters(values), h, substeps))?;
        Ok(Self { table, timestep: h, substeps })
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.table.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, m, h, n, g_exc, g_inh], [exc, inh], fired) = cells.split();
        with_coefficients!(&self.table, |c| hh_cond_exp::step(
            c,
            self.timestep,
            self.substeps,
            v,
            m,
            h,
            n,
            g_exc,
            g_inh,
            exc,
            inh,
            fired
        ));
    }
}
