//! Electrodes.

use std::marker::PhantomData;
use std::sync::Arc;

use super::NetworkBuilder;
use super::ends::names;
use crate::backend::Injects;
use crate::cell::Injectable;
use crate::electrode::{CurrentSource, ElectrodeSpec, waveform_of};
use crate::population::{Assembly, Electrode, ElectrodeId};
use crate::view::Chosen;

impl NetworkBuilder {
    /// Declares an electrode: `source` injects its current into each of `cells`. The name is `label`, or
    /// `source -> population`. What it injects when is said in [`electrode`](crate::electrode).
    pub fn inject<B, C, E>(
        &mut self,
        label: Option<&str>,
        cells: impl Into<Assembly<B, C>>,
        source: E,
    ) -> Electrode<E>
    where
        B: Injects<E>,
        C: Injectable,
        E: CurrentSource,
    {
        self.inject_into(label, cells.into(), source)
    }

    /// [`inject`](Self::inject) into cells that are known to have a membrane.
    #[doc(hidden)]
    pub fn inject_into<B, C, E>(
        &mut self,
        label: Option<&str>,
        cells: Assembly<B, C>,
        source: E,
    ) -> Electrode<E>
    where
        B: Injects<E>,
        E: CurrentSource,
    {
        let cells: Vec<Chosen> = cells.parts.into_iter().map(Chosen::from).collect();
        let id = ElectrodeId(self.network.electrodes.len());
        let name = label.map_or_else(|| self.unique_electrode(E::NAME, &cells), Arc::from);
        let handle = Electrode { id, name: name.clone(), source: PhantomData };
        let mut own = true;
        for part in &cells {
            own &= self.owns_named(part.population, &part.name);
        }
        if !own {
            return handle;
        }
        if self.network.electrodes.iter().any(|other| other.name == name) {
            self.mistake(format!("electrode `{name}` is declared twice; give each a name of its own"));
        }
        let mut timesteps = cells.iter().map(|part| self.network.simulator_of(part.population).timestep);
        if let Some(message) = timesteps.find_map(|timestep| source.check(timestep).err()) {
            self.mistake(format!("electrode `{name}`: {message}"));
        }
        let Some(cells) = self.end(&format!("electrode `{name}`"), cells) else { return handle };
        let spec = ElectrodeSpec {
            id,
            name,
            cells,
            source: E::NAME,
            numbers: source.numbers(),
            waveform: waveform_of::<E>,
        };
        self.network.electrodes.push(spec);
        handle
    }

    /// `source -> population`, numbered when there are several.
    fn unique_electrode(&self, source: &str, cells: &[Chosen]) -> Arc<str> {
        let name = format!("{source} -> {}", names(cells));
        let taken = |name: &str| self.network.electrodes.iter().any(|other| &*other.name == name);
        let numbered = (2..).map(|number| format!("{name} #{number}"));
        std::iter::once(name.clone()).chain(numbered).find(|name| !taken(name)).unwrap_or(name).into()
    }
}
