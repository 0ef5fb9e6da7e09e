//! PyNN's connectors, one a file.

mod all_to_all;
mod array;
mod by_pair;
mod candidates;
mod clone_connections;
mod count;
mod displacement_dependent_probability;
mod distance_dependent_probability;
mod fixed_number_post;
mod fixed_number_pre;
mod fixed_probability;
mod fixed_total_number;
mod from_file;
mod from_list;
mod index_based_probability;
mod one_to_one;
mod small_world;
mod table;

pub use all_to_all::{AllToAll, AllToAllNoMutual};
pub use array::Array;
pub use clone_connections::CloneConnections;
pub use count::Count;
pub use displacement_dependent_probability::DisplacementDependentProbability;
pub use distance_dependent_probability::DistanceDependentProbability;
pub use fixed_number_post::FixedNumberPost;
pub use fixed_number_pre::FixedNumberPre;
pub use fixed_probability::FixedProbability;
pub use fixed_total_number::FixedTotalNumber;
pub use from_file::FromFile;
pub use from_list::FromList;
pub use index_based_probability::IndexBasedProbability;
pub use one_to_one::OneToOne;
pub use small_world::SmallWorld;

pub(crate) use array::check_shape;

/// The number of connections where none is given: `..Default::default()` must not stand in for it.
const NOT_GIVEN: usize = usize::MAX;
