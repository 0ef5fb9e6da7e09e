//! The connections of a projection onto the cells of a rank.

use std::ops::Range;

use super::{Draw, SynapseRow};
use crate::connector::{Reaching, Row};
use crate::end::{EndPart, Selection};
use crate::error::Result;
use crate::network::{Network, PopulationSpec, ProjectionSpec};
use crate::population::PopulationId;
use crate::row::RowFiller;

/// The connections of a projection onto those cells of one part of its target end that live on one rank.
#[derive(Clone, Debug)]
pub struct LocalProjection<'n> {
    pub(super) network: &'n Network,
    /// The projection.
    pub spec: &'n ProjectionSpec,
    /// The targets that live here, as indices in the target end.
    pub targets: Range<u32>,
    /// The part of the target end.
    onto: &'n EndPart,
    /// The index in the population of the first cell that lives here.
    first_cell: usize,
    /// The targets of parts of the target end before this one that live here.
    before: Vec<Range<u32>>,
    /// The sources whose connections these are, if not all.
    from: Option<&'n EndPart>,
}

impl<'n> LocalProjection<'n> {
    /// The connections of `spec` onto those of its targets that live on a rank, which has the cells of each population
    /// with indices `cells(population)`: one for each part of its target end (a population or a view of one) that has a target
    /// there.
    pub fn onto(
        network: &'n Network,
        spec: &'n ProjectionSpec,
        cells: impl Fn(&'n PopulationSpec) -> Range<usize>,
    ) -> impl Iterator<Item = Self> {
        let mut here = Vec::new();
        spec.target.parts().iter().filter_map(move |onto| {
            let cells = cells(&network.populations()[onto.population.0]);
            let targets = onto.within(&cells);
            if targets.is_empty() {
                return None;
            }
            let before = here.clone();
            here.push(targets.clone());
            Some(Self { network, spec, targets, onto, first_cell: cells.start, before, from: None })
        })
    }

    /// The population of the targets.
    #[must_use]
    pub fn target_population(&self) -> PopulationId {
        self.onto.population
    }

    /// The same connections divided by the populations of the sources: one where there is but one.
    pub fn by_source(self) -> impl Iterator<Item = Self> {
        let several = self.spec.source.parts().len() > 1;
        let parts = self.spec.source.parts().iter();
        parts.map(move |from| Self { from: several.then_some(from), ..self.clone() })
    }

    /// The sources, where they are of one population or [`by_source`](Self::by_source) was asked for.
    ///
    /// # Panics
    /// When there are several populations of sources.
    #[must_use]
    pub fn source_part(&self) -> &'n EndPart {
        match (self.from, self.spec.source.parts()) {
            (Some(from), _) | (None, [from]) => from,
            _ => panic!("projection `{}` has several populations of sources", self.spec.name),
        }
    }

    /// The global id of the source with index `source` in the source end.
    #[inline]
    #[must_use]
    pub fn source_gid(&self, source: u32) -> u32 {
        self.spec.source.cells().gid(source)
    }

    /// The indices in their population of sources given by indices in the source end: the same numbers for a whole
    /// population, others in `buffer`.
    ///
    /// # Panics
    /// As [`source_part`](Self::source_part).
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn source_cells<'a>(&self, sources: &'a [u32], buffer: &'a mut Vec<u32>) -> &'a [u32] {
        let part = self.source_part();
        if matches!(&part.cells, Selection::Range(range) if range.start == part.first as usize) {
            return sources;
        }
        buffer.clear();
        buffer.extend(sources.iter().map(|source| part.cell(*source) as u32));
        buffer
    }

    /// How many sources the projection has.
    #[must_use]
    pub fn source_count(&self) -> u32 {
        self.spec.source.size()
    }

    /// The index among the cells that live here of the target with index `target` in the target end.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn local_target(&self, target: u32) -> u32 {
        (self.onto.cell(target) - self.first_cell) as u32
    }

    /// The index in the target end of the target with index `target` among the cells that live here.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "the builder bounds the number of cells")]
    pub fn end_target(&self, target: u32) -> u32 {
        let cell = self.first_cell + target as usize;
        self.onto.within(&(cell..cell + 1)).start
    }

    /// Which sources have connections onto the targets that live here.
    #[must_use]
    pub fn reaching(&self) -> Reaching {
        self.spec.connector.reaching(&self.network.ends(self.spec), self.targets.clone())
    }

    /// Emits the connections, target by target, at most one row a target. Calling it again emits the same.
    ///
    /// # Errors
    /// When a connection cannot be made, or a weight or delay does not make sense.
    pub fn connect(&self, draw: Draw, emit: &mut dyn FnMut(SynapseRow<'_>)) -> Result<()> {
        self.emit_rows(draw, emit)
            .map_err(|error| error.in_context(format_args!("projection `{}`", self.spec.name)))
    }

    fn emit_rows(&self, draw: Draw, emit: &mut dyn FnMut(SynapseRow<'_>)) -> Result<()> {
        let ends = self.network.ends(self.spec);
        let mut values = RowFiller::new(self.network, self.spec, draw);
        if values.are_set() {
            // Of gap junctions each rank has the values of all.
            let all = 0..self.targets.start;
            for targets in if self.spec.is_gap() { std::slice::from_ref(&all) } else { &self.before } {
                let skip = &mut |row: Row<'_>| values.skip(row.sources.len());
                self.spec.connector.connect(&ends, targets.clone(), skip)?;
            }
        }
        let mut failed = None;
        let mut divider = self.from.map(|from| Divider::new(from.indices()));
        self.spec.connector.connect(&ends, self.targets.clone(), &mut |row| {
            if failed.is_some() {
                return;
            }
            let target = self.local_target(row.target);
            failed = match &mut divider {
                Some(divider) => values.emit(&row, target, &mut |row| divider.divide(&row, emit)).err(),
                None => values.emit(&row, target, emit).err(),
            };
        })?;
        failed.map_or(Ok(()), Err)
    }
}

/// Keeps what comes from one population of rows with sources of several.
struct Divider {
    wanted: Range<u32>,
    sources: Vec<u32>,
    weights: Vec<f64>,
    delays: Vec<u32>,
    parameters: Vec<Vec<f64>>,
}

impl Divider {
    fn new(wanted: Range<u32>) -> Self {
        Self { wanted, sources: Vec::new(), weights: Vec::new(), delays: Vec::new(), parameters: Vec::new() }
    }

    fn divide(&mut self, row: &SynapseRow<'_>, emit: &mut dyn FnMut(SynapseRow<'_>)) {
        let wanted = |source: u32| self.wanted.contains(&source);
        self.sources.clear();
        self.sources.extend(row.sources.iter().filter(|source| wanted(**source)));
        if self.sources.is_empty() {
            return;
        }
        let kept = || (0..row.sources.len()).filter(|index| wanted(row.sources[*index]));
        self.parameters.resize_with(row.parameters.len(), Vec::new);
        let parameters = row.parameters.iter().zip(&mut self.parameters);
        let parameters: Vec<_> = parameters.map(|(values, buffer)| values.those(kept(), buffer)).collect();
        emit(SynapseRow {
            target: row.target,
            sources: &self.sources,
            weights: row.weights.those(kept(), &mut self.weights),
            delays: row.delays.those(kept(), &mut self.delays),
            parameters: &parameters,
        });
    }
}
