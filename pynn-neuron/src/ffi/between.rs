//! What is changed and read between runs.

use pynn_core::error::Result;

use super::{Kernel, narrow};

impl Kernel {
    /// Gives cells from number `first` on other values, of which each has `width`, for the next initialisation.
    pub(crate) fn give(&mut self, first: u32, width: usize, values: &[f64]) -> Result<()> {
        let count = narrow(values.len() / width.max(1))?;
        assert!(
            first + count <= self.cells && values.len() == count as usize * width,
            "cells that there are"
        );
        // SAFETY: the pointer is valid for the call and for `count` rows; the cells exist and have rows of this width.
        unsafe { (self.face.give)(first, count, narrow(width)?, values.as_ptr()) };
        Ok(())
    }

    /// Lets cells from number `first` on read now what they are given, but for states; with these capacitances, nF.
    pub(crate) fn renew(&mut self, first: u32, capacitances: &[f64]) -> Result<()> {
        let count = narrow(capacitances.len())?;
        assert!(first + count <= self.cells, "cells that there are");
        // SAFETY: the pointer is valid for the call and for as many entries as said.
        let code = unsafe { (self.face.renew)(first, count, capacitances.as_ptr()) };
        self.face.check(code)
    }

    /// Sets the potentials of cells, mV.
    pub(crate) fn place(&mut self, potentials: &[(u32, f64)]) -> Result<()> {
        assert!(potentials.iter().all(|(cell, _)| *cell < self.cells), "cells that there are");
        let pairs: Vec<f64> = potentials.iter().flat_map(|(cell, v)| [f64::from(*cell), *v]).collect();
        // SAFETY: the pointer is valid for the call and for two numbers an entry.
        let code = unsafe { (self.face.place)(potentials.len() as u64, pairs.as_ptr()) };
        self.face.check(code)
    }

    /// What column number `column` of a cell shows.
    pub(crate) fn value(&self, cell: u32, column: usize) -> f64 {
        assert!(cell < self.cells, "a cell that there is");
        // SAFETY: the cell exists; a column that it has not is NaN.
        unsafe { (self.face.value)(cell, column as u32) }
    }

    /// Sets column number `column` of a cell.
    pub(crate) fn set_value(&mut self, cell: u32, column: usize, value: f64) {
        assert!(cell < self.cells, "a cell that there is");
        // SAFETY: the cell exists; a column that it has not is left out.
        unsafe { (self.face.set_value)(cell, column as u32, value) };
    }

    /// Sets the weights of connections, numbered as they were made.
    pub(crate) fn weigh(&mut self, numbers: &[u64], weights: &[f64]) {
        assert_eq!(numbers.len(), weights.len(), "a weight for each");
        assert!(numbers.iter().all(|number| *number < self.connections), "connections that there are");
        // SAFETY: the pointers are valid for the call and for as many entries as said; the connections exist.
        unsafe { (self.face.weigh)(numbers.len() as u64, numbers.as_ptr(), weights.as_ptr()) };
    }

    /// Sets the delays of connections, ms, numbered as they were made, for the next initialisation.
    pub(crate) fn delay(&mut self, numbers: &[u64], delays: &[f64]) {
        assert_eq!(numbers.len(), delays.len(), "a delay for each");
        assert!(numbers.iter().all(|number| *number < self.connections), "connections that there are");
        // SAFETY: the pointers are valid for the call and for as many entries as said; the connections exist.
        unsafe { (self.face.delay)(numbers.len() as u64, numbers.as_ptr(), delays.as_ptr()) };
    }

    /// Takes the samples of time 0 anew, where they are still there.
    pub(crate) fn sample_again(&mut self) {
        // SAFETY: no more than a call.
        unsafe { (self.face.sample_again)() };
    }
}
