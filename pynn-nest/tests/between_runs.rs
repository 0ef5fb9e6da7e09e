//! What a user does with populations and projections between runs, on NEST.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_nest::Nest, common::hold());
