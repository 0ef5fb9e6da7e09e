//! Synapses that change: depressing, stochastic, plastic ones. Rules and numbers are PyNN's on NEST.

use pynn::prelude::*;

use crate::backends::{Integrator, Suite, source, start};

network! {
    /// Five spikes, 20 ms apart, through a depressing or facilitating synapse.
    struct ShortTerm<B: Backend> { recovery: Time, facilitation: Time, part: f64 }
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([10.0ms, 30.0ms, 50.0ms, 70.0ms, 90.0ms]) }; 1];
    population cell on sim: [IfCondExp { tau_syn_E: 2.0ms, .. }; 1];
    projection input -> cell: AllToAll, TsodyksMarkramSynapse {
        weight: 1.0nS, delay: 1.0ms, U: part, tau_rec: recovery, tau_facil: facilitation,
    };
    record cell: gsyn_exc;
}

/// What arrives at the conductance in the step that ends at `step`.
fn arriving<B: Suite>(g: &[f64], step: usize, tau: f64) -> f64 {
    let decay = (-0.1 / tau).exp();
    match B::INTEGRATOR {
        Integrator::Grid => g[step] - g[step - 1] * decay,
        // NEURON records before it delivers.
        Integrator::BackwardEuler => g[step + 1] / decay - g[step],
    }
}

/// T1 and T2 of the reference numbers, with seven digits; K13's dynamics.
fn tsodyks_markram_synapses_transmit_what_pynn_says<B: Suite>() {
    let expected = [
        ((800.0, 0.0, 0.5), [0.5, 0.255_561_5, 0.136_658_5, 0.078_820_2, 0.050_685_8]),
        ((100.0, 1000.0, 0.04), [0.04, 0.075_045_1, 0.102_876_7, 0.123_011_9, 0.136_243_8]),
    ];
    for ((recovery, facilitation, part), expected) in expected {
        let net = ShortTerm::<B>::build(recovery * ms, facilitation * ms, part);
        let mut sim = start(net.unwrap());
        sim.run(100.0 * ms).unwrap();
        let g = sim.trace(|net| &net.cell, |v| v.gsyn_exc).unwrap().values;
        for (number, expected) in expected.into_iter().enumerate() {
            let found = arriving::<B>(&g, 110 + 200 * number, 2.0) / 1e-3;
            assert!((found - expected).abs() < 1e-7, "spike {number}: {found} instead of {expected}");
        }
    }
}

network! {
    /// Each connection has its own weight and constants.
    struct Constants<B: Backend> {}
    simulator sim: B {};
    population input on sim: [SpikeSourceArray; 4];
    population cells on sim: [IfCurrExp; 4];
    projection all = input -> cells: AllToAll, TsodyksMarkramSynapse {
        weight: |source, target| source.abs_diff(target) as f64 * 1.0nA,
        delay: 0.5ms,
        U: |source, target| 0.02 * source.abs_diff(target) as f64 + 0.1,
        ..
    };
}

/// K13: weights and parameters of connections are what was said.
fn parameters_of_connections_can_be_read<B: Suite>() {
    let mut sim = start(Constants::<B>::build().unwrap());
    let weights = sim.weights(|net| &net.all).unwrap();
    let parts = sim.synapse_parameter(|net| &net.all, "U").unwrap();
    let delays = sim.delays(|net| &net.all).unwrap();
    assert_eq!((weights.len(), parts.len(), delays.len()), (16, 16, 16));
    for ((source, target, weight), (_, _, part)) in weights.list().zip(parts.list()) {
        let apart = f64::from(source.abs_diff(target));
        assert_eq!(weight, apart);
        assert!((part - (0.02 * apart + 0.1)).abs() < 1e-15, "{part} at {apart}");
    }
    assert!(delays.values.iter().all(|delay| *delay == 0.5));
}

