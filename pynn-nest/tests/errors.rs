//! What a user is told where NEST cannot be used. Each case is a process of its own: NEST stays in a process once it
//! is loaded, and environment variables are the process's.

#![allow(clippy::print_stdout, reason = "the scenario tells the test what happened")]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::options;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_nest::Nest;

/// Sets up a network and tells how that went; played by the tests, in other environments.
#[test]
#[ignore = "a scenario of the other tests"]
fn scenario() {
    let mut net = NetworkBuilder::new("Scenario");
    let sim = net.simulator::<Nest>("cortex", options(0.1));
    net.population(&sim, "cells", 4, IfCurrExp::default());
    match Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()) {
        Ok(sim) => println!("set up: {:?}", sim.end()),
        Err(error) => println!("refused: {error}"),
    }
}

/// A folder of the test's own that is not there yet.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pynn-nest-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn play(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "scenario", "--ignored", "--nocapture"]).envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn assert_refused(told: &str, words: &[&str]) {
    for word in ["refused", "cortex"].iter().chain(words) {
        assert!(told.contains(word), "`{word}` is told: {told}");
    }
}

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

#[test]
fn a_missing_compiler_is_named_with_the_remedy() {
    let cache = folder("no-compiler");
    let told = play(&[("CXX", "no-such-compiler"), ("XDG_CACHE_HOME", cache.to_str().unwrap())]);
    assert_refused(&told, &["no compiler `no-such-compiler`", "apt-get install g++", "CXX"]);
    let left = std::fs::read_dir(cache.join("pynn"))
        .unwrap()
        .flat_map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap());
    assert!(left.into_iter().all(|entry| entry.unwrap().file_name() == "lock"), "nothing half done is left");
    std::fs::remove_dir_all(cache).unwrap();
}

#[test]
fn a_compiler_that_fails_is_quoted() {
    let cache = folder("bad-compiler");
    let compiler = "c++ -DDOUBLE --no-such-option";
    let told = play(&[("CXX", compiler), ("XDG_CACHE_HOME", cache.to_str().unwrap())]);
    std::fs::remove_dir_all(cache).unwrap();
    assert_refused(&told, &["cannot be compiled", "--no-such-option"]);
}

#[test]
fn a_cache_that_cannot_be_written_is_named_with_the_remedy() {
    let told = play(&[("XDG_CACHE_HOME", "/dev/null")]);
    assert_refused(&told, &["/dev/null/pynn/nest-", "XDG_CACHE_HOME"]);
}

#[test]
fn processes_that_need_the_library_at_once_compile_it_once() {
    let cache = folder("once");
    let played: Vec<_> = (0..3)
        .map(|_| {
            let cache = cache.clone();
            std::thread::spawn(move || play(&[("XDG_CACHE_HOME", cache.to_str().unwrap())]))
        })
        .collect();
    for told in played {
        let told = told.join().unwrap();
        assert!(told.contains("set up: Ok"), "{told}");
    }
    let kept: Vec<_> = std::fs::read_dir(cache.join("pynn")).unwrap().collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    std::fs::remove_dir_all(cache).unwrap();
}
