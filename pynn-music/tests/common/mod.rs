//! A small backend for tests: leaky integrators in integers, so that sums do not depend on order. A population whose
//! name begins with `panics`, `errs`, `stalls` or `aborts` does so at 5 ms; `unbuildable` and `panics at once` at once.

#![allow(dead_code, unreachable_pub, reason = "shared by several test programs")]

use std::collections::HashMap;
use std::time::Duration;

use pynn_core::backend::{Lowered, Packet, Part, Samples, Simulator, Statistics, SynapseRow};
use pynn_core::connector::Connector;
use pynn_core::population::PopulationId;
use pynn_core::prelude::*;
use pynn_core::time::{Spike, Tick};

pub struct Toy;

impl Backend for Toy {
    const NAME: &'static str = "Toy";
    type Model = IfCurrExp;
    type Synapse = ();

    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Ok(Box::new(ToySimulator::build(part)?))
    }
}

/// As [`Toy`], but one a process.
pub struct Lonely;

impl Backend for Lonely {
    const NAME: &'static str = "Lonely";
    const PER_PROCESS: Option<usize> = Some(1);
    type Model = IfCurrExp;
    type Synapse = ();

    fn instantiate(part: &Part<'_>) -> Result<Box<dyn Simulator>> {
        Toy::instantiate(part)
    }
}

macro_rules! capable {
    ($($backend:ident),*) => {$(
        impl Simulates<IfCurrExp> for $backend {
            fn lower(cell: &IfCurrExp) -> Lowered<IfCurrExp> {
                Lowered::Model(cell.clone())
            }
        }
        impl Transmits<StaticSynapse> for $backend {
            fn lower(_: &StaticSynapse) {}
        }
        impl Transmits<ElectricalSynapse> for $backend {
            fn lower(_: &ElectricalSynapse) {}
        }
        impl Connects<AllToAll> for $backend {
            fn lower(connector: AllToAll) -> Box<dyn Connector> {
                Box::new(connector)
            }
        }
        impl Connects<OneToOne> for $backend {
            fn lower(connector: OneToOne) -> Box<dyn Connector> {
                Box::new(connector)
            }
        }
        impl Records<observable::Spikes> for $backend {}
        impl Records<observable::MembranePotential> for $backend {}
    )*};
}
capable!(Toy, Lonely);

#[derive(Clone, Copy, Debug)]
enum Fault {
    Panic,
    Err,
    Stall,
    Abort,
}

/// When faults happen.
const FAULT: Tick = Tick(5 * Tick::MILLISECOND.0);

struct Cell {
    gid: u32,
    block: usize,
    v: i64,
    threshold: i64,
    refractory: u32,
}

struct Block {
    population: PopulationId,
    first: usize,
    len: usize,
    sampled: Vec<(i64, Vec<f64>)>,
}

struct ToySimulator {
    timestep: Tick,
    step: i64,
    cells: Vec<Cell>,
    blocks: Vec<Block>,
    synapses: HashMap<u32, Vec<(u32, i64, i64)>>,
    due: HashMap<i64, Vec<(u32, i64)>>,
    faults: Vec<Fault>,
    statistics: Statistics,
}

/// Weights in integers.
fn whole(weight: f64) -> i64 {
    (weight * 1e6).round() as i64
}

