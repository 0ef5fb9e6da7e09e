//! What a user is told where NEST cannot be used.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/installing.rs"]
mod shared;

use shared::{assert_refused, folder, play};

installing!(pynn_nest::Nest);

#[test]
fn a_folder_without_nest_is_named_with_the_remedy() {
    let told = play(&[("PYNN_NEST", "/nonexistent/nest")]);
    let words = [
        "NEST 3.10 was not found",
        "PYNN_NEST: no nestkernel_api in /nonexistent/nest",
        "nest-simulator==3.10.*",
    ];
    assert_refused(&told, &words);
}

#[test]
fn a_machine_without_nest_is_told_where_it_was_looked_for() {
    let told = play(&[
        ("PATH", "/nonexistent"),
        ("PYNN_NEST", ""),
        ("PYNN_PYTHON", "/nonexistent/python"),
        ("VIRTUAL_ENV", "/nonexistent"),
        ("CONDA_PREFIX", ""),
    ]);
    let words = [
        "PYNN_PYTHON: no Python that answers",
        "VIRTUAL_ENV: no Python",
        "python3: no Python",
        "pip install nest",
    ];
    assert_refused(&told, &words);
}

#[test]
fn another_version_is_named_by_its_number() {
    let package = folder("old");
    std::fs::create_dir_all(package.join("include/nest")).unwrap();
    std::fs::write(package.join("nestkernel_api.so"), "").unwrap();
    std::fs::write(package.join("include/nest/config.h"), "#define NEST_VERSION \"3.9.1\"\n").unwrap();
    let told = play(&[("PYNN_NEST", package.to_str().unwrap())]);
    std::fs::remove_dir_all(package).unwrap();
    assert_refused(&told, &["has NEST 3.9.1, but 3.10 is needed"]);
}
