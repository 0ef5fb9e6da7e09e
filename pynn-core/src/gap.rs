//! Gap junctions: what joins the membranes of two cells of a simulator, without spikes.

use crate::backend::Draw;
use crate::cell::ReceptorInfo;
use crate::error::{Error, Result};
use crate::network::{Network, PopulationSpec, ProjectionSpec};
use crate::part::{LocalProjection, Part};
use crate::population::PopulationId;
use crate::units::{Conductance, Unit};

/// A gap junction: `conductance * (v - w)` flows out of the cell with potential v and into that with potential w.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GapJunction {
    /// The two cells: the population, and the index among its cells that live here.
    pub cells: [(PopulationId, u32); 2],
    /// The conductance, uS.
    pub conductance: f64,
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
    if home.processes > 1 {
        return Err(divided(name, &home.name, home.processes));
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

fn divided(synapse: &str, simulator: &str, processes: usize) -> String {
    format!(
        "{synapse} needs both potentials at every time step, but `{simulator}` is divided among {processes} processes; \
         write `processes: 1`"
    )
}

impl ProjectionSpec {
    /// Whether it has gap junctions with cells of `population`.
    #[must_use]
    pub fn joins(&self, population: PopulationId) -> bool {
        let ends = || self.source.populations().chain(self.target.populations());
        !self.family.info().carries_spikes && ends().any(|end| end == population)
    }
}

impl Part<'_> {
    /// The gap junctions between cells that live here, in order of declaration. A cell is not joined to itself.
    ///
    /// # Errors
    /// When a conductance does not make sense, or the simulator is divided among several ranks.
    pub fn gap_junctions(&self) -> Result<Vec<GapJunction>> {
        let mut junctions = Vec::new();
        let without_spikes = |local: &LocalProjection<'_>| !local.spec.family.info().carries_spikes;
        for projection in self.projections().filter(without_spikes).flat_map(LocalProjection::by_source) {
            let spec = projection.spec;
            if self.shares > 1 {
                let message = divided(spec.family.info().name, &self.spec().name, self.shares);
                return Err(Error::description(format!("projection `{}`: {message}", spec.name)));
            }
            let (source, target) = (projection.source_part().population, projection.target_population());
            let mut cells = Vec::new();
            projection.connect(Draw::All, &mut |row| {
                let to = (target, row.target);
                let sources = projection.source_cells(row.sources, &mut cells).iter();
                let joined = sources.enumerate().map(|(index, from)| GapJunction {
                    cells: [(source, *from), to],
                    conductance: row.weights.get(index),
                });
                junctions.extend(joined.filter(|junction| junction.cells[0] != to));
            })?;
        }
        Ok(junctions)
    }
}
