//! What `network!` accepts, and that it builds what is written.

use pynn::network::{Network, PopulationSpec, ProjectionSpec, Selection};
use pynn::prelude::*;
use pynn::units;
use pynn::values::{Column, SynapseColumn};

/// The population called `name`.
fn population<'a>(network: &'a Network, name: &str) -> &'a PopulationSpec {
    network.populations().iter().find(|population| &*population.name == name).expect(name)
}

/// The projection called `name`.
fn projection<'a>(network: &'a Network, name: &str) -> &'a ProjectionSpec {
    network.projections().iter().find(|projection| &*projection.name == name).expect(name)
}

/// How a parameter is described.
fn parameter(population: &PopulationSpec, name: &str) -> String {
    format!("{:?}", population.parameters[population.cell.parameter(name).expect(name)])
}

mod two_simulators {
    use pynn::prelude::*;

    network! {
        /// Poisson input on one simulator drives cells on another.
        #[derive(Debug)]
        #[must_use]
        pub struct TwoSimulators<A: Backend, B: Backend> {
            /// Number of input spike trains.
            n: usize,
            rate: Frequency,
        }

        seed 42;
        simulator sim1: A { processes: 6, timestep: 0.1ms };
        simulator sim2: B { processes: 10, timestep: 0.05ms };

        /// The input.
        population input on sim1: [SpikeSourcePoisson { rate, .. }; n];
        population hh on sim2: [HhCondExp { .. }; 100];
        population relay on sim2: [IfCurrAlpha { tau_m: 15.0ms, .. }; 2 * n];

        initial relay.v ~ Uniform { low: -65.0mV, high: -50.0mV };

        projection hh -> relay.excitatory: AllToAll, StaticSynapse { weight: 1.0nA, delay: 0.5ms };
        /// From simulator to simulator.
        projection drive = input -> hh: sim2::AllToAll, StaticSynapse { weight: 0.1uS, delay: 0.2ms };

        record hh: spikes, v every 0.1ms;
        record relay: spikes;
    }
}

#[test]
fn the_example_of_the_front_page_builds() {
    let net = two_simulators::TwoSimulators::<Native, Native>::build(10, 8.0 * Hz).expect("a sound network");
    assert_eq!((net.input.size(), net.hh.size(), net.relay.size()), (10, 100, 20));
    assert_eq!(net.drive.name(), "drive");

    let network = net.network();
    assert_eq!((network.name(), network.seed()), ("TwoSimulators", 42));
    let simulators: Vec<String> =
        network.simulators().iter().map(|simulator| format!("{simulator:?}")).collect();
    assert_eq!(simulators.len(), 2);
    assert!(simulators[1].starts_with("sim2: ") && simulators[1].contains("processes: 10, timestep: 0.05"));
    assert_eq!(parameter(population(network, "input"), "rate"), "8");
    assert_eq!(parameter(population(network, "relay"), "tau_m"), "15");
    assert!(format!("{:?}", population(network, "relay").initial[0]).starts_with("Uniform"));

    let recording = &population(network, "hh").recording;
    assert!(recording.spikes.is_some());
    assert_eq!(recording.sampled.len(), 1);
    assert_eq!(population(network, "relay").recording.sampled, []);
    assert_eq!(projection(network, "drive").values.delay.constant(), Some(0.2));
    assert_eq!(network.projections()[0].name.as_ref(), "hh -> relay.excitatory");
}

// `let`s see what is above them, as in Rust; everything else comes in any order.
network! {
    struct AnyOrder {}
    record exc: spikes;
    projection exc -> inh: OneToOne, StaticSynapse { weight: 0.1nA, .. };
    let half = 5;
    population inh on sim: [IfCurrExp; 10];
    population exc on sim: [IfCurrExp; 5 + half];
    simulator sim: Native { timestep: 0.1ms };
}

#[test]
fn items_come_in_any_order() {
    let net = AnyOrder::build().expect("a sound network");
    assert_eq!(net.exc.size(), 10);
    assert_eq!(net.network().projections()[0].values.weight.constant(), Some(0.1));
}

/// What two populations of a table are connected with.
const TABLE: [[f64; 4]; 4] =
    [[0.1, -0.4, 0.1, -0.4], [0.1, -0.4, 0.0, 0.0], [0.0, 0.0, 0.1, -0.4], [0.1, 0.0, 0.1, -0.4]];

