//! One rank at work: its simulator, its spike sources, its recorder.

use pynn_core::backend::{LocalPopulation, Packet, Part, Simulator, Statistics};
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::Network;
use pynn_core::population::PopulationId;
use pynn_core::source::SpikeSource;
use pynn_core::time::{Spike, Tick};

use crate::exchange::{Node, Outbox};
use crate::joints::Potentials;
use crate::plan::Plan;
use crate::recorder::Recorder;
use crate::route::{Routes, SELF};

/// How much simulated time passes at most before samples are taken over from the simulator.
const DRAIN: Tick = Tick(100 * Tick::MILLISECOND.0);

/// A rank's share of a simulator and all that surrounds it.
pub(crate) struct RankNode {
    simulator: Box<dyn Simulator>,
    sources: Vec<(PopulationId, Box<dyn SpikeSource>)>,
    routes: Routes,
    potentials: Potentials,
    timestep: Tick,
    /// The time step of each rank.
    timesteps: Vec<Tick>,
    now: Tick,
    drained: Tick,
    fresh: Vec<Spike>,
    own: Vec<Spike>,
}

impl RankNode {
    /// Builds what `rank` simulates.
    pub(crate) fn build(network: &Network, plan: &Plan, rank: usize) -> Result<Self> {
        let part = plan.layout().part(network, rank);
        let routes = Routes::new(network, plan.layout(), plan.schedule(), rank);
        // What is neither recorded nor sent anywhere need not be evaluated.
        let wanted = |source: &LocalPopulation<'_>| {
            let here = !source.cells.is_empty();
            here && (source.spec.recording.spikes.is_some()
                || !routes.is_idle(routes.block_of(source.first_gid())))
        };
        let sources = part.sources().filter(wanted).map(|source| Ok((source.spec.id, source.source()?)));
        let sources = sources.collect::<Result<_>>()?;
        Ok(Self {
            simulator: (part.spec().instantiate)(&part)?,
            sources,
            routes,
            potentials: Potentials::new(plan.schedule(), rank),
            timestep: part.timestep(),
            timesteps: plan.layout().steps(network),
            now: Tick::ZERO,
            drained: Tick::ZERO,
            fresh: Vec::new(),
            own: Vec::new(),
        })
    }

    /// Goes back to time 0.
    pub(crate) fn reset(&mut self) -> Result<()> {
        (self.now, self.drained) = (Tick::ZERO, Tick::ZERO);
        self.sources.iter_mut().for_each(|(_, source)| source.reset());
        self.simulator.reset()
    }

    /// Hands over the samples taken so far.
    pub(crate) fn drain(&mut self, recorder: &mut Recorder) {
        recorder.drain(&mut *self.simulator);
    }

    pub(crate) fn statistics(&self) -> Statistics {
        self.simulator.statistics()
    }

    /// Bytes of the routes.
    pub(crate) fn route_bytes(&self) -> usize {
        self.routes.bytes()
    }

    /// The time loop's view of the rank.
    pub(crate) fn recording<'a>(&'a mut self, recorder: &'a mut Recorder) -> RecordingNode<'a> {
        RecordingNode { node: self, recorder }
    }

    /// The simulator, between runs.
    pub(crate) fn simulator(&mut self) -> &mut dyn Simulator {
        &mut *self.simulator
    }

    /// The potentials of cells that other ranks need, as words.
    pub(crate) fn potentials(&mut self) -> Result<Vec<u64>> {
        self.potentials.words(&mut *self.simulator)
    }

    /// Takes the potentials of cells of other ranks from the words of all ranks.
    pub(crate) fn meet(&mut self, words: &[u64]) -> Result<()> {
        self.potentials.meet(&mut *self.simulator, words)
    }

    /// Makes the spike source of `population` anew, as `part` describes it: from now on it sends what it would send by
    /// now, had it been so from time 0.
    pub(crate) fn renew_source(&mut self, part: &Part<'_>, population: PopulationId) -> Result<()> {
        let Some((_, old)) = self.sources.iter_mut().find(|(id, _)| *id == population) else { return Ok(()) };
        let Some(local) = part.sources().find(|source| source.spec.id == population) else { return Ok(()) };
        let mut new = local.source()?;
        new.skip(1..step_after(self.now, self.timestep)?);
        *old = new;
        Ok(())
    }

    /// Evaluates the spike sources over `(from, to]` into `fresh`, and gives the simulator what it needs of them.
    fn evaluate_sources(&mut self, from: Tick, to: Tick) -> Result<()> {
        let steps = step_after(from, self.timestep)?..step_after(to, self.timestep)?;
        for (_, source) in &mut self.sources {
            source.spikes(steps.clone(), &mut self.fresh);
        }
        if self.sources.len() > 1 {
            self.fresh.sort_unstable();
        }
        let here = |spike: &&Spike| {
            self.routes.destinations(self.routes.block_of(spike.gid), spike.gid).last() == Some(&SELF)
        };
        self.own.clear();
        self.own.extend(self.fresh.iter().filter(here));
        if self.own.is_empty() {
            return Ok(());
        }
        self.simulator.deliver(Packet { spikes: &self.own, timestep: self.timestep })
    }
}

