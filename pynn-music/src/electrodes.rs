//! What a user does with electrodes between runs.

use pynn_core::electrode::{CurrentSource, ElectrodeSpec};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Model, Network};
use pynn_core::population::{Electrode, ElectrodeId};
use pynn_core::recording::TraceData;
use pynn_core::time::Tick;

use crate::Simulation;
use crate::command::{Object, Values};
use crate::driver::Driver;

/// A change of an electrode: in which segment, when, which, and the numbers of its source from then on.
pub(crate) struct Changed {
    segment: usize,
    at: Tick,
    electrode: ElectrodeId,
    numbers: Vec<f64>,
}

/// Between runs: electrodes.
///
/// What is set goes to all ranks as numbers, so this is the same under `mpirun`. A [`reset`](Self::reset) keeps an
/// electrode as it was set last.
impl<N: Model> Simulation<N> {
    /// Gives an electrode another source of its kind: `sim.set_electrode(|net| &net.drive, DcSource { .. })`. It acts from
    /// the next time step on; its times are those of the run, not counted from now.
    ///
    /// # Errors
    /// When a value does not make sense (then all is as before), or a rank has failed.
    pub fn set_electrode<E: CurrentSource>(
        &mut self,
        of: impl FnOnce(&N) -> &Electrode<E>,
        source: E,
    ) -> Result<()> {
        let Self { model, driver } = self;
        driver.set_electrode(of(model), &source)
    }

    /// The source of an electrode as it is now.
    ///
    /// # Errors
    /// When the electrode is of another network.
    pub fn electrode<E: CurrentSource>(&self, of: impl FnOnce(&N) -> &Electrode<E>) -> Result<E> {
        let spec = self.driver.electrode(of(&self.model))?;
        E::of_numbers(&spec.numbers).ok_or_else(|| foreign(&spec.name, E::NAME))
    }

    /// What an electrode has injected into each of its cells in the current segment, in nA: one value a time step of the
    /// first of its simulators, at the time at which the step begins. Nothing need be recorded for it.
    ///
    /// # Errors
    /// When the electrode is of another network.
    pub fn current<E: CurrentSource>(&self, of: impl FnOnce(&N) -> &Electrode<E>) -> Result<TraceData> {
        self.driver.current(of(&self.model))
    }
}

impl Driver {
    fn electrode<E: CurrentSource>(&self, electrode: &Electrode<E>) -> Result<&ElectrodeSpec> {
        let spec = self.network().electrodes().get(electrode.id().0);
        let spec = spec.filter(|spec| *spec.name == *electrode.name() && spec.source == E::NAME);
        spec.ok_or_else(|| foreign(electrode.name(), E::NAME))
    }

    fn set_electrode<E: CurrentSource>(&mut self, electrode: &Electrode<E>, source: &E) -> Result<()> {
        let spec = self.electrode(electrode)?;
        for population in spec.cells.populations() {
            let timestep = self.network().simulator_of(population).timestep;
            source
                .check(timestep)
                .map_err(|message| Error::description(format!("electrode `{}`: {message}", spec.name)))?;
        }
        let (electrode, numbers) = (spec.id, source.numbers());
        let values = Values { numbers: numbers.as_slice().into(), places: [].into() };
        self.change(Object::Electrode(electrode), values)?;
        self.injected.push(Changed { segment: self.segment(), at: self.time(), electrode, numbers });
        Ok(())
    }

    fn current<E: CurrentSource>(&self, electrode: &Electrode<E>) -> Result<TraceData> {
        let spec = self.electrode(electrode)?;
        let timestep = self.network().simulator_of(spec.cells.parts()[0].population).timestep;
        let mut network = self.common.network().clone();
        let mut values = Vec::new();
        let mut play = |network: &Network, to: Tick| -> Result<()> {
            let waveform = network.waveform(spec.id, timestep)?;
            let last = u32::try_from(to.steps_down(timestep)).unwrap_or(u32::MAX);
            let done = u32::try_from(values.len()).unwrap_or(u32::MAX);
            values.extend((done..last).map(|step| waveform(step + 1)));
            Ok(())
        };
        for change in self.injected.iter().filter(|change| change.electrode == spec.id) {
            if change.segment == self.segment() {
                play(&network, change.at)?;
            }
            network.set_electrode(spec.id, change.numbers.clone());
        }
        play(&network, self.time())?;
        Ok(TraceData {
            population: spec.name.to_string(),
            variable: "i".to_owned(),
            unit: "nA".to_owned(),
            size: 1,
            interval: timestep.ms(),
            values,
            ..TraceData::default()
        })
    }
}

fn foreign(name: &str, source: &str) -> Error {
    Error::new(
        ErrorKind::Usage,
        format!("`{name}` is no {source} of this network; take the handle from its `build`"),
    )
}
