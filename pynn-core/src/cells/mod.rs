//! PyNN's standard cells, a family a file.

mod eif;
mod gif;
mod hh;
mod if_cond;
mod if_curr;
mod izhikevich;
mod spike_source;

pub use eif::{EifCondAlphaIsfaIsta, EifCondExpIsfaIsta};
pub use gif::GifCondExp;
pub use hh::HhCondExp;
pub use if_cond::{IfCondAlpha, IfCondExp, IfCondExpGsfaGrr, IfFacetsHardware1};
pub use if_curr::{IfCurrAlpha, IfCurrDelta, IfCurrExp};
pub use izhikevich::Izhikevich;
pub use spike_source::Intervals;
pub(crate) use spike_source::{ArraySource, PoissonSource, RenewalSource};
pub use spike_source::{
    GammaBins, POISSON_STEPS, PoissonTable, SpikeSourceArray, SpikeSourceGamma, SpikeSourceInhGamma,
    SpikeSourcePoisson, SpikeSourcePoissonRefractory, SpikeTrains, active_steps, poisson_lower,
    poisson_uppers,
};
