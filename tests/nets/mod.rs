//! Networks that several test programs run.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]

use pynn::prelude::*;

network! {
    /// Cells of several models on two simulators of different time steps, with a loop between them.
    pub struct Loop {
        coarse_ranks: usize,
        fine_ranks: usize,
    }

    simulator coarse: Native { processes: coarse_ranks, timestep: 0.1ms };
    simulator fine: Native { processes: fine_ranks, timestep: 0.05ms };

    population noise on coarse: [SpikeSourcePoisson { rate: 900.0Hz, .. }; 60];
    population exc on coarse: [IfCurrExp { tau_m: 15.0ms, .. }; 60];
    population inh on fine: [IfCondExp { tau_m: 10.0ms, .. }; 21];
    population hh on fine: [HhCondExp { .. }; 10];

    initial exc.v ~ Uniform { low: -65.0mV, high: -52.0mV };

    projection noise -> exc: OneToOne, StaticSynapse { weight: 0.9nA, delay: 0.1ms };
    projection exc -> inh.excitatory: FixedProbability { p_connect: 0.3, .. }, StaticSynapse { weight: 0.004uS, delay: 0.4ms };
    projection inh -> exc.inhibitory: AllToAll, StaticSynapse { weight: -0.1nA, delay: 0.7ms };
    projection exc -> hh.excitatory: FixedProbability { p_connect: 0.5, .. }, StaticSynapse { weight: 0.01uS, delay: 1.5ms };
    projection hh -> inh.inhibitory: AllToAll, StaticSynapse { weight: 0.01uS, delay: 0.2ms };

    inject flicker = NoisyCurrentSource { stdev: 0.5nA, .. } -> exc[10..47];
    inject drive = DcSource { amplitude: 0.2nA, start: 20.0ms, .. } -> inh;

    record noise: spikes;
    record exc: spikes, v every 0.5ms;
    record inh: spikes;
    record hh: spikes, v every 0.5ms;
}

/// Everything that a run of 100 ms records, to the last bit.
#[derive(Debug, PartialEq)]
pub struct Recorded {
    pub digest: u64,
    pub spikes: usize,
    pub traces: [Vec<u64>; 2],
}

/// Runs the net in pieces, between which electrodes change.
pub fn record(sim: &mut music::Simulation<Loop>) -> Result<Recorded> {
    for run in [0.1, 60.3, 39.6] {
        sim.run(run * ms)?;
        let stronger =
            DcSource { amplitude: sim.electrode(|net| &net.drive)?.amplitude * 2.0, ..Default::default() };
        sim.set_electrode(|net| &net.drive, stronger)?;
        sim.set_electrode(|net| &net.flicker, NoisyCurrentSource { dt: 0.5 * ms, ..Default::default() })?;
    }
    let bits = |trace: pynn::recording::TraceData| trace.values.into_iter().map(f64::to_bits).collect();
    Ok(Recorded {
        digest: sim.digest()?,
        spikes: sim.spikes(|net| &net.exc)?.len() + sim.spikes(|net| &net.hh)?.len(),
        traces: [bits(sim.trace(|net| &net.exc, |v| v.v)?), bits(sim.trace(|net| &net.hh, |v| v.v)?)],
    })
}