network! {
    /// 200 spikes, each alone in its time step.
    struct Chance<B: Backend> {}
    seed 21;
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same((1..=200).map(|k| k as f64 * 2.0ms)) }; 1];
    population cells on sim: [IfCurrDelta; 4];
    projection input -> cells: AllToAll, SimpleStochasticSynapse {
        weight: 30.0mV, delay: 0.5ms, p: |_, target| [0.0, 0.5, 0.5, 1.0][target],
    };
    record cells: spikes;
}

/// K17: of 200 spikes none, half and all arrive; 100 +- 7 at p = 0.5, so 80 to 120 leave less than 5e-3.
fn a_stochastic_synapse_transmits_as_often_as_it_says<B: Suite>() {
    let mut sim = start(Chance::<B>::build().unwrap());
    sim.run(410.0 * ms).unwrap();
    let spikes = sim.spikes(|net| &net.cells).unwrap();
    let counts = spikes.counts();
    assert_eq!((counts[0], counts[3]), (0, 200));
    assert!((80..=120).contains(&counts[1]) && (80..=120).contains(&counts[2]), "{counts:?}");
    // Chance is the description's: the same spikes arrive on every backend.
    let mut native = start(Chance::<Native>::build().unwrap());
    native.run(410.0 * ms).unwrap();
    let there = native.spikes(|net| &net.cells).unwrap();
    assert_eq!(spikes.indices, there.indices);
}

network! {
    /// One spike through 400 synapses of five release sites, and through 400 of one.
    struct Sites<B: Backend> {}
    seed 22;
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([1.0ms]) }; 1];
    population five on sim: [IfCondExp; 400];
    population one on sim: [IfCondExp; 400];
    projection input -> five: AllToAll, MultiQuantalSynapse { weight: 1.0nS, delay: 1.0ms, U: 0.5, n: 5, .. };
    projection input -> one: AllToAll, StochasticTsodyksMarkramSynapse { weight: 1.0nS, delay: 1.0ms, U: 0.5, .. };
    record five: gsyn_exc;
    record one: gsyn_exc;
}

/// A full site releases with probability U: 2.5 of 5 on average with variance 1.25, 0.5 of 1 with 0.25; five deviations of
/// the mean of 400.
fn release_sites_release_as_often_as_they_say<B: Suite>() {
    let mut sim = start(Sites::<B>::build().unwrap());
    sim.run(4.0 * ms).unwrap();
    let traces = [
        (5.0, sim.trace(|net| &net.five, |v| v.gsyn_exc).unwrap()),
        (1.0, sim.trace(|net| &net.one, |v| v.gsyn_exc).unwrap()),
    ];
    for (sites, trace) in traces {
        let released: Vec<f64> =
            (0..400).map(|cell| arriving::<B>(&trace.of(cell), 20, 5.0) / 1e-3).collect();
        // Weights are rounded to 2^-30 of the largest.
        assert!(released.iter().all(|k| (k - k.round()).abs() < 1e-6 && (0.0..=sites).contains(&k.round())));
        let mean = released.iter().sum::<f64>() / 400.0;
        let deviation = f64::sqrt(sites * 0.25 / 400.0);
        assert!((mean - sites / 2.0).abs() < 5.0 * deviation, "{mean} of {sites}");
    }
}

/// A pre-synaptic train through a plastic synapse onto a cell that fires when it is told to.
macro_rules! plastic {
    ($name:ident $synapse:ident { $($fields:tt)* }) => {
        network! {
            struct $name<B: Backend> {}
            simulator sim: B {};
            population input on sim: [SpikeSourceArray {
                spike_times: SpikeTrains::same([10.0ms, 15.0ms, 20.0ms, 40.0ms, 60.0ms, 200.0ms])
            }; 1];
            population driver on sim: [SpikeSourceArray {
                spike_times: SpikeTrains::same([13.3ms, 19.2ms, 46.2ms, 56.2ms])
            }; 1];
            population cell on sim: [IfCurrDelta; 1];
            projection driver -> cell: AllToAll, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
            projection learning = input -> cell: AllToAll, $synapse { $($fields)* };
            record cell: spikes;
        }
    };
}

