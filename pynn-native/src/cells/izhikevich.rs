//! Izhikevich's cell.

use pynn_core::error::Result;

use super::{Table, with_coefficients};
use crate::kernels::izhikevich;
use crate::model::{CellKernel, Cells, Setup};

/// Kernel of [`pynn_core::cells::Izhikevich`]; see [`izhikevich`].
#[derive(Debug)]
pub struct Izhikevich(Table<{ izhikevich::K }, { izhikevich::CURRENT }>);

impl CellKernel for Izhikevich {
    const STATE: &'static [&'static str] = &["v", "u"];

    fn new(setup: &Setup<'_>) -> Result<Self> {
        let h = setup.timestep();
        let coefficients = |[a, b, c, d, i_offset]: [f64; 5]| {
            izhikevich::coefficients(&izhikevich::Parameters { a, b, c, d, i_offset }, h)
        };
        Table::new(setup, ["a", "b", "c", "d", "i_offset"], coefficients).map(Self)
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        self.0.inject(cell, current)
    }

    fn step(&mut self, cells: Cells<'_>) {
        let ([v, u], [exc, inh], fired) = cells.split_sums();
        with_coefficients!(&self.0, |c| izhikevich::step(c, v, u, exc, inh, fired));
    }
}
