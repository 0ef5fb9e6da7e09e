//! The benchmark networks: Brunel's, the Vogels-Abbott ones, the cortical microcircuit; and one to construct.
//!
//! `cargo xtask bench NAME` runs them; README.md has the numbers.

pub mod brunel;
pub mod construction;
pub mod microcircuit;
pub mod vogels_abbott;
