//! The real NEURON as a backend of pynn: NEURON 8.2 or 9, as found on the machine when a network is set up.
//!
//! | part | where |
//! |---|---|
//! | where NEURON is | [`installation`] |
//! | mechanisms and C face, compiled on first use | `mechanisms/`, `library` |
//! | NEURON behind a safe face; all `unsafe` of the crate | `ffi` |
//! | what a cell type is to NEURON | `model`, `receptor` |
//! | one rank: cells, connections, spikes, samples | `engine` |
//! | gap junctions, ghosts | `gap` |
//! | what is set between runs | `change` |
//!
//! # What runs
//! Each cell is a NEURON section with one point process of this crate, which has the membrane, the synapses and the
//! threshold; `Izhikevich` and the exponential integrate-and-fire cells, whose coarse steps tell the order of a sum, are put
//! together from as many mechanisms as PyNN takes. NEURON integrates it by its fixed step (backward Euler). Each synapse is a NetCon; every spike, of the
//! rank's own cells and from elsewhere, goes through NEURON's event queue with its exact time.
//!
//! # What is a spike
//! Integrate-and-fire cells: `v > v_thresh` at the end of a step (`v_spike` of exponential ones, 30 mV of `Izhikevich`).
//! `GifCondExp`: with the probability of its hazard at the end of a step, by a number keyed by cell and step. `HhCondExp`: an upward crossing of 10 mV, PyNN's
//! threshold on NEURON. What is sampled at a spike is the potential that crossed, and a conductance shows what arrives
//! at `t` from `t` plus one time step on: NEURON records before it delivers. `IfCurrDelta`, which PyNN has not on
//! NEURON, shows the jump at `t`, as NEST does.
//!
//! # Gap junctions
//! An `ElectricalSynapse` is a point process in each of the two cells. In a step the other's potential is that at the
//! beginning, the own one that at the end (backward Euler), as in PyNN on NEURON: of first order in the time step, and stable.
//! A cell of another process is a ghost: a number that its process tells after each step, and that the point process looks
//! at as at a potential. So what is computed is the same for any number of processes.
//!
//! # Exact sums
//! What arrives in a step is summed up on its own, in multiples of a quantum (2^-40 of the largest weight onto the
//! receptor; a sum is exact up to 8192 such weights), so that spikes are the same for any number of ranks. Cells whose
//! receptors the shim keeps (`receptors.cpp`) have a finer one, 2^-62, and sums of any length.
//!
//! # One at a time
//! NEURON is one instance a process: a simulator with several ranks needs `mpirun`. Within a process one simulation
//! after another can use it.

mod change;
mod engine;
mod ffi;
mod gap;
pub mod installation;
mod library;
mod model;
mod plastic;
mod receptor;

use pynn_core::backend::{
    Backend, Connects, Injects, Lowered, Part, Records, Simulates, Simulator, Transmits,
};
use pynn_core::cell::observable::{
    AdaptationConductance, AdaptationCurrent, GateH, GateM, GateN, GsynExc, GsynInh, MembranePotential,
    MovingThreshold, RecoveryVariable, RefractoryConductance, SpikeTriggeredCurrent, Spikes,
    SynapticConductance, SynapticCurrent,
};
use pynn_core::cells;
use pynn_core::connector::Connector;
use pynn_core::electrode::CurrentSource;
use pynn_core::error::Result;
use pynn_core::plastic::Synapse;
use pynn_core::synapse::ElectricalSynapse;

pub use model::Model;

/// NEURON as a backend. Needs NEURON 8.2 or 9 (`python3 -m pip install neuron`) and a C++ compiler on the machine where it
/// runs; says so where they are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neuron {}

impl Backend for Neuron {
    const NAME: &'static str = "NEURON";
    const PER_PROCESS: Option<usize> = Some(1);
    const SYNAPSE_BYTES: u64 = 200;
    type Model = Model;
    type Synapse = Synapse;

    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Ok(Box::new(engine::Engine::new(part)?))
    }
}

pynn_core::transmits!(Neuron);

/// Each cell's own potential is that at the end of a step, the other's that at its beginning, as in PyNN on NEURON.
impl Transmits<ElectricalSynapse> for Neuron {
    fn lower(_: &ElectricalSynapse) -> Synapse {
        Synapse::Electrical
    }
}

impl<K: Connector> Connects<K> for Neuron {
    fn lower(connector: K) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

macro_rules! simulates {
    ($($cell:ident: $model:ident;)*) => {$(
        impl Simulates<cells::$cell> for Neuron {
            fn lower(_: &cells::$cell) -> Lowered<Model> {
                Lowered::Model(model::$model)
            }
        }
    )*};
}
simulates! {
    IfCurrExp: IF_CURR_EXP;
    IfCurrAlpha: IF_CURR_ALPHA;
    IfCurrDelta: IF_CURR_DELTA;
    IfCondExp: IF_COND_EXP;
    IfCondAlpha: IF_COND_ALPHA;
    IfCondExpGsfaGrr: IF_COND_EXP_GSFA_GRR;
    IfFacetsHardware1: IF_FACETS_HARDWARE1;
    EifCondExpIsfaIsta: EIF_COND_EXP_ISFA_ISTA;
    EifCondAlphaIsfaIsta: EIF_COND_ALPHA_ISFA_ISTA;
    Izhikevich: IZHIKEVICH;
    GifCondExp: GIF_COND_EXP;
    HhCondExp: HH_COND_EXP;
}

/// Electrodes play what core computes.
impl<E: CurrentSource> Injects<E> for Neuron {}

macro_rules! records {
    ($($observable:ident)*) => {$(
        impl Records<$observable> for Neuron {}
    )*};
}
records!(
    Spikes MembranePotential GsynExc GsynInh GateM GateH GateN AdaptationCurrent RecoveryVariable SpikeTriggeredCurrent
    MovingThreshold AdaptationConductance RefractoryConductance SynapticConductance SynapticCurrent
);
