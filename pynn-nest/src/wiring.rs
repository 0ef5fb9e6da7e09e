//! The connections onto the cells of a rank: those from its own cells, which become NEST's, and those from elsewhere,
//! which spikes take when they are delivered.

use std::sync::Arc;

use pynn_core::backend::{Draw, LocalPopulation, LocalProjection, Part, RowValues, SynapseRow};
use pynn_core::error::{Error, Result};
use pynn_core::plastic::Synapse;
use pynn_core::time::Tick;

use crate::Nest;
use crate::ffi::{Batch, Kernel, Reweighing, Table};
use crate::model::Port;

/// How many connections are handed to NEST at once.
const CHUNK: usize = 1 << 16;
/// The row of a cell without connections.
const NO_ROW: u32 = u32::MAX;

/// Where the cells of a population are in the kernel.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    /// Global id of the first that lives here.
    pub(crate) first_gid: u32,
    /// Its node id.
    pub(crate) node: u32,
    /// How many live here.
    pub(crate) count: usize,
}

/// All connections onto the cells of a rank.
#[derive(Debug, Default)]
pub(crate) struct Wiring {
    bundles: Vec<Bundle>,
    /// Connections from elsewhere.
    pub(crate) table: Table,
    /// By global id: the row of the table.
    rows: Vec<u32>,
    /// By node id: connections from the cell to cells of the rank.
    pub(crate) degrees: Vec<u32>,
    /// Shortest delay among the rank's cells, in steps.
    pub(crate) shortest_own: Option<u32>,
    /// Shortest delay from elsewhere, in steps.
    pub(crate) shortest_other: Option<u32>,
    /// Longest delay, in steps.
    pub(crate) longest: u32,
    /// How many connections.
    pub(crate) synapses: u64,
}

/// The connections that a projection makes among the cells of the rank. They are kept for a reset.
#[derive(Debug)]
struct Bundle {
    projection: Arc<str>,
    /// Node ids, target by target.
    sources: Vec<u32>,
    /// Node ids of targets, each with the end of its sources.
    targets: Vec<(u32, usize)>,
    /// In NEST's units: one for all, or one a connection.
    weights: Vec<f64>,
    /// In steps: one for all, or one a connection.
    delays: Vec<u32>,
    /// NEST's number of the receptor, if it is to be checked.
    receptor: Option<u32>,
}

/// A connection from elsewhere.
struct Entry {
    gid: u32,
    target: u32,
    delay: u32,
    weight: f64,
    receptor: Option<u32>,
}

