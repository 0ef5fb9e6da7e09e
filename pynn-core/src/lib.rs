//! Vocabulary and contracts of pynn: units, cells, synapses, connectors, random numbers, the network description, and
//! what a backend is. No engine, no MPI, no I/O but for reading the user's lists.
//!
//! | to add | write |
//! |---|---|
//! | a cell type | a [`cell!`] in [`cells`]' family file, and `impl Simulates` in each backend |
//! | a connector | a file in [`connectors`] |
//! | a structure, a place for each cell | [`Structure`](space::Structure) for it, in [`space`] |
//! | a current source | a struct with [`CurrentSource`](electrode::CurrentSource); every backend plays it |
//! | a synapse type | a [`synapse!`] in [`synapse`](mod@synapse), and `impl Transmits` in each backend |
//! | a backend | a crate with [`Backend`](backend::Backend) and the capability impls |

pub mod backend;
mod builder;
pub mod cell;
pub mod cells;
pub mod change;
pub mod connector;
pub mod connectors;
mod delay;
pub mod digest;
pub mod distance;
pub mod electrode;
mod end;
pub mod error;
pub mod expression;
mod gap;
pub mod network;
mod part;
pub mod plastic;
pub mod point_neuron;
pub mod population;
pub mod random;
pub mod recording;
mod row;
pub mod source;
pub mod space;
pub mod synapse;
pub mod time;
pub mod units;
pub mod values;
mod view;

pub use error::{Error, ErrorKind, Result};

/// What a description needs.
pub mod prelude {
    pub use crate::backend::{Backend, Connects, Injects, Records, Simulates, Transmits};
    pub use crate::cell::{CellType, Number, observable};
    pub use crate::cells::{
        EifCondAlphaIsfaIsta, EifCondExpIsfaIsta, GifCondExp, HhCondExp, IfCondAlpha, IfCondExp,
        IfCondExpGsfaGrr, IfCurrAlpha, IfCurrDelta, IfCurrExp, IfFacetsHardware1, Izhikevich,
        SpikeSourceArray, SpikeSourceGamma, SpikeSourceInhGamma, SpikeSourcePoisson,
        SpikeSourcePoissonRefractory, SpikeTrains,
    };
    pub use crate::connectors::*;
    pub use crate::distance::of_distance;
    pub use crate::electrode::{AcSource, DcSource, NoisyCurrentSource, StepCurrentSource};
    pub use crate::error::{Error, ErrorKind, Result};
    pub use crate::expression::Expression;
    pub use crate::network::{Model, Network, NetworkBuilder, SimulatorOptions};
    pub use crate::population::{Assembly, Electrode, Population, Projection, View};
    pub use crate::random::{
        Binomial, Exponential, Gamma, LogNormal, Normal, NormalClipped, NormalClippedToBoundary, Poisson,
        Uniform, UniformInt, VonMises,
    };
    pub use crate::space::{Axes, Cuboid, FillOrder, Grid2D, Grid3D, Line, RandomStructure, Space, Sphere};
    pub use crate::synapse::{
        AdditivePotentiationMultiplicativeDepression, AdditiveWeightDependence, ElectricalSynapse,
        GutigWeightDependence, MultiQuantalSynapse, MultiplicativeWeightDependence, SimpleStochasticSynapse,
        SpikePairRule, StaticSynapse, StdpMechanism, StochasticTsodyksMarkramSynapse, TsodyksMarkramSynapse,
        Vogels2011Rule,
    };
    // `s`, `V` and `us` stay out: as constants they would turn a user's `let s = ...` into a comparison.
    pub use crate::units::{
        Capacitance, Conductance, Current, Frequency, Hz, Length, Time, Unit, Voltage, kHz, mS, mV, mm, ms,
        nA, nF, nS, pA, pF, uA, uS, um,
    };
}
