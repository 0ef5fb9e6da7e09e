//! What a user is told where a real simulator cannot be used: `installing!(Nest)` makes the tests that are alike for all.
//! Each case is a process of its own: a simulator stays in a process once it is loaded, and environment variables are
//! the process's. Needs `real.rs` as `common`.

#![allow(clippy::print_stdout, reason = "the scenario tells the test what happened")]
#![allow(unreachable_pub, missing_docs, reason = "shared by several test programs")]

use std::path::PathBuf;
use std::process::Command;

use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};

use crate::common::options;

/// Sets up a network and tells how that went; played by the tests, in other environments.
pub fn scenario<B: Simulates<IfCurrExp>>() {
    let mut net = NetworkBuilder::new("Scenario");
    let sim = net.simulator::<B>("cortex", options(0.1));
    net.population(&sim, "cells", 4, IfCurrExp::default());
    match Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()) {
        Ok(sim) => println!("set up: {:?}", sim.end()),
        Err(error) => println!("refused: {error}"),
    }
}

/// A folder of the test's own that is not there yet.
pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pynn-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// What the scenario tells where environment variables are so.
pub fn play(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "scenario", "--ignored", "--nocapture"]).envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn assert_refused(told: &str, words: &[&str]) {
    for word in ["refused", "cortex"].iter().chain(words) {
        assert!(told.contains(word), "`{word}` is told: {told}");
    }
}

pub fn a_missing_compiler_is_named_with_the_remedy() {
    let cache = folder("no-compiler");
    let compiler = "no-such-compiler";
    let told = play(&[("CXX", compiler), ("CC", compiler), ("XDG_CACHE_HOME", cache.to_str().unwrap())]);
    assert_refused(&told, &["no compiler `no-such-compiler`", "apt-get install g++", "CXX"]);
    let left = std::fs::read_dir(cache.join("pynn"))
        .unwrap()
        .flat_map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap());
    assert!(left.into_iter().all(|entry| entry.unwrap().file_name() == "lock"), "nothing half done is left");
    std::fs::remove_dir_all(cache).unwrap();
}

pub fn a_compiler_that_fails_is_quoted() {
    let cache = folder("bad-compiler");
    let compiler = "c++ -DDOUBLE --no-such-option";
    let told = play(&[("CXX", compiler), ("XDG_CACHE_HOME", cache.to_str().unwrap())]);
    std::fs::remove_dir_all(cache).unwrap();
    assert_refused(&told, &["cannot be compiled", "--no-such-option"]);
}

pub fn a_cache_that_cannot_be_written_is_named_with_the_remedy() {
    let told = play(&[("XDG_CACHE_HOME", "/dev/null")]);
    assert_refused(&told, &["/dev/null/pynn/", "XDG_CACHE_HOME"]);
}

pub fn processes_that_need_the_library_at_once_compile_it_once() {
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

#[macro_export]
macro_rules! installing {
    ($backend:ty) => {
        #[test]
        #[ignore = "a scenario of the other tests"]
        fn scenario() {
            shared::scenario::<$backend>();
        }

        $crate::installing!(@
            a_missing_compiler_is_named_with_the_remedy
            a_compiler_that_fails_is_quoted
            a_cache_that_cannot_be_written_is_named_with_the_remedy
            processes_that_need_the_library_at_once_compile_it_once
        );
    };
    (@ $($test:ident)*) => {$(
        #[test]
        fn $test() {
            shared::$test();
        }
    )*};
}
