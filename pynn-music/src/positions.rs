//! Where cells are.

use pynn_core::error::Result;
use pynn_core::network::Model;
use pynn_core::population::View;
use pynn_core::units::Length;

use crate::Simulation;

impl<N: Model> Simulation<N> {
    /// Where the cells of a population or of a view are: x, y and z of each. `sim.positions(|net| &net.exc)`.
    ///
    /// # Errors
    /// When the view is not within the population.
    pub fn positions<'n, V, B, C>(&'n self, of: impl FnOnce(&'n N) -> V) -> Result<Vec<[Length; 3]>>
    where
        V: Into<View<B, C>>,
    {
        let view = of(self.model()).into();
        view.check()?;
        let all = self.model().network().positions(view.population().id());
        Ok(view.cells().iter().map(|cell| all[cell]).collect())
    }

    /// The cell of a population or of a view that is nearest to a place, as its index in the population; of several the
    /// first. `sim.nearest(|net| &net.exc, [10.0 * um, 0.0 * um, 0.0 * um])`.
    ///
    /// # Errors
    /// When the view is not within the population.
    pub fn nearest<'n, V, B, C>(&'n self, of: impl FnOnce(&'n N) -> V, place: [Length; 3]) -> Result<usize>
    where
        V: Into<View<B, C>>,
    {
        let view = of(self.model()).into();
        let square = |position: &[Length; 3]| -> f64 {
            position.iter().zip(place).map(|(x, y)| (x.value() - y.value()).powi(2)).sum()
        };
        let positions = self.positions(|_| view.clone())?;
        let cells = view.cells().iter().zip(&positions);
        // A view that was checked has a cell.
        Ok(cells.min_by(|(_, a), (_, b)| square(a).total_cmp(&square(b))).map_or(0, |(cell, _)| cell))
    }
}
