//! What a user does with populations and projections between runs, on NEURON.

mod common;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_neuron::Neuron, common::neuron());
