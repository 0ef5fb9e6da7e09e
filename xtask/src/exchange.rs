//! Measures the exchange of spikes between two ranks: as threads, and as MPI processes.

use std::process::{Command, ExitCode};

use pico_args::Arguments;
use pynn::music::bench::{self, Measured};
use serde_json::json;

use crate::{Failure, finish};

/// Spikes from each rank to each other, an exchange.
const SPIKES: [usize; 4] = [0, 10, 1_000, 100_000];
const RANKS: usize = 2;

/// Prints a JSON line for the ranks as threads, and one for them as MPI processes.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    // Measured beforehand: under mpirun the ranks keep both cores busy.
    let under_mpirun: Option<f64> = arguments.opt_value_from_str("--under-mpirun")?;
    finish(arguments)?;
    if let Some(ping) = under_mpirun {
        return processes(ping);
    }
    let ping = bench::ping().round();
    let mut measured = Vec::new();
    for spikes in SPIKES {
        measured.push(bench::exchange_threads(RANKS, spikes)?);
    }
    print("threads", RANKS, ping, &measured);
    launch()
}

fn print(transport: &str, ranks: usize, ping: f64, measured: &[Measured]) {
    let exchanges = measured.iter().map(|measured| {
        json!({ "spikes": measured.spikes, "least_us": measured.least, "median_us": measured.median })
    });
    let line = json!({
        "bench": "exchange",
        "transport": transport,
        "ranks": ranks,
        "ping_ns": ping,
        "exchanges": exchanges.collect::<Vec<_>>(),
    });
    println!("{line}");
}

/// Builds this task with MPI and runs it under mpirun.
fn launch() -> Result<ExitCode, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build =
        ["build", "--quiet", "--release", "--package", "xtask", "--features", "mpi", "--message-format=json"];
    let output = Command::new(cargo)
        .args(build)
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .stderr(std::process::Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err("the ranks as MPI processes are not measured: building with MPI failed".into());
    }
    let program = String::from_utf8(output.stdout)?
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "xtask")
        .find_map(|message| message["executable"].as_str().map(str::to_owned))
        .ok_or("cargo did not name the program that it built")?;
    let status = Command::new("mpirun")
        .args(["-np", &RANKS.to_string(), &program, "bench", "exchange", "--under-mpirun"])
        .arg(bench::ping().round().to_string())
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(feature = "mpi")]
fn processes(ping: f64) -> Result<ExitCode, Failure> {
    let world = pynn::music::transport::World::open()?;
    let mut measured = Vec::new();
    for spikes in SPIKES {
        measured.push(bench::exchange_processes(&world, spikes)?);
    }
    if world.rank() == 0 {
        print("mpi", world.size(), ping, &measured);
    }
    pynn::music::transport::World::close(world);
    Ok(ExitCode::SUCCESS)
}

#[cfg(not(feature = "mpi"))]
fn processes(_: f64) -> Result<ExitCode, Failure> {
    Err("this program was built without MPI".into())
}
