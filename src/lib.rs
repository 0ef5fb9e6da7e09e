//! PyNN multi-simulator modelling in Rust.
