//! What the builder says of a wrong description.

mod common;

use common::Paper;
use pynn_core::population::{Population, SimulatorHandle};
use pynn_core::prelude::*;
use pynn_core::values::IntoSynapseValues;

/// Twenty sources and ten cells of each kind on one simulator of step 0.1 ms; another of step 0.25 ms.
struct Base {
    net: NetworkBuilder,
    sim: SimulatorHandle<Paper>,
    slow: SimulatorHandle<Paper>,
    input: Population<Paper, SpikeSourcePoisson>,
    cells: Population<Paper, IfCurrExp>,
    cond: Population<Paper, IfCondExp>,
    far: Population<Paper, IfCurrExp>,
}

fn base() -> Base {
    let mut net = NetworkBuilder::new("Wrong");
    let sim = net.simulator("sim", SimulatorOptions::default());
    let slow = net.simulator("slow", SimulatorOptions { timestep: 0.25 * ms, ..Default::default() });
    let input = net.population(&sim, "input", 20, SpikeSourcePoisson::default());
    let cells = net.population(&sim, "cells", 10, IfCurrExp::default());
    let cond = net.population(&sim, "cond", 10, IfCondExp::default());
    let far = net.population(&slow, "far", 10, IfCurrExp::default());
    Base { net, sim, slow, input, cells, cond, far }
}

impl Base {
    #[track_caller]
    fn assert_message(self, expected: &str) {
        let error = self.net.build().unwrap_err();
        assert_eq!(error.message(), expected);
        assert_eq!(error.kind(), ErrorKind::Description);
    }

    /// The message for cells onto cells with the given delay and weight.
    #[track_caller]
    fn assert_synapse<V, D>(mut self, weight: V, delay: D, expected: &str)
    where
        StaticSynapse<V, D>: pynn_core::synapse::SynapseType<Current, Family = StaticSynapse>,
    {
        let target = self.cells.default_target();
        self.net.project(
            Some("p"),
            &self.input,
            target,
            AllToAll::default(),
            StaticSynapse { weight, delay },
        );
        self.assert_message(&format!("projection `p`: {expected}"));
    }

    /// The same onto conductance-based cells.
    #[track_caller]
    fn assert_conductance<V>(mut self, weight: V, expected: &str)
    where
        StaticSynapse<V>: pynn_core::synapse::SynapseType<Conductance, Family = StaticSynapse>,
    {
        let target = self.cond.target(IfCondExp::receptors().inhibitory);
        let synapse = StaticSynapse { weight, delay: 1.0 * ms };
        self.net.project(Some("p"), &self.input, target, AllToAll::default(), synapse);
        self.assert_message(&format!("projection `p`: {expected}"));
    }
}

#[test]
fn a_right_description_builds() {
    let Base { net, .. } = base();
    assert_eq!(net.build().unwrap().populations().len(), 4);
}

