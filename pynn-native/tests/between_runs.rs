//! What a user does with populations and projections between runs.

#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_native::Native, ());

#[test]
fn any_number_of_ranks_is_set_and_read_as_one() {
    shared::any_number_of_ranks_is_set_and_read_as_one::<pynn_native::Native>();
}