impl ToySimulator {
    fn build(part: &Part<'_>) -> Result<Self> {
        let mut toy = Self {
            timestep: part.timestep(),
            step: 0,
            cells: Vec::new(),
            blocks: Vec::new(),
            synapses: HashMap::new(),
            due: HashMap::new(),
            faults: Vec::new(),
            statistics: Statistics::default(),
        };
        let mut firsts = HashMap::new();
        for local in part.populations() {
            firsts.insert(local.spec.id, toy.cells.len() as u32);
            let threshold = local.model::<Toy>().v_thresh.base();
            let sampled = local.spec.recording.sampled.iter();
            toy.blocks.push(Block {
                population: local.spec.id,
                first: toy.cells.len(),
                len: local.cells.len(),
                sampled: sampled
                    .map(|sampled| (sampled.every.steps_down(part.timestep()), Vec::new()))
                    .collect(),
            });
            match &*local.spec.name {
                "unbuildable" => return Err(Error::new(ErrorKind::Simulator, "no such model")),
                "panics at once" => panic!("a bug in the builder"),
                _ => {}
            }
            toy.faults.extend(fault(&local.spec.name).filter(|_| !local.cells.is_empty()));
            for index in 0..local.cells.len() {
                let gid = local.first_gid() + index as u32;
                let threshold = whole(threshold + 60.0).max(1);
                toy.cells.push(Cell { gid, block: toy.blocks.len() - 1, v: 0, threshold, refractory: 0 });
            }
        }
        for projection in part.projections() {
            let first = firsts[&projection.target_population()];
            projection.connect(pynn_core::backend::Draw::All, &mut |row: SynapseRow<'_>| {
                for (index, source) in row.sources.iter().enumerate() {
                    let synapse =
                        (first + row.target, whole(row.weights.get(index)), i64::from(row.delays.get(index)));
                    toy.synapses.entry(projection.source_gid(*source)).or_default().push(synapse);
                    toy.statistics.synapses += 1;
                }
            })?;
        }
        toy.sample();
        Ok(toy)
    }

    /// A spike that reaches this rank's grid at step `step`.
    fn spread(&mut self, gid: u32, step: i64) -> Result<()> {
        for &(target, weight, delay) in self.synapses.get(&gid).into_iter().flatten() {
            if step + delay <= self.step {
                return Err(Error::new(
                    ErrorKind::Simulator,
                    format!("a spike of cell {gid} comes too late"),
                ));
            }
            self.due.entry(step + delay).or_default().push((target, weight));
            self.statistics.events += 1;
        }
        Ok(())
    }

    fn sample(&mut self) {
        for block in &mut self.blocks {
            let cells = &self.cells[block.first..block.first + block.len];
            for (every, values) in &mut block.sampled {
                if self.step % *every == 0 {
                    values.extend(cells.iter().map(|cell| cell.v as f64 / 1e6 - 60.0));
                }
            }
        }
    }

    fn misbehave(&self) -> Result<()> {
        for fault in &self.faults {
            match fault {
                Fault::Panic => panic!("a bug in the model"),
                Fault::Err => return Err(Error::new(ErrorKind::Simulator, "v of cell 3 is not finite")),
                Fault::Stall => std::thread::sleep(Duration::from_secs(3600)),
                Fault::Abort => std::process::abort(),
            }
        }
        Ok(())
    }
}

fn fault(name: &str) -> Option<Fault> {
    let faults =
        [("panics", Fault::Panic), ("errs", Fault::Err), ("stalls", Fault::Stall), ("aborts", Fault::Abort)];
    faults.into_iter().find(|(word, _)| name.starts_with(word)).map(|(_, fault)| fault)
}

impl Simulator for ToySimulator {
    fn deliver(&mut self, packet: Packet<'_>) -> Result<()> {
        assert!(packet.spikes.is_sorted_by_key(|spike| spike.step), "packets are ordered by step");
        for spike in packet.spikes {
            let stamp = packet.timestep * i64::from(spike.step);
            self.spread(spike.gid, stamp.steps_up(self.timestep))?;
        }
        Ok(())
    }

    fn advance(&mut self, to: Tick, out: &mut Vec<Spike>) -> Result<()> {
        while self.timestep * self.step < to {
            self.step += 1;
            if self.timestep * self.step == FAULT {
                self.misbehave()?;
            }
            for (target, weight) in self.due.remove(&self.step).unwrap_or_default() {
                self.cells[target as usize].v += weight;
            }
            let from = out.len();
            for cell in &mut self.cells {
                cell.refractory = cell.refractory.saturating_sub(1);
                cell.v -= cell.v / 64;
                if cell.v >= cell.threshold && cell.refractory == 0 {
                    (cell.v, cell.refractory) = (0, 20 + cell.block as u32);
                    out.push(Spike { gid: cell.gid, step: self.step as u32 });
                }
            }
            for spike in &out[from..] {
                self.spread(spike.gid, self.step)?;
            }
            self.sample();
        }
        Ok(())
    }

