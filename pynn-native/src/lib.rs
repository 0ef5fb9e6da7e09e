//! The native engine of pynn: needs nothing installed, runs any number of ranks in a process, and gives the same bits on
//! any of them.
//!
//! | part | where |
//! |---|---|
//! | one step of a family of cells, free functions over columns | [`kernels`] |
//! | standard cells: parameters to coefficients | [`cells`] |
//! | cells of your own | [`CellKernel`] |
//! | synapses by source, sorted by delay | `table`, `build` |
//! | what arrives in which step | `wiring`, `agenda`, [`kernels::ring`] |
//! | synapses that change | [`pynn_core::plastic`] |
//! | Poisson input drawn where it is used | `drive` |
//! | cells of a population, samples | `group` |
//! | gap junctions | `gap` |
//! | one rank, its step | `engine` |
//! | what is set between runs | `change` |
//!
//! # One step
//! A spike that is fired in step `n`, or heard of, puts its synapses of each delay `d` on the agenda of step `n + d`; where
//! a rank has few cells, those of some delays together on the agenda of the first. Step `n` first adds what is on its
//! agenda to what arrives at `n h`, and at the ends of the steps after. Then each group of cells takes its inputs and advances;
//! see [`kernels`] for the order within a cell. Spikes of other ranks and of sources go the same way as own ones.
//!
//! # Exact sums
//! Weights are multiples of a quantum (2^-30 of the largest weight onto the receptor) and inputs are sums of integers.
//! So the order of arrival makes no difference, and neither does the number of ranks.
//!
//! # Gap junctions
//! In step n the current into a cell is the sum of `weight * (potential of the other - own potential)` over its
//! `ElectricalSynapse`s, with the potentials at the beginning of the step, constant during it: of first order in the time
//! step, and stable where those weights add up to less than `cm` over the time step. Potentials of cells of other ranks come
//! after each step, and a cell's junctions are summed up in an order that all ranks agree on.

mod agenda;
mod build;
pub mod cells;
mod change;
mod drive;
mod engine;
mod gap;
mod group;
pub mod kernels;
mod model;
mod sorting;
mod table;
mod under_way;
mod wiring;

use pynn_core::backend::{
    Backend, Connects, Injects, Lowered, Part, Records, Simulates, Simulator, Transmits,
};
use pynn_core::cell::Observable;
use pynn_core::connector::Connector;
use pynn_core::electrode::CurrentSource;
use pynn_core::error::Result;
use pynn_core::network::{Network, ProjectionSpec};
use pynn_core::plastic::Synapse;
use pynn_core::synapse::ElectricalSynapse;

pub use model::{CellKernel, Cells, Inputs, Model, Setup};

/// The native engine as a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {}

impl Backend for Native {
    const NAME: &'static str = "Native";
    type Model = Model;
    type Synapse = Synapse;

    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Ok(Box::new(engine::Engine::new(part)?))
    }

    /// One-to-one Poisson input of constant delay from a source of the same time step.
    fn draws(network: &Network, projection: &ProjectionSpec) -> bool {
        drive::is_drive(network, projection)
    }
}

pynn_core::transmits!(Native);

/// The current of a step is that of the potentials at its beginning: see the crate's documentation.
impl Transmits<ElectricalSynapse> for Native {
    fn lower(_: &ElectricalSynapse) -> Synapse {
        Synapse::Electrical
    }
}

impl<K: Connector> Connects<K> for Native {
    fn lower(connector: K) -> Box<dyn Connector> {
        Box::new(connector)
    }
}

macro_rules! simulates {
    ($($cell:ident)*) => {$(
        impl Simulates<pynn_core::cells::$cell> for Native {
            fn lower(_: &pynn_core::cells::$cell) -> Lowered<Model> {
                Lowered::Model(Model::of::<cells::$cell>())
            }
        }
    )*};
}
simulates! {
    IfCurrExp IfCurrAlpha IfCurrDelta IfCondExp IfCondAlpha IfCondExpGsfaGrr IfFacetsHardware1 HhCondExp
    EifCondExpIsfaIsta EifCondAlphaIsfaIsta Izhikevich GifCondExp
}

/// Electrodes play what core computes; a kernel without [`CellKernel::inject`] is an error of the build.
impl<E: CurrentSource> Injects<E> for Native {}

/// Any column of a cell's state; a variable that is none is an error of the build.
impl<V: Observable> Records<V> for Native {}