/// The weight at the end.
macro_rules! learned {
    ($net:expr) => {{
        let mut sim = start($net.unwrap());
        sim.run(202.0 * ms).unwrap();
        crate::backends::assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &[13.4, 19.3, 46.3, 56.3]);
        sim.weights(|net| &net.learning).unwrap().values[0]
    }};
}

plastic! { Additive StdpMechanism {
    timing: SpikePairRule { A_minus: 0.012, .. },
    weight_dependence: AdditiveWeightDependence { w_max: 0.01mV, w_min: 0.0mV },
    weight: 0.005mV, delay: 1.0ms, ..
} }
plastic! { Multiplicative StdpMechanism {
    timing: SpikePairRule { A_minus: 0.012, .. },
    weight_dependence: MultiplicativeWeightDependence { w_max: 0.01mV, w_min: 0.0mV },
    weight: 0.005mV, delay: 1.0ms, ..
} }
plastic! { Mixed StdpMechanism {
    timing: SpikePairRule { A_minus: 0.012, .. },
    weight_dependence: AdditivePotentiationMultiplicativeDepression { w_max: 0.01mV, w_min: 0.0mV },
    weight: 0.005mV, delay: 1.0ms, ..
} }
plastic! { Guetig StdpMechanism {
    timing: SpikePairRule { A_minus: 0.012, .. },
    weight_dependence: GutigWeightDependence { w_max: 0.01mV, w_min: 0.0mV, mu_plus: 0.3, mu_minus: 0.6 },
    weight: 0.005mV, delay: 1.0ms, ..
} }
plastic! { Inhibitory StdpMechanism {
    timing: Vogels2011Rule { eta: 1e-4, .. },
    weight_dependence: AdditiveWeightDependence { w_max: 0.01mV, w_min: 0.0mV },
    weight: 0.005mV, delay: 1.0ms, ..
} }

/// All pairs, at the pre-synaptic spikes, with a delay of 1 ms on the target's side: the published rule, spelt out.
fn expected(up: impl Fn(f64) -> f64, down: impl Fn(f64) -> f64) -> f64 {
    let (pre, post) = ([10.0, 15.0, 20.0, 40.0, 60.0, 200.0], [13.4, 19.3, 46.3, 56.3]);
    let (mut weight, mut last, mut trace) = (0.5f64, 0.0f64, 0.0f64);
    for time in pre {
        for post in post.iter().map(|post| post + 1.0).filter(|post| (last..=time).contains(post)) {
            weight = (weight + 0.01 * up(1.0 - weight) * trace * f64::exp((last - post) / 20.0)).min(1.0);
        }
        let minus: f64 = post
            .iter()
            .filter(|post| **post + 1.0 < time)
            .map(|post| f64::exp((post + 1.0 - time) / 20.0))
            .sum();
        weight = (weight - 0.012 * down(weight) * minus).max(0.0);
        (trace, last) = (trace * f64::exp((last - time) / 20.0) + 1.0, time);
    }
    weight * 0.01
}

/// S2: the weight that NEST ends with, in ten digits; for the dependences without a reference number, the rule itself.
fn the_rule_of_pairs_learns_what_pynn_says<B: Suite>() {
    let found = learned!(Additive::<B>::build());
    assert!((found - 0.005_041_920_72).abs() < 5e-12, "additive: {found}");
    assert!((found - expected(|_| 1.0, |_| 1.0)).abs() < 1e-14);
    let found = learned!(Multiplicative::<B>::build());
    assert!((found - 0.005_018_526_491).abs() < 5e-13, "multiplicative: {found}");
    let found = learned!(Mixed::<B>::build());
    assert!((found - expected(|_| 1.0, |w| w)).abs() < 1e-14, "mixed: {found}");
    let found = learned!(Guetig::<B>::build());
    assert!((found - expected(|room| room.powf(0.3), |w| w.powf(0.6))).abs() < 1e-14, "Guetig: {found}");
}

