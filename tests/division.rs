//! Where a network is divided between simulators of one time step does not matter.

use pynn::music::{Ranks, Setup};
use pynn::prelude::*;
use pynn::recording::SpikeData;

/// A balanced network with all kinds of values and connectors; its two halves on the simulators numbered `halves`, of
/// which there are as many as `ranks`.
fn spikes(halves: [usize; 2], ranks: &[usize]) -> Vec<SpikeData> {
    let mut net = NetworkBuilder::new("Divided");
    net.seed(11);
    let simulators: Vec<_> = ranks
        .iter()
        .enumerate()
        .map(|(number, ranks)| {
            let options =
                SimulatorOptions { processes: *ranks, timestep: 0.1 * ms, ..SimulatorOptions::default() };
            net.simulator::<Native>(&format!("sim{number}"), options)
        })
        .collect();
    let [first, second] = halves.map(|half| &simulators[half]);

    let drive = SpikeSourcePoisson { rate: 4.0 * kHz, ..Default::default() };
    let noise_exc = net.population(first, "noise_exc", 80, drive.clone());
    let noise_inh = net.population(second, "noise_inh", 20, drive);
    let exc = net.population(first, "exc", 80, IfCurrExp { tau_refrac: 2.0 * ms, ..Default::default() });
    let inh = net.population(second, "inh", 20, IfCondExp { tau_refrac: 2.0 * ms, ..Default::default() });
    net.initialize(&exc, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
    net.vary(&inh, IfCondExp::parameters().tau_m, Normal { mean: 20.0 * ms, sd: 1.0 * ms });

    let delay = NormalClipped { mean: 1.5 * ms, sd: 0.5 * ms, low: 0.3 * ms, high: 5.0 * ms };
    let half = FixedProbability { p_connect: 0.5, ..Default::default() };
    let onto_exc = StaticSynapse { weight: 0.15 * nA, delay: 0.3 * ms };
    net.project(None, &noise_exc, exc.default_target(), OneToOne, onto_exc);
    let onto_inh = StaticSynapse { weight: 2.0 * nS, delay: 0.3 * ms };
    net.project(None, &noise_inh, inh.default_target(), OneToOne, onto_inh);
    let weight = Normal { mean: 4.0 * nS, sd: 0.4 * nS };
    net.project(None, &exc, inh.default_target(), half, StaticSynapse { weight, delay });
    let receptor = IfCurrExp::receptors().inhibitory;
    net.project(
        None,
        &inh,
        exc.target(receptor),
        FixedNumberPre { n: 5.into(), ..Default::default() },
        StaticSynapse { weight: -0.3 * nA, delay },
    );
    net.project(
        None,
        &exc,
        exc.default_target(),
        FixedTotalNumber { n: 400, ..Default::default() },
        StaticSynapse { weight: 0.05 * nA, delay },
    );
    net.record(&exc, IfCurrExp::variables().spikes);
    net.record(&inh, IfCondExp::variables().spikes);
    net.record(&noise_exc, SpikeSourcePoisson::variables().spikes);

    let mut sim = Setup::new().ranks(Ranks::Threads).start(net.build().unwrap()).unwrap();
    sim.run(300.0 * ms).unwrap();
    [noise_exc.id(), exc.id(), inh.id()].map(|population| sim.spikes_of(population, 0).unwrap()).into()
}

#[test]
fn one_simulator_and_two_give_equal_spikes() {
    let alone = spikes([0, 0], &[1]);
    assert!(
        alone.iter().all(|spikes| spikes.len() > 100),
        "{:?}",
        alone.iter().map(SpikeData::len).collect::<Vec<_>>()
    );
    for (halves, ranks) in [([0, 1], &[1, 1][..]), ([1, 0], &[1, 2]), ([0, 1], &[3, 2]), ([0, 0], &[4, 1])] {
        assert_eq!(spikes(halves, ranks), alone, "halves on simulators {halves:?}, ranks {ranks:?}");
    }
}
