//! What a backend is, and what a rank asks of a simulator.
//!
//! A backend is a zero-sized type. What it can do is said by capability traits, checked by the compiler where the
//! network is described: [`Simulates`] a cell type, [`Transmits`] through a synapse type, [`Connects`] by a connector,
//! [`Records`] an observable, [`Injects`] the current of an electrode. Each carries its lowering, so to say "can" is to do it.

use std::any::Any;
use std::sync::Arc;

use crate::change::{Change, SynapseValue};
use crate::connector::Connector;
use crate::error::{Error, ErrorKind, Result};
use crate::network::{Network, ProjectionSpec};
use crate::population::{PopulationId, ProjectionId};
use crate::source::Sources;
use crate::time::{Spike, Tick};

pub use crate::electrode::{Currents, Injected, LocalElectrode};
pub use crate::gap::{GapJunction, GapJunctions};
pub use crate::part::{Draw, LocalPopulation, LocalProjection, Part, RowValues, SynapseRow, share_of};
pub use crate::row::{LONGEST_DELAY, delay_steps};

/// A simulator technology: the native engine, NEST, NEURON, one of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no simulator backend",
    label = "expected a backend such as `Native`"
)]
pub trait Backend: Sized + Send + Sync + 'static {
    /// The name in messages and tables.
    const NAME: &'static str;
    /// How many ranks of this backend one process can hold; `None` for any number.
    const PER_PROCESS: Option<usize> = None;
    /// Whether a rank can have several threads of its own, as `threads` of
    /// [`SimulatorOptions`](crate::network::SimulatorOptions) asks. Without, `threads` above 1 is an error of the build.
    const THREADS: bool = false;
    /// Bytes that a synapse takes at most, about: what a plan reckons with.
    const SYNAPSE_BYTES: u64 = 8;
    /// What a cell type is lowered to.
    type Model: Send + Sync + 'static;
    /// What a synapse type is lowered to.
    type Synapse: Send + Sync + 'static;

    /// Builds what one rank simulates: its cells, and the synapses onto them. Called on the thread on which the rank is also
    /// run and dropped; ranks that are more than the cores share threads.
    ///
    /// # Errors
    /// When the simulator is missing, or refuses.
    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>>;

    /// Words that differ for models of one cell type that differ in more than the parameters of their population: ranks
    /// compare their descriptions by them.
    fn words(model: &Self::Model) -> String {
        let _ = model;
        String::new()
    }

    /// Whether the backend itself draws what a spike source sends through `projection` to its cells: the same spikes,
    /// since they are a function of the description. Then they are not delivered. A function of the description alone.
    fn draws(network: &Network, projection: &ProjectionSpec) -> bool {
        let _ = (network, projection);
        false
    }
}

/// The backend can simulate cells of type `C`.
#[diagnostic::on_unimplemented(
    message = "the `{Self}` backend cannot simulate `{C}` cells",
    label = "this cell type does not run on `{Self}`",
    note = "put the population on a simulator that can, choose another cell type, or write `impl Simulates<{C}> for {Self}`"
)]
pub trait Simulates<C>: Backend {
    /// What the backend makes of the cell type.
    fn lower(cell: &C) -> Lowered<Self::Model>;
}

/// What a cell type is lowered to.
#[derive(Clone, Debug)]
pub enum Lowered<M> {
    /// Cells that only send; evaluated outside the backend, the same for all.
    Source(Sources),
    /// A model of the backend's.
    Model(M),
}

/// The backend can transmit spikes through synapses of type `S`.
#[diagnostic::on_unimplemented(
    message = "the `{Self}` backend cannot transmit through `{S}`",
    label = "this synapse type does not run on `{Self}`",
    note = "a synapse belongs to the target's simulator: choose a synapse type that `{Self}` has, or move the target"
)]
pub trait Transmits<S>: Backend {
    /// What the backend makes of the synapse type, whose constants alone mean something here.
    fn lower(synapse: &S) -> Self::Synapse;
}

