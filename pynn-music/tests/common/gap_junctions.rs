//! Cells joined by gap junctions and by chemical synapses, on any number of ranks of any backend.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "shared by several test programs")]

use pynn_core::digest::Digest;
use pynn_core::network::Network;
use pynn_core::prelude::*;
use pynn_music::{Ranks, Setup, Simulation};

/// What the tests need of a backend; the test program says which has it.
pub trait Joining:
    Simulates<IfCondExp>
    + Simulates<HhCondExp>
    + Connects<AllToAll>
    + Connects<OneToOne>
    + Connects<FromList>
    + Connects<FixedProbability>
    + Transmits<StaticSynapse>
    + Transmits<ElectricalSynapse>
    + Injects<DcSource>
    + Records<observable::Spikes>
    + Records<observable::MembranePotential>
{
}

/// A ring of `first`, a random graph onto `first` and `second` together, and some of `third`, whose cells are of another type.
pub struct Net<B> {
    network: Network,
    pub first: Population<B, IfCondExp>,
    pub second: Population<B, IfCondExp>,
    pub third: Population<B, HhCondExp>,
    pub ring: Projection,
    pub graph: Projection,
}

impl<B> Model for Net<B> {
    fn network(&self) -> &Network {
        &self.network
    }
}

const RING: u32 = 9;

pub fn net<B: Joining>(processes: usize) -> Net<B> {
    let mut net = NetworkBuilder::new("Joined");
    net.seed(5);
    let options = SimulatorOptions { processes, ..SimulatorOptions::default() };
    let sim = net.simulator::<B>("sim", options);
    let input =
        net.population(&sim, "input", 6, SpikeSourcePoisson { rate: 100.0 * Hz, ..Default::default() });
    let cell = IfCondExp { tau_refrac: 2.0 * ms, i_offset: 1.2 * nA, ..IfCondExp::default() };
    let first = net.population(&sim, "first", RING as usize, cell.clone());
    let second = net.population(&sim, "second", 7, cell);
    let third = net.population(&sim, "third", 4, HhCondExp::default());
    for cells in [&first, &second] {
        net.initialize(cells, IfCondExp::states().v, Uniform { low: -70.0 * mV, high: -52.0 * mV });
    }
    net.inject(
        None,
        first.slice(2..5),
        DcSource { amplitude: 0.4 * nA, start: 7.0 * ms, ..Default::default() },
    );

    let excitatory = IfCondExp::receptors().excitatory;
    let gap = |weight: f64| ElectricalSynapse { weight: weight * nS };
    let neighbours =
        FromList::new((0..RING).map(|cell| (cell as usize, (cell as usize + 1) % RING as usize)));
    let ring = net.project(Some("ring"), &first, first.target(excitatory), neighbours, gap(10.0));
    let half = || FixedProbability { p_connect: 0.4, ..FixedProbability::default() };
    let graph = ElectricalSynapse { weight: Uniform { low: 0.5 * nS, high: 4.0 * nS } };
    let graph =
        net.project(Some("graph"), &first + &second, (&first + &second).target(excitatory), half(), graph);
    let excited = HhCondExp::receptors().excitatory;
    net.project(Some("types"), &second, third.target(excited), half(), gap(3.0));

    let drive = StaticSynapse { weight: 12.0 * nS, delay: Uniform { low: 0.2 * ms, high: 3.0 * ms } };
    net.project(None, &input, first.target(excitatory), half(), drive);
    let back = StaticSynapse { weight: 15.0 * nS, delay: 1.5 * ms };
    net.project(None, &first, second.target(excitatory), half(), back);
    net.project(None, &second, third.target(excited), half(), drive);
    for cells in [&first, &second] {
        net.record(cells, IfCondExp::variables().spikes);
        net.record(cells, IfCondExp::variables().v);
    }
    net.record(&third, HhCondExp::variables().v);
    Net { network: net.build().unwrap(), first, second, third, ring, graph }
}

/// What a session saw: how many spikes, weights as they were set, and the bits of all spikes and traces.
pub type Seen = (Vec<usize>, Vec<f64>, Vec<u64>);

/// Runs, again, after weights and states were set, and after a reset.
pub fn session<B: Joining>(processes: usize, ranks: Ranks) -> Seen {
    let setup = Setup::new().ranks(ranks).progress(false);
    let mut sim = setup.start(net::<B>(processes)).unwrap();
    sim.run(20.0 * ms).unwrap();
    sim.run(0.1 * ms).unwrap();
    sim.run(9.9 * ms).unwrap();
    sim.initialize(|net| net.first.slice(3..8), |s| s.v, -80.0 * mV).unwrap();
    sim.run(10.0 * ms).unwrap();
    // One each, in the order of targets and sources: not that of ranks, which have cells of both populations.
    let count = sim.weights(|net| &net.graph).unwrap().values.len();
    let weights: Vec<_> = (0..count).map(|number| 0.05 * number as f64 * nS).collect();
    sim.set_weights(|net| &net.graph, weights).unwrap();
    sim.run(10.0 * ms).unwrap();
    sim.set_weights(|net| &net.ring, 30.0 * nS).unwrap();
    sim.set(|net| &net.second, |p| p.tau_m, 10.0 * ms).unwrap();
    sim.run(10.0 * ms).unwrap();
    sim.reset().unwrap();
    sim.initialize(|net| &net.second, |s| s.v, -60.0 * mV).unwrap();
    sim.run(40.0 * ms).unwrap();
    let mut weights = sim.weights(|net| &net.graph).unwrap().values;
    weights.extend(sim.weights(|net| &net.ring).unwrap().values);
    let bits = (0..2).map(|segment| traces(&mut sim, segment)).collect();
    let count = |sim: &mut Simulation<Net<B>>, segment| {
        sim.spikes_in(segment, |net| &net.first).unwrap().times.len()
            + sim.spikes_in(segment, |net| &net.second).unwrap().times.len()
    };
    let counts = vec![count(&mut sim, 0), count(&mut sim, 1)];
    sim.end().unwrap();
    (counts, weights, bits)
}

/// A digest of the bits of all potentials and spikes of a segment.
fn traces<B: Joining>(sim: &mut Simulation<Net<B>>, segment: usize) -> u64 {
    let mut digest = Digest::new();
    let net = sim.model();
    let populations = [net.first.id(), net.second.id(), net.third.id()];
    for (number, population) in populations.into_iter().enumerate() {
        let trace = sim.trace_of(population, "v", segment).unwrap().values;
        assert!(trace.iter().all(|v| v.is_finite()));
        trace.iter().for_each(|v| digest.write_u64(v.to_bits()));
        if number < 2 {
            let spikes = sim.spikes_of(population, segment).unwrap();
            spikes.times.iter().for_each(|time| digest.write_u64(time.to_bits()));
        }
    }
    digest.finish()
}
