//! The native engine of pynn: needs nothing installed, runs any number of ranks in a process, and gives the same bits on
//! any of them.
//!
//! | part | where |
//! |---|---|
//! | one step of a family of cells, free functions over columns | [`kernels`] |
//! | standard cells: parameters to coefficients | [`cells`] |
//! | cells of your own | [`CellKernel`] |
//! | synapses by source, sorted by delay | `table`, `build` |
//! | synapses that change | `plastic` |
//! | spikes of the last steps | `history` |
//! | Poisson input drawn where it is used | `drive` |
//! | cells of a population, samples | `group` |
//! | one rank, its step | `engine` |
//! | what is set between runs | `change` |
//!
//! # One step
//! Step `n` first adds up what arrives at `n h`: for each delay `d` the synapses of that delay of all cells that fired in
//! step `n - d`. Then each group of cells takes its inputs and advances; see [`kernels`] for the order within a cell.
//! Spikes of other ranks and of sources are put into the same histories as own ones.
//!
//! # Exact sums
//! Weights are multiples of a quantum (2^-30 of the largest weight onto the receptor) and inputs are sums of integers.
//! So the order of arrival makes no difference, and neither does the number of ranks.

mod build;
pub mod cells;
mod change;
mod drive;
mod engine;
mod group;
mod history;
pub mod kernels;
mod model;
mod plastic;
mod table;

use pynn_core::backend::{
    Backend, Connects, Injects, Lowered, Part, Records, Simulates, Simulator, Transmits,
};
use pynn_core::cell::Observable;
use pynn_core::connector::Connector;
use pynn_core::electrode::CurrentSource;
use pynn_core::error::Result;
use pynn_core::network::{Network, ProjectionSpec};
use pynn_core::synapse::{
    AdditiveWeightDependence, MultiQuantalSynapse, SimpleStochasticSynapse, SpikePairRule, StaticSynapse,
    StdpMechanism, StochasticTsodyksMarkramSynapse, TsodyksMarkramSynapse, Vogels2011Rule, WeightDependence,
};

pub use model::{CellKernel, Cells, Model, Setup};

/// The native engine as a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {}

/// A synapse type as the native engine sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Synapse {
    /// Weight and delay do not change.
    Static,
    /// Depression and facilitation.
    TsodyksMarkram,
    /// Transmits with some probability.
    SimpleStochastic,
    /// Sites that release with some probability, and recover.
    Quantal {
        /// How many sites.
        sites: u16,
    },
    /// Every pair of spikes changes the weight.
    SpikePair {
        /// The constants, limits included.
        rule: kernels::stdp::Pair,
        /// What part of the delay is on the target's side.
        dendritic_delay_fraction: f64,
    },
    /// Inhibitory plasticity.
    Vogels2011 {
        /// The constants, limits included.
        rule: kernels::stdp::Vogels,
        /// What part of the delay is on the target's side.
        dendritic_delay_fraction: f64,
    },
}

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

impl Transmits<StaticSynapse> for Native {
    fn lower(_: &StaticSynapse) -> Synapse {
        Synapse::Static
    }
}

impl Transmits<TsodyksMarkramSynapse> for Native {
    fn lower(_: &TsodyksMarkramSynapse) -> Synapse {
        Synapse::TsodyksMarkram
    }
}

impl Transmits<SimpleStochasticSynapse> for Native {
    fn lower(_: &SimpleStochasticSynapse) -> Synapse {
        Synapse::SimpleStochastic
    }
}

impl Transmits<StochasticTsodyksMarkramSynapse> for Native {
    fn lower(_: &StochasticTsodyksMarkramSynapse) -> Synapse {
        Synapse::Quantal { sites: 1 }
    }
}

impl Transmits<MultiQuantalSynapse> for Native {
    fn lower(synapse: &MultiQuantalSynapse) -> Synapse {
        Synapse::Quantal { sites: u16::try_from(synapse.n).unwrap_or(u16::MAX) }
    }
}

impl<P: WeightDependence> Transmits<StdpMechanism<SpikePairRule, P>> for Native {
    fn lower(synapse: &StdpMechanism<SpikePairRule, P>) -> Synapse {
        let (timing, dependence) = (&synapse.timing, &synapse.weight_dependence);
        let ((w_min, w_max), (mu_plus, mu_minus)) = (dependence.limits(), dependence.exponents());
        let rule = kernels::stdp::Pair {
            tau_plus: timing.tau_plus.value(),
            tau_minus: timing.tau_minus.value(),
            a_plus: timing.A_plus,
            a_minus: timing.A_minus,
            mu_plus,
            mu_minus,
            w_min,
            w_max,
        };
        Synapse::SpikePair { rule, dendritic_delay_fraction: synapse.dendritic_delay_fraction }
    }
}

impl Transmits<StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>> for Native {
    fn lower(synapse: &StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>) -> Synapse {
        let (timing, (w_min, w_max)) = (&synapse.timing, synapse.weight_dependence.limits());
        let tau = timing.tau.value();
        // rho is in Hz, tau in ms.
        let depression = 2.0 * timing.rho.value() * 1e-3 * tau;
        let rule = kernels::stdp::Vogels { tau, eta: timing.eta, depression, w_min, w_max };
        Synapse::Vogels2011 { rule, dendritic_delay_fraction: synapse.dendritic_delay_fraction }
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