/// The backend can connect by connector `K`.
#[diagnostic::on_unimplemented(
    message = "the `{Self}` backend cannot connect by `{K}`",
    label = "this connector does not run on `{Self}`",
    note = "a connector belongs to the target's simulator: choose a connector that `{Self}` has, or move the target"
)]
pub trait Connects<K>: Backend {
    /// The generator of the connections.
    fn lower(connector: K) -> Box<dyn Connector>;
}

/// The backend can record observable `V`.
#[diagnostic::on_unimplemented(
    message = "the `{Self}` backend cannot record `{V}`",
    label = "this variable is not recorded on `{Self}`",
    note = "record another variable, or put the population on a simulator that records this one"
)]
pub trait Records<V>: Backend {}

/// The backend can play the currents of electrodes of type `E`.
#[diagnostic::on_unimplemented(
    message = "the `{Self}` backend has no electrodes of type `{E}`",
    label = "this current source does not run on `{Self}`",
    note = "choose another current source, or put the population on a simulator that has this one"
)]
pub trait Injects<E>: Backend {}

/// One rank's share of a simulator while it runs.
///
/// The life of a rank: `deliver` what is due, `advance` to the next time at which others are needed, give out the
/// spikes, again. `advance` and `deliver` take times that are multiples of the simulator's own time step.
pub trait Simulator {
    /// Takes spikes of sources and of cells of other ranks. A spike acts through every connection that its cell has
    /// here: with stamp s (`spike.step * packet.timestep`), it is due at the first of the simulator's own grid points
    /// at or after s, plus the delay. A spike due in the past is an error, never dropped.
    ///
    /// # Errors
    /// When a spike comes too late, or the simulator fails.
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()>;

    /// Advances to `to`, appending the spikes of this rank's cells to `out`, by step and then by global id. Spikes of
    /// own cells act on own cells without being delivered.
    ///
    /// # Errors
    /// When the simulator fails. It is not used again after that, except for [`drain_samples`](Self::drain_samples).
    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()>;

    /// Does some of what needs none of the spikes that are still to come, of the next step first, while this rank waits
    /// for them; and gives whether there may be more of it. A call should take some microseconds: the spikes wait for its
    /// end. Asked again only after it gave `true` or after [`advance`](Self::advance), which always follows. Optional:
    /// by default nothing.
    ///
    /// # Errors
    /// When the simulator fails.
    fn prepare(&mut self) -> Result<bool> {
        Ok(false)
    }

    /// Appends the potentials, mV, that cells of this rank have now, known by their global ids: those that have gap
    /// junctions with cells of another rank. Asked before the first step and after each.
    ///
    /// # Errors
    /// When the backend has no gap junctions between ranks.
    fn potentials(&mut self, cells: &[u32], out: &mut Vec<f64>) -> Result<()> {
        let _ = (cells, out);
        Err(undivided())
    }

    /// Takes the potentials, mV, that cells of other ranks have now, known by their global ids: some of the
    /// [ghosts](GapJunctions::ghosts). All come before each step.
    ///
    /// # Errors
    /// When the backend has no gap junctions between ranks.
    fn take_potentials(&mut self, cells: &[u32], potentials: &[f64]) -> Result<()> {
        let _ = (cells, potentials);
        Err(undivided())
    }

    /// Gives out, and forgets, the samples taken since the last call.
    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>));

    /// Goes back to time 0 and the initial state.
    ///
    /// # Errors
    /// When the simulator fails.
    fn reset(&mut self) -> Result<()>;

    /// What it holds and has done.
    fn statistics(&self) -> Statistics;

    /// Takes over, between two runs, what has changed in the description; `part.network` is the new one. It is asked
    /// only for what it holds something of. What is changed stays so after a [`reset`](Self::reset).
    ///
    /// # Errors
    /// Of kind [`ErrorKind::Usage`] or [`ErrorKind::Description`] when it is refused: then all is as before. After
    /// another error it is not used any more.
    fn change(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        Err(unchangeable(part, change))
    }

    /// The values that state variable number `state` of the population's cells that live here has now, in base units.
    ///
    /// # Errors
    /// When it cannot be read.
    fn state(&mut self, population: &LocalPopulation<'_>, state: usize) -> Result<Vec<f64>> {
        let network = population.network();
        let what = format!("shows no `{}` between runs", population.spec.cell.states[state].name);
        Err(unsupported(network, network.simulator_of(population.spec.id).backend, &what))
    }

    /// The values of the connections that live here, in the order in which [`LocalProjection::connect`] emits them, if
    /// they change while it runs; `None` if they are as described.
    ///
    /// # Errors
    /// When they cannot be read.
    fn synapse_values(
        &mut self,
        projection: &LocalProjection<'_>,
        value: SynapseValue,
    ) -> Result<Option<Vec<f64>>> {
        let _ = (projection, value);
        Ok(None)
    }
}