impl Wiring {
    /// Makes all connections of `part`, whose populations' cells are at `cells`.
    pub(crate) fn new(part: &Part<'_>, cells: &[(LocalPopulation<'_>, Cells)]) -> Result<Self> {
        let nodes = cells.iter().map(|(_, cells)| cells.count).sum::<usize>() + 1;
        let mut wiring = Self { degrees: vec![0; nodes], ..Self::default() };
        let mut entries = Vec::new();
        for projection in part.projections() {
            if *projection.spec.synapse::<Nest>() != Synapse::Static {
                continue;
            }
            let of = |population| cells.iter().find(|(local, _)| local.spec.id == population);
            let Some((population, targets)) = of(projection.target_population()) else { continue };
            let sources = projection.spec.source.populations().filter_map(of);
            let sources = sources.map(|(_, cells)| cells.clone()).collect();
            let onto = Onto::new(part, &projection, population, targets, sources)?;
            wiring.add(&projection, &onto, &mut entries)?;
        }
        wiring.tabulate(part, &entries);
        Ok(wiring)
    }

    fn add(&mut self, projection: &LocalProjection<'_>, onto: &Onto, entries: &mut Vec<Entry>) -> Result<()> {
        let name = projection.spec.name.clone();
        let mut bundle = Bundle {
            projection: name,
            sources: vec![],
            targets: vec![],
            weights: vec![],
            delays: vec![],
            receptor: onto.port.receptor,
        };
        let mut failed = None;
        projection.connect(Draw::All, &mut |row| {
            if failed.is_none() {
                failed = self.add_row(&row, onto, &mut bundle, entries).err();
            }
        })?;
        if let Some(error) = failed {
            return Err(error.in_context(format_args!("projection `{}`", projection.spec.name)));
        }
        if !bundle.sources.is_empty() || bundle.receptor.is_some() {
            self.bundles.push(bundle);
        }
        Ok(())
    }

    fn add_row(
        &mut self,
        row: &SynapseRow<'_>,
        onto: &Onto,
        bundle: &mut Bundle,
        entries: &mut Vec<Entry>,
    ) -> Result<()> {
        let target = onto.node + row.target;
        self.synapses += row.sources.len() as u64;
        for (index, source) in row.sources.iter().enumerate() {
            let delay = row.delays.get(index);
            let weight = match row.weights {
                RowValues::Constant(weight) => weight,
                RowValues::Each(weights) => weights[index],
            };
            self.longest = self.longest.max(delay);
            let gid = onto.source_end.gid(*source);
            let Some(node) = onto.source_node(gid) else {
                shorten(&mut self.shortest_other, delay);
                let (weight, receptor) = (onto.rounded(weight), onto.port.receptor);
                entries.push(Entry { gid, target, delay, weight, receptor });
                continue;
            };
            shorten(&mut self.shortest_own, delay);
            self.degrees[node as usize] += 1;
            bundle.sources.push(node);
            if bundle.weights.is_empty() || matches!(row.weights, RowValues::Each(_)) {
                bundle.weights.push(onto.rounded(weight));
            }
            if bundle.delays.is_empty() || matches!(row.delays, RowValues::Each(_)) {
                bundle.delays.push(delay);
            }
        }
        bundle.targets.push((target, bundle.sources.len()));
        Ok(())
    }

    /// Sorts the connections from elsewhere by source; those of a source keep their order.
    fn tabulate(&mut self, part: &Part<'_>, entries: &[Entry]) {
        let cells = part.network.populations().last().map_or(0, |last| last.first_gid as usize + last.size);
        let mut counts = vec![0u64; cells];
        entries.iter().for_each(|entry| counts[entry.gid as usize] += 1);
        self.rows = vec![NO_ROW; cells];
        let mut starts = vec![0];
        for (gid, count) in counts.iter_mut().enumerate().filter(|(_, count)| **count > 0) {
            self.rows[gid] = u32::try_from(starts.len() - 1).unwrap_or(NO_ROW);
            let start = starts.last().copied().unwrap_or(0);
            starts.push(start + *count);
            *count = start;
        }
        let total = entries.len();
        let mut table = Table {
            starts,
            targets: vec![0; total],
            weights: vec![0.0; total],
            delays: vec![0; total],
            receptors: Vec::new(),
        };
        if entries.iter().any(|entry| entry.receptor.is_some()) {
            table.receptors.resize(total, 0);
        }
        for entry in entries {
            let next = &mut counts[entry.gid as usize];
            let place = usize::try_from(*next).unwrap_or(0);
            *next += 1;
            table.targets[place] = entry.target;
            table.weights[place] = entry.weight;
            table.delays[place] = entry.delay;
            if let Some(receptor) = entry.receptor {
                table.receptors[place] = receptor;
            }
        }
        self.table = table;
    }

    /// The row of the table of the cell with global id `gid`, if it has connections.
    #[inline]
    pub(crate) fn row(&self, gid: u32) -> Option<u32> {
        self.rows.get(gid as usize).copied().filter(|row| *row != NO_ROW)
    }

    /// The global id of the cell whose row of the table this is.
    pub(crate) fn gid_of(&self, row: u32) -> u32 {
        (0..).zip(&self.rows).find_map(|(gid, own)| (*own == row).then_some(gid)).unwrap_or_default()
    }

    /// Makes the connections among the rank's cells in `kernel`.
    pub(crate) fn connect(&self, kernel: &mut Kernel, timestep: Tick) -> Result<()> {
        let mut batch = Batch::default();
        for bundle in &self.bundles {
            let context = |error: Error| error.in_context(format_args!("projection `{}`", bundle.projection));
            if let (Some(receptor), Some((target, _))) = (bundle.receptor, bundle.targets.first()) {
                kernel.receives(*target, receptor).map_err(context)?;
            }
            batch.receptor = bundle.receptor.unwrap_or(0);
            let mut first = 0;
            for &(target, end) in &bundle.targets {
                for index in first..end {
                    batch.sources.push(i64::from(bundle.sources[index]));
                    batch.targets.push(i64::from(target));
                    batch.weights.push(of(&bundle.weights, index));
                    batch.delays.push((timestep * i64::from(of(&bundle.delays, index))).ms());
                    if batch.sources.len() == CHUNK {
                        kernel.connect(&mut batch).map_err(context)?;
                    }
                }
                first = end;
            }
            if !batch.sources.is_empty() {
                kernel.connect(&mut batch).map_err(context)?;
            }
        }
        Ok(())
    }

    /// The connections among the rank's cells whose weights differ in `new`, which has the same connections.
    pub(crate) fn reweighed(&self, new: &Self) -> Reweighing {
        let mut all = Reweighing::default();
        for (old, new) in self.bundles.iter().zip(&new.bundles) {
            let mut first = 0;
            for &(target, end) in &old.targets {
                for index in first..end {
                    let (before, weight) = (of(&old.weights, index), of(&new.weights, index));
                    if before != weight {
                        all.sources.push(u64::from(old.sources[index]));
                        all.targets.push(u64::from(target));
                        all.receptors.push(old.receptor.unwrap_or(0));
                        all.delays.push(of(&old.delays, index));
                        all.before.push(before);
                        all.weights.push(weight);
                    }
                }
                first = end;
            }
        }
        all
    }

    /// Bytes of what is kept.
    pub(crate) fn bytes(&self) -> usize {
        let bundle = |bundle: &Bundle| {
            4 * bundle.sources.len()
                + 16 * bundle.targets.len()
                + 8 * bundle.weights.len()
                + 4 * bundle.delays.len()
        };
        let bundles: usize = self.bundles.iter().map(bundle).sum();
        // The table is here and in the shim.
        bundles + 2 * 16 * self.table.targets.len() + 2 * 8 * self.table.starts.len() + 4 * self.rows.len()
    }
}

