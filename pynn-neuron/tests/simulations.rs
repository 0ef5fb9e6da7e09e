//! Simulations that only NEURON can have: its one place in a process.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/one_a_process.rs"]
mod shared;

one_a_process!(pynn_neuron::Neuron);