fn undivided() -> Error {
    Error::description(
        "the backend has no gap junctions between cells of different ranks; write `processes: 1`",
    )
}

/// The error of a simulator whose run would go on to `time`, for more than 2^32 - 1 time steps.
#[must_use]
pub fn too_far(time: Tick) -> Error {
    Error::new(ErrorKind::Usage, format!("{time} is beyond the {} time steps of a run", u32::MAX))
}

/// The error of a simulator that is `now` where the spike of a cell, fired at `stamp`, would have had to act already.
#[must_use]
pub fn too_late(gid: u32, stamp: Tick, now: Tick) -> Error {
    Error::new(ErrorKind::Simulator, format!("a spike of cell {gid} at {stamp} came at {now}, too late"))
}

/// The error of a backend that does not take over what has changed.
#[must_use]
pub fn unchangeable(part: &Part<'_>, change: &Change) -> Error {
    let what = match change {
        Change::Parameter { .. } => "parameters of cells",
        Change::State { .. } => "states of cells",
        Change::Synapses { value: SynapseValue::Delay, .. } => "delays",
        Change::Synapses { .. } => "values of connections",
        Change::Electrode { .. } => "electrodes",
    };
    unsupported(part.network, part.spec().backend, &format!("changes no {what} between runs"))
}

/// The error of a backend that cannot change the delays of a projection now, or not of its synapses: `why`, with the remedy.
#[must_use]
pub fn unchangeable_delays(part: &Part<'_>, projection: ProjectionId, why: &str) -> Error {
    let name = &part.network.projections()[projection.0].name;
    Error::new(ErrorKind::Usage, format!("projection `{name}`: {why}"))
}

/// Why the delays of synapses that change stay.
pub const DELAYS_STAY: &str = "the delays of synapses that change cannot be set between runs, since each remembers what came to \
                               it and when; describe them";

fn unsupported(network: &Network, backend: &str, what: &str) -> Error {
    let message = format!("the {backend} backend {what}; describe it in network `{}`", network.name());
    Error::new(ErrorKind::Usage, message)
}

/// Spikes on the way to a simulator, ordered by step.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    /// The spikes, in steps of `timestep`.
    pub spikes: &'a [Spike],
    /// The time step of the simulator that they come from.
    pub timestep: Tick,
}

/// Samples of one variable of one population on one rank.
#[derive(Clone, Copy, Debug)]
pub struct Samples<'a> {
    /// The population.
    pub population: PopulationId,
    /// The index of the variable in the population's [`sampled`](crate::network::Recording::sampled).
    pub variable: usize,
    /// The values: for each sample time, one a cell of this rank that the variable is
    /// [recorded](LocalPopulation::recorded) of, by index. The first row of a run from time 0 is the initial
    /// state.
    pub values: &'a [f64],
}

/// What a simulator's rank holds and has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Synapses onto cells of this rank.
    pub synapses: u64,
    /// Synaptic events delivered since time 0.
    pub events: u64,
    /// Bytes of the synapse tables.
    pub synapse_bytes: u64,
    /// Bytes of the cells' state.
    pub state_bytes: u64,
}

/// A lowered model or synapse whose backend is known to whoever looks.
pub(crate) type Erased = Arc<dyn Any + Send + Sync>;
