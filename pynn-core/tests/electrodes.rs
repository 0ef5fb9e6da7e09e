//! Currents as functions of the step, and what the builder says of wrong electrodes.

mod common;

use common::Paper;
use pynn_core::backend::{Currents, Part};
use pynn_core::electrode::CurrentSource;
use pynn_core::population::{ElectrodeId, Population, SimulatorId};
use pynn_core::prelude::*;
use pynn_core::time::Tick;

impl<E> Injects<E> for Paper {}

const STEP: Tick = Tick(100_000);

/// Ten cells on a simulator of step 0.1 ms.
fn base() -> (NetworkBuilder, Population<Paper, IfCurrExp>) {
    let mut net = NetworkBuilder::new("Wrong");
    let sim = net.simulator("sim", SimulatorOptions::default());
    let cells = net.population(&sim, "cells", 10, IfCurrExp::default());
    (net, cells)
}

/// The currents of steps 1 to `steps` of an electrode alone.
fn played<E: CurrentSource>(source: E, steps: u32) -> Vec<f64> {
    let (mut net, cells) = base();
    net.inject(None, &cells, source);
    let net = net.build().unwrap();
    let waveform = net.waveform(ElectrodeId(0), STEP).unwrap();
    (1..=steps).map(waveform).collect()
}

#[test]
fn a_direct_current_begins_with_the_step_after_start_and_ends_with_that_before_stop() {
    let source = DcSource { amplitude: 2.0 * nA, start: 0.3 * ms, stop: 0.6 * ms };
    assert_eq!(played(source, 8), [0.0, 0.0, 0.0, 2.0, 2.0, 2.0, 0.0, 0.0]);
    assert_eq!(played(DcSource::default(), 2), [1.0, 1.0]);
    let never = DcSource { start: 0.3 * ms, stop: 0.3 * ms, ..Default::default() };
    assert_eq!(played(never, 8), [0.0; 8]);
}

#[test]
fn times_off_the_grid_go_to_the_nearest_point_a_half_to_the_earlier() {
    for (start, first) in [(0.24, 3), (0.25, 3), (0.26, 4), (0.349, 4), (0.35, 4)] {
        let source = DcSource { start: start * ms, ..Default::default() };
        assert_eq!(played(source, 8).iter().position(|current| *current != 0.0), Some(first - 1), "{start}");
    }
}

#[test]
fn of_steps_at_the_same_grid_point_the_last_wins() {
    let source = StepCurrentSource {
        times: vec![0.41 * ms, 0.42 * ms, 0.86 * ms],
        amplitudes: vec![0.5 * nA, -0.5 * nA, 0.5 * nA],
    };
    assert_eq!(source.on_grid(STEP), [(4, -0.5), (9, 0.5)]);
    assert_eq!(played(source, 11), [0.0, 0.0, 0.0, 0.0, -0.5, -0.5, -0.5, -0.5, -0.5, 0.5, 0.5]);
    assert_eq!(played(StepCurrentSource::default(), 3), [0.0; 3]);
}

#[test]
fn an_alternating_current_is_the_sine_at_the_beginning_of_each_step() {
    let source = AcSource {
        amplitude: 2.0 * nA,
        offset: 0.5 * nA,
        frequency: 50.0 * Hz,
        phase: 30.0,
        start: 1.0 * ms,
        stop: 61.0 * ms,
    };
    for (step, current) in (1..).zip(played(source, 700)) {
        let t = f64::from(step - 1) * 0.1;
        let angle = std::f64::consts::TAU * 0.05 * (t - 1.0) + std::f64::consts::PI / 6.0;
        let is_on = (11..=610).contains(&step);
        let expected = if is_on { 0.5 + 2.0 * angle.sin() } else { 0.0 };
        // 20 turns, each with the rounding of a double.
        assert!((current - expected).abs() < 1e-13, "step {step}: {current}, expected {expected}");
    }
}

