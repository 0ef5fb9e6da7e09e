//! PyNN's standard cells, a family a file.

mod hh;
mod if_cond;
mod if_curr;
mod spike_source;

pub use hh::HhCondExp;
pub use if_cond::{IfCondAlpha, IfCondExp};
pub use if_curr::{IfCurrAlpha, IfCurrDelta, IfCurrExp};
pub(crate) use spike_source::{ArraySource, PoissonSource};
pub use spike_source::{
    PoissonTable, SpikeSourceArray, SpikeSourcePoisson, SpikeTrains, active_steps, poisson_word,
};