network! {
    /// Two layers on two simulators, as in a microcircuit.
    struct Layers {
        scale: usize,
    }

    simulator upper: Native { timestep: 0.1ms };
    simulator lower: Native { timestep: 0.1ms };
    let sizes = [40 * scale, 10 * scale];

    population l4[size in sizes] on upper: [IfCondExp { tau_m: 10.0ms, .. }; size];
    population l5[(index, size) in sizes.iter().enumerate()] on lower: [IfCondExp { tau_m: 10.0ms * (index + 1) as f64, .. }; *size];

    initial l4.v ~ Normal { mean: -58.0mV, sd: 10.0mV };
    vary l5[1].v_thresh = |i| -50.0mV + i as f64 * 0.1mV;

    for (post, row) in TABLE.iter().enumerate() {
        for (pre, &strength) in row.iter().enumerate() {
            let weight = 1.0nS * strength.abs();
            if strength > 0.0 && pre < 2 && post < 2 {
                projection l4[pre] -> l4[post]: AllToAll, StaticSynapse { weight, delay: 1.5ms };
            } else if strength < 0.0 && pre < 2 && post < 2 {
                projection l4[pre] -> l4[post].inhibitory: AllToAll, StaticSynapse { weight, delay: 0.8ms };
            } else if pre < 2 && post >= 2 {
                projection l4[pre][0..scale] -> l5[post - 2][..scale]: AllToAll, StaticSynapse { weight, delay: 1.5ms };
            }
        }
    }
    if scale > 1 && let Some(_) = sizes.first() {
        record l4: spikes;
    } else if let [0, _] = sizes {
        record l4[0]: v;
    } else {
        record l5[0]: spikes, v every 0.5ms;
    }
}

#[test]
fn families_loops_and_conditions_make_a_microcircuit() {
    let net = Layers::build(2).expect("a sound network");
    let sizes: Vec<usize> = net.l4.iter().chain(&net.l5).map(Population::size).collect();
    assert_eq!(sizes, [80, 20, 80, 20]);

    let network = net.network();
    assert_eq!(population(network, "l4[1]").size, 20);
    assert_eq!(parameter(population(network, "l5[1]"), "tau_m"), "20");
    let l5 = population(network, "l5[1]");
    let Column::Function(threshold) = &l5.parameters[l5.cell.parameter("v_thresh").expect("v_thresh")] else {
        panic!("no function");
    };
    assert_eq!([threshold(0), threshold(1)], [-50.0, -49.9]);
    assert_eq!(network.projections().len(), 8);
    let inhibitory = &network.projections()[1];
    assert_eq!((inhibitory.receptor, inhibitory.values.delay.constant()), (1, Some(0.8)));
    assert_eq!(inhibitory.values.weight.constant(), Some(0.0004));
    assert_eq!(network.projections()[4].source.parts()[0].cells, Selection::Range(0..2));
    assert_eq!(network.projections()[4].target.parts()[0].cells, Selection::Range(0..2));
    assert!(population(network, "l4[0]").recording.spikes.is_some());
    assert!(population(network, "l5[0]").recording.spikes.is_none());
    let single = Layers::build(1).expect("a sound network");
    assert!(population(single.network(), "l5[0]").recording.spikes.is_some());
}

network! {
    struct Values<'a, B: Backend, const N: usize>
    where
        B: Simulates<IfCurrExp>,
    {
        cell: &'a IfCurrExp,
        path: &str,
        synapse: StaticSynapse,
    }

    simulator sim: B {};
    population inherited on sim: [IfCurrExp { tau_m: 5.0ms, ..cell.clone() }; N];
    population read on sim: [IfCurrExp; path.parse().map_err(|_| Error::new(ErrorKind::Description, format!("no size in `{path}`")))?];
    population nested on sim: [IfCurrExp { tau_m: [1.0ms, 2.0us].into_iter().sum(), i_offset: if N > 2 { 1nA } else { 2nA }, .. }; N];

    initial read.v = vec![-60mV; N];
    vary nested.tau_m = (0..N).map(|i| 10.0ms + 1e3us * i as f64).collect::<Vec<_>>();
    projection read[1..] -> nested[..N - 1]: OneToOne, synapse;
    projection drawn = read -> nested: AllToAll { allow_self_connections: false }, StaticSynapse {
        weight: Normal { mean: 0.1nA, sd: 0.01nA },
        delay: |source, target| if source == target { 0.1ms } else { 0.2ms },
    };
    projection plain = read -> nested.inhibitory: AllToAll, StaticSynapse;
}

#[test]
fn values_are_any_rust_expression() {
    let cell = IfCurrExp { cm: 0.5 * nF, ..IfCurrExp::default() };
    let synapse = StaticSynapse { weight: 0.3 * nA, delay: 1.0 * ms };
    let net = Values::<Native, 3>::build(&cell, "3", synapse).expect("a sound network");
    let network = net.network();
    assert_eq!(parameter(population(network, "inherited"), "cm"), "0.5");
    assert_eq!(parameter(population(network, "inherited"), "tau_m"), "5");
    assert_eq!(parameter(population(network, "nested"), "tau_m"), "[10.0, 11.0, 12.0]");
    assert_eq!(parameter(population(network, "nested"), "i_offset"), "1");
    assert_eq!(network.projections()[0].values.weight.constant(), Some(0.3));
    assert_eq!(network.projections()[0].source.parts()[0].cells, Selection::Range(1..3));
    let SynapseColumn::Function(delay) = &projection(network, "drawn").values.delay else {
        panic!("no function")
    };
    assert_eq!([delay(1, 1), delay(0, 1)], [0.1, 0.2]);
    assert_eq!(projection(network, "plain").values.delay.constant(), Some(0.1));
    let error = Values::<Native, 3>::build(&cell, "three", synapse).err().expect("no number");
    assert_eq!(error.message(), "no size in `three`");
}

