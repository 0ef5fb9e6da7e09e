//! The real NEST as a backend of pynn: NEST 3.10, as found on the machine when a network is set up.
//!
//! | part | where |
//! |---|---|
//! | where NEST is | [`installation`] |
//! | C face, compiled on first use; under NEST's licence | `shim/`, `library` |
//! | NEST behind a safe face; all `unsafe` of the crate | `ffi` |
//! | what a cell type is to NEST | `model` |
//! | the standard cell types, their units | `standard` |
//! | membranes with receptors | [`Composable`] |
//! | NEST's own models by name | `native` |
//! | NEST's own Poisson sources | `generator` |
//! | connections: those within the rank, those from elsewhere | `wiring` |
//! | currents of electrodes | `electrodes` |
//! | one rank: cells, spikes, samples | `engine` |
//! | what is set between runs | `change` |
//!
//! # What runs
//! Standard cells are the models of NEST that PyNN takes for them (`IfCurrExp` is `iaf_psc_exp`), with the same units and
//! the same rules; spikes are on the grid. Connections among the cells of a rank are NEST's own `static_synapse`. Spikes
//! from elsewhere (other ranks, other simulators, spike sources) are put into the input buffers of their targets between
//! two stretches of the run, with the time at which they were fired: a delay as short as the window is kept exactly.
//!
//! # What is a spike
//! `HhCondExp` fires where NEST says: after the peak, 30 mV or more above `v_offset`, then not for 2 ms. Of a conductance
//! what arrives at `t` shows at `t`, of `v` one time step later; at a spike `v` is `v_reset`.
//!
//! `GifCondExp` fires by NEST's random numbers, which depend on the seed, but on the numbers of ranks and threads too. What it
//! shows of `i_eta` and `v_t` is what acted in a time step: the value at its begin.
//!
//! # Exact sums
//! Weights are rounded to multiples of a quantum (less than 2^-39 of the largest weight onto the receptor), so that what
//! arrives at the same time adds up to the same number in any order, and spikes are the same for any number of ranks.
//!
//! # One at a time
//! NEST is one kernel a process: a simulator with several ranks needs `mpirun`. Within a process one simulation after
//! another can use it. `reset` builds the kernel anew, since NEST cannot go back to a state.

mod change;
mod composed;
mod electrodes;
mod engine;
mod ffi;
mod generator;
pub mod installation;
mod library;
mod model;
mod native;
mod plastic;
mod standard;
mod wiring;

use pynn_core::backend::{Backend, Connects, Injects, Lowered, Part, Records, Simulates, Simulator};
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

pub use composed::{Composable, composable};
pub use generator::PoissonGenerator;
pub use model::Model;
pub use native::{NativeCell, NativeValue, Recordable, recordable};

/// NEST as a backend. Needs NEST 3.10 (`python3 -m pip install nest-simulator==3.10.*`) and a C++ compiler on the machine
/// where it runs; says so where they are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nest {}

impl Backend for Nest {
    const NAME: &'static str = "NEST";
    const PER_PROCESS: Option<usize> = Some(1);
    const THREADS: bool = true;
    const SYNAPSE_BYTES: u64 = 48;
    type Model = Model;
    type Synapse = Synapse;

    fn words(model: &Model) -> String {
        model.words()
    }

    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Ok(Box::new(engine::Engine::new(part)?))
    }
}

pynn_core::transmits!(Nest);

impl<K: Connector> Connects<K> for Nest {
    fn lower(connector: K) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

macro_rules! simulates {
    ($($cell:ident: $model:ident;)*) => {$(
        impl Simulates<cells::$cell> for Nest {
            fn lower(_: &cells::$cell) -> Lowered<Model> {
                Lowered::Model(standard::$model.into())
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
    HhCondExp: HH_COND_EXP;
    EifCondExpIsfaIsta: EIF_COND_EXP_ISFA_ISTA;
    EifCondAlphaIsfaIsta: EIF_COND_ALPHA_ISFA_ISTA;
    Izhikevich: IZHIKEVICH;
    GifCondExp: GIF_COND_EXP;
    IfCondExpGsfaGrr: IF_COND_EXP_GSFA_GRR;
    IfFacetsHardware1: IF_FACETS_HARDWARE1;
}

/// Electrodes play what core computes.
impl<E: CurrentSource> Injects<E> for Nest {}

impl Simulates<PoissonGenerator> for Nest {
    fn lower(_: &PoissonGenerator) -> Lowered<Model> {
        Lowered::Model(Model::poisson())
    }
}

impl Simulates<NativeCell> for Nest {
    fn lower(cell: &NativeCell) -> Lowered<Model> {
        Lowered::Model(cell.clone().into())
    }
}

macro_rules! records {
    ($($observable:ident)*) => {$(
        impl Records<$observable> for Nest {}
    )*};
}
records!(Spikes MembranePotential GsynExc GsynInh GateM GateH GateN);
records!(AdaptationCurrent RecoveryVariable SpikeTriggeredCurrent MovingThreshold);
records!(Recordable);
records!(AdaptationConductance RefractoryConductance SynapticConductance SynapticCurrent);
