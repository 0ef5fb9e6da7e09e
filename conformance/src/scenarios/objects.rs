//! What is asked and changed between runs.

use pynn::prelude::*;

use crate::backends::{Suite, assert_times, start};

network! {
    /// Cells that are charged by a current.
    struct Charged<B: Backend> {}
    simulator sim: B {};
    population cells on sim: [IfCurrExp { i_offset: 0.5nA, .. }; 4];
    record cells: v;
}

/// K12 for cells: a parameter of a slice is set, read, and acts from now on; a reset keeps it.
fn a_parameter_that_is_set_acts_from_now_on<B: Suite>() {
    let mut sim = start(Charged::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    sim.set(|net| net.cells.slice(1..3), |p| p.i_offset, [0.0 * nA, 1.0 * nA]).unwrap();
    assert_eq!(sim.get(|net| &net.cells, |p| p.i_offset).unwrap(), [0.5, 0.0, 1.0, 0.5].map(|i| i * nA));
    sim.run(10.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap();
    assert!(
        v.of(1)[100] == v.of(0)[100] && v.of(1)[200] < v.of(1)[100],
        "without current the potential falls"
    );
    assert!(v.of(2)[200] > v.of(0)[200] && v.of(3) == v.of(0));
    sim.reset().unwrap();
    sim.run(10.0 * ms).unwrap();
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap();
    assert!(v.of(1).iter().all(|v| *v == -65.0), "still without current after a reset");
    let message = sim.set(|net| &net.cells, |p| p.tau_m, -1.0 * ms).unwrap_err().message().to_owned();
    assert!(
        message.contains("`cells`") && message.contains("tau_m") && message.contains("must be positive"),
        "{message}"
    );
}

/// States are shown and set; what is set is also where a reset returns to.
fn a_state_that_is_initialised_is_so_at_once_and_after_a_reset<B: Suite>() {
    let mut sim = start(Charged::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    let before = sim.state(|net| &net.cells, |s| s.v).unwrap();
    assert!(before.iter().all(|v| *v > -65.0 * mV));
    sim.initialize(|net| &net.cells, |s| s.v, |cell: usize| (-60.0 - cell as f64) * mV).unwrap();
    let expected = [-60.0, -61.0, -62.0, -63.0].map(|v| v * mV);
    assert_eq!(sim.state(|net| &net.cells, |s| s.v).unwrap(), expected);
    sim.reset().unwrap();
    assert_eq!(sim.state(|net| &net.cells, |s| s.v).unwrap(), expected);
}

/// Per mV and ms: what an adaptation current of 0.1 nA, and a recovery variable larger by 5 mV/ms, take from the potential within
/// the first step of 0.1 ms.
fn what_adapts_is_set_and_acts_from_now_on<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population adexp on sim: [EifCondExpIsfaIsta { i_offset: 0.3nA, .. }; 2];
        population izhikevich on sim: [Izhikevich; 2];
        record adexp: v;
        record izhikevich: v;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(5.0 * ms).unwrap();
    let (w, u) =
        (sim.state(|net| &net.adexp, |s| s.w).unwrap(), sim.state(|net| &net.izhikevich, |s| s.u).unwrap());
    assert!(w[0] == w[1] && u[0] == u[1]);
    let (w, u) = (w[0] + 0.1 * nA, u[0] + 5.0);
    sim.initialize(|net| net.adexp.slice(1..2), |s| s.w, w).unwrap();
    sim.initialize(|net| net.izhikevich.slice(1..2), |s| s.u, u).unwrap();
    assert_eq!(sim.state(|net| net.adexp.slice(1..2), |s| s.w).unwrap(), [w]);
    assert_eq!(sim.state(|net| net.izhikevich.slice(1..2), |s| s.u).unwrap(), [u]);
    sim.run(0.1 * ms).unwrap();
    let apart = |v: &[f64]| v[v.len() - 1] - v[v.len() - 2];
    // Both integrators agree to first order: within a tenth at 0.1 ms of cells with time constants of some ms.
    let adexp = apart(&sim.trace(|net| &net.adexp, |v| v.v).unwrap().values);
    assert!((adexp / (-0.1 * 0.1 / 0.281) - 1.0).abs() < 0.1, "{adexp} mV");
    let izhikevich = apart(&sim.trace(|net| &net.izhikevich, |v| v.v).unwrap().values);
    assert!((izhikevich / (-5.0 * 0.1) - 1.0).abs() < 0.1, "{izhikevich} mV");
    sim.reset().unwrap();
    assert_eq!(sim.state(|net| net.adexp.slice(1..2), |s| s.w).unwrap(), [w]);
}

network! {
    /// Sources whose times change, onto cells that fire with each spike.
    struct Updated<B: Backend> {}
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([2.0ms, 5.0ms]) }; 2];
    population cells on sim: [IfCurrDelta; 2];
    projection drive = input -> cells: OneToOne, StaticSynapse { weight: 30.0mV, delay: 1.0ms };
    record cells: spikes;
    record input: spikes;
}

