//! From a description to ranks that are ready to run.

use std::sync::Arc;
use std::time::Duration;

use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::{Model, Network};

use crate::cores;
use crate::launch::Launch;
use crate::layout::{fit, parse_overrides, processes};
use crate::plan::Plan;
use crate::simulation::Simulation;
use crate::team::Team;
use crate::worker::Common;

/// What ranks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Ranks {
    /// MPI processes under `mpirun`. Otherwise threads of this process, of a simulator no more than it has
    /// [cores](Setup::cores), unless [`Setup::processes`] or `PYNN_PROCESSES` sets how many: more would be slower, and what
    /// is simulated does not depend on their number.
    #[default]
    Auto,
    /// Threads of this process, as many ranks as are declared or set. More ranks than [cores](Setup::cores) share threads.
    Threads,
    /// MPI processes.
    Mpi,
}

/// How to run a network.
///
/// ```no_run
/// # fn f(net: pynn_core::network::Network) -> pynn_core::Result<()> {
/// use std::time::Duration;
///
/// let mut sim = pynn_music::Setup::new()
///     .processes("sim1", 2)
///     .deadline(Duration::from_secs(600))
///     .start(net)?;
/// # sim.end() }
/// ```
#[derive(Clone, Debug)]
pub struct Setup {
    processes: Vec<(String, usize)>,
    ranks: Ranks,
    cores: Option<usize>,
    deadline: Option<Duration>,
    progress: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}

/// How long a rank is silent before the others give up, unless set.
const DEADLINE: Duration = Duration::from_secs(60);

/// Sets up `model` with the default [`Setup`]: builds every simulator on its ranks.
///
/// Ranks are threads of this process, of a simulator as many as are declared or as there are cores ([`Ranks::Auto`]).
/// Under `mpirun` they are processes; then all but one of them do not return from here: they work for the one that does,
/// and end when its [`Simulation`] ends. So there is one setup in a program that is to run under `mpirun`.
///
/// # Errors
/// When the network cannot be placed, ranks cannot be started, or a simulator cannot be built.
pub fn setup<N: Model + Send + Sync + 'static>(model: N) -> Result<Simulation<N>> {
    Setup::new().start(model)
}

impl Setup {
    /// The defaults: processes as declared, ranks as launched ([`Ranks::Auto`]), a deadline of 60 s, a progress bar on a terminal.
    #[must_use]
    pub fn new() -> Self {
        Self { processes: Vec::new(), ranks: Ranks::Auto, cores: None, deadline: None, progress: true }
    }

    /// Runs `simulator` on `ranks` ranks, whatever is declared and however few cores there are. Stronger than the environment variable
    /// `PYNN_PROCESSES`, which has the form `sim1=2,sim2=1`.
    #[must_use]
    pub fn processes(mut self, simulator: impl Into<String>, ranks: usize) -> Self {
        self.processes.push((simulator.into(), ranks));
        self
    }

    /// What ranks are; default [`Ranks::Auto`].
    #[must_use]
    pub fn ranks(mut self, ranks: Ranks) -> Self {
        self.ranks = ranks;
        self
    }

    /// How many cores ranks that are threads share; default those that this process may use. More ranks than cores share
    /// threads, one a core, but for those of simulators that have fewer than that. A rank is always built, run and dropped
    /// on the same thread.
    #[must_use]
    pub fn cores(mut self, cores: usize) -> Self {
        self.cores = Some(cores);
        self
    }

    /// After how much silence of a rank all give up; default 60 s, or the environment variable `PYNN_DEADLINE` in s.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Whether long runs show a progress bar, on a terminal; default true.
    #[must_use]
    pub fn progress(mut self, progress: bool) -> Self {
        self.progress = progress;
        self
    }

    /// Plans without running: placement, routes, windows and memory of any number of ranks, in this process alone; as
    /// many as are declared or set. [`Plan::table`] prints it.
    ///
    /// # Errors
    /// When the network cannot be placed.
    pub fn dry_run(&self, network: &Network) -> Result<Plan> {
        self.plan(network, None)
    }

    /// The plan for MPI processes, or for one process that has so many cores.
    fn plan(&self, network: &Network, cores: Option<usize>) -> Result<Plan> {
        let mut overrides = match std::env::var("PYNN_PROCESSES") {
            Ok(text) => parse_overrides(&text)?,
            Err(_) => Vec::new(),
        };
        overrides.extend(self.processes.iter().cloned());
        let mut processes = processes(network, &overrides)?;
        if let Some(cores) = cores {
            fit(network, &mut processes, &overrides, cores);
        }
        Plan::new(network, &processes)
    }