#[test]
fn sizes_and_processes_of_zero_are_refused() {
    let mut base = base();
    let none = base.net.population(&base.sim, "none", 0, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    base.net.project(None, &base.input, none.default_target(), AllToAll::default(), synapse);
    base.assert_message("population `none` has size 0, but a population needs at least one cell");
    let mut base = self::base();
    base.net.simulator::<Paper>("idle", SimulatorOptions { processes: 0, ..Default::default() });
    base.assert_message("simulator `idle`: processes is 0, but a simulator needs at least one");
}

#[test]
fn threads_that_a_backend_does_not_have_are_refused() {
    let mut base = base();
    base.net.simulator::<Paper>("idle", SimulatorOptions { threads: 0, ..Default::default() });
    base.assert_message("simulator `idle`: threads is 0, but a simulator needs at least one");
    let mut base = self::base();
    base.net.simulator::<Paper>("wide", SimulatorOptions { processes: 3, threads: 2, ..Default::default() });
    base.assert_message(
        "simulator `wide`: threads is 2, but a rank of Paper has one thread; use processes: 6 instead",
    );
}

#[test]
fn more_cells_than_can_be_numbered_are_refused() {
    let mut base = base();
    let many = base.net.population(&base.sim, "many", 5_000_000_000, IfCurrExp::default());
    let after = base.net.population(&base.sim, "after", 10, IfCurrExp::default());
    let synapse = || StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    let others = AllToAll { allow_self_connections: false };
    base.net.project(None, &many, after.default_target(), others, synapse());
    base.net.project(None, &after, many.default_target(), others, synapse());
    let pre = FixedNumberPre { n: 2.into(), allow_self_connections: false, ..Default::default() };
    base.net.project(None, &after, after.default_target(), pre, synapse());
    base.assert_message("network `Wrong` has 5000000060 cells, more than 2^32 - 2");
}

#[test]
fn time_steps_must_be_positive_and_on_the_time_base() {
    for (timestep, words) in [
        (0.0, "simulator `odd`: timestep is 0 ms, but must be positive"),
        (-0.1, "simulator `odd`: timestep is -0.1 ms, but must be positive"),
        (1e-7, "simulator `odd`: the time step of 0.0000001 ms is no whole number of nanoseconds"),
        (f64::NAN, "simulator `odd`: the time step of NaN ms is no whole number of nanoseconds"),
    ] {
        let mut base = base();
        let options = SimulatorOptions { timestep: timestep * ms, ..Default::default() };
        base.net.simulator::<Paper>("odd", options);
        let error = base.net.build().unwrap_err();
        assert!(error.message().starts_with(words), "{error}");
    }
}

#[test]
fn a_network_needs_a_simulator() {
    let error = NetworkBuilder::new("Empty").build().unwrap_err();
    assert_eq!(error.message(), "network `Empty` has no simulator");
}

#[test]
fn doubled_names_are_refused() {
    let mut base = base();
    base.net.population(&base.sim, "cells", 1, IfCurrExp::default());
    base.assert_message("population `cells` is declared twice; give each a name of its own");
    let mut base = self::base();
    base.net.simulator::<Paper>("sim", SimulatorOptions::default());
    base.assert_message("simulator `sim` is declared twice; give each a name of its own");
    let mut base = self::base();
    for _ in 0..2 {
        let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
        base.net.project(Some("p"), &base.input, base.cells.default_target(), AllToAll::default(), synapse);
    }
    base.assert_message("projection `p` is declared twice; give each a name of its own");
}

#[test]
fn projections_without_a_name_are_numbered() {
    let mut base = base();
    let mut project = || {
        let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
        let target = base.cells.default_target();
        let projection = base.net.project(None, &base.input, target, AllToAll::default(), synapse);
        projection.name().to_owned()
    };
    assert_eq!([project(), project()], ["input -> cells.excitatory", "input -> cells.excitatory #2"]);
}

#[test]
fn lists_must_have_one_value_a_cell() {
    let mut base = base();
    base.net.vary(&base.cells, IfCurrExp::parameters().tau_m, [1.0 * ms, 2.0 * ms]);
    base.assert_message("population `cells`: tau_m lists 2 values for 10 cells; list one a cell");
    let mut base = self::base();
    base.net.initialize(&base.cells, IfCurrExp::states().v, vec![-65.0 * mV; 11]);
    base.assert_message("population `cells`: v lists 11 values for 10 cells; list one a cell");
}

#[test]
fn values_out_of_bounds_are_named_with_their_cell() {
    let mut base = base();
    base.net.vary(&base.cells, IfCurrExp::parameters().tau_m, -2.0 * ms);
    base.assert_message("population `cells`: tau_m of IF_curr_exp is -2 ms, but must be positive");
    let mut base = self::base();
    let list: Vec<Time> = (0..10).map(|index| f64::from(index - 5) * ms).collect();
    base.net.vary(&base.cells, IfCurrExp::parameters().tau_refrac, list);
    base.assert_message(
        "population `cells`: tau_refrac[0] of IF_curr_exp is -5 ms, but must be zero or positive",
    );
    let mut base = self::base();
    base.net.initialize(&base.cells, IfCurrExp::states().v, f64::NAN * mV);
    base.assert_message("population `cells`: v of IF_curr_exp is NaN mV, but must be finite");
    let mut base = self::base();
    base.net.population(&base.sim, "bad", 1, IfCurrExp { cm: 0.0 * nF, ..Default::default() });
    base.assert_message("population `bad`: cm of IF_curr_exp is 0 nF, but must be positive");
    let mut base = self::base();
    base.net.population(&base.sim, "bad", 1, SpikeSourcePoisson { rate: -1.0 * Hz, ..Default::default() });
    base.assert_message(
        "population `bad`: rate of SpikeSourcePoisson is -1 Hz, but must be zero or positive",
    );
}

#[test]
fn distributions_that_make_no_sense_are_refused() {
    let mut base = base();
    base.net.initialize(&base.cells, IfCurrExp::states().v, Uniform { low: 1.0 * mV, high: 0.0 * mV });
    base.assert_message(
        "population `cells`: v: Uniform needs finite low <= high, but low is 1 and high is 0",
    );
    self::base().assert_synapse(
        Normal { mean: 1.0 * nA, sd: -1.0 * nA },
        1.0 * ms,
        "Normal needs a finite mean and sd >= 0, but mean is 1 and sd is -1",
    );
    self::base().assert_synapse(
        1.0 * nA,
        NormalClipped { mean: 1.0 * ms, sd: 0.1 * ms, low: 3.0 * ms, high: 4.0 * ms },
        "NormalClipped to [3, 4] leaves next to nothing of a normal with mean 1 and sd 0.1; widen it, or use Uniform",
    );
}

#[test]
fn spike_times_are_sorted_positive_and_one_train_a_cell() {
    let message = |size, spike_times: SpikeTrains| {
        let mut base = base();
        base.net.population(&base.sim, "array", size, SpikeSourceArray { spike_times });
        base.net.build().unwrap_err().message().to_owned()
    };
    assert_eq!(
        message(3, [2.0 * ms, 1.0 * ms].into()),
        "population `array`: spike_times of cell 0: 1 ms comes after 2 ms; sort the times"
    );
    assert_eq!(
        message(2, vec![vec![1.0 * ms], vec![0.0 * ms]].into()),
        "population `array`: spike_times of cell 1: 0 ms is no spike time; times are positive"
    );
    assert_eq!(
        message(3, vec![vec![1.0 * ms], vec![2.0 * ms]].into()),
        "population `array`: spike_times lists 2 trains for 3 cells; give one a cell"
    );
    assert_eq!(
        message(3, SpikeTrains::from_fn(|index| vec![1.0 * ms; index])),
        "population `array`: spike_times of cell 2: 1 ms is listed twice"
    );
}

#[test]
fn sampling_intervals_are_multiples_of_the_time_step() {
    for every in [0.25, 0.0, -0.1, 1e-7] {
        let mut base = base();
        base.net.record_every(&base.cells, IfCurrExp::variables().v, every * ms);
        base.assert_message(&format!(
            "population `cells`: v is recorded every {every} ms, but that is no multiple of the time step, 0.1 ms"
        ));
    }
    let mut base = base();
    base.net.record(&base.cells, IfCurrExp::variables().v);
    base.net.record_every(&base.cells, IfCurrExp::variables().v, 0.1 * ms);
    base.net.record_every(&base.cells, IfCurrExp::variables().v, 1.0 * ms);
    base.assert_message("population `cells`: v is recorded every 0.1 ms and every 1 ms; choose one");
}

#[test]
fn slices_lie_within_their_population() {
    let beyond = |range: &str| {
        format!(
            "the range {range} reaches beyond the 10 cells of the population `cells`; end it at 10 or before"
        )
    };
    let empty = "the range 3..3 of `cells` has no cell; let it end after it begins".to_owned();
    for (range, words) in [(5..11, beyond("5..11")), (3..3, empty), (12..14, beyond("12..14"))] {
        let mut base = base();
        let slice = base.cells.slice(range);
        let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
        let target = slice.default_target();
        base.net.project(Some("p"), &base.input, target, AllToAll::default(), synapse);
        base.assert_message(&format!("projection `p`: {words}"));
    }
}

#[test]
fn delays_shorter_than_the_time_step_are_refused() {
    let shorter = |given: &str| {
        format!(
            "a delay of {given} ms is shorter than the time step of `sim`, 0.1 ms; raise the delay or shorten the time step"
        )
    };
    base().assert_synapse(1.0 * nA, 0.0 * ms, &shorter("0"));
    base().assert_synapse(1.0 * nA, -0.5 * ms, &shorter("-0.5"));
    let mut delays = vec![1.0 * ms; 200];
    delays[7] = 0.04 * ms;
    base().assert_synapse(1.0 * nA, delays.clone(), &shorter("0.04"));
    delays[7] = f64::NAN * ms;
    base().assert_synapse(1.0 * nA, delays, "a delay of NaN ms is not finite");
}

#[test]
fn constant_delays_lie_on_the_grid_of_the_target() {
    let off = |given, remedy| {
        format!(
            "a delay of {given} ms is no multiple of the time step of the target's simulator `sim`, 0.1 ms; use {remedy}"
        )
    };
    base().assert_synapse(1.0 * nA, 0.25 * ms, &off("0.25", "0.2 ms or 0.3 ms"));
    base().assert_synapse(1.0 * nA, 0.05 * ms, &off("0.05", "0.1 ms"));
    base().assert_synapse(
        1.0 * nA,
        1.5e-7 * ms,
        "a delay of 0.00000015 ms is no whole number of nanoseconds, the time base of a run",
    );
    base().assert_synapse(
        1.0 * nA,
        1e9 * ms,
        "a delay of 1000000000 ms is more than 1048576 time steps of `sim`; shorten it",
    );
}

#[test]
fn delays_across_simulators_span_the_step_of_both() {
    for from_far in [true, false] {
        let mut base = base();
        let synapse = StaticSynapse { weight: 1.0 * nA, delay: if from_far { 0.2 } else { 0.0 } * ms };
        if from_far {
            let target = base.cells.default_target();
            base.net.project(Some("p"), &base.far, target, AllToAll::default(), synapse);
        } else {
            let target = base.far.default_target();
            base.net.project(Some("p"), &base.input, target, AllToAll::default(), synapse);
        }
        let given = if from_far { "0.2" } else { "0" };
        base.assert_message(&format!(
            "projection `p`: a delay of {given} ms is shorter than the time step of `slow`, 0.25 ms; raise the delay or shorten the time step"
        ));
    }
    // What may be drawn is at least the sender's step, and on the target's grid.
    let mut base = base();
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: |_: usize, _: usize| 1.0 * ms };
    base.net.project(None, &base.far, base.cells.default_target(), AllToAll::default(), synapse);
    let network = base.net.build().unwrap();
    assert_eq!(network.projections()[0].shortest_delay.ms(), 0.3);
}