network! {
    /// Two pre-synaptic spikes, and one of a cell that fires when it is told to.
    struct Pair<B: Backend> { told: SpikeTrains }
    simulator sim: B {};
    population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([10.0ms, 110.0ms]) }; 1];
    population driver on sim: [SpikeSourceArray { spike_times: told }; 1];
    population cell on sim: [IfCurrDelta; 1];
    projection driver -> cell: AllToAll, StaticSynapse { weight: 30.0mV, delay: 0.1ms };
    projection learning = input -> cell: AllToAll, StdpMechanism {
        timing: SpikePairRule { A_minus: 0.012, .. },
        weight_dependence: AdditiveWeightDependence { w_max: 0.01mV, w_min: 0.0mV },
        weight: 0.005mV, delay: 1.0ms, ..
    };
}

/// S1: what a cell that fires after its input (14.4 ms on NEST, 14.3 ms on NEURON) gains, and what one that fires before it
/// loses; PyNN's numbers, of which it prints ten digits.
fn one_pair_of_spikes_changes_a_weight_by_what_pynn_says<B: Suite>() {
    for (post, expected) in [(14.4, 0.005_075_278_773), (14.3, 0.005_075_666_701), (1.4, 0.004_917_383_692)] {
        let mut sim = start(Pair::<B>::build(source(&[post - 0.1]).spike_times).unwrap());
        sim.run(112.0 * ms).unwrap();
        let found = sim.weights(|net| &net.learning).unwrap().values[0];
        assert!((found - expected).abs() < 5e-13, "{found} instead of {expected} for a spike at {post} ms");
    }
}

/// Vogels et al. 2011: nearest pairs, and a depression by every pre-synaptic spike.
fn the_inhibitory_rule_learns_what_it_says<B: Suite>() {
    let found = learned!(Inhibitory::<B>::build());
    let mut times: Vec<(f64, bool)> = [10.0, 15.0, 20.0, 40.0, 60.0, 200.0].map(|time| (time, true)).to_vec();
    times.extend([14.4, 20.3, 47.3, 57.3].map(|time| (time, false)));
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut weight, mut pre, mut post) = (0.005, f64::NEG_INFINITY, f64::NEG_INFINITY);
    for (time, is_pre) in times {
        let other = if is_pre { post } else { pre };
        let depression = if is_pre { 2.0 * 0.003 * 20.0 } else { 0.0 };
        weight += 1e-4 * (f64::exp((other - time) / 20.0) - depression);
        weight = f64::clamp(weight, 0.0, 0.01);
        *(if is_pre { &mut pre } else { &mut post }) = time;
    }
    assert!((found - weight).abs() < 1e-12, "{found} instead of {weight}");
}

network! {
    /// 100 trains, half at 5 Hz and half at 40 Hz, onto a cell whose synapses learn; the trains come from another simulator.
    struct Competition<A: Backend, B: Backend> { processes: usize }
    seed 23;
    simulator near: A { processes };
    simulator far: B {};
    population slow on near: [SpikeSourcePoisson { rate: 5.0Hz, .. }; 50];
    population fast on near: [SpikeSourcePoisson { rate: 40.0Hz, .. }; 50];
    population cell on far: [IfCurrExp { tau_refrac: 2.0ms, .. }; 1];
    projection weak = slow -> cell: AllToAll, StdpMechanism {
        timing: SpikePairRule { A_plus: 0.01, A_minus: 0.006, .. },
        weight_dependence: AdditiveWeightDependence { w_max: 1.0nA, w_min: 0.0nA },
        weight: 0.5nA, delay: 1.0ms, ..
    };
    projection strong = fast -> cell: AllToAll, StdpMechanism {
        timing: SpikePairRule { A_plus: 0.01, A_minus: 0.006, .. },
        weight_dependence: AdditiveWeightDependence { w_max: 1.0nA, w_min: 0.0nA },
        weight: 0.5nA, delay: 1.0ms, ..
    };
    record cell: spikes;
}

