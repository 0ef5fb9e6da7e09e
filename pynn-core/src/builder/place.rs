//! Where cells are.

use std::sync::Arc;

use super::NetworkBuilder;
use crate::population::Population;
use crate::space::{Space, Structure};

impl NetworkBuilder {
    /// Places the cells of a population: [`Line`](crate::space::Line), [`Grid2D`](crate::space::Grid2D),
    /// [`Grid3D`](crate::space::Grid3D), [`RandomStructure`](crate::space::RandomStructure). Without it they are on a
    /// line along x, 1 um from each other.
    pub fn structure<B, C>(&mut self, population: &Population<B, C>, structure: impl Structure) {
        if !self.owns(population) {
            return;
        }
        let spec = &mut self.network.populations[population.id.0];
        match structure.check(spec.size) {
            Ok(()) => spec.structure = Arc::new(structure),
            Err(message) => self.mistake(format!("population `{}`: {message}", population.name)),
        }
    }

    /// Takes the distances of the projections that are declared after it in `space`.
    pub fn space(&mut self, space: Space) {
        match space.check() {
            Ok(()) => self.space = space,
            Err(message) => self.mistake(message),
        }
    }
}
