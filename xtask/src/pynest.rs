//! The same network on the NEST backend, with its input on another simulator, and in PyNEST.

use std::process::{Command, ExitCode};
use std::time::Instant;

use pico_args::Arguments;
use pynn::network::Network;
use pynn::prelude::*;
use serde_json::{Value, json};

use crate::{Failure, finish};

const INDEGREE: usize = 100;
const INPUT_DEGREE: usize = 20;
/// nA.
const WEIGHT: f64 = -0.1;
/// nA.
const INPUT_WEIGHT: f64 = 0.2;
/// Hz.
const RATE: f64 = 10.0;
/// Not timed, ms.
const WARM_UP: f64 = 100.0;

struct Options {
    cells: usize,
    inputs: usize,
    seconds: f64,
    seed: u64,
}

/// Prints a JSON line for each, and one for their ratios.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let cells = arguments.opt_value_from_str("--cells")?.unwrap_or(10_000);
    let options = Options {
        cells,
        inputs: cells / 10,
        seconds: arguments.opt_value_from_str("--seconds")?.unwrap_or(1.0),
        seed: arguments.opt_value_from_str("--seed")?.unwrap_or(1),
    };
    let repeats: usize = arguments.opt_value_from_str("--repeats")?.unwrap_or(3);
    finish(arguments)?;
    let mut best = [[f64::INFINITY; 3]; 2];
    // Alternating, and the least of each: other work on the machine hits both alike.
    for _ in 0..repeats {
        for (least, measured) in best.iter_mut().zip([ours(&options)?, theirs(&options)?]) {
            println!("{measured}");
            for (least, key) in least.iter_mut().zip(["build_s", "sim_s", "cpu_s"]) {
                *least = measured[key].as_f64().unwrap_or(f64::NAN).min(*least);
            }
        }
    }
    let ratio = |index: usize| (best[0][index] / best[1][index] * 1000.0).round() / 1000.0;
    println!(
        "{}",
        json!({ "bench": "pynest", "build_ratio": ratio(0), "sim_ratio": ratio(1), "cpu_ratio": ratio(2) })
    );
    Ok(ExitCode::SUCCESS)
}

fn network(options: &Options) -> Result<(Network, Population<Nest, IfCurrExp>)> {
    let mut net = NetworkBuilder::new("PyNest");
    net.seed(options.seed);
    let simulator = SimulatorOptions { timestep: 0.1 * ms, ..SimulatorOptions::default() };
    let (outside, inside) =
        (net.simulator::<Native>("input", simulator.clone()), net.simulator::<Nest>("nest", simulator));
    let input = net.population(
        &outside,
        "input",
        options.inputs,
        SpikeSourcePoisson { rate: RATE * Hz, ..Default::default() },
    );
    let cell = IfCurrExp {
        cm: 0.25 * nF,
        tau_m: 10.0 * ms,
        tau_refrac: 2.0 * ms,
        tau_syn_E: 0.5 * ms,
        tau_syn_I: 0.5 * ms,
        i_offset: 0.35 * nA,
        ..IfCurrExp::default()
    };
    let cells = net.population(&inside, "cells", options.cells, cell);
    net.initialize(&cells, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
    let degree = |n: usize| FixedNumberPre { n: n.into(), ..FixedNumberPre::default() };
    let receptors = IfCurrExp::receptors();
    let synapse = |weight: f64| StaticSynapse { weight: weight * nA, delay: 1.0 * ms };
    net.project(None, &cells, cells.target(receptors.inhibitory), degree(INDEGREE), synapse(WEIGHT));
    net.project(
        None,
        &input,
        cells.target(receptors.excitatory),
        degree(INPUT_DEGREE),
        synapse(INPUT_WEIGHT),
    );
    net.record(&cells, IfCurrExp::variables().spikes);
    Ok((net.build()?, cells))
}

fn ours(options: &Options) -> Result<Value, Failure> {
    let begun = Instant::now();
    let (net, cells) = network(options)?;
    let mut sim = music::setup(net)?;
    let build = begun.elapsed().as_secs_f64();
    sim.run(WARM_UP * ms)?;
    let (started, before) = (Instant::now(), cpu_seconds());
    sim.run(options.seconds * 1000.0 * ms)?;
    let (run, cpu) = (started.elapsed().as_secs_f64(), cpu_seconds() - before);
    let spikes = sim.spikes_of(cells.id(), 0)?;
    sim.end()?;
    let after = spikes.times.iter().filter(|time| **time > WARM_UP).count();
    Ok(
        json!({ "bench": "pynest", "with": "pynn", "build_s": build, "sim_s": run, "cpu_s": cpu, "spikes": after }),
    )
}

/// CPU time of all threads of this process so far: unlike wall time it does not count what others on the machine do.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn theirs(options: &Options) -> Result<Value, Failure> {
    let python = std::env::var("PYNN_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let numbers = [
        options.cells as f64,
        options.inputs as f64,
        INDEGREE as f64,
        INPUT_DEGREE as f64,
        WEIGHT * 1000.0,
        INPUT_WEIGHT * 1000.0,
        RATE,
        options.seconds,
        options.seed as f64,
    ];
    let output = Command::new(python)
        .args(["-c", include_str!("pynest/network.py")])
        .args(numbers.iter().map(f64::to_string))
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().filter(|_| output.status.success()).ok_or("PyNEST did not run")?;
    let mut measured: Value = serde_json::from_str(line)?;
    measured["bench"] = "pynest".into();
    measured["with"] = "pynest".into();
    Ok(measured)
}
