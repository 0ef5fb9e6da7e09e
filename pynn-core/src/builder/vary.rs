//! What differs from cell to cell: parameters and initial values, of populations and of views.

use super::NetworkBuilder;
use crate::cell::{CellType, Parameter, State};
use crate::change::{CellValue, check_column};
use crate::end::Selection;
use crate::population::{PopulationId, View};
use crate::units::Unit;
use crate::values::{Column, IntoValues};
use crate::view::Chosen;

/// Values of some cells of a population.
#[derive(Debug)]
pub(super) struct Varied {
    population: PopulationId,
    value: CellValue,
    cells: Selection,
    column: Column,
}

impl Varied {
    fn of(&self) -> (PopulationId, CellValue) {
        (self.population, self.value)
    }
}

impl NetworkBuilder {
    /// Gives the cells of a population or of a view their own values of a parameter.
    ///
    /// `values` is a quantity, a list (one a cell of the view), a closure of the cell's index in the population, or a
    /// distribution. Cells that are not of the view keep what they have; what is given later replaces what was given
    /// before. What a cell draws does not depend on the view that it is in.
    pub fn vary<B, C: CellType, T: Unit>(
        &mut self,
        cells: impl Into<View<B, C>>,
        parameter: Parameter<T>,
        values: impl IntoValues<T>,
    ) {
        let column = values.into_values().into_column();
        self.assign("vary", cells.into().into(), CellValue::Parameter(parameter.index()), column);
    }

    /// Gives the cells of a population or of a view their initial values of a state variable, as [`vary`](Self::vary) gives
    /// values of parameters.
    pub fn initialize<B, C: CellType, T: Unit>(
        &mut self,
        cells: impl Into<View<B, C>>,
        state: State<T>,
        values: impl IntoValues<T>,
    ) {
        let column = values.into_values().into_column();
        self.assign("initial", cells.into().into(), CellValue::Initial(state.index()), column);
    }

    fn assign(&mut self, word: &str, chosen: Chosen, value: CellValue, column: Column) {
        let Chosen { population, name, cells, mistake } = chosen;
        if !self.owns_named(population, &name) {
            return;
        }
        if let Some(mistake) = mistake {
            self.mistake(format!("`{word}` of `{name}`: {mistake}"));
            return;
        }
        let spec = &self.network.populations[population.0];
        // A constant is checked by `build`, once it is known that nothing replaces it.
        if column.constant().is_none()
            && let Err(error) = check_column(spec, value, cells.iter(), &column)
        {
            self.errors.push(error);
            return;
        }
        if cells.len() == spec.size {
            self.varied.retain(|other| other.of() != (population, value));
            self.network.set_cells(population, value, column);
        } else {
            self.varied.push(Varied { population, value, cells, column });
        }
    }

    /// Puts what is given to views into the columns of their populations.
    pub(super) fn lay_varied(&mut self) {
        let mut varied = std::mem::take(&mut self.varied);
        varied.sort_by_key(Varied::of);
        for same in varied.chunk_by(|one, other| one.of() == other.of()) {
            let (population, value) = same[0].of();
            let parts = same.iter().map(|part| (part.cells.iter(), &part.column));
            let key = self.network.cell_key(population, value);
            match self.network.laid(population, value, key, parts) {
                Ok(column) => self.network.set_cells(population, value, column),
                Err(error) => {
                    self.errors.push(error);
                    // What the population itself has is not reported a second time.
                    self.network.set_cells(population, value, Column::List([].into()));
                }
            }
        }
    }
}
