//! The description of a network: pure data, without ranks and without a clock.
//!
//! [`NetworkBuilder`] is what `network!` expands to and what can be written by hand; [`NetworkBuilder::build`] checks
//! everything and gives a [`Network`].

use std::sync::Arc;

use crate::backend::{Erased, Simulator};
use crate::cell::{CellInfo, ReceptorInfo};
use crate::connector::{Cells, Connector, Ends};
use crate::electrode::ElectrodeSpec;
use crate::error::Result;
use crate::gap::MEMBRANE;
use crate::part::Part;
use crate::population::{PopulationId, ProjectionId, SimulatorId};
use crate::random::{Key, Purpose};
use crate::source::Sources;
use crate::space::{Point, Space, Structure};
use crate::synapse::{SynapseColumns, SynapseFamily};
use crate::time::Tick;
use crate::units::Length;
use crate::values::Column;

pub use crate::builder::{Annotated, NetworkBuilder, SimulatorOptions};
pub use crate::end::{End, EndPart, Selection};

/// A checked description of a network.
#[derive(Clone, Debug)]
pub struct Network {
    pub(crate) name: Arc<str>,
    pub(crate) seed: u64,
    pub(crate) simulators: Vec<SimulatorSpec>,
    pub(crate) populations: Vec<PopulationSpec>,
    pub(crate) projections: Vec<ProjectionSpec>,
    pub(crate) electrodes: Vec<ElectrodeSpec>,
}

/// Something that has a [`Network`]: the struct of a `network!` block, or a network itself.
pub trait Model {
    /// The description.
    fn network(&self) -> &Network;
}

impl Model for Network {
    fn network(&self) -> &Network {
        self
    }
}

/// A simulator of a network.
#[derive(Clone)]
pub struct SimulatorSpec {
    /// Its name.
    pub name: Arc<str>,
    /// Its backend's name.
    pub backend: &'static str,
    /// How many ranks it is declared to run on.
    pub processes: usize,
    /// Its time step.
    pub timestep: Tick,
    /// How many threads each rank has of its own.
    pub threads: usize,
    /// How many ranks of its backend one process can hold; `None` for any number.
    pub per_process: Option<usize>,
    /// Bytes that a synapse takes at most, about.
    pub synapse_bytes: u64,
    /// Builds one rank's share: [`Backend::instantiate`](crate::backend::Backend::instantiate).
    pub instantiate: fn(&Part<'_>) -> Result<Box<dyn Simulator>>,
    /// Which projections from spike sources it draws itself: [`Backend::draws`](crate::backend::Backend::draws).
    pub draws: fn(&Network, &ProjectionSpec) -> bool,
}

impl std::fmt::Debug for SimulatorSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, backend, processes, timestep, threads, .. } = self;
        write!(f, "{name}: {backend} {{ processes: {processes}, timestep: {timestep}, threads: {threads} }}")
    }
}

/// A population of a network.
#[derive(Clone)]
pub struct PopulationSpec {
    /// Its number.
    pub id: PopulationId,
    /// Its name.
    pub name: Arc<str>,
    /// The simulator it is on.
    pub simulator: SimulatorId,
    /// How many cells.
    pub size: usize,
    /// The global id of its first cell; the others follow.
    pub first_gid: u32,
    /// Its cell type.
    pub cell: &'static CellInfo,
    /// The parameters, in the order of [`CellInfo::parameters`].
    pub parameters: Vec<Column>,
    /// The initial values, in the order of [`CellInfo::states`].
    pub initial: Vec<Column>,
    /// What is recorded.
    pub recording: Recording,
    /// What the user notes about it: keys and values, which recorded data carry.
    pub annotations: Vec<(String, String)>,
    /// Where its cells are; [`Network::positions`] has the places.
    pub structure: Arc<dyn Structure>,
    /// What simulates it.
    pub kind: PopulationKind,
}

/// What simulates a population.
#[derive(Clone)]
pub enum PopulationKind {
    /// A spike source, evaluated outside the backends.
    Source(Sources),
    /// A model of the simulator's backend; [`LocalPopulation::model`](crate::backend::LocalPopulation::model) gives it.
    Model(ErasedModel),
}

/// A lowered cell type; only its backend can look inside.
#[derive(Clone)]
pub struct ErasedModel {
    pub(crate) model: Erased,
    /// What ranks compare.
    pub(crate) words: Arc<str>,
}