/// K9: the times of sources are replaced between runs.
fn spike_times_that_are_set_are_fired<B: Suite>() {
    let mut sim = start(Updated::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    sim.set_spike_times(|net| net.input.slice(1..2), [12.0, 15.0, 18.0, 22.0, 25.0].map(|time| time * ms))
        .unwrap();
    sim.run(20.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert_times(&spikes.train(0), &[3.0, 6.0]);
    assert_times(&spikes.train(1), &[3.0, 6.0, 13.0, 16.0, 19.0, 23.0, 26.0]);
    let past = sim.set_spike_times(|net| &net.input, [20.0 * ms]).unwrap_err();
    assert!(past.message().contains("input"), "{past}");
}

/// K12 for connections: weights are read, set, and act.
fn weights_that_are_set_act_from_now_on<B: Suite>() {
    let mut sim = start(Updated::<B>::build().unwrap());
    assert_eq!(sim.weights(|net| &net.drive).unwrap().values, [30.0, 30.0]);
    sim.run(4.0 * ms).unwrap();
    sim.set_weights(
        |net| &net.drive,
        |source: usize, _: usize| if source == 0 { 1.0 * mV } else { 30.0 * mV },
    )
    .unwrap();
    assert_eq!(sim.weights(|net| &net.drive).unwrap().values, [1.0, 30.0]);
    sim.run(6.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert_times(&spikes.train(0), &[3.0]);
    assert_times(&spikes.train(1), &[3.0, 6.0]);
}

/// Weights are set by the distance, by a matrix and by chance as when building: two sources 1 um apart, targets alike.
fn weights_are_set_as_when_building<B: Suite>() {
    let mut sim = start(Grown::<B>::build().unwrap());
    let weights = |sim: &mut pynn::music::Simulation<Grown<B>>| sim.weights(|net| &net.all).unwrap().values;
    sim.set_weights(|net| &net.all, of_distance(|d| (1.0 + 2.0 * d) * mV)).unwrap();
    assert_eq!(weights(&mut sim), [1.0, 3.0, 3.0, 1.0]);
    sim.set_weights::<Voltage>(|net| &net.all, Expression::new("4 - d")).unwrap();
    assert_eq!(weights(&mut sim), [4.0, 3.0, 3.0, 4.0]);
    sim.set_weights(|net| &net.all, [[0.0 * mV, 5.0 * mV], [30.0 * mV, 6.0 * mV]]).unwrap();
    assert_eq!(weights(&mut sim), [0.0, 30.0, 5.0, 6.0]);
    sim.run(4.0 * ms).unwrap();
    assert_eq!(sim.spikes(|net| &net.cells).unwrap().counts(), [1, 0]);
    sim.set_weights(|net| &net.all, Uniform { low: 1.0 * mV, high: 2.0 * mV }).unwrap();
    let drawn = weights(&mut sim);
    assert!(drawn.iter().all(|weight| (1.0..2.0).contains(weight)) && drawn[0] != drawn[1]);
    let refused = sim.set_weights(|net| &net.all, [[1.0 * mV; 3]; 2]).unwrap_err();
    assert!(refused.message().contains("`all`") && refused.message().contains('3'), "{refused}");
    let refused = sim.set_weights(|net| &net.all, of_distance(|d| d * nA)).unwrap_err();
    assert_eq!(refused.message(), "projection `all`: its weight is in mV, not a current in nA");
    assert_eq!(weights(&mut sim), drawn);
}

/// Delays that are set at time 0 are those of a run, and of one after a reset; the native engine's change later, too.
fn delays_that_are_set_act_from_now_on<B: Suite>() {
    let mut sim = start(Grown::<B>::build().unwrap());
    sim.set_weights(|net| &net.all, 30.0 * mV).unwrap();
    assert_eq!(sim.delays(|net| &net.all).unwrap().values, [1.0; 4]);
    sim.set_delays(|net| &net.all, |_: usize, target: usize| (2 + 3 * target) as f64 * ms).unwrap();
    let refused = sim.set_delays(|net| &net.all, 0.05 * ms).unwrap_err();
    assert!(refused.message().contains("`all`") && refused.message().contains("use 0.1 ms"), "{refused}");
    let fired = |sim: &mut pynn::music::Simulation<Grown<B>>| {
        sim.run(12.0 * ms).unwrap();
        let spikes = sim.spikes(|net| &net.cells).unwrap();
        assert_times(&[spikes.train(0), spikes.train(1)].concat(), &[4.0, 7.0]);
    };
    fired(&mut sim);
    let later = sim.set_delays(|net| &net.all, 3.0 * ms);
    if B::NAME == Native::NAME {
        later.unwrap();
        sim.set_delays(|net| &net.all, [2.0, 2.0, 5.0, 5.0].map(|delay| delay * ms)).unwrap();
    } else {
        let message = later.unwrap_err().message().to_owned();
        assert!(message.starts_with("projection `all`: ") && message.contains("at time 0 only"), "{message}");
    }
    assert_eq!(sim.delays(|net| &net.all).unwrap().values, [2.0, 2.0, 5.0, 5.0]);
    sim.reset().unwrap();
    fired(&mut sim);
    sim.reset().unwrap();
    sim.set_delays(|net| &net.all, 6.5 * ms).unwrap();
    sim.run(12.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    assert_times(&[spikes.train(0), spikes.train(1)].concat(), &[8.5, 8.5]);
}

network! {
    /// Two sources onto two cells.
    struct Grown<B: Backend> {}
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([2.0ms]) }; 2];
    population cells on sim: [IfCurrDelta; 2];
    projection all = input -> cells: AllToAll, StaticSynapse { weight: 1.0mV, delay: 1.0ms };
    record cells: spikes;
}

/// What synapses transmit follows a parameter that is set, from the next spike on and after a reset; delays stay.
fn parameters_of_synapses_that_are_set_act_from_now_on<B: Suite>() {
    network! {
        struct Net<B: Backend> { times: SpikeTrains }
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: times }; 1];
        population cells on sim: [IfCondExp { tau_syn_E: 1.0ms, .. }; 2];
        projection depressing = input -> cells[..1]: AllToAll, TsodyksMarkramSynapse {
            weight: 0.001uS, delay: 1.0ms, U: 0.5, tau_rec: 0.01ms, tau_facil: 0.0ms
        };
        projection failing = input -> cells[1..]: AllToAll, SimpleStochasticSynapse {
            weight: 0.001uS, delay: 1.0ms, p: 1.0
        };
        record cells: gsyn_exc;
    }
    let mut sim = start(Net::<B>::build(crate::backends::source(&[10.0, 30.0]).spike_times).unwrap());
    assert_eq!(sim.synapse_parameter(|net| &net.depressing, "U").unwrap().values, [0.5]);
    sim.run(20.0 * ms).unwrap();
    sim.set_synapse_parameter(|net| &net.depressing, "U", 0.25).unwrap();
    sim.set_synapse_parameter(|net| &net.failing, "p", 0.0).unwrap();
    assert_eq!(sim.synapse_parameter(|net| &net.depressing, "U").unwrap().values, [0.25]);
    let refused = sim.set_synapse_parameter(|net| &net.failing, "p", 1.5).unwrap_err();
    assert!(refused.message().contains("p is 1.5"), "{refused}");
    sim.run(20.0 * ms).unwrap();
    let first = sim.trace(|net| &net.cells, |v| v.gsyn_exc).unwrap();
    sim.reset().unwrap();
    sim.run(40.0 * ms).unwrap();
    let second = sim.trace(|net| &net.cells, |v| v.gsyn_exc).unwrap();
    assert_eq!(sim.delays(|net| &net.depressing).unwrap().values, [1.0]);
    // All has recovered between spikes, but for exp(-20) of it; NEURON shows what arrives a step later, when it has decayed.
    let left = B::INTEGRATOR.of(1.0, (-0.1f64).exp());
    let (one, other) = (110 + B::INTEGRATOR.of(0, 1), 310 + B::INTEGRATOR.of(0, 1));
    for (trace, released) in [(first, [0.5, 0.25, 1.0, 0.0]), (second, [0.25, 0.25, 0.0, 0.0])] {
        let found = [trace.of(0)[one], trace.of(0)[other], trace.of(1)[one], trace.of(1)[other]];
        for (found, released) in found.into_iter().zip(released) {
            assert!((found / left - 0.001 * released).abs() < 1e-9, "{found} instead of {released} nS");
        }
    }
}

