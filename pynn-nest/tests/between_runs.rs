//! What a user does with populations and projections between runs, on NEST.

mod common;
#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_nest::Nest, common::nest());
