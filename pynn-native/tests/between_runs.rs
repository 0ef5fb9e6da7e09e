//! What a user does with populations and projections between runs.

#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_native::Native, ());