/// S3, across simulators: frequent inputs end stronger than rare ones. Welch's t above 3.4 leaves less than 1e-3. The number
/// of ranks that the trains come from changes no bit.
fn frequent_inputs_win_across_simulators_too<B: Suite>() {
    let run = |processes: usize| {
        let mut sim = start(Competition::<Native, B>::build(processes).unwrap());
        sim.run(3000.0 * ms).unwrap();
        let weak = sim.weights(|net| &net.weak).unwrap().values;
        let strong = sim.weights(|net| &net.strong).unwrap().values;
        (weak, strong, sim.spikes(|net| &net.cell).unwrap().times)
    };
    let (weak, strong, spikes) = run(1);
    assert!(spikes.len() > 30, "{} spikes", spikes.len());
    let moments = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        (mean, values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64)
    };
    let ((low, low_variance), (high, high_variance)) = (moments(&weak), moments(&strong));
    let t = (high - low) / f64::sqrt((low_variance + high_variance) / 50.0);
    assert!(t > 3.4, "{low} and {high}, t = {t}");
    assert!(run(3) == (weak, strong, spikes), "on three ranks");
}

/// Two passive cells, 10 mV apart, joined by a gap junction: the difference decays with `C / (g_leak + 2 g)`.
fn a_gap_junction_draws_two_cells_together<B: Suite + Transmits<ElectricalSynapse>>() {
    network! {
        struct Net<B: Backend> { processes: usize }
        simulator sim: B { processes, timestep: 0.01ms };
        population cells on sim: [IfCurrExp; 2];
        initial cells.v = |cell| -60.0mV - 10.0mV * cell as f64;
        projection cells -> cells: FromList::new([(0, 1)]), ElectricalSynapse { weight: 0.05uS };
        record cells: v;
    }
    let run = |processes: usize| {
        let mut sim = start(Net::<B>::build(processes).unwrap());
        sim.run(20.0 * ms).unwrap();
        sim.trace(|net| &net.cells, |v| v.v).unwrap().values
    };
    let v = run(1);
    for time in [5, 10, 20] {
        let [warm, cold] = [v[200 * time], v[200 * time + 1]];
        let expected = 10.0 * f64::exp(-(time as f64) * (0.05 + 2.0 * 0.05));
        // Both schemes are of first order: an error of half a step of 0.01 ms over the time constant of 6.7 ms, each.
        assert!(
            (warm - cold - expected).abs() < 2e-3 * 10.0,
            "{warm} and {cold} at {time} ms, not {expected} apart"
        );
        assert!((warm + cold + 130.0).abs() < 1e-9, "what one loses the other gains");
    }
    // Where a process holds several ranks, each cell has one of its own.
    if B::PER_PROCESS.is_none() {
        assert!(run(2) == v, "on two ranks");
    }
}

crate::list! {
    tsodyks_markram_synapses_transmit_what_pynn_says [TsodyksMarkramSynapse] on Native Nest Neuron;
    parameters_of_connections_can_be_read [TsodyksMarkramSynapse weights] on Native Nest Neuron;
    a_stochastic_synapse_transmits_as_often_as_it_says [SimpleStochasticSynapse] on Native Nest Neuron;
    release_sites_release_as_often_as_they_say [MultiQuantalSynapse StochasticTsodyksMarkramSynapse] on Native Nest Neuron;
    the_rule_of_pairs_learns_what_pynn_says [
        SpikePairRule AdditiveWeightDependence MultiplicativeWeightDependence AdditivePotentiationMultiplicativeDepression
        GutigWeightDependence weights
    ] on Native Nest Neuron;
    one_pair_of_spikes_changes_a_weight_by_what_pynn_says [SpikePairRule AdditiveWeightDependence] on Native Nest Neuron;
    a_gap_junction_draws_two_cells_together [ElectricalSynapse] on Native Neuron;
    the_inhibitory_rule_learns_what_it_says [Vogels2011Rule weights] on Native Nest Neuron;
    frequent_inputs_win_across_simulators_too [SpikePairRule weights] on Native Nest Neuron;
}