#[test]
fn noise_is_normal_and_new_in_every_interval() {
    let source = NoisyCurrentSource { mean: 0.5 * nA, stdev: 0.2 * nA, dt: 0.2 * ms, ..Default::default() };
    let currents = played(source, 40_000);
    assert!(currents.chunks_exact(2).all(|pair| pair[0] == pair[1]));
    let draws: Vec<f64> = currents.iter().step_by(2).map(|current| (current - 0.5) / 0.2).collect();
    assert!(draws.windows(2).all(|pair| pair[0] != pair[1]));
    let n = draws.len() as f64;
    let mean = |values: &mut dyn Iterator<Item = f64>| values.sum::<f64>() / n;
    // Six standard errors of the mean, of the variance (sqrt(2 / n)), of the fourth moment (sqrt(96 / n)) and of the
    // correlation of neighbours (1 / sqrt(n)).
    let error = 6.0 / n.sqrt();
    assert!(mean(&mut draws.iter().copied()).abs() < error);
    assert!((mean(&mut draws.iter().map(|z| z * z)) - 1.0).abs() < error * 2f64.sqrt());
    assert!((mean(&mut draws.iter().map(|z| z.powi(4))) - 3.0).abs() < error * 96f64.sqrt());
    assert!(mean(&mut draws.windows(2).map(|pair| pair[0] * pair[1])).abs() < error);
}

#[test]
fn the_noise_of_an_electrode_is_its_own_and_the_seed_s() {
    let noise = |seed, electrode: usize| {
        let (mut net, cells) = base();
        net.seed(seed);
        for _ in 0..=electrode {
            net.inject(None, &cells, NoisyCurrentSource::default());
        }
        let net = net.build().unwrap();
        net.waveform(ElectrodeId(electrode), STEP).unwrap()(1)
    };
    assert_eq!(noise(1, 0), noise(1, 0));
    assert_ne!(noise(1, 0), noise(1, 1));
    assert_ne!(noise(1, 0), noise(2, 0));
}

#[test]
fn a_source_survives_its_numbers() {
    fn assert<E: CurrentSource + PartialEq>(source: E) {
        assert_eq!(E::of_numbers(&source.numbers()), Some(source));
    }
    assert(DcSource { amplitude: -0.5 * nA, start: 1.0 * ms, stop: 2.0 * ms });
    assert(AcSource { phase: 45.0, frequency: 3.0 * Hz, offset: 0.1 * nA, ..Default::default() });
    assert(StepCurrentSource { times: vec![1.0 * ms, 2.0 * ms], amplitudes: vec![0.5 * nA, 0.0 * nA] });
    assert(NoisyCurrentSource { mean: 0.3 * nA, dt: 1.0 * ms, ..Default::default() });
    assert_eq!(DcSource::of_numbers(&[1.0]), None);
    assert_eq!(StepCurrentSource::of_numbers(&[1.0]), None);
}

/// Which cells get what in each step: rows of (cell in the network, current).
fn changes(net: &Network, share: usize, shares: usize, steps: u32) -> Vec<Vec<(usize, f64)>> {
    let part = Part { network: net, simulator: SimulatorId(0), share, shares };
    let first = part.populations().next().unwrap().cells.start;
    let mut currents = Currents::new(&part).unwrap();
    let row = |step| currents.step(step).iter().map(|c| (first + c.cell as usize, c.current)).collect();
    (1..=steps).map(row).collect()
}

#[test]
fn currents_into_one_cell_add_and_only_changes_are_told() {
    let (mut net, cells) = base();
    let dc = |amplitude: f64, start: f64, stop: f64| DcSource {
        amplitude: amplitude * nA,
        start: start * ms,
        stop: stop * ms,
    };
    net.inject(None, cells.slice(2..5), dc(1.0, 0.1, 0.4));
    net.inject(None, cells.slice(4..6), dc(0.25, 0.2, 0.3));
    let net = net.build().unwrap();
    let expected: [&[(usize, f64)]; 6] = [
        &[],
        &[(2, 1.0), (3, 1.0), (4, 1.0)],
        &[(4, 1.25), (5, 0.25)],
        &[(4, 1.0), (5, 0.0)],
        &[(2, 0.0), (3, 0.0), (4, 0.0)],
        &[],
    ];
    assert_eq!(changes(&net, 0, 1, 6), expected);
    for shares in [2, 3, 4, 10] {
        let parts: Vec<_> = (0..shares).map(|share| changes(&net, share, shares, 6)).collect();
        for (step, expected) in expected.iter().enumerate() {
            let together: Vec<_> = parts.iter().flat_map(|part| part[step].clone()).collect();
            assert_eq!(together, *expected, "{shares} ranks, step {}", step + 1);
        }
    }
}

