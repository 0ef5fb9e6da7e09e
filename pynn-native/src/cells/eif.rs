//! Exponential integrate-and-fire cells with adaptation.

use pynn_core::error::Result;
use pynn_core::point_neuron::Response;

use super::composed::AdEx;
use crate::model::{CellKernel, Cells, Setup};

/// Kernel of [`pynn_core::cells::EifCondExpIsfaIsta`]; see [`adex`](crate::kernels::adex).
#[derive(Debug)]
pub struct EifCondExpIsfaIsta(AdEx);

impl CellKernel for EifCondExpIsfaIsta {
    const STATE: &'static [&'static str] = &["v", "w", "refractory", "gsyn_exc", "gsyn_inh"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let responses = [
            Response::CondExp { tau_syn: "tau_syn_E", e_syn: "e_rev_E" },
            Response::CondExp { tau_syn: "tau_syn_I", e_syn: "e_rev_I" },
        ];
        AdEx::new(setup, &responses).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        self.0.step(cells);
    }
}

/// Kernel of [`pynn_core::cells::EifCondAlphaIsfaIsta`]; see [`adex`](crate::kernels::adex).
#[derive(Debug)]
pub struct EifCondAlphaIsfaIsta(AdEx);

impl CellKernel for EifCondAlphaIsfaIsta {
    const STATE: &'static [&'static str] =
        &["v", "w", "refractory", "gsyn_exc", "d_exc", "gsyn_inh", "d_inh"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let responses = [
            Response::CondAlpha { tau_syn: "tau_syn_E", e_syn: "e_rev_E" },
            Response::CondAlpha { tau_syn: "tau_syn_I", e_syn: "e_rev_I" },
        ];
        AdEx::new(setup, &responses).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        self.0.step(cells);
    }
}