impl std::fmt::Debug for PopulationSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}: [{}; {}]", self.name, self.simulator.0, self.cell.name, self.size)?;
        write!(f, " {:?} {:?} {:?}", self.parameters, self.initial, self.recording)?;
        write!(f, " {:?}", self.annotations)?;
        write!(f, " {:?}", self.structure)?;
        match &self.kind {
            PopulationKind::Source(source) => write!(f, " {source:?}")?,
            PopulationKind::Model(ErasedModel { words, .. }) => write!(f, " {words}")?,
        }
        for column in self.parameters.iter().chain(&self.initial) {
            write!(f, " {:?}", column.samples(self.size))?;
        }
        Ok(())
    }
}

impl PopulationSpec {
    /// The cells as an end of a projection.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn cells(&self) -> Cells {
        Cells::range(self.first_gid, self.size as u32)
    }

    /// Whether its cells only send.
    #[must_use]
    pub fn is_source(&self) -> bool {
        matches!(self.kind, PopulationKind::Source(_))
    }
}

/// What is recorded of a population.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// The cells whose spikes are recorded, if any.
    pub spikes: Option<Selection>,
    /// The variables that are sampled.
    pub sampled: Vec<SampledVariable>,
}

/// A variable that is sampled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampledVariable {
    /// Its index in [`CellInfo::variables`].
    pub variable: usize,
    /// The cells that it is sampled of.
    pub cells: Selection,
    /// The time from sample to sample, a multiple of the simulator's time step. The first sample is at time 0.
    pub every: Tick,
}

/// A projection of a network.
#[derive(Clone)]
pub struct ProjectionSpec {
    /// Its number.
    pub id: ProjectionId,
    /// Its name: the label, or `source -> target`.
    pub name: Arc<str>,
    /// The cells that send.
    pub source: End,
    /// The cells that receive; all are on one simulator.
    pub target: End,
    /// In which distances are taken.
    pub space: Space,
    /// The index of the receptor in the target's [`CellInfo::receptors`].
    pub receptor: usize,
    /// The connector.
    pub connector: Arc<dyn Connector>,
    /// Weights, delays and parameters of the connections.
    pub values: SynapseColumns,
    /// The synapse type, and the constants of its rule.
    pub family: Arc<dyn SynapseFamily>,
    /// What the user notes about it: keys and values, which its weights carry when they are read.
    pub annotations: Vec<(String, String)>,
    /// What the target's backend made of the synapse type.
    pub(crate) synapse: Erased,
    /// A lower bound of all delays as described, a multiple of the target's time step. Plans rest on it: it stays when delays
    /// are set between runs.
    pub shortest_delay: Tick,
}

impl std::fmt::Debug for ProjectionSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?} -> {:?}.{}: ", self.name, self.source, self.target, self.receptor)?;
        write!(f, "{:?}, {:?}, {:?} {:?}", self.connector, self.family, self.values, self.space)?;
        write!(f, " {:?}", self.annotations)?;
        let (sources, targets) = (self.source.size() as usize, self.target.size() as usize);
        for column in [&self.values.weight, &self.values.delay].into_iter().chain(&self.values.parameters) {
            write!(f, " {:?}", column.samples(sources, targets))?;
        }
        Ok(())
    }
}

impl Network {
    /// The network's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The seed of all its random numbers.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The simulators, in order of declaration; [`SimulatorId`]s are indices.
    #[must_use]
    pub fn simulators(&self) -> &[SimulatorSpec] {
        &self.simulators
    }

    /// The populations, in order of declaration; [`PopulationId`]s are indices.
    #[must_use]
    pub fn populations(&self) -> &[PopulationSpec] {
        &self.populations
    }

    /// The projections, in order of declaration; [`ProjectionId`]s are indices.
    #[must_use]
    pub fn projections(&self) -> &[ProjectionSpec] {
        &self.projections
    }

    /// The simulator that a population is on.
    #[must_use]
    pub fn simulator_of(&self, population: PopulationId) -> &SimulatorSpec {
        &self.simulators[self.populations[population.0].simulator.0]
    }

    /// The population that the cell with global id `gid` belongs to.
    ///
    /// # Panics
    /// When there is no such cell.
    #[must_use]
    pub fn population_of(&self, gid: u32) -> &PopulationSpec {
        let next = self.populations.partition_point(|population| population.first_gid <= gid);
        &self.populations[next - 1]
    }