    /// Sets up `model`; see [`setup`].
    ///
    /// # Errors
    /// When the network cannot be placed, ranks cannot be started, or a simulator cannot be built.
    pub fn start<N: Model + Send + Sync + 'static>(&self, model: N) -> Result<Simulation<N>> {
        let launch = Launch::detect();
        let mpi = match self.ranks {
            Ranks::Auto => launch.is_some(),
            Ranks::Threads => false,
            Ranks::Mpi => true,
        };
        let cores = self.cores.unwrap_or_else(cores::available);
        let model = Arc::new(model);
        let common = self.common(model.clone(), (!mpi && self.ranks == Ranks::Auto).then_some(cores));
        let team = if mpi {
            Self::processes_team(common, launch)
        } else {
            common.and_then(|common| {
                check_process(&common)?;
                let threads = common.plan.layout().threads(cores);
                Ok((Team::threads(&common, &threads)?, common))
            })
        };
        let (team, common) = team?;
        Simulation::build(model, common, team, self.progress)
    }

    fn common<N: Model + Send + Sync + 'static>(
        &self,
        model: Arc<N>,
        cores: Option<usize>,
    ) -> Result<Common> {
        let plan = Arc::new(self.plan(model.network(), cores)?);
        let deadline = match self.deadline {
            Some(deadline) => deadline,
            None => deadline_of(std::env::var("PYNN_DEADLINE").ok().as_deref())?,
        };
        Ok(Common { model, plan, deadline })
    }

    #[cfg(feature = "mpi")]
    fn processes_team(common: Result<Common>, launch: Option<Launch>) -> Result<(Team, Common)> {
        if launch.as_ref().is_some_and(|launch| launch.rank > 0) {
            crate::team::serve(common, launch)
        } else {
            crate::team::launch_leader(common, launch)
        }
    }

    #[cfg(not(feature = "mpi"))]
    fn processes_team(common: Result<Common>, launch: Option<Launch>) -> Result<(Team, Common)> {
        const REMEDY: &str = "build it with `cargo build --features mpi`, or start it without the launcher: then \
                              ranks are threads";
        let Some(launch) = launch else {
            common?;
            return Err(Error::new(
                ErrorKind::Placement,
                format!("this program was built without MPI; {REMEDY}"),
            ));
        };
        let Launch { launcher, rank, size, .. } = launch;
        let text = format!(
            "started by {launcher} with {size} processes, but this program was built without MPI; {REMEDY}"
        );
        crate::exit::exit_together(rank, &text, crate::exit::WITHOUT_MPI)
    }
}

fn deadline_of(text: Option<&str>) -> Result<Duration> {
    let Some(text) = text else { return Ok(DEADLINE) };
    let seconds = text.trim().parse::<f64>().ok().filter(|seconds| *seconds > 0.0);
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("PYNN_DEADLINE: `{text}` is no positive number of seconds"))
    })
}

/// Whether one process can hold all ranks.
fn check_process(common: &Common) -> Result<()> {
    let simulators = common.network().simulators();
    for simulator in simulators {
        let Some(most) = simulator.per_process else { continue };
        let layout = common.plan.layout();
        let of_backend =
            |rank: &usize| simulators[layout.place(*rank).simulator.0].backend == simulator.backend;
        let ranks = (0..layout.ranks()).filter(of_backend).count();
        if ranks > most {
            return Err(Error::new(
                ErrorKind::Placement,
                format!(
                    "{ranks} ranks run on {}, but one process can hold {most}: start with `mpirun -n {}` (built with \
                     `--features mpi`), or give its simulators fewer processes",
                    simulator.backend,
                    layout.ranks()
                ),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deadline_is_read_in_seconds() {
        assert_eq!(deadline_of(None).unwrap(), DEADLINE);
        assert_eq!(deadline_of(Some("0.5")).unwrap(), Duration::from_millis(500));
        for bad in ["", "soon", "-1", "0", "NaN", "1e300"] {
            assert!(deadline_of(Some(bad)).unwrap_err().message().contains("PYNN_DEADLINE"), "{bad}");
        }
    }
}
