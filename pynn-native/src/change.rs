//! What changes between runs: coefficients, columns of state, connections.

use pynn_core::backend::{DELAYS_STAY, LocalPopulation, Part, unchangeable, unchangeable_delays};
use pynn_core::change::{Change, SynapseValue};
use pynn_core::error::Result;
use pynn_core::population::{PopulationId, ProjectionId};

use crate::Native;
use crate::engine::{Engine, inject};
use crate::gap::Gaps;
use crate::kernels::ring::Ring;
use crate::under_way::UnderWay;
use crate::wiring::Wiring;

impl Engine {
    /// Takes over what is new in `part`; when it is refused, all is as before.
    pub(crate) fn take_over(&mut self, part: &Part<'_>, change: &Change) -> Result<()> {
        match change {
            Change::Parameter { population, .. } => {
                if let Some(local) = of(part, *population)
                    && let Some(group) = self.groups.iter_mut().find(|group| group.population == *population)
                {
                    group.renew(part, &local)?;
                    // A new kernel knows nothing of electrodes.
                    inject(&mut self.groups, self.currents.cells());
                    return Ok(());
                }
                let mut drives = self.wiring.drives.iter_mut().filter(|drive| drive.is_from(*population));
                drives.try_for_each(|drive| drive.renew(part, self.now))
            }
            Change::State { population, state, cells } => {
                let Some(local) = of(part, *population) else { return Ok(()) };
                let Some(group) = self.groups.iter_mut().find(|group| group.population == *population) else {
                    return Ok(());
                };
                group.initialize(&local, *state, cells, self.now)
            }
            Change::Synapses { projection, .. } if part.network.projections()[projection.0].is_gap() => {
                self.gaps = Gaps::new(part, &mut self.groups)?;
                self.gaps.note(self.currents.cells());
                Ok(())
            }
            Change::Synapses { projection, value: SynapseValue::Delay }
                if part.network.projections()[projection.0].synapse::<Native>().changes() =>
            {
                Err(unchangeable_delays(part, *projection, DELAYS_STAY))
            }
            Change::Synapses { projection, value } => self.rewire(part, *projection, *value),
            Change::Electrode { electrode } => self.currents.change(part, *electrode),
            other => Err(unchangeable(part, other)),
        }
    }

    /// Makes all connections anew; spikes that are under way stay so.
    fn rewire(&mut self, part: &Part<'_>, changed: ProjectionId, value: SynapseValue) -> Result<()> {
        let mut wiring = Wiring::new(part, &self.groups, self.inputs.shape().slots, &self.plastic)?;
        self.plastic.change(part, changed, self.now)?;
        self.events -= self.wiring.in_ring(self.now);
        if value == SynapseValue::Delay {
            let under_way = UnderWay::of(&mut self.wiring, &mut self.inputs, self.now, &self.groups);
            wiring.keep_as_sent(&mut self.wiring, self.now, under_way);
        } else {
            wiring.keep(&mut self.wiring, self.now);
        }
        self.inputs = Ring::new(wiring.ring);
        self.wiring = wiring;
        self.groups.iter_mut().for_each(|group| group.measure(part));
        self.wiring.under_way.measure(&self.groups);
        self.link();
        Ok(())
    }
}

fn of<'n>(part: &Part<'n>, population: PopulationId) -> Option<LocalPopulation<'n>> {
    part.populations().find(|local| local.spec.id == population)
}