    /// The ends of a projection, for its connector.
    #[must_use]
    pub fn ends(&self, projection: &ProjectionSpec) -> Ends<'_> {
        Ends::of(self, projection)
    }

    /// Where the cells of a population are: x, y and z of each, by index.
    #[must_use]
    pub fn positions(&self, population: PopulationId) -> Vec<[Length; 3]> {
        self.points(population).into_iter().map(|point| point.map(Length::new)).collect()
    }

    pub(crate) fn points(&self, population: PopulationId) -> Vec<Point> {
        let spec = &self.populations[population.0];
        spec.structure.positions(spec.size, self.key(Purpose::Position, population.0 as u64))
    }

    /// The simulator that a projection's targets are on, and its connections with them.
    ///
    /// # Panics
    /// When the projection has no target: never in a network that was built.
    #[must_use]
    pub fn target_simulator(&self, projection: &ProjectionSpec) -> &SimulatorSpec {
        self.simulator_of(projection.target.parts()[0].population)
    }

    /// The receptor that a projection ends on.
    ///
    /// # Panics
    /// When the projection has no target: never in a network that was built.
    #[must_use]
    pub fn receptor(&self, projection: &ProjectionSpec) -> &'static ReceptorInfo {
        if !projection.family.info().carries_spikes {
            return &MEMBRANE;
        }
        let population = projection.target.parts()[0].population;
        &self.populations[population.0].cell.receptors[projection.receptor]
    }

    /// The key of the random streams of `purpose` and object number `object`.
    #[must_use]
    pub fn key(&self, purpose: Purpose, object: u64) -> Key {
        Key::new(self.seed, purpose, object)
    }

    /// The key of a spike-source population's streams: streams are numbered by global id.
    #[must_use]
    pub fn source_key(&self, population: PopulationId) -> Key {
        self.key(Purpose::Source, population.0 as u64)
    }

    /// The resolution to which an engine may round the weights onto one receptor of a population so that sums of any
    /// order are equal: 2^-30 of the largest weight (of six deviations for unbounded distributions). A function of
    /// the description alone.
    #[must_use]
    pub fn weight_quantum(&self, population: PopulationId, receptor: usize) -> f64 {
        let onto = |projection: &&ProjectionSpec| {
            projection.receptor == receptor
                && projection.family.info().carries_spikes
                && projection.target.populations().any(|onto| onto == population)
        };
        let scale =
            self.projections.iter().filter(onto).map(|spec| spec.weight_scale(self)).fold(0.0, f64::max);
        // Never below the smallest normal number, or weights were divided by zero.
        if scale == 0.0 { 2f64.powi(-30) } else { 2f64.powi((scale.log2().ceil() as i32 - 30).max(-1022)) }
    }

    /// A number that differs, but for an accident, for different descriptions: ranks compare it at the start.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut digest = crate::digest::Digest::new();
        digest.write(format!("{self:?}").as_bytes());
        digest.finish()
    }
}

impl ProjectionSpec {
    /// The largest magnitude that a spike transmits: of the weights that synapses have and can come to have, but for
    /// rare draws of unbounded distributions and, of a closure, what a grid of 256 sources and targets does not show.
    #[must_use]
    pub fn weight_scale(&self, network: &Network) -> f64 {
        let limits = self.family.weight_limits();
        let given = limits.map_or_else(|| self.given_scale(network), |(low, high)| low.abs().max(high.abs()));
        given * self.family.largest_factor()
    }

    /// The largest magnitude of the weights at the start.
    fn given_scale(&self, network: &Network) -> f64 {
        use crate::values::SynapseColumn as C;
        if let C::Set(set) = &self.values.weight {
            return set.scale;
        }
        if let Some((smallest, largest)) = self.connector.listed_weights() {
            return smallest.abs().max(largest.abs());
        }
        match &self.values.weight {
            C::Constant(weight) => weight.abs(),
            C::Set(set) => set.scale,
            C::List(weights) => weights.iter().fold(0.0, |scale, weight| scale.max(weight.abs())),
            C::Random(distribution) => distribution.scale(),
            C::Function(function) => {
                self.grid_scale(&|source, target| function(source as usize, target as usize))
            }
            C::Distance(function) => {
                let ends = network.ends(self);
                self.grid_scale(&|source, target| function.at(ends.distance(source, target)))
            }
            C::Array(matrix) => matrix.scale(),
        }
    }

    /// The largest magnitude of `weight` over a grid of sources and targets.
    fn grid_scale(&self, weight: &dyn Fn(u32, u32) -> f64) -> f64 {
        let grid = |end: &End| (0..end.size()).step_by(end.size().div_ceil(256) as usize);
        let pairs =
            grid(&self.source).flat_map(|source| grid(&self.target).map(move |target| (source, target)));
        pairs.map(|(source, target)| weight(source, target).abs()).fold(0.0, f64::max)
    }

    /// What the target's backend `B` made of the synapse type.
    ///
    /// # Panics
    /// When `B` is not the backend of the target's simulator.
    #[must_use]
    pub fn synapse<B: crate::backend::Backend>(&self) -> &B::Synapse {
        self.synapse.downcast_ref().expect("a simulator is asked for its own projections")
    }
}
