//! What does not compile, and what the compiler says then: our words at the user's token, with a remedy.
//!
//! After a change, `TRYBUILD=overwrite cargo test --test ui`, then read the difference as a user would.

#[test]
fn mistakes_are_reported_in_the_users_words() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/ui/syntax/*.rs");
    tests.compile_fail("tests/ui/names/*.rs");
    tests.compile_fail("tests/ui/units/*.rs");
    tests.compile_fail("tests/ui/cells/*.rs");
    tests.compile_fail("tests/ui/connectors/*.rs");
    tests.compile_fail("tests/ui/synapses/*.rs");
    tests.compile_fail("tests/ui/receptors/*.rs");
    tests.compile_fail("tests/ui/electrodes/*.rs");
    tests.compile_fail("tests/ui/recording/*.rs");
    tests.compile_fail("tests/ui/generics/*.rs");
    tests.compile_fail("tests/ui/timing/*.rs");
    tests.compile_fail("tests/ui/multi/*.rs");
}
