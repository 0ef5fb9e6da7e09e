//! Several simulators at once.

use pynn::prelude::*;

use crate::backends::{Suite, start};

network! {
    /// 100 Poisson trains on one simulator drive 20 Hodgkin-Huxley cells on another, which drive 10 cells there.
    struct Driven<A: Backend, B: Backend> { processes: usize }
    seed 5;
    simulator sim1: A { processes, timestep: 0.05ms };
    simulator sim2: B { timestep: 0.05ms };
    population input on sim1: [SpikeSourcePoisson { rate: 10.0Hz, .. }; 100];
    population hh on sim2: [HhCondExp; 20];
    population relay on sim2: [IfCurrExp; 10];
    initial hh.v ~ Uniform { low: -70.0mV, high: -60.0mV };
    projection input -> hh: AllToAll, StaticSynapse { weight: 0.1uS, delay: 0.2ms };
    projection hh -> relay: AllToAll, StaticSynapse { weight: 2.0nA, delay: 0.5ms };
    record input: spikes;
    record hh: spikes, v every 0.1ms;
    record relay: spikes;
}

network! {
    /// The same on one simulator.
    struct Alone<B: Backend> {}
    seed 5;
    simulator sim2: B { timestep: 0.05ms };
    population input on sim2: [SpikeSourcePoisson { rate: 10.0Hz, .. }; 100];
    population hh on sim2: [HhCondExp; 20];
    population relay on sim2: [IfCurrExp; 10];
    initial hh.v ~ Uniform { low: -70.0mV, high: -60.0mV };
    projection input -> hh: AllToAll, StaticSynapse { weight: 0.1uS, delay: 0.2ms };
    projection hh -> relay: AllToAll, StaticSynapse { weight: 2.0nA, delay: 0.5ms };
    record input: spikes;
    record hh: spikes, v every 0.1ms;
    record relay: spikes;
}

/// The own test of a multi-simulator tool: the network alone and split, with links of the same delays.
fn a_network_split_over_two_simulators_equals_the_network_on_one<B: Suite>() {
    macro_rules! outcome {
        ($net:expr) => {{
            let mut sim = start($net.unwrap());
            sim.run(300.0 * ms).unwrap();
            let spikes = [
                sim.spikes(|net| &net.input).unwrap().times,
                sim.spikes(|net| &net.hh).unwrap().times,
                sim.spikes(|net| &net.relay).unwrap().times,
            ];
            (spikes, sim.trace(|net| &net.hh, |v| v.v).unwrap().values)
        }};
    }
    let alone = outcome!(Alone::<B>::build());
    assert!(alone.0.iter().all(|spikes| spikes.len() > 100), "{:?}", alone.0.each_ref().map(Vec::len));
    for processes in [1, 3] {
        let split = outcome!(Driven::<Native, B>::build(processes));
        assert!(split == alone, "beside {processes} native ranks spikes or potentials differ");
    }
}

network! {
    /// A loop through a native simulator and another one.
    struct Loop<B: Backend> { processes: usize }
    seed 6;
    simulator sim1: Native { processes, timestep: 0.1ms };
    simulator sim2: B { timestep: 0.05ms };
    population drive on sim1: [SpikeSourcePoisson { rate: 200.0Hz, .. }; 15];
    population back on sim1: [IfCurrExp; 15];
    population far on sim2: [IfCondExp; 7];
    projection drive -> back: OneToOne, StaticSynapse { weight: 2.0nA, delay: 0.1ms };
    projection back -> far: AllToAll, StaticSynapse { weight: 10.0nS, delay: 0.1ms };
    projection far -> back: AllToAll, StaticSynapse { weight: Uniform { low: 1.0nA, high: 2.0nA }, delay: 0.3ms };
    record back: spikes;
    record far: spikes;
}

/// Sums that depended on the order of arrival would show.
fn a_loop_through_two_simulators_does_not_depend_on_the_number_of_ranks<B: Suite>() {
    let spikes = |processes: usize| {
        let mut sim = start(Loop::<B>::build(processes).unwrap());
        sim.run(200.0 * ms).unwrap();
        [sim.spikes(|net| &net.back).unwrap().times, sim.spikes(|net| &net.far).unwrap().times]
    };
    let one = spikes(1);
    assert!(one.iter().all(|spikes| spikes.len() > 50), "{:?}", one.each_ref().map(Vec::len));
    assert_eq!(spikes(2), one);
    assert_eq!(spikes(4), one);
}

crate::list! {
    a_network_split_over_two_simulators_equals_the_network_on_one [HhCondExp IfCurrExp SpikeSourcePoisson] on Native Nest Neuron;
    a_loop_through_two_simulators_does_not_depend_on_the_number_of_ranks [IfCondExp OneToOne Uniform] on Native Nest Neuron;
}
