//! Tasks of the house: `cargo xtask --help` lists them.

mod bench;
mod cells;
mod conformance;
mod construction;
mod exchange;
mod pynest;
mod stepping;
mod table;
mod vectorised;

use std::process::ExitCode;

use pico_args::Arguments;
use pynn_conformance::page;

const USAGE: &str = "\
usage: cargo xtask conformance CASES.json --against ANSWERS.json [--backend native|nest|neuron]
       cargo xtask capabilities
       cargo xtask vectorised
       cargo xtask bench brunel|stdp|cuba|coba|hh|microcircuit [--backend native|nest|neuron] [--ranks N] [--scale S] [--seed K] [--seconds T]
       cargo xtask bench construction [--ranks N] [--scale S]
       cargo xtask bench exchange
       cargo xtask bench cells [--cells N]
       cargo xtask bench stepping [--backend native|nest|neuron] [--cells N]
       cargo xtask bench table [--repeats R]
       cargo xtask bench pynest [--cells N] [--seconds T] [--seed K] [--repeats R]";

/// What a task says when it fails.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(Arguments::from_env()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    if arguments.contains(["-h", "--help"]) {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }
    match (arguments.subcommand()?.as_deref(), arguments) {
        (Some("conformance"), arguments) => conformance::run(arguments),
        (Some("capabilities"), arguments) => {
            finish(arguments)?;
            std::fs::write(page::path(), page::text())?;
            println!("wrote docs/capabilities.md");
            Ok(ExitCode::SUCCESS)
        }
        (Some("vectorised"), arguments) => vectorised::run(arguments),
        (Some("bench"), mut arguments) => match arguments.subcommand()?.as_deref() {
            Some("construction") => construction::run(arguments),
            Some("exchange") => exchange::run(arguments),
            Some("cells") => cells::run(arguments),
            Some("pynest") => pynest::run(arguments),
            Some("table") => table::run(arguments),
            Some("stepping") => stepping::run(arguments),
            Some(name) => bench::run(name, arguments),
            None => Err(USAGE.into()),
        },
        _ => Err(USAGE.into()),
    }
}

/// Refuses what is left of the command line.
fn finish(arguments: Arguments) -> Result<(), Failure> {
    match arguments.finish().first() {
        None => Ok(()),
        Some(unknown) => Err(format!("unknown argument {}\n{USAGE}", unknown.display()).into()),
    }
}