/// A list of cells and a slice of another population.
#[test]
fn an_electrode_injects_into_an_assembly() {
    let mut net = NetworkBuilder::new("Two");
    let sim = net.simulator::<Paper>("sim", SimulatorOptions::default());
    let one = net.population(&sim, "one", 6, IfCurrExp::default());
    let two = net.population(&sim, "two", 4, IfCurrExp::default());
    let electrode = net.inject(None, &(one.select([5, 1]) + two.slice(2..4)), DcSource::default());
    assert_eq!(electrode.name(), "DCSource -> one + two");
    let net = net.build().unwrap();
    let injected = |share, shares| {
        let part = Part { network: &net, simulator: SimulatorId(0), share, shares };
        let currents = Currents::new(&part).unwrap();
        currents.cells().iter().map(|cell| (cell.population.0, cell.cell)).collect::<Vec<_>>()
    };
    assert_eq!(injected(0, 1), [(0, 1), (0, 5), (1, 2), (1, 3)]);
    assert_eq!([injected(0, 2), injected(1, 2)], [vec![(0, 1)], vec![(0, 2), (1, 0), (1, 1)]]);

    let (mut net, cells) = base();
    net.inject(Some("e"), &(cells.slice(..3) + cells.slice(2..)), DcSource::default());
    let message = net.build().unwrap_err().message().to_owned();
    assert!(message.starts_with("electrode `e`: cell 2 of `cells` is twice in one end"), "{message}");
}

#[test]
fn an_electrode_that_is_set_anew_keeps_its_time() {
    let (mut net, cells) = base();
    net.inject(None, &cells, DcSource { start: 0.2 * ms, ..Default::default() });
    let net = net.build().unwrap();
    let part = Part { network: &net, simulator: SimulatorId(0), share: 0, shares: 1 };
    let mut currents = Currents::new(&part).unwrap();
    let current = |currents: &mut Currents, step| {
        currents.step(step);
        currents.cells()[0].current
    };
    assert_eq!((1..=4).map(|step| current(&mut currents, step)).sum::<f64>(), 2.0);
    let weaker = DcSource { amplitude: 0.5 * nA, start: 0.4 * ms, stop: 0.5 * ms };
    let mut net = net.clone();
    net.set_electrode(ElectrodeId(0), weaker.numbers());
    let changed = net.clone();
    let part = Part { network: &changed, ..part };
    currents.change(&part, ElectrodeId(0)).unwrap();
    assert_eq!([5, 6].map(|step| current(&mut currents, step)), [0.5, 0.0]);
    currents.reset();
    assert_eq!([1, 2, 3, 4, 5].map(|step| current(&mut currents, step)), [0.0, 0.0, 0.0, 0.0, 0.5]);
    net.set_electrode(ElectrodeId(0), vec![1.0, 5.0, 3.0]);
    let part = Part { network: &net, ..part };
    let error = currents.change(&part, ElectrodeId(0)).unwrap_err();
    assert_eq!(
        error.message(),
        "electrode `DCSource -> cells`: stop is 3 ms, but start is 5 ms; stop must not come before start"
    );
}

#[track_caller]
fn assert_message<E: CurrentSource>(source: E, expected: &str) {
    let (mut net, cells) = base();
    net.inject(Some("e"), &cells, source);
    assert_eq!(net.build().unwrap_err().message(), format!("electrode `e`: {expected}"));
}