#[test]
fn weights_are_finite_and_have_the_sign_of_their_receptor() {
    base().assert_synapse(f64::INFINITY * nA, 1.0 * ms, "a weight of inf nA is not finite");
    let negative = |weight| {
        format!(
            "a weight of {weight} uS is negative, but `cond` takes conductances, which are positive for every receptor; to inhibit, write `-> cond.inhibitory` and a positive weight"
        )
    };
    base().assert_conductance(-0.5 * uS, &negative("-0.5"));
    let mut weights = vec![1.0 * uS; 200];
    weights[70] = -2.0 * nS;
    base().assert_conductance(weights, &negative("-0.002"));
    base().assert_conductance(Uniform { low: -1.0 * uS, high: 1.0 * uS }, &negative("-1"));
    let excites = "a weight of -1 nA is negative, but `cells.excitatory` takes weights that excite, which are positive; to inhibit, write `-> cells.inhibitory` and the same weight";
    base().assert_synapse(-1.0 * nA, 1.0 * ms, excites);
    for weight in
        [(0.5 * nA).into_synapse_values(), Uniform { low: -1.0 * nA, high: 0.5 * nA }.into_synapse_values()]
    {
        let mut base = base();
        let synapse = StaticSynapse { weight, delay: 1.0 * ms };
        let target = base.cells.target(IfCurrExp::receptors().inhibitory);
        base.net.project(Some("p"), &base.input, target, AllToAll::default(), synapse);
        base.assert_message(
            "projection `p`: a weight of 0.5 nA is positive, but `cells.inhibitory` takes weights that inhibit, which are negative; write -0.5 nA, or `-> cells.excitatory`",
        );
    }
}

