//! Gap junctions between cells of different ranks.

#[path = "../../pynn-music/tests/common/gap_junctions.rs"]
mod shared;

use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup};
use pynn_native::Native;

impl shared::Joining for Native {}

#[test]
fn any_number_of_ranks_gives_the_same_spikes_and_traces() {
    let alone = shared::session::<Native>(1, Ranks::Threads);
    assert!(alone.0.iter().all(|spikes| *spikes > 20), "{:?}", alone.0);
    for processes in [2, 3, 4, 9] {
        let several = shared::session::<Native>(processes, Ranks::Threads);
        assert_eq!(several, alone, "on {processes} ranks");
    }
}

#[test]
fn a_plan_shows_who_tells_whom_potentials() {
    let sim = Setup::new().ranks(Ranks::Threads).progress(false).start(shared::net::<Native>(2)).unwrap();
    let table = sim.table();
    // All cells of the ring have a neighbour on the other rank or are in the random graph.
    let channels: Vec<&str> = table.lines().filter(|line| line.contains("->")).skip(1).collect();
    assert_eq!(channels.len(), 2, "{table}");
    for channel in channels {
        assert!(
            channel.contains("0.1 ms") && channel.contains("ring") && channel.contains("; potentials of "),
            "{table}"
        );
    }
}

/// Cells in a row on as many ranks, of which the first begins 10 mV above the others, joined to their neighbours by `g` uS.
fn row(cells: usize, processes: usize, g: f64) -> Vec<f64> {
    let mut net = NetworkBuilder::new("Row");
    let options = SimulatorOptions { processes, timestep: 0.01 * ms, ..SimulatorOptions::default() };
    let sim = net.simulator::<Native>("sim", options);
    let passive = IfCondExp { cm: 0.5 * nF, v_thresh: 0.0 * mV, ..IfCondExp::default() };
    let row = net.population(&sim, "row", cells, passive);
    net.initialize(
        &row,
        IfCondExp::states().v,
        |cell: usize| if cell == 0 { -55.0 * mV } else { -65.0 * mV },
    );
    let neighbours = FromList::new((1..cells).map(|cell| (cell - 1, cell)));
    let target = row.target(IfCondExp::receptors().excitatory);
    net.project(None, &row, target, neighbours, ElectricalSynapse { weight: g * uS });
    net.record_every(&row, IfCondExp::variables().v, 1.0 * ms);
    let mut sim = Setup::new().ranks(Ranks::Threads).progress(false).start(net.build().unwrap()).unwrap();
    sim.run(30.0 * ms).unwrap();
    sim.trace_of(row.id(), "v", 0).unwrap().values
}

#[test]
fn cells_of_different_ranks_relax_as_theory_says() {
    let (tau, g) = (20.0, 0.05);
    // The mean decays with the leak, the mode number k of a row of n with `g_leak + 4 g sin^2(pi k / 2 n)` over cm.
    for cells in [2usize, 4] {
        let v = row(cells, cells, g);
        assert_eq!(v, row(cells, 1, g), "as on one rank");
        for (time, v) in v.chunks(cells).enumerate() {
            for (cell, v) in v.iter().enumerate() {
                let n = cells as f64;
                let mode = |k: usize| {
                    let k = k as f64;
                    let shape = |cell: usize| (std::f64::consts::PI * k * (cell as f64 + 0.5) / n).cos();
                    let rate =
                        1.0 / tau + 4.0 * g * (std::f64::consts::PI * k / (2.0 * n)).sin().powi(2) / 0.5;
                    2.0 / n * shape(0) * shape(cell) * (-rate * time as f64).exp()
                };
                let expected =
                    -65.0 + 10.0 * ((-(time as f64) / tau).exp() / n + (1..cells).map(mode).sum::<f64>());
                // Of first order: 10 mV * h / (2 tau e) for each mode, of which the fastest has 4 g / cm = 0.4 / ms.
                let bound = n * 10.0 * 0.01 * (1.0 / tau + 0.4) / (2.0 * std::f64::consts::E);
                assert!(
                    (v - expected).abs() < bound,
                    "cell {cell} of {cells} at {time} ms: {v}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn a_conductance_that_makes_no_sense_is_refused_on_every_rank_by_name() {
    let mut net = NetworkBuilder::new("Negative");
    let options = SimulatorOptions { processes: 2, ..SimulatorOptions::default() };
    let sim = net.simulator::<Native>("sim", options);
    let cells = net.population(&sim, "cells", 4, IfCondExp::default());
    let gap = ElectricalSynapse { weight: Uniform { low: -2.0 * nS, high: -1.0 * nS } };
    let target = cells.target(IfCondExp::receptors().excitatory);
    net.project(Some("joined"), &cells, target, AllToAll::default(), gap);
    let setup = Setup::new().ranks(Ranks::Threads).progress(false);
    let told = match net.build() {
        Ok(net) => setup.start(net).err().expect("it is refused").to_string(),
        Err(error) => error.to_string(),
    };
    assert!(told.contains("joined") && told.contains("a gap junction has a positive conductance"), "{told}");
}
