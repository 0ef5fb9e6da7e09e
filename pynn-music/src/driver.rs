//! What the driver of a simulation knows and does, whatever the type of its network.

use std::time::{Duration, Instant};

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Network, PopulationSpec, Selection};
use pynn_core::population::PopulationId;
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::time::Tick;

use crate::clock::Span;
use crate::command::Command;
use crate::electrodes::Changed;
use crate::gather;
use crate::progress::Bar;
use crate::statistics::{RankStatistics, SimulationStatistics};
use crate::team::Team;
use crate::worker::Common;

/// A simulation but for the type of its network.
pub(crate) struct Driver {
    pub(crate) common: Common,
    pub(crate) team: Team,
    /// The description with all changes, if there are any.
    pub(crate) changed: Option<Network>,
    /// How many changes there were: numbers their random streams.
    pub(crate) changes: u64,
    /// How electrodes were changed, in order.
    pub(crate) injected: Vec<Changed>,
    /// Where each segment ends so far; the last one is the current one.
    segments: Vec<Tick>,
    failed: Option<Error>,
    /// Whether ranks know the potentials of each other's cells now, as after a run.
    pub(crate) met: bool,
    progress: bool,
    build: Duration,
    run: Duration,
}

impl Driver {
    pub(crate) fn build(common: Common, team: Team, progress: bool) -> Result<Self> {
        let start = Instant::now();
        let digest = common.digest();
        let mut driver = Self {
            common,
            team,
            changed: None,
            changes: 0,
            injected: Vec::new(),
            segments: vec![Tick::ZERO],
            failed: None,
            met: false,
            progress,
            build: Duration::ZERO,
            run: Duration::ZERO,
        };
        driver.team.order(Command::Build { digest }, |_| {})?;
        driver.build = start.elapsed();
        Ok(driver)
    }

    /// The description as it is now.
    pub(crate) fn network(&self) -> &Network {
        self.changed.as_ref().unwrap_or_else(|| self.common.network())
    }

    pub(crate) fn time(&self) -> Tick {
        *self.segments.last().expect("there is always a current segment")
    }

    /// The current segment's number.
    pub(crate) fn segment(&self) -> usize {
        self.segments.len() - 1
    }

    pub(crate) fn run_to(&mut self, end: Tick) -> Result<()> {
        self.check_alive()?;
        self.check_end(end)?;
        let span = Span::new(self.time(), end);
        let start = Instant::now();
        let mut bar = Bar::new(span, self.progress);
        let run = Command::Run(span);
        let result = self.meet().and_then(|()| self.team.order(run, |progress| bar.show(progress.time(0))));
        let result = result.map(drop);
        self.run += start.elapsed();
        // What was recorded up to a failure is shown as far as the first rank got.
        let reached = if result.is_ok() { end } else { self.team.progress().time(0).max(span.start) };
        *self.segments.last_mut().expect("there is always a current segment") = reached;
        self.note(result)
    }

    /// Has ranks tell each other the potentials that their gap junctions need in the first step of a run. The last packets
    /// of a run bring those of the next one's first step.
    fn meet(&mut self) -> Result<()> {
        if !self.met && self.common.plan.schedule().is_joined() {
            let potentials = self.team.order(Command::Potentials, |_| {})?.concat();
            self.team.order(Command::Meet(potentials.into()), |_| {})?;
            self.met = true;
        }
        Ok(())
    }

