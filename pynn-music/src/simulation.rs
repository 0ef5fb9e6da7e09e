//! A simulation: what a network does in time, on all its ranks together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pynn_core::cell::{CellType, Sampled, Variable};
use pynn_core::digest::Digest;
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Model, Network, PopulationSpec};
use pynn_core::population::{Population, PopulationId};
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::time::Tick;
use pynn_core::units::Time;

use crate::clock::Span;
use crate::command::Command;
use crate::gather;
use crate::plan::Plan;
use crate::progress::Bar;
use crate::statistics::{RankStatistics, SimulationStatistics};
use crate::team::Team;
use crate::worker::Common;

/// A network on its ranks. All its simulators advance together; there is no way to run one of them alone.
///
/// It ends with [`end`](Self::end), or when it is dropped.
pub struct Simulation<N> {
    model: Arc<N>,
    common: Common,
    team: Team,
    /// Where each segment ends so far; the last one is the current one.
    segments: Vec<Tick>,
    failed: Option<Error>,
    progress: bool,
    build: Duration,
    run: Duration,
}

impl<N: Model> Simulation<N> {
    pub(crate) fn build(model: Arc<N>, common: Common, team: Team, progress: bool) -> Result<Self> {
        let start = Instant::now();
        let digest = common.network().digest();
        let mut simulation = Self {
            model,
            common,
            team,
            segments: vec![Tick::ZERO],
            failed: None,
            progress,
            build: Duration::ZERO,
            run: Duration::ZERO,
        };
        simulation.team.order(Command::Build { digest }, |_| {})?;
        simulation.build = start.elapsed();
        Ok(simulation)
    }

    /// What is simulated.
    #[must_use]
    pub fn model(&self) -> &N {
        &self.model
    }

    fn network(&self) -> &Network {
        self.model.network()
    }

