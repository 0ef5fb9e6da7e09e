//! What must not change a single bit: division into ranks, order of arrival, pieces of a run, who draws the drive.

mod common;

use std::ops::Range;

use common::{Outcome, Rig, run};
use pynn_core::change::{CellValue, Change};
use pynn_core::connector::{Connector, Ends, Row};
use pynn_core::network::Network;
use pynn_core::population::PopulationId;
use pynn_core::prelude::*;
use pynn_core::time::Spike;
use pynn_core::values::Column;
use pynn_native::Native;

/// `OneToOne` by another name, so that its spikes are routed.
#[derive(Debug)]
struct Routed;

impl Connector for Routed {
    fn name(&self) -> &'static str {
        "Routed"
    }
    fn check(&self, ends: &Ends) -> Result<(), String> {
        OneToOne.check(ends)
    }
    fn connect(&self, ends: &Ends, targets: Range<u32>, emit: &mut dyn FnMut(Row<'_>)) -> Result<()> {
        OneToOne.connect(ends, targets, emit)
    }
}

/// Cells of three kinds that excite and inhibit each other, with weights and delays of every form, driven by Poisson input.
fn network(drive: impl Connector) -> Network
where
    Native: Connects<OneToOne>,
{
    let mut net = NetworkBuilder::new("Mixed");
    net.seed(5);
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let noise =
        net.population(&sim, "noise", 40, SpikeSourcePoisson { rate: 3000.0 * Hz, ..Default::default() });
    let e = net.population(&sim, "e", 40, IfCurrExp { tau_refrac: 2.0 * ms, ..Default::default() });
    let c = net.population(&sim, "c", 17, IfCondExp { tau_refrac: 1.0 * ms, ..Default::default() });
    let h = net.population(&sim, "h", 11, HhCondExp::default());
    net.initialize(&e, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
    net.vary(&c, IfCondExp::parameters().tau_m, Uniform { low: 15.0 * ms, high: 25.0 * ms });
    net.project(
        None,
        &noise,
        e.default_target(),
        drive,
        StaticSynapse { weight: 0.13 * nA, delay: 0.7 * ms },
    );
    let random = StaticSynapse {
        weight: NormalClipped { mean: 0.1 * nA, sd: 0.05 * nA, low: 0.0 * nA, high: 1.0 * nA },
        delay: Uniform { low: 0.5 * ms, high: 4.0 * ms },
    };
    net.project(None, &e, e.default_target(), AllToAll { allow_self_connections: false }, random);
    let weights = Uniform { low: 0.0 * uS, high: 0.004 * uS };
    net.project(
        None,
        &e,
        c.default_target(),
        AllToAll::default(),
        StaticSynapse { weight: weights, delay: 1.0 * ms },
    );
    let function = |pre: usize, post: usize| (0.5 + 0.1 * ((pre + post) % 7) as f64) * ms;
    net.project(
        None,
        &e,
        h.default_target(),
        AllToAll::default(),
        StaticSynapse { weight: 0.003 * uS, delay: function },
    );
    let inhibitory = e.target(IfCurrExp::receptors().inhibitory);
    net.project(
        None,
        &c,
        inhibitory,
        AllToAll::default(),
        StaticSynapse { weight: -0.07 * nA, delay: 0.5 * ms },
    );
    let slice = e.slice(10..30).target(IfCurrExp::receptors().excitatory);
    net.project(
        None,
        h.slice(2..),
        slice,
        AllToAll::default(),
        StaticSynapse { weight: 0.2 * nA, delay: 0.9 * ms },
    );
    net.record_every(&c, IfCondExp::variables().v, 0.5 * ms);
    net.record(&h, HhCondExp::variables().v);
    net.record(&h, HhCondExp::variables().gsyn_exc);
    net.build().unwrap()
}

/// The spikes of cells: those of sources are handed out by others.
fn cells(outcome: &Outcome) -> Vec<(u32, u32)> {
    outcome.spikes.iter().filter(|spike| spike.gid >= 40).map(|spike| (spike.step, spike.gid)).collect()
}

fn assert_equal(a: &Outcome, b: &Outcome, what: &str) {
    assert_eq!(cells(a), cells(b), "{what}: spikes");
    assert_eq!(a.samples, b.samples, "{what}: samples");
}

#[test]
fn the_network_is_alive() {
    let outcome = run(&network(OneToOne), 1, 300.0 * ms);
    for range in [40..80, 80..97, 97..108] {
        let spikes = cells(&outcome).iter().filter(|(_, gid)| range.contains(gid)).count();
        assert!(spikes > 50, "{spikes} spikes of cells {range:?}");
    }
    assert_eq!((outcome.samples[&(2, 0)][0].len(), outcome.samples[&(3, 0)][10].len()), (601, 3001));
}

#[test]
fn any_number_of_ranks_gives_the_same_bits() {
    let network = network(OneToOne);
    let one = run(&network, 1, 300.0 * ms);
    for shares in [2, 3, 7, 20] {
        assert_equal(&one, &run(&network, shares, 300.0 * ms), &format!("{shares} ranks"));
    }
}

#[test]
fn the_order_of_arrival_makes_no_difference() {
    let network = network(Routed);
    let mut rig = Rig::new(&network, 3);
    rig.backwards = true;
    assert_equal(&run(&network, 3, 300.0 * ms), &rig.run(3000), "backwards");
}

#[test]
fn a_step_prepared_before_spikes_of_other_ranks_come_is_the_same_step() {
    let network = network(OneToOne);
    let mut rig = Rig::new(&network, 3);
    rig.prepares = true;
    assert_equal(&run(&network, 3, 300.0 * ms), &rig.run(3000), "prepared");
    let events = |rig: &Rig<'_>| rig.statistics().iter().map(|statistics| statistics.events).sum::<u64>();
    let mut plain = Rig::new(&network, 3);
    plain.run(3000);
    assert_eq!(events(&rig), events(&plain));
}

#[test]
fn drawn_drive_is_routed_drive() {
    let drawn = network(OneToOne);
    let mut rig = Rig::new(&drawn, 2);
    rig.undriven = true;
    assert_equal(&rig.run(3000), &run(&network(Routed), 2, 300.0 * ms), "drawn and routed");
}

#[test]
fn pieces_of_a_run_and_a_run_after_reset_are_the_run() {
    let network = network(OneToOne);
    let whole = run(&network, 2, 60.0 * ms);
    let mut rig = Rig::new(&network, 2);
    rig.run(123);
    rig.reset();
    let mut pieces = Outcome::default();
    for steps in [1, 6, 93, 500] {
        let piece = rig.run(steps);
        pieces.spikes.extend(piece.spikes);
        for (key, series) in piece.samples {
            let all = pieces.samples.entry(key).or_insert_with(|| vec![Vec::new(); series.len()]);
            all.iter_mut().zip(series).for_each(|(all, piece)| all.extend(piece));
        }
    }
    assert_equal(&whole, &pieces, "pieces");
}

#[test]
fn equal_parameters_of_each_cell_are_one_parameter_of_all() {
    let outcome = |each: bool| {
        let mut net = NetworkBuilder::new("Each");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let noise =
            net.population(&sim, "noise", 20, SpikeSourcePoisson { rate: 2000.0 * Hz, ..Default::default() });
        macro_rules! driven {
            ($name:literal, $cell:ident { $($field:ident: $value:expr),* }, $weight:expr, $vary:ident = $values:expr) => {
                let cells = net.population(&sim, $name, 20, $cell { $($field: $value,)* ..Default::default() });
                net.project(None, &noise, cells.default_target(), OneToOne, StaticSynapse { weight: $weight, delay: 1.0 * ms });
                net.record(&cells, $cell::variables().v);
                if each {
                    net.vary(&cells, $cell::parameters().$vary, vec![$values; 20]);
                }
            };
        }
        driven!("curr_exp", IfCurrExp { tau_m: 10.0 * ms }, 0.2 * nA, tau_m = 10.0 * ms);
        driven!("curr_alpha", IfCurrAlpha { tau_m: 10.0 * ms }, 0.9 * nA, tau_m = 10.0 * ms);
        driven!("curr_delta", IfCurrDelta { tau_m: 10.0 * ms }, 1.1 * mV, tau_m = 10.0 * ms);
        driven!("cond_exp", IfCondExp { tau_m: 10.0 * ms }, 0.004 * uS, tau_m = 10.0 * ms);
        driven!("cond_alpha", IfCondAlpha { tau_m: 10.0 * ms }, 0.05 * uS, tau_m = 10.0 * ms);
        driven!("hh", HhCondExp { cm: 0.15 * nF }, 0.02 * uS, cm = 0.15 * nF);
        run(&net.build().unwrap(), 1, 200.0 * ms)
    };
    let (each, all) = (outcome(true), outcome(false));
    assert!(all.spikes.len() > 1000, "{} spikes", all.spikes.len());
    assert_eq!(each, all);
}

#[test]
fn drawn_drive_of_any_rates_and_times_is_routed_drive() {
    let network = |drive: bool| {
        let mut net = NetworkBuilder::new("Rates");
        let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
        let source = SpikeSourcePoisson { rate: 500.0 * Hz, start: 3.3 * ms, duration: 40.0 * ms };
        let noise = net.population(&sim, "noise", 30, source);
        // From few to so many spikes a step that their table is searched, not scanned.
        net.vary(&noise, SpikeSourcePoisson::parameters().rate, |index: usize| {
            (index * index * 1000) as f64 * Hz
        });
        let cells = net.population(&sim, "cells", 30, IfCurrExp::default());
        let weight = Uniform { low: 0.0 * nA, high: 0.01 * nA };
        let synapse = StaticSynapse { weight, delay: 0.3 * ms };
        let (from, onto) = (noise.slice(5..25), cells.slice(8..28).default_target());
        match drive {
            true => net.project(None, from, onto, OneToOne, synapse),
            false => net.project(None, from, onto, Routed, synapse),
        };
        net.record(&cells, IfCurrExp::variables().v);
        net.build().unwrap()
    };
    let (drawn, routed) = (network(true), network(false));
    let mut rig = Rig::new(&drawn, 3);
    rig.undriven = true;
    let outcome = rig.run(600);
    assert_eq!(outcome.samples, run(&routed, 2, 60.0 * ms).samples);
    assert!(outcome.samples[&(1, 0)][27].iter().any(|v| *v > -60.0));
}

#[test]
fn drive_drawn_ahead_is_the_same_and_follows_a_change_of_rates() {
    // More sources than are drawn in one go, so that runs end in the middle of a block.
    let mut net = NetworkBuilder::new("Ahead");
    let sim = net.simulator::<Native>("sim", SimulatorOptions::default());
    let noise =
        net.population(&sim, "noise", 1500, SpikeSourcePoisson { rate: 900.0 * Hz, ..Default::default() });
    let cells = net.population(&sim, "cells", 1500, IfCurrExp::default());
    let synapse = StaticSynapse { weight: 0.2 * nA, delay: 0.4 * ms };
    net.project(None, &noise, cells.default_target(), OneToOne, synapse);
    net.record(cells.slice(700..720), IfCurrExp::variables().v);
    let before = net.build().unwrap();
    let mut after = before.clone();
    let parameter = 0;
    assert_eq!(before.populations()[0].cell.parameters[parameter].name, "rate");
    after.set_cells(
        PopulationId(0),
        CellValue::Parameter(parameter),
        Column::List(vec![2500.0; 1500].into()),
    );
    let outcome = |prepares: bool, pieces: &[u32]| {
        let mut rig = Rig::new(&before, 2);
        (rig.prepares, rig.undriven) = (prepares, true);
        let spikes: Vec<Spike> = pieces.iter().flat_map(|steps| rig.run(*steps).spikes).collect();
        rig.change(&after, &Change::Parameter { population: PopulationId(0), parameter });
        [spikes, rig.run(200).spikes].concat()
    };
    let plain = outcome(false, &[403]);
    assert!(plain.len() > 100 && plain.iter().any(|spike| spike.step < 403), "{} spikes", plain.len());
    for pieces in [[1, 402], [101, 302], [250, 153]] {
        assert_eq!(plain, outcome(true, &pieces), "{pieces:?}");
    }
}
