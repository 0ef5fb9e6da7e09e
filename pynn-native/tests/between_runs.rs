//! What a user does with populations and projections between runs.

#[path = "../../pynn-music/tests/common/between_runs.rs"]
mod shared;

between_runs!(pynn_native::Native, ());

#[test]
fn any_number_of_ranks_is_set_and_read_as_one() {
    shared::any_number_of_ranks_is_set_and_read_as_one::<pynn_native::Native>();
}

/// PyNN's scenario of `connectors`: what is given as a function of the two ends is read, exactly; and what is set.
#[test]
fn parameters_of_depressing_synapses_are_read_as_described_and_as_set() {
    use pynn_core::prelude::*;
    use pynn_core::values::IntoSynapseValues;
    use pynn_native::Native;

    let mut net = NetworkBuilder::new("K13");
    let sim =
        net.simulator::<Native>("sim", SimulatorOptions { processes: 2, ..SimulatorOptions::default() });
    let input = net.population(&sim, "input", 4, SpikeSourceArray::default());
    let cells = net.population(&sim, "cells", 3, IfCondExp::default());
    let synapse = TsodyksMarkramSynapse {
        weight: |i: usize, j: usize| i.abs_diff(j) as f64 * uS,
        delay: 0.5 * ms,
        U: (|i: usize, j: usize| 0.02 * i.abs_diff(j) as f64 + 0.1).into_synapse_values(),
        tau_rec: (100.0 * ms).into_synapse_values(),
        tau_facil: (0.0 * ms).into_synapse_values(),
    };
    let drive = net.project(None, &input, cells.default_target(), AllToAll::default(), synapse);
    let setup = pynn_music::Setup::new().ranks(pynn_music::Ranks::Threads).progress(false);
    let mut sim = setup.start(net.build().unwrap()).unwrap();
    sim.run(1.0 * ms).unwrap();
    let distance = |i: u32, j: u32| f64::from(i.abs_diff(j));
    for (i, j, weight) in sim.weights(|_| &drive).unwrap().list() {
        assert_eq!(weight, distance(i, j), "{i} -> {j}");
    }
    let probability = sim.synapse_parameter(|_| &drive, "U").unwrap();
    assert_eq!((probability.len(), &*probability.value, &*probability.unit), (12, "U", ""));
    for (i, j, value) in probability.list() {
        assert_eq!(value, 0.02 * distance(i, j) + 0.1, "{i} -> {j}");
    }
    assert_eq!(sim.synapse_parameter(|_| &drive, "tau_rec").unwrap().values, [100.0; 12]);
    assert!(sim.delays(|_| &drive).unwrap().values.iter().all(|delay| (delay - 0.5).abs() < 1e-9));

    sim.set_synapse_parameter(|_| &drive, "tau_rec", |i: usize, _: usize| (i + 1) as f64 * ms).unwrap();
    let set = sim.synapse_parameter(|_| &drive, "tau_rec").unwrap();
    assert!(set.list().all(|(i, _, tau)| tau == f64::from(i + 1)), "{set:?}");
    let error = sim.set_synapse_parameter(|_| &drive, "U", 1.0 * ms).unwrap_err();
    assert!(error.message().contains("its U is in a number, not a time in ms"), "{error}");
    let error = sim.synapse_parameter(|_| &drive, "tau").unwrap_err();
    assert!(error.message().contains("no parameter `tau`; it has U, tau_rec, tau_facil"), "{error}");
}
