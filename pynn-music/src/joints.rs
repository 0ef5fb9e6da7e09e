//! Gap junctions between cells of different ranks of a simulator: after each step a rank tells the potentials of its cells to
//! the ranks that have junctions with them. They travel at the end of the packets of spikes.

use std::collections::BTreeMap;

use pynn_core::backend::Simulator;
use pynn_core::error::{Error, ErrorKind, Result};
use pynn_core::network::Network;
use pynn_core::population::{ProjectionId, SimulatorId};
use pynn_core::time::Spike;

use crate::exchange::Outbox;
use crate::layout::Layout;
use crate::schedule::{Joint, Schedule};

/// What ranks must tell each other. The same on all ranks.
///
/// # Errors
/// When gap junctions cannot be made.
pub fn joints(network: &Network, layout: &Layout) -> Result<Vec<Joint>> {
    let mut pairs: BTreeMap<(usize, usize), (Vec<u32>, Vec<ProjectionId>)> = BTreeMap::new();
    let simulators = (0..network.simulators().len()).map(SimulatorId);
    for simulator in simulators.filter(|simulator| layout.ranks_of(*simulator).len() > 1) {
        network.visit_gap_junctions(simulator, false, &mut |projection, cells, _| {
            let ranks = cells.map(|gid| layout.rank_of(network, gid));
            if ranks[0] == ranks[1] {
                return;
            }
            for (here, there) in [(0, 1), (1, 0)] {
                let (told, projections) = pairs.entry((ranks[here], ranks[there])).or_default();
                told.push(cells[here]);
                if projections.last() != Some(&projection.id) {
                    projections.push(projection.id);
                }
            }
        })?;
    }
    let name = |id: ProjectionId| network.projections()[id.0].name.to_string();
    let joint = |((from, to), (mut cells, projections)): (_, (Vec<u32>, Vec<_>))| {
        cells.sort_unstable();
        cells.dedup();
        Joint { from, to, cells, projections: projections.into_iter().map(name).collect() }
    };
    Ok(pairs.into_iter().map(joint).collect())
}

/// What one rank tells others, and what it is told.
#[derive(Debug, Default)]
pub(crate) struct Potentials {
    /// The index among the outgoing channels, and the cells whose potentials it carries.
    told: Vec<(usize, Vec<u32>)>,
    /// The same by the ids of incoming channels.
    heard: Vec<(usize, Vec<u32>)>,
    /// The place of each of these among the potentials of all channels.
    places: Vec<usize>,
    values: Vec<f64>,
}

impl Potentials {
    pub(crate) fn new(schedule: &Schedule, rank: usize) -> Self {
        let carries = |(key, id): (usize, usize)| {
            let cells = schedule.potentials(id);
            (!cells.is_empty()).then(|| (key, cells.to_vec()))
        };
        let outgoing = schedule.outgoing(rank).iter().copied().enumerate();
        let heard: Vec<_> = schedule.incoming(rank).iter().filter_map(|id| carries((*id, *id))).collect();
        let place = |(id, _): &(usize, _)| (0..*id).map(|before| schedule.potentials(before).len()).sum();
        let places = heard.iter().map(place).collect();
        Self { told: outgoing.filter_map(carries).collect(), heard, places, values: Vec::new() }
    }

    /// Puts the potentials of own cells behind the spikes of the step. A channel that carries any has a window of one step.
    pub(crate) fn tell(&mut self, simulator: &mut dyn Simulator, outbox: &mut Outbox) -> Result<()> {
        for (channel, cells) in &self.told {
            self.values.clear();
            simulator.potentials(cells, &mut self.values)?;
            outbox.extend(*channel, self.values.iter().map(|v| packed(v.to_bits())));
        }
        Ok(())
    }

    /// Takes what the channel with id `channel` brings.
    pub(crate) fn hear(
        &mut self,
        simulator: &mut dyn Simulator,
        channel: usize,
        packet: &[Spike],
    ) -> Result<()> {
        let Some((_, cells)) = self.heard.iter().find(|(id, _)| *id == channel) else { return Ok(()) };
        self.values.clear();
        self.values.extend(packet.iter().map(|word| f64::from_bits(unpacked(*word))));
        simulator.take_potentials(cells, &self.values)
    }

    /// The potentials of own cells now, for all channels one after the other.
    pub(crate) fn words(&mut self, simulator: &mut dyn Simulator) -> Result<Vec<u64>> {
        self.values.clear();
        self.told.iter().try_for_each(|(_, cells)| simulator.potentials(cells, &mut self.values))?;
        Ok(self.values.iter().map(|v| v.to_bits()).collect())
    }

    /// Takes the own part of the potentials of all ranks: the [`words`](Self::words) of each, by rank.
    pub(crate) fn meet(&mut self, simulator: &mut dyn Simulator, words: &[u64]) -> Result<()> {
        for ((_, cells), place) in self.heard.iter().zip(&self.places) {
            let own = words.get(*place..place + cells.len()).ok_or_else(|| {
                Error::new(ErrorKind::Transport, "ranks did not tell all potentials that gap junctions need")
            })?;
            self.values.clear();
            self.values.extend(own.iter().map(|bits| f64::from_bits(*bits)));
            simulator.take_potentials(cells, &self.values)?;
        }
        Ok(())
    }
}

/// A word in the place of a spike.
fn packed(bits: u64) -> Spike {
    Spike { step: (bits >> 32) as u32, gid: bits as u32 }
}

fn unpacked(word: Spike) -> u64 {
    u64::from(word.step) << 32 | u64::from(word.gid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_potential_travels_with_all_its_bits() {
        for v in [-65.0, 0.1 + 0.2, f64::MIN_POSITIVE, -0.0] {
            assert_eq!(unpacked(packed(v.to_bits())), v.to_bits());
        }
    }
}
