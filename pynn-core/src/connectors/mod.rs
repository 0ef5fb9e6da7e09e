//! PyNN's connectors, one a file.

mod all_to_all;
mod one_to_one;

pub use all_to_all::AllToAll;
pub use one_to_one::OneToOne;
