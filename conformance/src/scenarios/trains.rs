//! Cells under 58 excitatory and 20 inhibitory spikes at irregular times: what PyNN's NEST and NEURON fire, spike by spike.

use pynn::prelude::*;

use crate::backends::{Suite, assert_times, source, start};

/// What D1 to D4 of the reference numbers are driven by, ms.
const EXCITATORY: [f64; 58] = [
    6.3, 7.6, 13.2, 14.0, 16.4, 19.3, 26.3, 32.3, 40.0, 41.4, 46.6, 56.8, 57.5, 65.2, 67.6, 73.0, 74.3, 75.1,
    75.3, 80.5, 87.9, 88.2, 89.0, 100.2, 100.6, 106.3, 111.6, 111.7, 112.5, 112.9, 118.0, 120.4, 121.9,
    122.3, 123.2, 128.8, 133.2, 134.9, 138.8, 138.9, 140.4, 151.8, 153.2, 154.2, 154.9, 155.2, 155.5, 157.4,
    170.1, 171.4, 172.7, 177.8, 178.3, 180.7, 182.3, 187.0, 187.2, 193.5,
];
const INHIBITORY: [f64; 20] = [
    6.2, 15.2, 25.4, 27.7, 28.5, 42.2, 48.6, 59.2, 62.1, 77.6, 84.2, 90.8, 94.6, 95.8, 106.8, 116.6, 123.7,
    145.3, 176.0, 191.6,
];

/// Asserts what one cell of the type fires in 200 ms under both trains, with a delay of 1 ms.
macro_rules! assert_fired {
    ($cell:ident, $backend:ident, $excitatory:literal, $inhibitory:literal, $grid:expr, $backward_euler:expr) => {{
        network! {
            struct Net<B: Backend> { excitatory: SpikeTrains, inhibitory: SpikeTrains }
            simulator sim: B {};
            population up on sim: [SpikeSourceArray { spike_times: excitatory }; 1];
            population down on sim: [SpikeSourceArray { spike_times: inhibitory }; 1];
            population cell on sim: [$cell { tau_refrac: 2.0ms, .. }; 1];
            projection up -> cell: AllToAll, StaticSynapse { weight: $excitatory, delay: 1.0ms };
            projection down -> cell.inhibitory: AllToAll, StaticSynapse { weight: $inhibitory, delay: 1.0ms };
            record cell: spikes;
        }
        let trains = (source(&EXCITATORY).spike_times, source(&INHIBITORY).spike_times);
        let mut sim = start(Net::<$backend>::build(trains.0, trains.1).unwrap());
        sim.run(200.0 * ms).unwrap();
        let expected: &[f64] = $backend::INTEGRATOR.of(&$grid[..], &$backward_euler[..]);
        assert_times(&sim.spikes(|net| &net.cell).unwrap().times, expected);
    }};
}

/// D1 and D3.
fn current_based_cells_fire_spike_by_spike_as_in_pynn<B: Suite>() {
    assert_fired!(
        IfCurrExp,
        B,
        1.2nA,
        -0.8nA,
        [22.5, 76.2, 92.7, 115.7, 125.3, 138.2, 155.8, 162.7, 179.8, 189.4],
        [22.4, 76.2, 92.5, 115.7, 125.2, 138.0, 155.6, 162.2, 179.5, 189.2]
    );
    let alpha = [15.4, 43.0, 69.8, 76.6, 90.8, 113.7, 123.6, 136.4, 141.8, 156.1, 173.0, 182.4, 189.6];
    assert_fired!(IfCurrAlpha, B, 6.0nA, -4.0nA, alpha, alpha);
}

/// D2 and D4.
fn conductance_based_cells_fire_spike_by_spike_as_in_pynn<B: Suite>() {
    assert_fired!(
        IfCondExp,
        B,
        0.02uS,
        0.02uS,
        [21.0, 74.2, 85.2, 113.5, 123.7, 136.3, 155.3, 162.0, 179.8, 189.6],
        [21.0, 71.6, 81.8, 113.2, 123.5, 136.0, 145.9, 157.8, 174.3, 184.8]
    );
    assert_fired!(
        IfCondAlpha,
        B,
        0.12uS,
        0.05uS,
        [15.5, 42.9, 69.4, 76.7, 90.4, 113.2, 123.7, 140.2, 156.1, 174.2, 183.6],
        [15.6, 42.9, 69.4, 76.7, 90.4, 113.3, 123.7, 140.2, 156.1, 174.2, 183.6]
    );
}

/// B1: a source records its own times, and they act one delay later, whatever the smallest delay of the network; PyNN on NEST
/// shifts both where it chooses the smallest delay itself.
fn a_source_keeps_its_times_whatever_the_smallest_delay<B: Suite>() {
    network! {
        struct Net<B: Backend> {}
        simulator sim: B {};
        population input on sim: [SpikeSourceArray { spike_times: SpikeTrains::same([3.0ms, 10.0ms]) }; 1];
        population cell on sim: [IfCurrDelta; 1];
        projection input -> cell: AllToAll, StaticSynapse { weight: 30.0mV, delay: 2.0ms };
        record input: spikes;
        record cell: spikes;
    }
    let mut sim = start(Net::<B>::build().unwrap());
    sim.run(20.0 * ms).unwrap();
    assert_times(&sim.spikes(|net| &net.input).unwrap().times, &[3.0, 10.0]);
    assert_times(&sim.spikes(|net| &net.cell).unwrap().times, &[5.0, 12.0]);
}

crate::list! {
    current_based_cells_fire_spike_by_spike_as_in_pynn [IfCurrExp IfCurrAlpha] on Native Nest Neuron;
    conductance_based_cells_fire_spike_by_spike_as_in_pynn [IfCondExp IfCondAlpha] on Native Nest Neuron;
    a_source_keeps_its_times_whatever_the_smallest_delay [SpikeSourceArray StaticSynapse] on Native Nest Neuron;
}