/// Callbacks come at their times, and what they change acts.
fn callbacks_come_when_they_asked_to<B: Suite>() {
    let mut sim = start(Charged::<B>::build().unwrap());
    let mut times = Vec::new();
    sim.run_with(10.0 * ms, |sim| {
        times.push(sim.now() / ms);
        if times.len() == 3 {
            sim.set(|net| &net.cells, |p| p.i_offset, 0.0 * nA)?;
        }
        Ok(sim.now() + 2.5 * ms)
    })
    .unwrap();
    assert_times(&times, &[0.0, 2.5, 5.0, 7.5, 10.0]);
    let v = sim.trace(|net| &net.cells, |v| v.v).unwrap().of(0);
    assert!(v[50] > v[49] && v[100] < v[51], "the current ends at 5 ms");
}

/// K15: rows are taken every so often, and the first is the initial state.
fn samples_come_at_their_interval<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population slow on sim: [IfCurrExp; 3];
        population fast on sim: [IfCurrExp; 4];
        record slow: v every 1.0ms;
        record fast: v every 0.5ms;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(10.0 * ms).unwrap();
    let slow = sim.trace(|net| &net.slow, |v| v.v).unwrap();
    let fast = sim.trace(|net| &net.fast, |v| v.v).unwrap();
    assert_eq!((slow.len(), slow.size, slow.values.len()), (11, 3, 33));
    assert_eq!((fast.len(), fast.size, fast.values.len()), (21, 4, 84));
    assert_times(&slow.times()[..3], &[0.0, 1.0, 2.0]);
}