    pub(crate) fn check_end(&self, end: Tick) -> Result<()> {
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

    pub(crate) fn reset(&mut self) -> Result<()> {
        self.check_alive()?;
        self.segments.push(Tick::ZERO);
        self.met = false;
        let result = self.team.order(Command::Reset, |_| {}).map(drop);
        self.note(result)
    }

    pub(crate) fn note<T>(&mut self, result: Result<T>) -> Result<T> {
        if let Err(error) = &result {
            self.failed = Some(error.clone());
        }
        result
    }

    pub(crate) fn check_alive(&self) -> Result<()> {
        match &self.failed {
            None => Ok(()),
            Some(error) => Err(error.clone().in_context("the simulation has failed before")),
        }
    }

    /// The recorded spikes of `cells` of a population, or of all that are recorded.
    pub(crate) fn spikes_of(
        &mut self,
        population: PopulationId,
        cells: Option<&Selection>,
        segment: usize,
    ) -> Result<SpikeData> {
        let stop = self.end_of(segment)?;
        let spec = population_of(self.common.network(), population)?;
        let recorded = spec.recording.spikes.as_ref().ok_or_else(|| not_recorded(&spec.name, "spikes"))?;
        let cells = wanted(spec, "spikes", recorded, cells)?;
        let words = self.team.gather(Command::Spikes { population, segment })?;
        let timestep = self.common.network().simulator_of(population).timestep;
        Ok(gather::spikes(spec, &cells, timestep, stop, words))
    }

    /// The samples of `cells` of a population, or of all that are recorded.
    pub(crate) fn trace_of(
        &mut self,
        population: PopulationId,
        cells: Option<&Selection>,
        variable: &str,
        segment: usize,
    ) -> Result<TraceData> {
        self.end_of(segment)?;
        let spec = population_of(self.common.network(), population)?;
        let mut sampled = spec.recording.sampled.iter();
        let index = sampled.position(|sampled| spec.cell.variables[sampled.variable].name == variable);
        let index = index.ok_or_else(|| not_recorded(&spec.name, variable))?;
        let cells = wanted(spec, variable, &spec.recording.sampled[index].cells, cells)?;
        let words = self.team.gather(Command::Samples { population, variable: index, segment })?;
        let layout = self.common.plan.layout();
        let blocks = words.into_iter().enumerate().map(|(rank, words)| (layout.cells(spec, rank), words));
        Ok(gather::trace(spec, index, &cells, blocks.collect()))
    }

    fn end_of(&self, segment: usize) -> Result<Tick> {
        self.segments.get(segment).copied().ok_or_else(|| {
            let last = self.segment();
            Error::new(ErrorKind::Usage, format!("there is no segment {segment}; the last one is {last}"))
        })
    }

    pub(crate) fn statistics(&mut self) -> Result<SimulationStatistics> {
        let answers = self.team.gather(Command::Statistics)?;
        let ranks = answers.iter().enumerate();
        let ranks = ranks.filter_map(|(rank, words)| RankStatistics::of(rank, words.as_ref()?)).collect();
        Ok(SimulationStatistics { ranks, build: self.build, run: self.run })
    }
}

pub(crate) fn population_of(network: &Network, id: PopulationId) -> Result<&PopulationSpec> {
    network.populations().get(id.0).ok_or_else(|| {
        let (name, last) = (network.name(), network.populations().len().saturating_sub(1));
        let text = format!("network `{name}` has no population number {}; the last one is {last}", id.0);
        Error::new(ErrorKind::Usage, text)
    })
}

/// Those of `cells` that are recorded, of all without.
fn wanted(
    spec: &PopulationSpec,
    variable: &str,
    recorded: &Selection,
    cells: Option<&Selection>,
) -> Result<Selection> {
    let found = cells.map_or_else(|| recorded.clone(), |cells| recorded.intersection(cells));
    if found.is_empty() {
        let name = &spec.name;
        let message = format!(
            "{variable} of `{name}` {} recorded of the cells {recorded:?} only; record these too: `record {name}[..]: {variable};`",
            are(variable)
        );
        return Err(Error::new(ErrorKind::Usage, message));
    }
    Ok(found)
}

fn are(variable: &str) -> &'static str {
    if variable == "spikes" { "are" } else { "is" }
}

fn not_recorded(population: &str, variable: &str) -> Error {
    let are = are(variable);
    Error::new(
        ErrorKind::Usage,
        format!(
            "{variable} of `{population}` {are} not recorded; add `record {population}: {variable};` to the network"
        ),
    )
}
