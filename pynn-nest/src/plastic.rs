//! Synapses that change: what they transmit is computed outside NEST, so that it is the same as on every backend, and for
//! any number of ranks; NEST is given the weights in the step in which they arrive.

use pynn_core::backend::Part;
use pynn_core::error::{Error, Result};
use pynn_core::plastic::Arriving;
use pynn_core::population::PopulationId;
use pynn_core::time::Spike;

use crate::Nest;
use crate::ffi::{Arrivals, Kernel};
use crate::model::{Model, Port};

/// The changing synapses onto the cells of a rank.
#[derive(Debug)]
pub(crate) struct Plastic {
    pub(crate) arriving: Arriving,
    targets: Vec<Target>,
    arrivals: Arrivals,
    pub(crate) events: u64,
}

/// A receptor of a population's cells.
#[derive(Debug)]
struct Target {
    population: PopulationId,
    receptor: usize,
    /// Node id of the first cell.
    node: u32,
    port: Port,
}

impl Plastic {
    /// `place` gives the node id of the first cell that lives here of a population, and its model.
    pub(crate) fn new<'m>(
        part: &Part<'_>,
        place: impl Fn(PopulationId) -> Option<(u32, &'m Model)>,
    ) -> Result<Self> {
        let arriving = Arriving::new::<Nest>(part)?;
        for (population, _, _) in arriving.targets() {
            if place(population).is_some_and(|(_, model)| !model.knows_weights()) {
                let name = &part.network.populations()[population.0].name;
                return Err(Error::description(format!(
                    "population `{name}`: synapses that change do not end on NEST's own models; use StaticSynapse, or one of \
                     PyNN's cells"
                )));
            }
        }
        let target = |(population, receptor, _)| {
            let (node, model) = place(population)?;
            Some(Target { population, receptor, node, port: model.port(receptor) })
        };
        let targets = arriving.targets().filter_map(target).collect();
        Ok(Self { arriving, targets, arrivals: Arrivals::default(), events: 0 })
    }

    /// Lets what arrives at the end of step `due`, the next one, arrive.
    pub(crate) fn arrive(&mut self, kernel: &mut Kernel, due: u32) -> Result<()> {
        let (targets, arrivals) = (&self.targets, &mut self.arrivals);
        self.events += self.arriving.next(|arrival| {
            let is_there = |target: &&Target| {
                target.population == arrival.population && target.receptor == arrival.receptor
            };
            if let Some(target) = targets.iter().find(is_there) {
                arrivals.nodes.push(target.node + arrival.cell);
                arrivals.ports.push(target.port.receptor.unwrap_or(0));
                arrivals.weights.push(arrival.weight * target.port.factor);
            }
        });
        if arrivals.nodes.is_empty() { Ok(()) } else { kernel.arrive(arrivals, i64::from(due)) }
    }

    /// Takes in the spikes of cells that live here.
    pub(crate) fn fired(&mut self, spikes: &[Spike]) {
        self.arriving.fired(spikes);
    }

    pub(crate) fn reset(&mut self) {
        self.events = 0;
        self.arriving.reset();
    }
}
