//! Runs a benchmark network and prints one JSON line.

use std::process::ExitCode;
use std::time::Instant;

use pico_args::Arguments;
use pynn::network::Model;
use pynn::population::PopulationId;
use pynn::prelude::*;
use pynn_benches::{
    brunel::{Brunel, BrunelStdp},
    microcircuit::Microcircuit,
    vogels_abbott::{Coba, Cuba, Hh},
};
use serde_json::json;

use crate::{Failure, finish};

struct Options {
    backend: &'static str,
    ranks: usize,
    scale: f64,
    seed: u64,
    seconds: f64,
}

/// A backend that runs every benchmark.
trait Runs:
    Simulates<SpikeSourcePoisson>
    + Simulates<IfCurrExp>
    + Simulates<IfCurrAlpha>
    + Simulates<IfCurrDelta>
    + Simulates<IfCondExp>
    + Simulates<HhCondExp>
    + Connects<FixedProbability>
    + Connects<FixedNumberPre>
    + Connects<FixedTotalNumber>
    + Connects<OneToOne>
    + Connects<AllToAll>
    + Transmits<StaticSynapse>
    + Records<observable::Spikes>
{
}
impl Runs for Native {}
impl Runs for Nest {}
impl Runs for Neuron {}

/// Runs benchmark `name`.
pub(crate) fn run(name: &str, mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let backend: Option<String> = arguments.opt_value_from_str("--backend")?;
    match backend.as_deref() {
        None | Some("native") if name == "stdp" => plasticity(arguments),
        None | Some("native") => run_on::<Native>(name, 2, arguments),
        Some("nest") => run_on::<Nest>(name, 1, arguments),
        Some("neuron") => run_on::<Neuron>(name, 1, arguments),
        Some(other) => Err(format!("--backend {other}: there are native, nest and neuron").into()),
    }
}

impl Options {
    fn new(
        backend: &'static str,
        scale: f64,
        ranks: usize,
        mut arguments: Arguments,
    ) -> Result<Self, Failure> {
        let options = Self {
            backend,
            ranks: arguments.opt_value_from_str("--ranks")?.unwrap_or(ranks),
            scale: arguments.opt_value_from_str("--scale")?.unwrap_or(scale),
            seed: arguments.opt_value_from_str("--seed")?.unwrap_or(1),
            seconds: arguments.opt_value_from_str("--seconds")?.unwrap_or(1.0),
        };
        finish(arguments)?;
        Ok(options)
    }
}

/// A network with plastic synapses, and the same with static ones.
fn plasticity(arguments: Arguments) -> Result<ExitCode, Failure> {
    let options = Options::new(Native::NAME, 0.1, 1, arguments)?;
    let inhibitory = (2500.0 * options.scale).round() as usize;
    for (name, plastic) in [("stdp", true), ("stdp, static", false)] {
        let begun = Instant::now();
        let net = BrunelStdp::build(inhibitory, options.ranks, options.seed, plastic)?;
        measure(name, &options, begun, 100.0, net)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn run_on<B: Runs>(name: &str, ranks: usize, arguments: Arguments) -> Result<ExitCode, Failure> {
    let scale = if name == "microcircuit" { 0.1 } else { 1.0 };
    let options = Options::new(B::NAME, scale, ranks, arguments)?;
    let (ranks, seed) = (options.ranks, options.seed);
    let begun = Instant::now();
    match name {
        "brunel" => {
            let inhibitory = (2500.0 * options.scale).round() as usize;
            measure(name, &options, begun, 100.0, Brunel::<B>::build(inhibitory, ranks, seed)?)?;
        }
        "cuba" => measure(name, &options, begun, 0.0, Cuba::<B>::build(ranks, seed)?)?,
        "coba" => measure(name, &options, begun, 0.0, Coba::<B>::build(ranks, seed)?)?,
        "hh" => measure(name, &options, begun, 0.0, Hh::<B>::build(ranks, seed)?)?,
        "microcircuit" => {
            let warm_up = if options.scale < 1.0 { 500.0 } else { 100.0 };
            measure(name, &options, begun, warm_up, Microcircuit::<B>::build(options.scale, ranks, seed)?)?;
        }
        other => {
            return Err(format!(
                "no benchmark `{other}`; there are brunel, stdp (native), cuba, coba, hh, microcircuit; \
                 construction, exchange, stepping, pynest, table"
            )
            .into());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn measure<N: Model + Send + Sync + 'static>(
    name: &str,
    options: &Options,
    begun: Instant,
    warm_up: f64,
    net: N,
) -> Result<(), Failure> {
    let spiking =
        net.network().populations().iter().filter(|population| population.recording.spikes.is_some());
    let recorded: Vec<PopulationId> = spiking.map(|population| population.id).collect();
    let mut sim = music::setup(net)?;
    let ranks = sim.plan().ranks();
    let build_s = begun.elapsed().as_secs_f64();
    sim.run(warm_up * ms)?;
    let before = sim.statistics()?.events();
    let begun = Instant::now();
    sim.run(options.seconds * 1000.0 * ms)?;
    let sim_s = begun.elapsed().as_secs_f64();
    let statistics = sim.statistics()?;

    let (mut spikes, mut cells, mut rates) = (0, 0, Vec::new());
    for population in recorded {
        let data = sim.spikes_of(population, 0)?;
        let count = data.times.len() - data.times.partition_point(|time| *time <= warm_up);
        rates.push(round(count as f64 / data.size as f64 / options.seconds));
        spikes += count;
        cells += data.size;
    }
    sim.end()?;
    let line = json!({
        "bench": name,
        "backend": options.backend,
        "declared": options.ranks,
        "ranks": ranks,
        "scale": options.scale,
        "seed": options.seed,
        "build_s": round(build_s),
        "sim_s": round(sim_s),
        "seconds": options.seconds,
        "spikes": spikes,
        "synapses": statistics.synapses(),
        "events": statistics.events() - before,
        "rate_hz": round(spikes as f64 / cells as f64 / options.seconds),
        "rates_hz": rates,
        "synapse_bytes": statistics.bytes(),
        "peak_mib": peak_mib(),
    });
    println!("{line}");
    Ok(())
}

fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Peak resident set of this process.
fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}
