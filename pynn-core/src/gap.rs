//! Gap junctions: what joins the membranes of two cells of a simulator, without spikes.

use crate::backend::Draw;
use crate::cell::ReceptorInfo;
use crate::error::Result;
use crate::network::{Network, PopulationSpec, ProjectionSpec};
use crate::part::{LocalProjection, Part, share_of};
use crate::population::{PopulationId, SimulatorId};
use crate::units::{Conductance, Unit};

/// A gap junction: `conductance * (v - w)` flows out of the cell with potential v and into that with potential w.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GapJunction {
    /// The two cells: numbers among [`GapJunctions::cells`], and after these among the [ghosts](GapJunctions::ghosts).
    pub cells: [usize; 2],
    /// The conductance, uS.
    pub conductance: f64,
}

/// The gap junctions of one rank: those that have an end here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GapJunctions {
    /// The cells with gap junctions that live here, in order of their global ids: the population, and the index among its
    /// cells that live here.
    pub cells: Vec<(PopulationId, u32)>,
    /// The cells of other ranks that they are joined to: their global ids, ascending. Their potentials come from there.
    pub ghosts: Vec<u32>,
    /// The junctions of each cell follow each other in the same order on any number of ranks: so its current is the same
    /// sum.
    pub junctions: Vec<GapJunction>,
}

/// Where gap junctions end.
pub(crate) static MEMBRANE: ReceptorInfo = ReceptorInfo { name: "membrane", symbol: Conductance::SYMBOL };

/// What is wrong with a projection of gap junctions, if anything; with words that fit behind its name.
pub(crate) fn check(network: &Network, spec: &ProjectionSpec) -> Result<(), String> {
    let name = spec.family.info().name;
    let home = network.target_simulator(spec);
    let population = |id: PopulationId| &network.populations()[id.0];
    for source in spec.source.populations() {
        if population(source).simulator != population(spec.target.parts()[0].population).simulator {
            return Err(format!(
                "{name} needs both potentials at every time step, but `{}` is on `{}` and the target on `{}`; put \
                 both on one simulator",
                population(source).name,
                network.simulator_of(source).name,
                home.name
            ));
        }
    }
    let without_membrane = |spec: &&PopulationSpec| spec.is_source() || spec.cell.state("v").is_none();
    let ends = spec.source.populations().chain(spec.target.populations()).map(population);
    if let Some(end) = { ends }.find(without_membrane) {
        return Err(format!(
            "{name} joins membranes, but {} cells, of `{}`, have no membrane potential; join neurons",
            end.cell.name, end.name
        ));
    }
    if spec.receptor != 0 {
        let target = population(spec.target.parts()[0].population);
        let receptor = target.cell.receptors[spec.receptor].name;
        return Err(format!("{name} ends on the membrane, on no receptor; leave `.{receptor}` out"));
    }
    Ok(())
}

impl ProjectionSpec {
    /// Whether its connections are gap junctions.
    #[must_use]
    pub fn is_gap(&self) -> bool {
        !self.family.info().carries_spikes
    }

    /// Whether it has gap junctions with cells of `population`.
    #[must_use]
    pub fn joins(&self, population: PopulationId) -> bool {
        let ends = || self.source.populations().chain(self.target.populations());
        self.is_gap() && ends().any(|end| end == population)
    }
}

impl Network {
    /// Calls `visit(projection, [source, target], conductance)`, cells by their global ids, for every gap junction of a
    /// simulator, in an order that depends on the description alone. A cell is not joined to itself. Without `weights`
    /// conductances are given as zero.
    ///
    /// # Errors
    /// When a conductance does not make sense.
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn visit_gap_junctions(
        &self,
        simulator: SimulatorId,
        weights: bool,
        visit: &mut dyn FnMut(&ProjectionSpec, [u32; 2], f64),
    ) -> Result<()> {
        let draw = if weights { Draw::All } else { Draw::Sources };
        for spec in self.projections().iter().filter(|spec| spec.is_gap()) {
            let all = |spec: &PopulationSpec| if spec.simulator == simulator { 0..spec.size } else { 0..0 };
            for projection in LocalProjection::onto(self, spec, all) {
                let first_target = self.populations()[projection.target_population().0].first_gid;
                projection.connect(draw, &mut |row| {
                    let target = first_target + row.target;
                    for (index, source) in row.sources.iter().enumerate() {
                        let source = projection.source_gid(*source);
                        if source != target {
                            visit(spec, [source, target], row.weights.get(index));
                        }
                    }
                })?;
            }
        }
        Ok(())
    }
}

impl Part<'_> {
    /// The gap junctions that have an end here. All ranks generate all of them, and so agree on who needs what.
    ///
    /// # Errors
    /// When a conductance does not make sense.
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn gap_junctions(&self) -> Result<GapJunctions> {
        let own = |gid: u32| {
            let spec = self.network.population_of(gid);
            let (cell, here) =
                ((gid - spec.first_gid) as usize, share_of(spec.size, self.share, self.shares));
            here.contains(&cell).then(|| (spec.id, (cell - here.start) as u32))
        };
        let mut joined = Vec::new();
        self.network.visit_gap_junctions(self.simulator, true, &mut |_, cells, conductance| {
            if cells.iter().any(|gid| own(*gid).is_some()) {
                joined.push((cells, conductance));
            }
        })?;
        let mut gids: Vec<u32> = joined.iter().flat_map(|(cells, _)| *cells).collect();
        gids.sort_unstable();
        gids.dedup();
        let (here, ghosts): (Vec<u32>, Vec<u32>) = gids.into_iter().partition(|gid| own(*gid).is_some());
        let number = |gid: u32| {
            let elsewhere = |_| here.len() + ghosts.partition_point(|ghost| *ghost < gid);
            here.binary_search(&gid).unwrap_or_else(elsewhere)
        };
        let junction =
            |(cells, conductance): ([u32; 2], f64)| GapJunction { cells: cells.map(number), conductance };
        let junctions = joined.into_iter().map(junction).collect();
        Ok(GapJunctions { cells: here.into_iter().filter_map(own).collect(), ghosts, junctions })
    }
}