    /// Which rank holds what, who sends to whom, and when.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.common.plan
    }

    /// The plan as a table.
    #[must_use]
    pub fn table(&self) -> String {
        self.common.plan.table(self.network())
    }

    fn time(&self) -> Tick {
        *self.segments.last().expect("there is always a current segment")
    }

    /// The simulated time so far in the current segment.
    #[must_use]
    pub fn now(&self) -> Time {
        self.time().time()
    }

    /// Advances all simulators by `duration`.
    ///
    /// # Errors
    /// When `duration` is no whole number of time steps of every simulator, or a rank fails. After a failure there is
    /// no further run, but what was recorded can be read.
    pub fn run(&mut self, duration: Time) -> Result<()> {
        let duration = Tick::exactly(duration, "the duration of a run")?;
        self.run_to(Tick(self.time().0.saturating_add(duration.0)))
    }

    /// Advances all simulators to the time `until`.
    ///
    /// # Errors
    /// When `until` has passed, and as [`run`](Self::run).
    pub fn run_until(&mut self, until: Time) -> Result<()> {
        self.run_to(Tick::exactly(until, "the end of a run")?)
    }

    fn run_to(&mut self, end: Tick) -> Result<()> {
        self.check_alive()?;
        self.check_end(end)?;
        let span = Span::new(self.time(), end);
        let start = Instant::now();
        let mut bar = Bar::new(span, self.progress);
        let result = self.team.order(Command::Run(span), |progress| bar.show(progress.time(0)));
        self.run += start.elapsed();
        // What was recorded up to a failure is shown as far as the first rank got.
        let reached = if result.is_ok() { end } else { self.team.progress().time(0).max(span.start) };
        *self.segments.last_mut().expect("there is always a current segment") = reached;
        self.note(result)
    }

    fn check_end(&self, end: Tick) -> Result<()> {
        let now = self.time();
        let refuse =
            |why: String| Err(Error::new(ErrorKind::Usage, format!("a run cannot end at {end}: {why}")));
        if end < now {
            return refuse(format!("it is {now} already; use reset() to start again at 0"));
        }
        for simulator in self.network().simulators() {
            let (name, timestep) = (&simulator.name, simulator.timestep);
            if end.steps_down(timestep) > i64::from(u32::MAX) {
                return refuse(format!("`{name}` counts its time steps up to {}", u32::MAX));
            }
            if !end.is_multiple_of(timestep) {
                return refuse(format!("that is no multiple of the time step of `{name}`, {timestep}"));
            }
        }
        Ok(())
    }

    /// Goes back to time 0 and the initial state; a new segment of recorded data begins. Earlier ones stay readable.
    ///
    /// # Errors
    /// When a rank failed, before or now.
    pub fn reset(&mut self) -> Result<()> {
        self.check_alive()?;
        self.segments.push(Tick::ZERO);
        let result = self.team.order(Command::Reset, |_| {});
        self.note(result)
    }

    fn note(&mut self, result: Result<()>) -> Result<()> {
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    fn check_alive(&self) -> Result<()> {
        match &self.failed {
            None => Ok(()),
            Some(error) => Err(error.clone().in_context("the simulation has failed before")),
        }
    }

    /// Ends all ranks. Dropping the simulation does the same.
    ///
    /// # Errors
    /// None at present.
    pub fn end(mut self) -> Result<()> {
        self.team.end();
        Ok(())
    }

    /// The current segment's number: how often the simulation was reset.
    #[must_use]
    pub fn segment(&self) -> usize {
        self.segments.len() - 1
    }

    /// The recorded spikes of a population, of all its ranks, in the current segment.
    ///
    /// # Errors
    /// When its spikes are not recorded.
    pub fn spikes<B, C>(&mut self, of: impl FnOnce(&N) -> &Population<B, C>) -> Result<SpikeData> {
        self.spikes_in(self.segment(), of)
    }

    /// The recorded spikes of a population in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or its spikes are not recorded.
    pub fn spikes_in<B, C>(
        &mut self,
        segment: usize,
        of: impl FnOnce(&N) -> &Population<B, C>,
    ) -> Result<SpikeData> {
        let id = of(&self.model).id();
        self.spikes_of(id, segment)
    }

    /// The recorded spikes of the population number `population` in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or its spikes are not recorded.
    pub fn spikes_of(&mut self, population: PopulationId, segment: usize) -> Result<SpikeData> {
        let stop = self.end_of(segment)?;
        let model = self.model.clone();
        let spec = population_of(model.network(), population)?;
        if !spec.recording.spikes {
            return Err(not_recorded(&spec.name, "spikes"));
        }
        let words = self.team.gather(Command::Spikes { population, segment })?;
        let timestep = model.network().simulator_of(population).timestep;
        Ok(gather::spikes(spec, timestep, stop, words))
    }

    /// The samples of a variable of a population, of all its ranks, in the current segment:
    /// `sim.trace(|net| &net.relay, |v| v.v)`.
    ///
    /// # Errors
    /// When the variable is not recorded.
    pub fn trace<B, C: CellType, V: Sampled>(
        &mut self,
        of: impl FnOnce(&N) -> &Population<B, C>,
        variable: impl FnOnce(C::Variables) -> Variable<V>,
    ) -> Result<TraceData> {
        self.trace_in(self.segment(), of, variable)
    }

    /// The samples of a variable of a population in segment number `segment`.
    ///
    /// # Errors
    /// When there is no such segment, or the variable is not recorded.
    pub fn trace_in<B, C: CellType, V: Sampled>(
        &mut self,
        segment: usize,
        of: impl FnOnce(&N) -> &Population<B, C>,
        variable: impl FnOnce(C::Variables) -> Variable<V>,
    ) -> Result<TraceData> {
        let id = of(&self.model).id();
        let variable = C::info().variables[variable(C::variables()).index()].name;
        self.trace_of(id, variable, segment)
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
        self.end_of(segment)?;
        let model = self.model.clone();
        let spec = population_of(model.network(), population)?;
        let mut sampled = spec.recording.sampled.iter();
        let index = sampled.position(|sampled| spec.cell.variables[sampled.variable].name == variable);
        let index = index.ok_or_else(|| not_recorded(&spec.name, variable))?;
        let words = self.team.gather(Command::Samples { population, variable: index, segment })?;
        let layout = self.common.plan.layout();
        let blocks = words.into_iter().enumerate().map(|(rank, words)| (layout.cells(spec, rank), words));
        Ok(gather::trace(spec, index, blocks.collect()))
    }

    fn end_of(&self, segment: usize) -> Result<Tick> {
        self.segments.get(segment).copied().ok_or_else(|| {
            let last = self.segment();
            Error::new(ErrorKind::Usage, format!("there is no segment {segment}; the last one is {last}"))
        })
    }

    /// How many spikes each cell of a population fired in the current segment.
    ///
    /// # Errors
    /// When its spikes are not recorded.
    pub fn spike_counts<B, C>(&mut self, of: impl FnOnce(&N) -> &Population<B, C>) -> Result<Vec<u32>> {
        Ok(self.spikes(of)?.counts())
    }

    /// The mean firing rate of a population's cells in the current segment, in Hz.
    ///
    /// # Errors
    /// When its spikes are not recorded.
    pub fn mean_rate<B, C>(&mut self, of: impl FnOnce(&N) -> &Population<B, C>) -> Result<f64> {
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
        for population in model.network().populations().iter().filter(|spec| spec.recording.spikes) {
            self.spikes_of(population.id, self.segment())?.digest_into(&mut digest);
        }
        Ok(digest.finish())
    }

    /// Whether no cell of the population lives in this process: then it is known here by its name and size alone, and
    /// what its cells did comes from other processes.
    #[must_use]
    pub fn is_proxy<B, C>(&self, of: impl FnOnce(&N) -> &Population<B, C>) -> bool {
        let here = self.team.here();
        self.common.plan.layout().is_proxy(self.network(), of(&self.model).id(), here)
    }

    /// What the simulation holds and has done.
    ///
    /// # Errors
    /// When ranks do not answer.
    pub fn statistics(&mut self) -> Result<SimulationStatistics> {
        let answers = self.team.gather(Command::Statistics)?;
        let ranks = answers.iter().enumerate();
        let ranks = ranks.filter_map(|(rank, words)| RankStatistics::of(rank, words.as_ref()?)).collect();
        Ok(SimulationStatistics { ranks, build: self.build, run: self.run })
    }
}

impl<N> Drop for Simulation<N> {
    fn drop(&mut self) {
        self.team.end();
    }
}

fn population_of(network: &Network, id: PopulationId) -> Result<&PopulationSpec> {
    network.populations().get(id.0).ok_or_else(|| {
        let (name, last) = (network.name(), network.populations().len().saturating_sub(1));
        let text = format!("network `{name}` has no population number {}; the last one is {last}", id.0);
        Error::new(ErrorKind::Usage, text)
    })
}

fn not_recorded(population: &str, variable: &str) -> Error {
    let are = if variable == "spikes" { "are" } else { "is" };
    Error::new(
        ErrorKind::Usage,
        format!(
            "{variable} of `{population}` {are} not recorded; add `record {population}: {variable};` to the network"
        ),
    )
}