#[test]
fn lists_of_weights_and_delays_have_one_value_a_connection() {
    base().assert_synapse(
        [1.0 * nA; 3],
        1.0 * ms,
        "3 weights are listed for 200 connections; list one a connection",
    );
    base().assert_synapse(
        1.0 * nA,
        [1.0 * ms; 3],
        "3 delays are listed for 200 connections; list one a connection",
    );
    let mut base = base();
    let connector = FixedProbability { p_connect: 0.5, ..Default::default() };
    let synapse = StaticSynapse { weight: [1.0 * nA; 3], delay: 1.0 * ms };
    base.net.project(Some("p"), &base.input, base.cells.default_target(), connector, synapse);
    base.assert_message(
        "projection `p`: weights are listed, but FixedProbability does not say how many connections it makes; use FromList, a closure |source, target|, or a distribution",
    );
}

#[test]
fn connectors_are_checked_against_their_ends() {
    let mut base = base();
    let synapse = || StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    let connector = FixedProbability { p_connect: 1.5, ..Default::default() };
    base.net.project(Some("p"), &base.input, base.cells.default_target(), connector, synapse());
    base.net.project(Some("q"), &base.input, base.cells.default_target(), OneToOne, synapse());
    base.assert_message(
        "2 mistakes in the description:\n  \
         - projection `p`: `p_connect` is a probability, between 0 and 1; 1.5 is not\n  \
         - projection `q`: OneToOne needs ends of one size, but there are 20 sources and 10 targets; slice the larger",
    );
}

