//! What it costs to steer a simulator in windows: the same model, the same spikes, advanced in one call or in many.

use std::process::ExitCode;
use std::time::Instant;

use pico_args::Arguments;
use pynn::backend::{Packet, Part, Simulator};
use pynn::network::Network;
use pynn::prelude::*;
use pynn::time::{Spike, Tick};
use serde_json::json;

use crate::{Failure, finish};

/// Length of the run.
const RUN: Tick = Tick(500 * Tick::MILLISECOND.0);
const STEP: Tick = Tick(50_000);
const SOURCES: usize = 100;
/// How often each length of the window is measured; the fastest counts.
const REPEATS: usize = 25;

/// Poisson sources, HH cells, and cells that they drive.
fn network<B>(cells: usize) -> Result<Network>
where
    B: Simulates<SpikeSourcePoisson> + Simulates<HhCondExp> + Simulates<IfCurrExp>,
    B: Connects<AllToAll> + Connects<OneToOne> + Transmits<StaticSynapse>,
{
    let mut net = NetworkBuilder::new("Stepping");
    let sim =
        net.simulator::<B>("sim", SimulatorOptions { timestep: STEP.time(), ..SimulatorOptions::default() });
    let rate = SpikeSourcePoisson { rate: 10.0 * Hz, ..SpikeSourcePoisson::default() };
    let input = net.population(&sim, "input", SOURCES, rate);
    let hh = net.population(&sim, "hh", cells, HhCondExp::default());
    let relay = net.population(&sim, "relay", cells, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 0.1 * uS, delay: 1.0 * ms };
    net.project(None, &input, hh.target(HhCondExp::receptors().excitatory), AllToAll::default(), synapse);
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    net.project(None, &hh, relay.target(IfCurrExp::receptors().excitatory), OneToOne, synapse);
    net.build()
}

/// Runs the model in windows of `window`; gives seconds and spikes.
fn time(rank: &mut dyn Simulator, input: &[Spike], window: Tick) -> Result<(f64, usize)> {
    rank.reset()?;
    let (mut now, mut given, mut spikes) = (Tick::ZERO, 0, Vec::new());
    let begun = Instant::now();
    while now < RUN {
        let next = RUN.min(now + window);
        let count = input[given..].partition_point(|spike| STEP * i64::from(spike.step) <= next);
        rank.deliver(Packet { spikes: &input[given..given + count], timestep: STEP })?;
        rank.advance(next, &mut spikes)?;
        (now, given) = (next, given + count);
    }
    Ok((begun.elapsed().as_secs_f64(), spikes.len()))
}

fn measure<B>(cells: usize) -> Result<()>
where
    B: Simulates<SpikeSourcePoisson> + Simulates<HhCondExp> + Simulates<IfCurrExp>,
    B: Connects<AllToAll> + Connects<OneToOne> + Transmits<StaticSynapse>,
{
    let network = network::<B>(cells)?;
    let simulator = network.populations()[0].simulator;
    let part = Part { network: &network, simulator, share: 0, shares: 1 };
    let mut input = Vec::new();
    for source in part.sources() {
        source.source()?.spikes(1..u32::try_from(RUN.steps_down(STEP)).unwrap_or(u32::MAX) + 1, &mut input);
    }
    let mut rank = B::instantiate(&part)?;
    let windows = [RUN, Tick(50_000), Tick(100_000), Tick(200_000), Tick(1_000_000)];
    let mut best = [f64::INFINITY; 5];
    let mut spikes = [0; 5];
    // In turns, so that a busy machine hits all alike.
    for _ in 0..REPEATS {
        for (k, window) in windows.iter().enumerate() {
            let (seconds, count) = time(&mut *rank, &input, *window)?;
            best[k] = best[k].min(seconds);
            spikes[k] = count;
        }
    }
    for (k, window) in windows.iter().enumerate() {
        let line = json!({
            "bench": "stepping",
            "backend": B::NAME,
            "cells": 2 * cells,
            "window_ms": window.ms(),
            "windows": RUN.steps_up(*window),
            "sim_s": best[k],
            "spikes": spikes[k],
            "overhead_percent": (best[k] / best[0] - 1.0) * 100.0,
        });
        println!("{line}");
    }
    Ok(())
}

/// Runs the benchmark.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let cells = arguments.opt_value_from_str("--cells")?.unwrap_or(100);
    let backend: Option<String> = arguments.opt_value_from_str("--backend")?;
    finish(arguments)?;
    match backend.as_deref() {
        None | Some("native") => measure::<Native>(cells)?,
        Some("nest") => measure::<Nest>(cells)?,
        Some("neuron") => measure::<Neuron>(cells)?,
        Some(other) => return Err(format!("--backend {other}: there are native, nest and neuron").into()),
    }
    Ok(ExitCode::SUCCESS)
}
