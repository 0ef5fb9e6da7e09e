//! The standard cells: parameters to coefficients, columns to kernels.

mod composed;
mod eif;
mod gif;
mod hh;
mod if_cond;
mod if_curr;
mod izhikevich;

pub(crate) use composed::Point;
pub use eif::{EifCondAlphaIsfaIsta, EifCondExpIsfaIsta};
pub use gif::GifCondExp;
pub use hh::HhCondExp;
pub use if_cond::{IfCondAlpha, IfCondExp, IfCondExpGsfaGrr, IfFacetsHardware1};
pub use if_curr::{IfCurrAlpha, IfCurrDelta, IfCurrExp};
pub use izhikevich::Izhikevich;

use std::ops::Range;

use pynn_core::error::Result;

use crate::kernels::{PerCell, SameBut};
use crate::model::Setup;

/// A coefficient that there is not: of kernels that take no electrodes.
const NONE: usize = usize::MAX;

/// Coefficients of the cells of a population on one rank. That of number `CURRENT` is linear in the constant current.
#[derive(Debug)]
struct Table<const K: usize, const CURRENT: usize = NONE> {
    columns: Columns<K>,
    /// For each cell, if electrodes inject into some, coefficient `CURRENT` without an electrode, and what 1 nA adds.
    gains: Vec<(f64, f64)>,
}

#[derive(Debug)]
enum Columns<const K: usize> {
    /// No parameter varies.
    Same([f64; K]),
    /// Nothing varies but the current.
    SameBut([f64; K], Vec<f64>),
    /// A column each.
    Each(Box<[Vec<f64>; K]>),
}

impl<const K: usize, const CURRENT: usize> Table<K, CURRENT> {
    /// Coefficients made by `coefficients` of the parameters called `names`, cell by cell if one of them varies. One of
    /// them is `i_offset`, if the kernel takes electrodes.
    fn new<const P: usize>(
        setup: &Setup<'_>,
        names: [&str; P],
        coefficients: impl Fn([f64; P]) -> [f64; K],
    ) -> Result<Self> {
        let offset = names.iter().position(|name| *name == "i_offset");
        Self::driven(setup, names, |mut values, current| {
            if let Some(offset) = offset {
                values[offset] += current;
            }
            coefficients(values)
        })
    }

    /// The same of parameters and a constant current, in nA.
    fn driven<const P: usize>(
        setup: &Setup<'_>,
        names: [&str; P],
        coefficients: impl Fn([f64; P], f64) -> [f64; K],
    ) -> Result<Self> {
        let columns = Columns::new(setup, names, |values| coefficients(values, 0.0))?;
        if CURRENT == NONE || !setup.is_injected() {
            return Ok(Self { columns, gains: Vec::new() });
        }
        let more = Columns::new(setup, names, |values| coefficients(values, 1.0))?;
        let gain = |cell| {
            let base = columns.get(CURRENT, cell);
            (base, more.get(CURRENT, cell) - base)
        };
        let gains: Vec<(f64, f64)> = (0..setup.size()).map(gain).collect();
        let columns = match columns {
            Columns::Same(same) => Columns::SameBut(same, vec![same[CURRENT]; setup.size()]),
            columns => columns,
        };
        Ok(Self { columns, gains })
    }

    /// See [`CellKernel::inject`](crate::CellKernel::inject).
    fn inject(&mut self, cell: usize, current: f64) -> bool {
        let Some((base, gain)) = self.gains.get(cell) else { return false };
        let column = match &mut self.columns {
            Columns::Same(_) => return false,
            Columns::SameBut(_, column) => column,
            Columns::Each(columns) => &mut columns[CURRENT],
        };
        column[cell] = base + gain * current;
        true
    }
}

impl<const K: usize> Columns<K> {
    fn new<const P: usize>(
        setup: &Setup<'_>,
        names: [&str; P],
        coefficients: impl Fn([f64; P]) -> [f64; K],
    ) -> Result<Self> {
        let constants = names.map(|name| setup.constant_parameter(name));
        if constants.iter().all(Option::is_some) {
            // Asked for as a column, a constant is checked against its bound.
            for name in names {
                setup.parameter(name)?;
            }
            return Ok(Self::Same(coefficients(constants.map(Option::unwrap_or_default))));
        }
        let mut parameters = Vec::with_capacity(P);
        for name in names {
            parameters.push(setup.parameter(name)?);
        }
        let mut columns: [Vec<f64>; K] = std::array::from_fn(|_| Vec::with_capacity(setup.size()));
        (0..setup.size()).for_each(|cell| {
            let values = coefficients(std::array::from_fn(|p| parameters[p][cell]));
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        });
        Ok(Self::Each(Box::new(columns)))
    }

    /// Coefficient `k` of cell number `cell`.
    fn get(&self, k: usize, cell: usize) -> f64 {
        match self {
            Self::Same(same) | Self::SameBut(same, _) => same[k],
            Self::Each(columns) => columns[k][cell],
        }
    }
}

/// `PerCell` of a boxed array of columns.
fn per_cell<const K: usize>(columns: &[Vec<f64>; K]) -> PerCell<'_, K> {
    PerCell(std::array::from_fn(|k| columns[k].as_slice()))
}

/// [`per_cell`] of the cells of a block.
fn per_cell_of<'a, const K: usize>(columns: &'a [Vec<f64>; K], block: &Range<usize>) -> PerCell<'a, K> {
    PerCell(std::array::from_fn(|k| &columns[k][block.clone()]))
}

/// The coefficients of cells that have nothing of their own but the current.
fn same_but<'a, const K: usize, const CURRENT: usize>(
    _: &Table<K, CURRENT>,
    same: &[f64; K],
    own: &'a [f64],
) -> SameBut<'a, K, CURRENT> {
    SameBut { same: *same, own }
}

/// Calls a kernel with coefficients of any kind.
macro_rules! with_coefficients {
    ($table:expr, |$c:ident| $call:expr) => {
        match &$table.columns {
            $crate::cells::Columns::Same(same) => {
                let $c = *same;
                $call
            }
            $crate::cells::Columns::SameBut(same, own) => {
                let $c = $crate::cells::same_but($table, same, own);
                $call
            }
            $crate::cells::Columns::Each(columns) => {
                let $c = $crate::cells::per_cell(columns);
                $call
            }
        }
    };
}
use with_coefficients;

/// [`with_coefficients`] for the cells of a block.
macro_rules! with_block {
    ($table:expr, $block:expr, |$c:ident| $call:expr) => {
        match &$table.columns {
            $crate::cells::Columns::Same(same) => {
                let $c = *same;
                $call
            }
            $crate::cells::Columns::SameBut(same, own) => {
                let $c = $crate::cells::same_but($table, same, &own[$block.clone()]);
                $call
            }
            $crate::cells::Columns::Each(columns) => {
                let $c = $crate::cells::per_cell_of(columns, $block);
                $call
            }
        }
    };
}
use with_block;
