//! Cells to connect: views of a population, assemblies of several.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Add, Bound, RangeBounds};
use std::sync::Arc;

use crate::cell::{CellType, Receives, Receptor};
use crate::end::Selection;
use crate::error::{Error, Result};
use crate::population::{Population, PopulationId};

/// Some cells of a population, in ascending order of their indices. PyNN's `PopulationView`.
///
/// The indices of its own methods count within the view. What is wrong with a view is an error of the build of the
/// network that uses it.
#[doc(alias = "PopulationView")]
pub struct View<B, C> {
    pub(crate) population: Population<B, C>,
    pub(crate) cells: Selection,
    /// What is wrong with it, if anything.
    pub(crate) mistake: Option<Arc<str>>,
}

impl<B, C> View<B, C> {
    /// The population.
    #[must_use]
    pub fn population(&self) -> &Population<B, C> {
        &self.population
    }

    /// The indices of the cells in the population.
    #[must_use]
    pub fn cells(&self) -> &Selection {
        &self.cells
    }

    /// Whether the population has these cells.
    ///
    /// # Errors
    /// When it has not: what is wrong with the view.
    pub fn check(&self) -> Result<()> {
        self.mistake.as_ref().map_or(Ok(()), |mistake| Err(Error::description(&**mistake)))
    }

    /// How many cells.
    #[must_use]
    pub fn size(&self) -> usize {
        self.cells.len()
    }

    /// Those of the cells with indices in `range`, counted in the view.
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> Self {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => end.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => self.size(),
        };
        let (name, size) = (&self.population.name, self.size());
        if end > size {
            let whole = self.whole();
            return self.wrong(format!(
                "the range {start}..{end} reaches beyond the {size} cells of {whole} `{name}`; end it at {size} or before"
            ));
        }
        if start >= end {
            return self.wrong(format!(
                "the range {start}..{end} of `{name}` has no cell; let it end after it begins"
            ));
        }
        let cells = match &self.cells {
            Selection::Range(all) => Selection::Range(all.start + start..all.start + end),
            Selection::List(all) => Selection::List(all[start..end].into()),
        };
        Self { population: self.population.clone(), cells, mistake: self.mistake.clone() }
    }

    /// Those of the cells with the given indices, counted in the view, in ascending order whatever the order here. A cell
    /// listed twice, or one that there is not, is an error of the build.
    #[must_use]
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> Self {
        let mut indices: Vec<usize> = indices.into_iter().collect();
        indices.sort_unstable();
        let name = &self.population.name;
        if indices.is_empty() {
            return self.wrong(format!("a view of `{name}` lists no cell"));
        }
        if let Some(index) = indices.iter().find(|index| **index >= self.size()) {
            return self.wrong(format!(
                "a view of `{name}` lists cell {index}, but there are {} cells; indices count from 0",
                self.size()
            ));
        }
        if let Some(pair) = indices.windows(2).find(|pair| pair[0] == pair[1]) {
            return self.wrong(format!("a view of `{name}` lists cell {} twice; list each once", pair[0]));
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a population of 2^32 cells is an error of the build"
        )]
        let list = indices.into_iter().map(|index| self.cells.get(index) as u32).collect();
        Self {
            population: self.population.clone(),
            cells: Selection::List(list),
            mistake: self.mistake.clone(),
        }
    }

    /// Those of the cells for which `mask`, one a cell of the view, says true. A mask of another length is an error of the
    /// build.
    #[must_use]
    pub fn mask(&self, mask: impl IntoIterator<Item = bool>) -> Self {
        let mask: Vec<bool> = mask.into_iter().collect();
        if mask.len() != self.size() {
            return self.wrong(format!(
                "a mask of `{}` has {} entries for {} cells; give one a cell",
                self.population.name,
                mask.len(),
                self.size()
            ));
        }
        self.select((0..mask.len()).filter(|index| mask[*index]))
    }

    pub(crate) fn wrong(&self, mistake: String) -> Self {
        let mistake = self.mistake.clone().or_else(|| Some(mistake.into()));
        Self { population: self.population.clone(), cells: Selection::Range(0..0), mistake }
    }

    fn whole(&self) -> &'static str {
        if self.cells == Selection::Range(0..self.population.size) { "the population" } else { "the view of" }
    }

    /// The receptor `receptor` of the cells, for a projection to end on.
    #[must_use]
    pub fn target<W>(&self, receptor: Receptor<W>) -> Target<B, C, W> {
        Assembly::from(self).target(receptor)
    }

    /// The default receptor (PyNN: `excitatory`) of the cells, for a projection to end on.
    #[must_use]
    pub fn default_target(&self) -> Target<B, C, C::DefaultWeight>
    where
        C: Receives,
    {
        self.target(C::default_receptor())
    }
}

impl<B, C> Clone for View<B, C> {
    fn clone(&self) -> Self {
        let Self { population, cells, mistake } = self;
        Self { population: population.clone(), cells: cells.clone(), mistake: mistake.clone() }
    }
}

impl<B, C: CellType> fmt::Debug for View<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}[{:?}]", self.population, self.cells)
    }
}

impl<B, C> From<&Population<B, C>> for View<B, C> {
    fn from(population: &Population<B, C>) -> Self {
        population.all()
    }
}

impl<B, C> From<&View<B, C>> for View<B, C> {
    fn from(view: &View<B, C>) -> Self {
        view.clone()
    }
}

