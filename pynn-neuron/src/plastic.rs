//! Synapses that change: what they transmit is computed outside NEURON, so that it is the same as on every backend, and for
//! any number of ranks. Each receptor of each cell that they end on has one NetCon, which is given the sum of the weights
//! that arrive in a step, and then an event.

use pynn_core::backend::Part;
use pynn_core::error::Result;
use pynn_core::plastic::{Arrived, Arriving};
use pynn_core::population::PopulationId;

use crate::Neuron;
use crate::ffi::{Arrivals, Batch, Kernel};

/// How much later than due NEURON is told what arrives, in time steps: it has handed out what else is due then, and refuses an
/// event that the last bit of a sum puts before that. It asks only in which half of a step an event is.
const LATER: f64 = 1.0 / 64.0;

/// The changing synapses onto the cells of a rank.
#[derive(Debug)]
pub(crate) struct Plastic {
    pub(crate) arriving: Arriving,
    targets: Vec<Target>,
    /// What arrives at the end of the step under way at cells that NEURON is to tell then.
    then: Vec<Arrived>,
    arrivals: Arrivals,
    /// Synaptic events, less those that NEURON counts.
    pub(crate) events: i64,
}

/// Where the cells of a population are, and how they take what arrives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// The number of the first.
    pub(crate) first: u32,
    /// How much earlier than due they take it, in time steps.
    pub(crate) early: f64,
}

/// The NetCons onto a receptor of a population's cells.
#[derive(Debug)]
struct Target {
    population: PopulationId,
    receptor: usize,
    /// The global id that the first listens to: one that no cell has.
    gid: u32,
    /// The number of the first among all connections.
    connection: u64,
    early: f64,
}

impl Plastic {
    pub(crate) fn new(part: &Part<'_>) -> Result<Self> {
        let arriving = Arriving::new::<Neuron>(part)?;
        Ok(Self { arriving, targets: Vec::new(), then: Vec::new(), arrivals: Arrivals::default(), events: 0 })
    }

    /// Makes the NetCons, of which `connection` is the number of the first.
    pub(crate) fn connect(
        &mut self,
        part: &Part<'_>,
        kernel: &mut Kernel,
        mut connection: u64,
        place: impl Fn(PopulationId) -> Option<Place>,
    ) -> Result<()> {
        let last = part.network.populations().last();
        let mut gid = last.map_or(0, |last| last.first_gid + last.cells().size());
        let step = part.timestep().ms();
        for (population, receptor, count) in self.arriving.targets() {
            let Some(Place { first, early }) = place(population) else { continue };
            let mut batch = Batch::default();
            for cell in 0..count {
                batch.sources.push(gid + cell);
                batch.targets.push(first + cell);
                batch.weights.push(0.0);
                batch.delays.push((1.0 - early) * step);
            }
            kernel.connect(&mut batch, receptor)?;
            self.targets.push(Target { population, receptor, gid, connection, early });
            (gid, connection) = (gid + count, connection + u64::from(count));
        }
        Ok(())
    }

    /// Before the step that ends at `due`, the number of a step of `timestep` ms: computes what arrives at its end.
    pub(crate) fn before(&mut self, kernel: &mut Kernel, due: u32, timestep: f64) -> Result<()> {
        let (mut now, then) = (Vec::new(), &mut self.then);
        let targets = &self.targets;
        let early =
            |arrived: &Arrived| targets.iter().any(|target| target.early > 0.0 && target.takes(arrived));
        let events = self
            .arriving
            .next(|arrived| if early(&arrived) { now.push(arrived) } else { then.push(arrived) });
        self.events += i64::try_from(events).unwrap_or(i64::MAX);
        self.arrive(kernel, &now, due, timestep)
    }

    /// After that step: NEURON takes at the beginning of a step what was due at the end of the one before.
    pub(crate) fn after(&mut self, kernel: &mut Kernel, due: u32, timestep: f64) -> Result<()> {
        let mut then = std::mem::take(&mut self.then);
        let result = self.arrive(kernel, &then, due, timestep);
        then.clear();
        self.then = then;
        result
    }

    fn arrive(&mut self, kernel: &mut Kernel, arrived: &[Arrived], due: u32, timestep: f64) -> Result<()> {
        if arrived.is_empty() {
            return Ok(());
        }
        let (mut numbers, mut weights) = (Vec::new(), Vec::new());
        for one in arrived {
            let Some(target) = self.targets.iter().find(|target| target.takes(one)) else { continue };
            numbers.push(target.connection + u64::from(one.cell));
            weights.push(one.weight);
            self.arrivals.sources.push(target.gid + one.cell);
            self.arrivals.times.push((f64::from(due - 1) + LATER) * timestep);
        }
        self.events -= i64::try_from(numbers.len()).unwrap_or(0);
        kernel.weigh(&numbers, &weights);
        kernel.deliver(&mut self.arrivals)
    }

    pub(crate) fn reset(&mut self) {
        self.events = 0;
        self.then.clear();
        self.arriving.reset();
    }
}

impl Target {
    fn takes(&self, arrived: &Arrived) -> bool {
        self.population == arrived.population && self.receptor == arrived.receptor
    }
}
