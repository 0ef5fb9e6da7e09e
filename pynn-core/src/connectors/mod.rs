//! PyNN's connectors, one a file.

mod all_to_all;
mod candidates;
mod fixed_number_post;
mod fixed_number_pre;
mod fixed_probability;
mod fixed_total_number;
mod from_file;
mod from_list;
mod one_to_one;
mod table;

pub use all_to_all::AllToAll;
pub use fixed_number_post::FixedNumberPost;
pub use fixed_number_pre::FixedNumberPre;
pub use fixed_probability::FixedProbability;
pub use fixed_total_number::FixedTotalNumber;
pub use from_file::FromFile;
pub use from_list::FromList;
pub use one_to_one::OneToOne;

/// The number of connections where none is given: `..Default::default()` must not stand in for it.
const NOT_GIVEN: usize = usize::MAX;
