//! A simulation: what a network does in time, on all its ranks together.

use std::sync::Arc;

use pynn_core::cell::{CellType, Sampled, Variable};
use pynn_core::digest::Digest;
use pynn_core::error::Result;
use pynn_core::network::{Annotated, Model};
use pynn_core::population::{Population, PopulationId, View};
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::time::Tick;
use pynn_core::units::Time;

use crate::driver::Driver;
use crate::plan::Plan;
use crate::statistics::SimulationStatistics;
use crate::team::Team;
use crate::worker::Common;

/// A network on its ranks. All its simulators advance together; there is no way to run one of them alone.
///
/// It ends with [`end`](Self::end), or when it is dropped.
pub struct Simulation<N> {
    pub(crate) model: Arc<N>,
    pub(crate) driver: Driver,
}

impl<N: Model> Simulation<N> {
    pub(crate) fn build(model: Arc<N>, common: Common, team: Team, progress: bool) -> Result<Self> {
        Ok(Self { model, driver: Driver::build(common, team, progress)? })
    }

    /// What is simulated.
    #[must_use]
    pub fn model(&self) -> &N {
        &self.model
    }

    /// Which rank holds what, who sends to whom, and when.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.driver.common.plan
    }

    /// The plan as a table.
    #[must_use]
    pub fn table(&self) -> String {
        self.plan().table(self.model.network())
    }

    /// What the user noted about a population or a projection, keys and values: `sim.annotations(|net| &net.exc)`.
    pub fn annotations<'n, A: Annotated + 'n>(
        &'n self,
        of: impl FnOnce(&'n N) -> &'n A,
    ) -> &'n [(String, String)] {
        of(&self.model).annotations(self.model.network()).unwrap_or_default()
    }

    /// The simulated time so far in the current segment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.driver.time().time()
    }

    /// Advances all simulators by `duration`.
    ///
    /// # Errors
    /// When `duration` is no whole number of time steps of every simulator, or a rank fails. After a failure there is
    /// no further run, but what was recorded can be read.
    pub fn run(&mut self, duration: Time) -> Result<()> {
        let duration = Tick::exactly(duration, "the duration of a run")?;
        self.driver.run_to(Tick(self.driver.time().0.saturating_add(duration.0)))
    }

    /// Advances all simulators to the time `until`.
    ///
    /// # Errors
    /// When `until` has passed, and as [`run`](Self::run).
    pub fn run_until(&mut self, until: Time) -> Result<()> {
        self.driver.run_to(Tick::exactly(until, "the end of a run")?)
    }

    /// Goes back to time 0 and the initial state; a new segment of recorded data begins. Earlier ones stay readable.
    ///
    /// # Errors
    /// When a rank failed, before or now.
    pub fn reset(&mut self) -> Result<()> {
        self.driver.reset()
    }

    /// Ends all ranks. Dropping the simulation does the same.
    ///
    /// # Errors
    /// None at present.
    pub fn end(mut self) -> Result<()> {
        self.driver.team.end();
        Ok(())
    }

    /// The current segment's number: how often the simulation was reset.
    #[must_use]
    pub fn segment(&self) -> usize {
        self.driver.segment()
    }

    /// The recorded spikes of a population or of a view of one, of all ranks, in the current segment:
    /// `sim.spikes(|net| &net.exc)`, `sim.spikes(|net| net.exc.slice(..10))`. They are of those cells that are recorded;
    /// the data say which.
    ///
    /// # Errors
    /// When the spikes of none of the cells are recorded.
    pub fn spikes<'n, V, B, C>(&'n mut self, of: impl FnOnce(&'n N) -> V) -> Result<SpikeData>
    where
        V: Into<View<B, C>>,
    {
        self.spikes_in(self.segment(), of)
    }

    /// The recorded spikes of a population or of a view in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or the spikes of none of the cells are recorded.
    pub fn spikes_in<'n, V, B, C>(
        &'n mut self,
        segment: usize,
        of: impl FnOnce(&'n N) -> V,
    ) -> Result<SpikeData>
    where
        V: Into<View<B, C>>,
    {
        let Self { model, driver } = self;
        let view = of(model).into();
        view.check()?;
        driver.spikes_of(view.population().id(), Some(view.cells()), segment)
    }

    /// The recorded spikes of the population number `population` in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or its spikes are not recorded.
    pub fn spikes_of(&mut self, population: PopulationId, segment: usize) -> Result<SpikeData> {
        self.driver.spikes_of(population, None, segment)
    }

    /// The samples of a variable of a population or of a view of one, of all ranks, in the current segment:
    /// `sim.trace(|net| &net.relay, |v| v.v)`. They are of those cells that are recorded; the data say which.
    ///
    /// # Errors
    /// When the variable is recorded of none of the cells.
    pub fn trace<'n, P, B, C, V>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> P,
        variable: impl FnOnce(C::Variables) -> Variable<V>,
    ) -> Result<TraceData>
    where
        P: Into<View<B, C>>,
        C: CellType,
        V: Sampled,
    {
        self.trace_in(self.segment(), of, variable)
    }

    /// The samples of a variable of a population or of a view in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or the variable is recorded of none of the cells.
    pub fn trace_in<'n, P, B, C, V>(
        &'n mut self,
        segment: usize,
        of: impl FnOnce(&'n N) -> P,
        variable: impl FnOnce(C::Variables) -> Variable<V>,
    ) -> Result<TraceData>
    where
        P: Into<View<B, C>>,
        C: CellType,
        V: Sampled,
    {
        let Self { model, driver } = self;
        let view = of(model).into();
        view.check()?;
        let variable = C::info().variables[variable(C::variables()).index()].name;
        driver.trace_of(view.population().id(), Some(view.cells()), variable, segment)
    }

    /// The samples of the variable called `variable` of population number `population` in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or the variable is not recorded.
    pub fn trace_of(
        &mut self,
        population: PopulationId,
        variable: &str,
        segment: usize,
    ) -> Result<TraceData> {
        self.driver.trace_of(population, None, variable, segment)
    }

    /// How many spikes each recorded cell of a population or of a view fired in the current segment.
    ///
    /// # Errors
    /// When the spikes of none of the cells are recorded.
    pub fn spike_counts<'n, V, B, C>(&'n mut self, of: impl FnOnce(&'n N) -> V) -> Result<Vec<u32>>
    where
        V: Into<View<B, C>>,
    {
        Ok(self.spikes(of)?.counts())
    }

    /// The mean firing rate of the recorded cells of a population or of a view in the current segment, in Hz.
    ///
    /// # Errors
    /// When the spikes of none of the cells are recorded.
    pub fn mean_rate<'n, V, B, C>(&'n mut self, of: impl FnOnce(&'n N) -> V) -> Result<f64>
    where
        V: Into<View<B, C>>,
    {
        Ok(self.spikes(of)?.mean_rate())
    }

    /// A number that stands for all recorded spikes of the current segment: for populations in order of declaration
    /// the name, and each spike's time in ns and index. It does not depend on ranks.
    ///
    /// # Errors
    /// When ranks do not answer.
    pub fn digest(&mut self) -> Result<u64> {
        let mut digest = Digest::new();
        let model = self.model.clone();
        for population in model.network().populations().iter().filter(|spec| spec.recording.spikes.is_some())
        {
            self.spikes_of(population.id, self.segment())?.digest_into(&mut digest);
        }
        Ok(digest.finish())
    }

    /// Whether no cell of the population lives in this process: then it is known here by its name and size alone, and
    /// what its cells did comes from other processes.
    #[must_use]
    pub fn is_proxy<B, C>(&self, of: impl FnOnce(&N) -> &Population<B, C>) -> bool {
        let here = self.driver.team.here();
        self.plan().layout().is_proxy(self.model.network(), of(&self.model).id(), here)
    }

    /// What the simulation holds and has done.
    ///
    /// # Errors
    /// When ranks do not answer.
    pub fn statistics(&mut self) -> Result<SimulationStatistics> {
        self.driver.statistics()
    }
}

impl<N> Drop for Simulation<N> {
    fn drop(&mut self) {
        self.driver.team.end();
    }
}
