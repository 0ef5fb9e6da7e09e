//! What a user is told where NEURON cannot be used. Each case is a process of its own: NEURON stays in a process once it
//! is loaded, and environment variables are the process's.

#![allow(clippy::print_stdout, reason = "the scenario tells the test what happened")]

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::options;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_neuron::Neuron;

/// Sets up a network and tells how that went; played by the tests, in other environments.
#[test]
#[ignore = "a scenario of the other tests"]
fn scenario() {
    let mut net = NetworkBuilder::new("Scenario");
    let sim = net.simulator::<Neuron>("cortex", options(0.1));
    net.population(&sim, "cells", 4, IfCurrExp::default());
    match Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()) {
        Ok(sim) => println!("set up: {:?}", sim.end()),
        Err(error) => println!("refused: {error}"),
    }
}

/// A folder of the test's own that is not there yet.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pynn-neuron-{}-{name}", std::process::id()));
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
fn a_folder_without_neuron_is_named_with_the_remedy() {
    let told = play(&[("PYNN_NEURON", "/nonexistent/neuron")]);
    assert_refused(
        &told,
        &["NEURON was not found", "PYNN_NEURON: no libnrniv in /nonexistent/neuron", "pip install neuron"],
    );
}

#[test]
fn a_python_without_neuron_is_named() {
    let told = play(&[
        ("PATH", "/nonexistent"),
        ("PYNN_PYTHON", "/nonexistent/python"),
        ("VIRTUAL_ENV", ""),
        ("CONDA_PREFIX", ""),
    ]);
    // NEURON may be in the places of the system.
    if told.contains("refused") {
        assert_refused(
            &told,
            &["PYNN_PYTHON: no Python that answers", "python3: no Python", "pip install neuron"],
        );
    }
}

#[test]
fn a_neuron_that_is_too_old_is_named_with_its_version() {
    let prefix = folder("old");
    for file in
        ["lib/libnrniv.so", "bin/nocmodl", "share/nrn/lib/nrnunits.lib", "include/nrnsemanticversion.h"]
    {
        let path = prefix.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "#define NRN_VERSION_MAJOR 7\n#define NRN_VERSION_MINOR 8\n").unwrap();
    }
    let told = play(&[("PYNN_NEURON", prefix.to_str().unwrap())]);
    std::fs::remove_dir_all(prefix).unwrap();
    assert_refused(&told, &["NEURON 7.8.0, too old: 8.2 or later is needed"]);
}

#[test]
fn a_missing_compiler_is_named_with_the_remedy() {
    let cache = folder("no-compiler");
    let told = play(&[
        ("CXX", "no-such-compiler"),
        ("CC", "no-such-compiler"),
        ("XDG_CACHE_HOME", cache.to_str().unwrap()),
    ]);
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
    assert_refused(&told, &["/dev/null/pynn/neuron-", "XDG_CACHE_HOME"]);
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
