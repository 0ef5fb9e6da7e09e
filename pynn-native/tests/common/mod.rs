//! Runs networks on the engine's shares, without the crate that does it for users.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::collections::HashMap;

use pynn_core::backend::{Backend, Draw, Packet, Part, Simulator, SynapseRow};
use pynn_core::change::Change;
use pynn_core::change::SynapseValue;
use pynn_core::network::Network;
use pynn_core::population::{PopulationId, ProjectionId, SimulatorId};
use pynn_core::prelude::*;
use pynn_core::source::SpikeSource;
use pynn_core::time::{Spike, Tick};
use pynn_native::Native;

pub(crate) mod cases;

/// What a run gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// Spikes of cells and sources, by step and then by global id.
    pub(crate) spikes: Vec<Spike>,
    /// Samples by population and variable, cell by cell: each cell's series.
    pub(crate) samples: HashMap<(usize, usize), Vec<Vec<f64>>>,
}

/// The shares of a simulator on one thread.
pub(crate) struct Rig<'n> {
    network: &'n Network,
    parts: Vec<Part<'n>>,
    simulators: Vec<Box<dyn Simulator>>,
    sources: Vec<Box<dyn SpikeSource>>,
    now: u32,
    window: u32,
    /// Whether packets are delivered spike by spike, last first.
    pub(crate) backwards: bool,
    /// Whether the spikes of sources that the engine draws itself are left out.
    pub(crate) undriven: bool,
    /// Whether each simulator prepares the next step before the spikes of the others come, and more in some steps.
    pub(crate) prepares: bool,
}

impl<'n> Rig<'n> {
    pub(crate) fn new(network: &'n Network, shares: usize) -> Self {
        let part = |share| Part { network, simulator: SimulatorId(0), share, shares };
        let parts: Vec<Part<'n>> = (0..shares).map(part).collect();
        let simulators = parts.iter().map(|part| Native::instantiate(part).unwrap()).collect();
        let sources =
            parts.iter().flat_map(|part| part.sources()).map(|source| source.source().unwrap()).collect();
        let delays = network.projections().iter().map(|projection| projection.shortest_delay);
        let window = delays.map(|delay| delay.steps_down(parts[0].timestep())).min().unwrap_or(100);
        let window = u32::try_from(window).unwrap();
        let (backwards, undriven, prepares) = (false, false, false);
        Self { network, parts, simulators, sources, now: 0, window, backwards, undriven, prepares }
    }

    pub(crate) fn timestep(&self) -> Tick {
        self.parts[0].timestep()
    }

    pub(crate) fn reset(&mut self) {
        self.now = 0;
        self.simulators.iter_mut().for_each(|simulator| simulator.reset().unwrap());
        self.sources.iter_mut().for_each(|source| source.reset());
    }

    /// Tells each share what has changed in `network`.
    pub(crate) fn change(&mut self, network: &Network, change: &Change) {
        for (simulator, part) in self.simulators.iter_mut().zip(&self.parts) {
            simulator.change(&Part { network, ..*part }, change).unwrap();
        }
    }

    /// Runs `steps` steps.
    pub(crate) fn run(&mut self, steps: u32) -> Outcome {
        let mut outcome = Outcome::default();
        let end = self.now + steps;
        while self.now < end {
            let next = end.min(self.now + self.window);
            let mut emitted = Vec::new();
            self.sources.iter_mut().for_each(|source| source.spikes(self.now + 1..next + 1, &mut emitted));
            if self.undriven {
                emitted.retain(|spike| !self.is_drawn(spike.gid));
            }
            for share in 0..self.simulators.len() {
                self.deliver(share, &emitted);
            }
            let mut fresh = vec![Vec::new(); self.simulators.len()];
            for (simulator, fresh) in self.simulators.iter_mut().zip(&mut fresh) {
                simulator.advance(self.parts[0].timestep() * i64::from(next), fresh).unwrap();
            }
            if self.prepares && next < end {
                for (simulator, share) in self.simulators.iter_mut().zip(0..) {
                    let pieces = 1 + (next + share) % 5;
                    let _idle = (0..pieces).any(|_| !simulator.prepare().unwrap());
                }
            }
            for share in 0..self.simulators.len() {
                for (_, spikes) in fresh.iter().enumerate().filter(|(other, _)| *other != share) {
                    self.deliver(share, spikes);
                }
            }
            emitted.extend(fresh.into_iter().flatten());
            emitted.sort_unstable();
            outcome.spikes.extend(emitted);
            self.now = next;
        }
        self.drain(&mut outcome);
        outcome
    }

    fn is_drawn(&self, gid: u32) -> bool {
        let source = self.network.population_of(gid).id;
        let from =
            |projection: &&pynn_core::network::ProjectionSpec| projection.source.population() == Some(source);
        self.network
            .projections()
            .iter()
            .filter(from)
            .any(|projection| Native::draws(self.network, projection))
    }

    fn deliver(&mut self, share: usize, spikes: &[Spike]) {
        let timestep = self.parts[0].timestep();
        let simulator = &mut self.simulators[share];
        if self.backwards {
            for spike in spikes.iter().rev() {
                simulator.deliver(Packet { spikes: &[*spike], timestep }).unwrap();
            }
        } else {
            simulator.deliver(Packet { spikes, timestep }).unwrap();
        }
    }

    fn drain(&mut self, outcome: &mut Outcome) {
        for (simulator, part) in self.simulators.iter_mut().zip(&self.parts) {
            simulator.drain_samples(&mut |samples| {
                let PopulationId(id) = samples.population;
                let local = part.populations().find(|local| local.spec.id.0 == id).unwrap().cells.len();
                let series = outcome.samples.entry((id, samples.variable)).or_default();
                for cell in 0..local {
                    series.push(samples.values.iter().skip(cell).step_by(local).copied().collect());
                }
            });
        }
    }

    /// The weights of a projection's connections: source, target, weight, by target and source.
    pub(crate) fn weights(&mut self, projection: ProjectionId) -> Vec<(u32, u32, f64)> {
        let mut all = Vec::new();
        for (simulator, part) in self.simulators.iter_mut().zip(&self.parts) {
            for local in part.projections().filter(|local| local.spec.id == projection) {
                let weights = simulator.synapse_values(&local, SynapseValue::Weight).unwrap();
                let mut weights = weights.expect("weights that change").into_iter();
                let mut emit = |row: SynapseRow<'_>| {
                    let target = local.end_target(row.target);
                    all.extend(row.sources.iter().map(|source| (*source, target, weights.next().unwrap())));
                };
                local.connect(Draw::Sources, &mut emit).unwrap();
            }
        }
        all.sort_by_key(|(source, target, _)| (*target, *source));
        all
    }

    pub(crate) fn statistics(&self) -> Vec<pynn_core::backend::Statistics> {
        self.simulators.iter().map(|simulator| simulator.statistics()).collect()
    }
}

/// Runs `network` from time 0 on `shares` shares.
pub(crate) fn run(network: &Network, shares: usize, duration: Time) -> Outcome {
    let mut rig = Rig::new(network, shares);
    let steps = Tick::exactly(duration, "the duration").unwrap().steps_up(rig.timestep());
    rig.run(u32::try_from(steps).unwrap())
}