/// One value for all, or one for each.
#[inline]
fn of<T: Copy>(values: &[T], index: usize) -> T {
    if values.len() == 1 { values[0] } else { values[index] }
}

fn shorten(shortest: &mut Option<u32>, delay: u32) {
    *shortest = Some(shortest.map_or(delay, |other| other.min(delay)));
}

/// Where a projection ends, and what becomes of its weights.
struct Onto {
    /// Node id of the first cell that lives here of the target population.
    node: u32,
    /// The cells that live here of the source populations.
    sources: Vec<Cells>,
    source_end: pynn_core::connector::Cells,
    port: Port,
    quantum: f64,
}

impl Onto {
    fn new(
        part: &Part<'_>,
        projection: &LocalProjection<'_>,
        population: &LocalPopulation<'_>,
        targets: &Cells,
        sources: Vec<Cells>,
    ) -> Result<Self> {
        let receptor = projection.spec.receptor;
        let model = population.model::<Nest>();
        Ok(Self {
            node: targets.node,
            sources,
            source_end: projection.spec.source.cells().clone(),
            port: model.port(receptor),
            quantum: part.network.weight_quantum(projection.target_population(), receptor),
        })
    }

    /// The node id of the cell with global id `gid` if it lives here.
    #[inline]
    fn source_node(&self, gid: u32) -> Option<u32> {
        self.sources.iter().find_map(|cells| {
            let index = gid.wrapping_sub(cells.first_gid);
            ((index as usize) < cells.count).then(|| cells.node + index)
        })
    }

    /// `weight` in NEST's units, a multiple of the quantum.
    fn rounded(&self, weight: f64) -> f64 {
        (weight * self.port.factor / self.quantum).round() * self.quantum
    }
}
