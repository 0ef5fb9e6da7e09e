//! What one time step of a cell takes, for each type of cell of the native engine.

use std::process::ExitCode;
use std::time::Instant;

use pico_args::Arguments;
use pynn::backend::Part;
use pynn::cell::Injectable;
use pynn::prelude::*;
use pynn::time::Tick;
use serde_json::json;

use crate::{Failure, finish};

const STEP: Tick = Tick(100_000);
const RUN: Tick = Tick(200 * Tick::MILLISECOND.0);
/// How often each is measured; the fastest counts.
const REPEATS: usize = 5;

/// Where the parameters of cells differ.
#[derive(Clone, Copy)]
enum Differ {
    Nowhere,
    /// One is drawn for each cell.
    Varied,
    /// An electrode injects into one cell.
    Injected,
}

/// Measures cells without synapses, whose parameters `vary` makes different.
fn measure<C>(cells: usize, cell: C, vary: impl Fn(&mut NetworkBuilder, &Population<Native, C>)) -> Result<()>
where
    C: Injectable,
    Native: Simulates<C>,
{
    let name = std::any::type_name::<C>().rsplit("::").next().unwrap_or_default();
    for differ in [Differ::Nowhere, Differ::Varied, Differ::Injected] {
        let mut net = NetworkBuilder::new("Cells");
        let options = SimulatorOptions { timestep: STEP.time(), ..SimulatorOptions::default() };
        let sim = net.simulator::<Native>("sim", options);
        let population = net.population(&sim, "cells", cells, cell.clone());
        match differ {
            Differ::Nowhere => {}
            Differ::Varied => vary(&mut net, &population),
            Differ::Injected => {
                let electrode = DcSource { amplitude: 1.0 * pA, ..DcSource::default() };
                net.inject(None, population.slice(..1), electrode);
            }
        }
        let network = net.build()?;
        let part =
            Part { network: &network, simulator: network.populations()[0].simulator, share: 0, shares: 1 };
        let (mut rank, mut best, mut spikes) = (Native::instantiate(&part)?, f64::INFINITY, Vec::new());
        for _ in 0..REPEATS {
            rank.reset()?;
            spikes.clear();
            let begun = Instant::now();
            rank.advance(RUN, &mut spikes)?;
            best = best.min(begun.elapsed().as_secs_f64());
        }
        let steps = RUN.steps_up(STEP) as f64;
        let line = json!({
            "bench": "cells",
            "cell": name,
            "parameters": match differ {
                Differ::Nowhere => "same",
                Differ::Varied => "varied",
                Differ::Injected => "same, with an electrode",
            },
            "cells": cells,
            "rate_hz": spikes.len() as f64 / cells as f64 / (RUN.ms() * 1e-3),
            "ns_per_step": best * 1e9 / steps / cells as f64,
        });
        println!("{line}");
    }
    Ok(())
}

/// Runs the benchmark.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let cells: usize = arguments.opt_value_from_str("--cells")?.unwrap_or(1000);
    finish(arguments)?;
    let tau_m = Uniform { low: 15.0 * ms, high: 20.0 * ms };
    let cm = Uniform { low: 0.9 * nF, high: 1.1 * nF };
    macro_rules! measure {
        ($($cell:ident { $($field:ident: $value:expr),* } vary $varied:ident = $values:expr;)+) => {
            $(measure(
                cells,
                $cell { $($field: $value,)* ..$cell::default() },
                |net, cells| net.vary(cells, $cell::parameters().$varied, $values),
            )?;)+
        };
    }
    measure! {
        IfCurrExp { i_offset: 0.8 * nA } vary tau_m = tau_m;
        IfCurrAlpha { i_offset: 0.8 * nA } vary tau_m = tau_m;
        IfCurrDelta { i_offset: 0.8 * nA } vary tau_m = tau_m;
        IfCondExp { i_offset: 0.8 * nA } vary tau_m = tau_m;
        IfCondAlpha { i_offset: 0.8 * nA } vary tau_m = tau_m;
        IfCondExpGsfaGrr { i_offset: 0.8 * nA } vary tau_m = tau_m;
        EifCondExpIsfaIsta { i_offset: 0.8 * nA } vary tau_m = tau_m;
        EifCondAlphaIsfaIsta { i_offset: 0.8 * nA } vary tau_m = tau_m;
        GifCondExp { i_offset: 0.8 * nA } vary tau_m = tau_m;
        Izhikevich { i_offset: 0.01 * nA } vary a = Uniform { low: 0.02, high: 0.03 };
        HhCondExp { i_offset: 0.5 * nA } vary cm = cm;
    }
    Ok(ExitCode::SUCCESS)
}