/// The number of the step that begins at `time`.
fn step_after(time: Tick, timestep: Tick) -> Result<u32> {
    u32::try_from(time.steps_down(timestep) + 1).map_err(|_| {
        Error::new(ErrorKind::Usage, format!("{time} is beyond the {} time steps of a run", u32::MAX))
    })
}

/// A rank and where it records.
pub(crate) struct RecordingNode<'a> {
    node: &'a mut RankNode,
    recorder: &'a mut Recorder,
}

impl Node for RecordingNode<'_> {
    fn deliver(&mut self, rank: usize, spikes: &[Spike]) -> Result<()> {
        if spikes.is_empty() {
            return Ok(());
        }
        self.node.simulator.deliver(Packet { spikes, timestep: self.node.timesteps[rank] })
    }

    fn prepare(&mut self) -> Result<bool> {
        self.node.simulator.prepare()
    }

    fn take_potentials(&mut self, channel: usize, potentials: &[Spike]) -> Result<()> {
        self.node.potentials.hear(&mut *self.node.simulator, channel, potentials)
    }

    fn advance(&mut self, from: Tick, to: Tick, outbox: &mut Outbox) -> Result<()> {
        let node = &mut *self.node;
        node.now = to;
        node.fresh.clear();
        if !node.sources.is_empty() {
            node.evaluate_sources(from, to)?;
        }
        let of_sources = node.fresh.len();
        node.simulator.advance(to, &mut node.fresh)?;
        check_own(&node.routes, &node.fresh[of_sources..])?;
        if of_sources > 0 && node.fresh.len() > of_sources {
            node.fresh.sort_unstable();
        }
        for &spike in &node.fresh {
            let block = node.routes.block_of(spike.gid);
            self.recorder.spike(block, spike);
            for &destination in node.routes.destinations(block, spike.gid) {
                if destination != SELF {
                    outbox.push(usize::from(destination), spike);
                }
            }
        }
        node.potentials.tell(&mut *node.simulator, outbox)?;
        if to - node.drained >= DRAIN {
            node.drained = to;
            node.drain(self.recorder);
        }
        Ok(())
    }
}

/// A backend that reports spikes of cells it does not have must not make others fail.
fn check_own(routes: &Routes, spikes: &[Spike]) -> Result<()> {
    match spikes.iter().find(|spike| !routes.owns(spike.gid)) {
        None => Ok(()),
        Some(spike) => Err(Error::new(
            ErrorKind::Simulator,
            format!("the simulator reported a spike of cell {}, which is none of its cells", spike.gid),
        )),
    }
}