#[test]
fn a_network_can_be_described_inside_a_function() {
    let size = 4;
    network! {
        struct Local { size: usize }
        simulator sim: Native { timestep: 0.1 * ms };
        population r#loop on sim: [IfCurrExp; size];
        record r#loop: v;
    }
    let net = Local::build(size).expect("a sound network");
    assert_eq!((net.r#loop.size(), net.r#loop.name()), (4, "loop"));
}

#[cfg(feature = "nest")]
#[test]
fn a_cell_may_be_made_by_a_function_of_its_type() {
    use pynn::nest::NativeCell;
    network! {
        struct Native<B: Backend> { n: usize }
        simulator sim: B {};
        population cells on sim: [NativeCell::new("iaf_psc_exp").set("tau_m", 15.0); n];
        population layer[tau in [2.0, 8.0]] on sim:
            [NativeCell::new("iaf_psc_exp_multisynapse").set("tau_syn", [1.0, tau]); n];
        projection cells -> layer[1].receptor2: AllToAll, StaticSynapse { weight: 90.0, delay: 1.0ms };
        projection cells -> cells: AllToAll, StaticSynapse { weight: Uniform { low: 1.0, high: 2.0 }, delay: 1.0ms };
        record layer: spikes, V_m, I_syn_2 every 1.0ms;
    }
    let net = Native::<Nest>::build(3).expect("a sound network");
    let projections = net.network().projections();
    assert_eq!(projections[0].name.as_ref(), "cells -> layer[1].receptor2");
    assert_ne!(Native::<Nest>::build(4).expect("another").network().digest(), net.network().digest());
}

#[test]
fn mistakes_in_values_are_reported_together_when_the_network_is_built() {
    network! {
        struct Wrong { processes: usize, delay: Time }
        simulator sim: Native { processes };
        population exc on sim: [IfCurrExp; processes];
        projection exc -> exc: AllToAll, StaticSynapse { weight: 0.1nA, delay };
    }
    let error = Wrong::build(0, 0.01 * ms).err().expect("three mistakes").to_string();
    assert!(error.contains("simulator `sim`: processes is 0"), "{error}");
    assert!(error.contains("population `exc` has size 0"), "{error}");
}

network! {
    /// Connectors and synapses by other means than literals, on a backend that is not known.
    struct Made<B: Backend> {
        file: &str,
    }
    simulator sim: B {};
    let cell = IfCurrExp { tau_m: 5ms, .. };
    population exc on sim: [IfCurrExp { ..cell }; 3];
    projection exc -> exc: FromFile::new(file), StaticSynapse;
    projection exc -> exc: AllToAll::default(), StaticSynapse::<Current, Time> { weight: 0.1nA, ..Default::default() };
}

#[test]
fn connectors_and_synapses_can_be_made_by_calls() {
    let error = Made::<Native>::build("no/such.file").err().expect("there is no such file").to_string();
    assert!(error.contains("no/such.file"), "{error}");
}

network! {
    /// One of several cell types, by one of several connectors.
    struct Any<C, K>
    where
        C: pynn::cell::Receives<DefaultWeight = Conductance> + Default,
        K: Default,
    {
        n: usize,
    }
    simulator sim: Native {};
    population one on sim: [C; n];
    projection one -> one: K, StaticSynapse;
}

#[test]
fn cells_and_connectors_can_be_type_parameters() {
    let net = Any::<IfCondExp, OneToOne>::build(2).expect("a sound network");
    assert_eq!(net.network().populations()[0].cell.name, "IF_cond_exp");
    assert_eq!(Any::<IfCondAlpha, AllToAll>::build(3).expect("a sound network").one.size(), 3);
}

/// Every unit of the library is a suffix, and means what the constant means.
#[test]
fn every_unit_is_a_suffix() {
    network! {
        struct Units {}
        let times = [1s == 1.0 * units::s, 1ms == 1.0 * units::ms, 1us == 1.0 * units::us];
        let potentials = [1V == 1.0 * units::V, 1mV == 1.0 * units::mV];
        let currents = [1uA == 1.0 * units::uA, 1nA == 1.0 * units::nA, 1pA == 1.0 * units::pA];
        let others = [1nF == 1.0 * units::nF, 1pF == 1.0 * units::pF, 1kHz == 1.0 * units::kHz, 1Hz == 1.0 * units::Hz];
        let conductances = [1mS == 1.0 * units::mS, 1uS == 1.0 * units::uS, 1nS == 1.0 * units::nS];
        let all = [&times[..], &potentials, &currents, &others, &conductances].concat();
        simulator sim: Native {};
        population exc on sim: [IfCurrExp; all.iter().filter(|same| **same).count()];
    }
    assert_eq!(Units::build().expect("a sound network").exc.size(), 15);
}
