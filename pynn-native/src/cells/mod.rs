//! The standard cells: parameters to coefficients, columns to kernels.

mod hh;
mod if_cond;
mod if_curr;

pub use hh::HhCondExp;
pub use if_cond::{IfCondAlpha, IfCondExp};
pub use if_curr::{IfCurrAlpha, IfCurrDelta, IfCurrExp};

use pynn_core::error::Result;

use crate::kernels::PerCell;
use crate::model::Setup;

/// Coefficients of the cells of a population on one rank.
#[derive(Debug)]
enum Table<const K: usize> {
    /// No parameter varies.
    Same([f64; K]),
    /// A column each.
    Each(Box<[Vec<f64>; K]>),
}

impl<const K: usize> Table<K> {
    /// Coefficients made by `coefficients` of the parameters called `names`, cell by cell if one of them varies.
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
}

/// `PerCell` of a boxed array of columns.
fn per_cell<const K: usize>(columns: &[Vec<f64>; K]) -> PerCell<'_, K> {
    PerCell(std::array::from_fn(|k| columns[k].as_slice()))
}

/// Calls a kernel with coefficients of either kind.
macro_rules! with_coefficients {
    ($table:expr, |$c:ident| $call:expr) => {
        match $table {
            $crate::cells::Table::Same(same) => {
                let $c = *same;
                $call
            }
            $crate::cells::Table::Each(columns) => {
                let $c = $crate::cells::per_cell(columns);
                $call
            }
        }
    };
}
use with_coefficients;