/// What is recorded of some cells is what they do when all are recorded.
fn some_cells_are_recorded<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population every on sim: [IfCurrExp; 8];
        population few on sim: [IfCurrExp; 8];
        population others on sim: [IfCurrExp; 3];
        view three = few[[1, 4, 6]];
        assembly both = few[5..6] + others[1..];
        vary every.i_offset = |cell| 0.2nA * cell as f64;
        vary few.i_offset = |cell| 0.2nA * cell as f64;
        initial every.v = |cell| -65.0mV - 1.0mV * cell as f64;
        initial few.v = |cell| -65.0mV - 1.0mV * cell as f64;
        vary others.i_offset = 1.4nA;
        record every: spikes, v every 0.5ms;
        record three: spikes, v every 0.5ms;
        record few[3..5]: v every 0.5ms;
        record both: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    for _ in 0..2 {
        sim.run(150.0 * ms).unwrap();
        let all = sim.trace(|net| &net.every, |v| v.v).unwrap();
        let v = sim.trace(|net| &net.few, |v| v.v).unwrap();
        assert_eq!((v.recorded().iter().collect::<Vec<_>>(), v.len()), (vec![1, 3, 4, 6], all.len()));
        assert!(v.recorded().iter().all(|cell| v.of(cell) == all.of(cell)));
        let all = sim.spikes(|net| &net.every).unwrap();
        let spikes = sim.spikes(|net| &net.few).unwrap();
        assert_eq!(spikes.recorded().iter().collect::<Vec<_>>(), [1, 4, 5, 6]);
        assert!(
            spikes.len() > 5 && spikes.recorded().iter().all(|cell| spikes.train(cell) == all.train(cell))
        );
        assert_eq!(sim.spikes(|net| &net.others).unwrap().counts().len(), 2);
        sim.reset().unwrap();
    }
}

crate::list! {
    what_adapts_is_set_and_acts_from_now_on [initialize EifCondExpIsfaIsta Izhikevich w u] on Native Nest Neuron;
    parameters_of_synapses_that_are_set_act_from_now_on [set TsodyksMarkramSynapse SimpleStochasticSynapse] on Native Nest Neuron;
    a_parameter_that_is_set_acts_from_now_on [set IfCurrExp] on Native Nest Neuron;
    a_state_that_is_initialised_is_so_at_once_and_after_a_reset [initialize] on Native Nest Neuron;
    spike_times_that_are_set_are_fired [SpikeSourceArray set] on Native Nest Neuron;
    weights_that_are_set_act_from_now_on [weights OneToOne] on Native Nest Neuron;
    weights_are_set_as_when_building [weights] on Native Nest Neuron;
    delays_that_are_set_act_from_now_on [delays] on Native Nest Neuron;
    callbacks_come_when_they_asked_to [callbacks] on Native Nest Neuron;
    samples_come_at_their_interval [every v] on Native Nest Neuron;
    some_cells_are_recorded [record] on Native Nest Neuron;
}
