//! PyNN's multi-simulator modelling in Rust.
//!
//! Describe a network of spiking neurons once in a [`network!`] block; run any part of it on any simulator, several
//! simulators at once, on one laptop or under `mpirun`. The compiler rejects what the simulators cannot do; a run gives
//! the same spikes on one rank and on sixteen.

extern crate self as pynn;

pub use pynn_core::network::{Model, Network, NetworkBuilder, SimulatorOptions};
pub use pynn_core::population::{Assembly, Electrode, Population, Projection, View};
pub use pynn_core::{Error, ErrorKind, Result};
pub use pynn_core::{
    backend, cells, connector, connectors, digest, distance, electrode, error, expression, network,
    population, random, recording, space,
};
pub use pynn_core::{cell, point_neuron, synapse};
pub use pynn_core::{source, time, units, values};
pub use pynn_data as data;
pub use pynn_macros::{network, point_neuron};
pub use pynn_music as music;
pub use pynn_native as native;
#[cfg(feature = "nest")]
pub use pynn_nest as nest;
#[cfg(feature = "neuron")]
pub use pynn_neuron as neuron;

/// What a model file needs: `use pynn::prelude::*;`.
pub mod prelude {
    pub use crate::data::{self, Csv};
    pub use crate::{music, network, point_neuron};
    pub use pynn_core::prelude::*;
    pub use pynn_native::Native;
    #[cfg(feature = "nest")]
    pub use pynn_nest::Nest;
    #[cfg(feature = "neuron")]
    pub use pynn_neuron::Neuron;
}

/// What `network!` expands to beyond the builder; not for direct use.
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

/// The README's network compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
