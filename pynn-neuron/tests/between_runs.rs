//! What a user does with populations and projections between runs, on NEURON.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_neuron::Neuron, common::hold());