    fn drain_samples(&mut self, take: &mut dyn FnMut(Samples<'_>)) {
        for block in &mut self.blocks {
            for (variable, (_, values)) in block.sampled.iter_mut().enumerate() {
                take(Samples { population: block.population, variable, values });
                values.clear();
            }
        }
    }

    fn reset(&mut self) -> Result<()> {
        self.step = 0;
        self.due.clear();
        self.cells.iter_mut().for_each(|cell| (cell.v, cell.refractory) = (0, 0));
        self.blocks.iter_mut().flat_map(|block| &mut block.sampled).for_each(|(_, values)| values.clear());
        self.sample();
        Ok(())
    }

    fn statistics(&self) -> Statistics {
        self.statistics
    }
}

/// Two simulators of different time steps with a loop between them, driven by noise: each has a population called by
/// one of `names`, which may misbehave.
pub fn two_simulators<B>(names: [&str; 2], processes: [usize; 2]) -> Net<B>
where
    B: Simulates<IfCurrExp> + Simulates<SpikeSourcePoisson> + Simulates<SpikeSourceArray>,
    B: Connects<AllToAll> + Connects<OneToOne> + Transmits<StaticSynapse>,
    B: Records<observable::Spikes> + Records<observable::MembranePotential>,
{
    let mut net = NetworkBuilder::new("Two");
    net.seed(7);
    let options = |processes, step: f64| SimulatorOptions {
        processes,
        timestep: step * ms,
        ..SimulatorOptions::default()
    };
    let coarse = net.simulator::<B>("coarse", options(processes[0], 0.1));
    let fine = net.simulator::<B>("fine", options(processes[1], 0.05));
    let poisson = SpikeSourcePoisson { rate: 300.0 * Hz, ..Default::default() };
    let noise = net.population(&coarse, "noise", 40, poisson);
    let trigger = SpikeSourceArray { spike_times: [0.3 * ms, 2.05 * ms, 7.0 * ms].into() };
    let trigger = net.population(&fine, "trigger", 3, trigger);
    let exc = net.population(&coarse, names[0], 40, IfCurrExp { v_thresh: -57.0 * mV, ..Default::default() });
    let inh = net.population(&fine, names[1], 13, IfCurrExp { v_thresh: -58.0 * mV, ..Default::default() });
    net.record(&exc, IfCurrExp::variables().spikes);
    net.record_every(&exc, IfCurrExp::variables().v, 0.5 * ms);
    net.record(&inh, IfCurrExp::variables().spikes);
    net.record(&noise, SpikeSourcePoisson::variables().spikes);
    let synapse = |weight: f64, delay: f64| StaticSynapse { weight: weight * nA, delay: delay * ms };
    net.project(Some("drive"), &noise, exc.default_target(), OneToOne, synapse(2.0, 0.1));
    net.project(Some("start"), &trigger, exc.default_target(), AllToAll::default(), synapse(1.0, 0.3));
    net.project(Some("forth"), &exc, inh.default_target(), AllToAll::default(), synapse(0.4, 0.5));
    let weights = Uniform { low: -0.3 * nA, high: 0.0 * nA };
    let back = StaticSynapse { weight: weights, delay: 0.7 * ms };
    let inhibitory = exc.target(IfCurrExp::receptors().inhibitory);
    net.project(Some("back"), &inh, inhibitory, AllToAll::default(), back);
    net.project(
        Some("local"),
        &exc.slice(5..20),
        exc.slice(10..30).default_target(),
        AllToAll::default(),
        synapse(0.05, 1.5),
    );
    Net { exc, inh, noise, network: net.build().unwrap() }
}

pub struct Net<B> {
    pub exc: Population<B, IfCurrExp>,
    pub inh: Population<B, IfCurrExp>,
    pub noise: Population<B, SpikeSourcePoisson>,
    network: Network,
}

impl<B> Model for Net<B> {
    fn network(&self) -> &Network {
        &self.network
    }
}
