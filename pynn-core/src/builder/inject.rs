//! Electrodes.

use std::marker::PhantomData;
use std::sync::Arc;

use super::NetworkBuilder;
use crate::backend::Injects;
use crate::cell::Injectable;
use crate::electrode::{CurrentSource, ElectrodeSpec, waveform_of};
use crate::network::EndPart;
use crate::population::{Electrode, ElectrodeId, View};

impl NetworkBuilder {
    /// Declares an electrode: `source` injects its current into each of `cells`. The name is `label`, or
    /// `source -> population`. What it injects when is said in [`electrode`](crate::electrode).
    pub fn inject<B, C, E>(
        &mut self,
        label: Option<&str>,
        cells: impl Into<View<B, C>>,
        source: E,
    ) -> Electrode<E>
    where
        B: Injects<E>,
        C: Injectable,
        E: CurrentSource,
    {
        let cells = cells.into();
        let id = ElectrodeId(self.network.electrodes.len());
        if !self.owns(&cells.population) {
            return Electrode { id, name: label.unwrap_or_default().into(), source: PhantomData };
        }
        let name = label.map_or_else(|| self.unique_electrode::<E>(cells.population.name()), Arc::from);
        if self.network.electrodes.iter().any(|other| other.name == name) {
            self.mistake(format!("electrode `{name}` is declared twice; give each a name of its own"));
        }
        let population = &self.network.populations[cells.population.id.0];
        if let Some(mistake) = cells.mistake.filter(|_| population.size > 0) {
            self.mistake(format!("electrode `{name}`: {mistake}"));
        }
        let timestep = self.network.simulator_of(cells.population.id).timestep;
        if let Err(message) = source.check(timestep) {
            self.mistake(format!("electrode `{name}`: {message}"));
        }
        self.network.electrodes.push(ElectrodeSpec {
            id,
            name: name.clone(),
            cells: EndPart { population: cells.population.id, cells: cells.cells, first: 0 },
            source: E::NAME,
            numbers: source.numbers(),
            waveform: waveform_of::<E>,
        });
        Electrode { id, name, source: PhantomData }
    }

    /// `source -> population`, numbered when there are several.
    fn unique_electrode<E: CurrentSource>(&self, population: &str) -> Arc<str> {
        let name = format!("{} -> {population}", E::NAME);
        let taken = |name: &str| self.network.electrodes.iter().any(|other| &*other.name == name);
        let numbered = (2..).map(|number| format!("{name} #{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name).into()
    }
}