#[test]
fn several_mistakes_are_reported_at_once() {
    let mut base = base();
    base.net.population(&base.slow, "cells", 0, IfCurrExp { tau_m: 0.0 * ms, ..Default::default() });
    let synapse = StaticSynapse { weight: f64::NAN * nA, delay: 0.0 * ms };
    base.net.project(Some("p"), &base.input, base.cells.default_target(), AllToAll::default(), synapse);
    let message = base.net.build().unwrap_err().message().to_owned();
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "5 mistakes in the description:");
    for (line, words) in
        lines[1..].iter().zip(["declared twice", "size 0", "0 ms is shorter", "NaN nA", "tau_m"])
    {
        assert!(line.starts_with("  - ") && line.contains(words), "{line}");
    }
}

#[test]
fn handles_of_another_network_are_refused() {
    let (mut base, mut other) = (base(), NetworkBuilder::new("Other"));
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    other.project(None, &base.input, base.cells.default_target(), AllToAll::default(), synapse);
    other.record(&base.cells, IfCurrExp::variables().spikes);
    other.population(&base.sim, "stray", 1, IfCurrExp::default());
    base.net = other;
    base.assert_message(
        "5 mistakes in the description:\n  \
         - `input` is no population of network `Other`; declare it there\n  \
         - `cells` is no population of network `Other`; declare it there\n  \
         - `cells` is no population of network `Other`; declare it there\n  \
         - population `stray`: `sim` is no simulator of network `Other`; declare it there\n  \
         - network `Other` has no simulator",
    );
}

#[test]
fn a_handle_of_another_network_is_not_mistaken_for_one_with_its_number() {
    let (first, mut second) = (base(), base());
    second.net.initialize(&first.cells, IfCurrExp::states().v, -60.0 * mV);
    second.assert_message("`cells` is no population of network `Wrong`; declare it there");
}

#[test]
fn numbers_at_the_end_of_their_range_are_refused() {
    let mut wide = base();
    let target = wide.cells.slice(0..=usize::MAX).default_target();
    let synapse = StaticSynapse { weight: 1.0 * nA, delay: 1.0 * ms };
    wide.net.project(Some("p"), &wide.input, target, AllToAll::default(), synapse);
    wide.assert_message(&format!(
        "projection `p`: the range 0..{} reaches beyond the 10 cells of the population `cells`; end it at 10 or before",
        usize::MAX
    ));
    let mut huge = base();
    huge.net.population(&huge.sim, "huge", usize::MAX, IfCurrExp::default());
    huge.assert_message(&format!("network `Wrong` has {} cells, more than 2^32 - 2", u64::MAX));
    let mut slow = base();
    let step = SimulatorOptions { timestep: 1001.0 * ms, ..Default::default() };
    slow.net.simulator::<Paper>("slower", step);
    slow.assert_message("simulator `slower`: timestep is 1001 ms, but must be at most 1 s");
}

#[test]
fn a_rate_that_no_simulator_can_draw_is_refused() {
    let mut base = base();
    base.net.population(&base.sim, "fast", 1, SpikeSourcePoisson { rate: 1e8 * Hz, ..Default::default() });
    base.assert_message(
        "population `fast`: rate of SpikeSourcePoisson is 100000000 Hz, but must be at most 10 MHz",
    );
}
