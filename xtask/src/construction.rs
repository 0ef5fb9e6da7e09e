//! How fast connections are made: description, placement and both ends of every synapse.

use std::process::ExitCode;
use std::time::Instant;

use pico_args::Arguments;
use pynn::prelude::*;
use pynn_benches::construction::Construction;
use serde_json::json;

use crate::{Failure, finish};

/// How often each network is built; the fastest counts.
const REPEATS: usize = 3;

/// Prints a JSON line for each rule, with one weight and delay and with drawn ones.
pub(crate) fn run(mut arguments: Arguments) -> Result<ExitCode, Failure> {
    let ranks: usize = arguments.opt_value_from_str("--ranks")?.unwrap_or(2);
    let scale: f64 = arguments.opt_value_from_str("--scale")?.unwrap_or(1.0);
    finish(arguments)?;
    let cells = (12_500.0 * scale).round() as usize;
    let mut best = [(f64::INFINITY, 0, 0); 4];
    // In turns, so that a busy machine hits all alike.
    for _ in 0..REPEATS {
        for (kind, best) in best.iter_mut().enumerate() {
            let begun = Instant::now();
            let net = Construction::<Native>::build(cells, kind & 1 != 0, kind & 2 != 0, ranks, 1)?;
            let mut sim = music::setup(net)?;
            let seconds = begun.elapsed().as_secs_f64();
            let statistics = sim.statistics()?;
            if seconds < best.0 {
                *best = (seconds, statistics.synapses(), statistics.bytes());
            }
            sim.end()?;
        }
    }
    for (kind, (seconds, synapses, bytes)) in best.into_iter().enumerate() {
        let line = json!({
            "bench": "construction",
            "rule": if kind & 1 != 0 { "FixedNumberPre" } else { "FixedProbability" },
            "weights_and_delays": if kind & 2 != 0 { "drawn" } else { "constant" },
            "ranks": ranks,
            "cells": cells,
            "synapses": synapses,
            "build_s": seconds,
            "million_synapses_per_s": synapses as f64 / seconds / 1e6,
            "bytes_per_synapse": bytes as f64 / synapses as f64,
        });
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}