#[test]
fn wrong_numbers_of_a_source_are_named() {
    let dc = DcSource::default();
    assert_message(DcSource { amplitude: f64::NAN * nA, ..dc }, "amplitude is NaN nA, but must be finite");
    assert_message(DcSource { start: -1.0 * ms, ..dc }, "start is -1 ms, but must not be negative");
    assert_message(
        DcSource { start: 20.0 * ms, stop: 10.0 * ms, ..dc },
        "stop is 10 ms, but start is 20 ms; stop must not come before start",
    );
    let ac = AcSource::default();
    assert_message(AcSource { frequency: -1.0 * Hz, ..ac }, "frequency is -1 Hz, but must not be negative");
    assert_message(AcSource { phase: f64::INFINITY, ..ac }, "phase is inf degrees, but must be finite");
    let noise = NoisyCurrentSource::default();
    assert_message(
        NoisyCurrentSource { stdev: -0.1 * nA, ..noise },
        "stdev is -0.1 nA, but must not be negative",
    );
    for dt in [0.25, 0.0] {
        assert_message(
            NoisyCurrentSource { dt: dt * ms, ..noise },
            &format!(
                "dt is {dt} ms, but must be a multiple of the time step, 0.1 ms: the current changes on the grid"
            ),
        );
    }
}

#[test]
fn wrong_lists_of_a_step_current_are_named() {
    let steps = |times: &[f64], amplitudes: &[f64]| StepCurrentSource {
        times: times.iter().map(|time| *time * ms).collect(),
        amplitudes: amplitudes.iter().map(|amplitude| *amplitude * nA).collect(),
    };
    assert_message(
        steps(&[1.0, 2.0], &[0.5]),
        "2 times are given, but 1 amplitude; give one amplitude a time",
    );
    assert_message(steps(&[-1.0, 2.0], &[0.5, 0.0]), "times[0] is -1 ms, but must not be negative");
    for second in [1.0, 0.5] {
        let message =
            format!("times[1] is {second} ms, but comes after 1 ms; times must be strictly ascending");
        assert_message(steps(&[1.0, second], &[0.5, 0.0]), &message);
    }
    assert_message(steps(&[1.0], &[f64::INFINITY]), "amplitudes[0] is inf nA, but must be finite");
}

#[test]
fn electrodes_need_names_of_their_own_and_cells_that_there_are() {
    let (mut net, cells) = base();
    net.inject(Some("e"), &cells, DcSource::default());
    net.inject(Some("e"), &cells, AcSource::default());
    let error = net.build().unwrap_err();
    assert_eq!(error.message(), "electrode `e` is declared twice; give each a name of its own");
    for (range, words) in [
        (
            5..11,
            "the range 5..11 reaches beyond the 10 cells of the population `cells`; end it at 10 or before",
        ),
        (5..5, "the range 5..5 of `cells` has no cell; let it end after it begins"),
    ] {
        let (mut net, cells) = base();
        net.inject(None, cells.slice(range), DcSource::default());
        let message = format!("electrode `DCSource -> cells`: {words}");
        assert_eq!(net.build().unwrap_err().message(), message);
    }
    let (_, foreign) = base();
    let mut net = NetworkBuilder::new("Other");
    net.inject(Some("e"), &foreign, DcSource::default());
    assert!(
        net.build()
            .unwrap_err()
            .message()
            .starts_with("2 mistakes in the description:\n  - `cells` is no population")
    );
}

#[test]
fn electrodes_are_part_of_the_digest() {
    let digest = |source: DcSource, last: usize| {
        let (mut net, cells) = base();
        net.inject(None, cells.slice(0..last), source);
        net.build().unwrap().digest()
    };
    let dc = DcSource::default();
    assert_eq!(digest(dc, 5), digest(dc, 5));
    assert_ne!(digest(dc, 5), digest(dc, 6));
    assert_ne!(digest(dc, 5), digest(DcSource { amplitude: (1.0 + 1e-15) * nA, ..dc }, 5));
}

#[test]
fn unlabelled_electrodes_are_numbered() {
    let (mut net, cells) = base();
    let names: Vec<String> =
        (0..3).map(|_| net.inject(None, &cells, DcSource::default()).name().to_owned()).collect();
    assert_eq!(names, ["DCSource -> cells", "DCSource -> cells #2", "DCSource -> cells #3"]);
}