/// Cells of several populations of one cell type on simulators of one backend, as `&exc + &inh` gives it. PyNN's
/// `Assembly`.
///
/// The index of a cell goes through the parts one after the other. No cell may be in it twice.
pub struct Assembly<B, C> {
    pub(crate) parts: Vec<View<B, C>>,
}

impl<B, C> Assembly<B, C> {
    /// The parts, in order.
    #[must_use]
    pub fn parts(&self) -> &[View<B, C>] {
        &self.parts
    }

    /// How many cells.
    #[must_use]
    pub fn size(&self) -> usize {
        self.parts.iter().map(View::size).sum()
    }

    /// The receptor `receptor` of the cells, for a projection to end on.
    #[must_use]
    pub fn target<W>(&self, receptor: Receptor<W>) -> Target<B, C, W> {
        Target { cells: self.clone(), receptor: receptor.index(), weight: PhantomData }
    }

    /// The default receptor (PyNN: `excitatory`) of the cells, for a projection to end on.
    #[must_use]
    pub fn default_target(&self) -> Target<B, C, C::DefaultWeight>
    where
        C: Receives,
    {
        self.target(C::default_receptor())
    }
}

impl<B, C> Clone for Assembly<B, C> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone() }
    }
}

impl<B, C: CellType> fmt::Debug for Assembly<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.parts).finish()
    }
}

/// What can be part of an assembly: a population, a view, an assembly.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in an assembly of `{C}` cells on `{B}`",
    label = "expected a population, a view or an assembly of `{C}` on `{B}`",
    note = "an assembly has one cell type and one backend; a projection may start from a tuple of any: `(&exc, &input)`"
)]
pub trait Members<B, C> {
    /// The cells, population by population.
    fn members(self) -> Vec<View<B, C>>;
}

impl<B, C> Members<B, C> for &Population<B, C> {
    fn members(self) -> Vec<View<B, C>> {
        vec![self.all()]
    }
}

impl<B, C> Members<B, C> for &View<B, C> {
    fn members(self) -> Vec<View<B, C>> {
        vec![self.clone()]
    }
}

impl<B, C> Members<B, C> for View<B, C> {
    fn members(self) -> Vec<View<B, C>> {
        vec![self]
    }
}

impl<B, C> Members<B, C> for &Assembly<B, C> {
    fn members(self) -> Vec<View<B, C>> {
        self.parts.clone()
    }
}

impl<B, C> Members<B, C> for Assembly<B, C> {
    fn members(self) -> Vec<View<B, C>> {
        self.parts
    }
}

macro_rules! are_assemblies {
    ($($cells:ty),*) => {$(
        impl<B, C> From<$cells> for Assembly<B, C> {
            fn from(cells: $cells) -> Self {
                Self { parts: cells.members() }
            }
        }
    )*};
}
are_assemblies!(&Population<B, C>, &View<B, C>, View<B, C>, &Assembly<B, C>);

macro_rules! sums_are_assemblies {
    ($($left:ty),*) => {$(
        impl<B, C, M: Members<B, C>> Add<M> for $left {
            type Output = Assembly<B, C>;
            fn add(self, other: M) -> Assembly<B, C> {
                let mut sum: Assembly<B, C> = self.into();
                sum.parts.extend(other.members());
                sum
            }
        }
    )*};
}
sums_are_assemblies!(&Population<B, C>, &View<B, C>, View<B, C>, &Assembly<B, C>, Assembly<B, C>);

/// The cells that a projection comes from, whatever their types: a population, a view, an assembly, or a tuple of
/// these. The populations may be on several simulators.
#[derive(Clone, Debug)]
pub struct Senders {
    pub(crate) parts: Vec<Chosen>,
}

/// A view whose types are forgotten.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub(crate) population: PopulationId,
    pub(crate) name: Arc<str>,
    pub(crate) cells: Selection,
    pub(crate) mistake: Option<Arc<str>>,
}

impl<B, C> From<View<B, C>> for Chosen {
    fn from(view: View<B, C>) -> Self {
        let View { population, cells, mistake } = view;
        Self { population: population.id, name: population.name, cells, mistake }
    }
}

macro_rules! cells_are_senders {
    ($($cells:ty),*) => {$(
        impl<B, C> From<$cells> for Senders {
            fn from(cells: $cells) -> Self {
                Self { parts: Assembly::<B, C>::from(cells).parts.into_iter().map(Chosen::from).collect() }
            }
        }
    )*};
}
cells_are_senders!(&Population<B, C>, &View<B, C>, View<B, C>, &Assembly<B, C>, Assembly<B, C>);

macro_rules! tuples_are_senders {
    ($($first:ident $($other:ident)*;)*) => {$(
        impl<$first: Into<Senders>, $($other: Into<Senders>),*> From<($first, $($other),*)> for Senders {
            #[allow(non_snake_case, reason = "a type and its value have one name")]
            fn from(($first, $($other),*): ($first, $($other),*)) -> Self {
                let mut senders = $first.into();
                $(senders.parts.extend($other.into().parts);)*
                senders
            }
        }
    )*};
}
tuples_are_senders! {
    S1 S2;
    S1 S2 S3;
    S1 S2 S3 S4;
    S1 S2 S3 S4 S5;
    S1 S2 S3 S4 S5 S6;
    S1 S2 S3 S4 S5 S6 S7;
    S1 S2 S3 S4 S5 S6 S7 S8;
}

/// Where a projection ends: a receptor of some cells. The receptor fixes the unit `W` of the weights.
pub struct Target<B, C, W> {
    pub(crate) cells: Assembly<B, C>,
    pub(crate) receptor: usize,
    pub(crate) weight: PhantomData<fn() -> W>,
}
