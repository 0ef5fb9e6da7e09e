//! Handles on what a network consists of: populations, slices of them, projections, electrodes.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Bound, Range, RangeBounds};
use std::sync::Arc;

use crate::cell::{CellType, Receives, Receptor};

/// The number of a simulator in its network, in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimulatorId(pub usize);

/// The number of a population in its network, in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PopulationId(pub usize);

/// The number of a projection in its network, in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectionId(pub usize);

/// The number of an electrode in its network, in order of declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElectrodeId(pub usize);

/// A simulator of a network: a backend and the ranks it runs on.
///
/// There is no way to run one simulator of a network alone: `run` belongs to the simulation, which advances all.
pub struct SimulatorHandle<B> {
    pub(crate) id: SimulatorId,
    pub(crate) name: Arc<str>,
    pub(crate) backend: PhantomData<fn() -> B>,
}

impl<B> SimulatorHandle<B> {
    /// The simulator's number.
    #[must_use]
    pub fn id(&self) -> SimulatorId {
        self.id
    }
}

/// A population of `C` cells on a simulator of backend `B`.
///
/// A handle only describes: the cells live on the ranks of their simulator, and what they did is asked of the
/// simulation, which gathers it.
pub struct Population<B, C> {
    pub(crate) id: PopulationId,
    pub(crate) name: Arc<str>,
    pub(crate) size: usize,
    pub(crate) types: PhantomData<fn() -> (B, C)>,
}

impl<B, C> Population<B, C> {
    /// The population's number.
    #[must_use]
    pub fn id(&self) -> PopulationId {
        self.id
    }

    /// The population's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many cells.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The cells with indices in `range`. A range that reaches beyond the population is an error of the build.
    #[must_use]
    pub fn slice(&self, range: impl RangeBounds<usize>) -> View<B, C> {
        let start = match range.start_bound() {
            Bound::Included(start) => *start,
            Bound::Excluded(start) => start.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(end) => end.saturating_add(1),
            Bound::Excluded(end) => *end,
            Bound::Unbounded => self.size,
        };
        View { population: self.clone(), range: start..end }
    }

    /// All cells.
    #[must_use]
    pub fn all(&self) -> View<B, C> {
        self.slice(..)
    }

    /// The receptor `receptor` of all cells, for a projection to end on.
    #[must_use]
    pub fn target<W>(&self, receptor: Receptor<W>) -> Target<B, C, W> {
        self.all().target(receptor)
    }

    /// The default receptor (PyNN: `excitatory`) of all cells, for a projection to end on.
    #[must_use]
    pub fn default_target(&self) -> Target<B, C, C::DefaultWeight>
    where
        C: Receives,
    {
        self.all().default_target()
    }
}

impl<B, C> Clone for Population<B, C> {
    fn clone(&self) -> Self {
        Self { id: self.id, name: self.name.clone(), size: self.size, types: PhantomData }
    }
}

impl<B, C: CellType> fmt::Debug for Population<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.name, self.size, C::info().name)
    }
}

/// Consecutive cells of a population.
pub struct View<B, C> {
    pub(crate) population: Population<B, C>,
    pub(crate) range: Range<usize>,
}

impl<B, C> View<B, C> {
    /// The population.
    #[must_use]
    pub fn population(&self) -> &Population<B, C> {
        &self.population
    }

    /// The indices of the cells in the population.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// The receptor `receptor` of the cells, for a projection to end on.
    #[must_use]
    pub fn target<W>(&self, receptor: Receptor<W>) -> Target<B, C, W> {
        Target { view: self.clone(), receptor: receptor.index(), weight: PhantomData }
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
        Self { population: self.population.clone(), range: self.range.clone() }
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

/// Where a projection ends: a receptor of some cells. The receptor fixes the unit `W` of the weights.
pub struct Target<B, C, W> {
    pub(crate) view: View<B, C>,
    pub(crate) receptor: usize,
    pub(crate) weight: PhantomData<fn() -> W>,
}

/// A projection of a network.
#[derive(Clone, Debug)]
pub struct Projection {
    pub(crate) id: ProjectionId,
    pub(crate) name: Arc<str>,
}

impl Projection {
    /// The projection's number.
    #[must_use]
    pub fn id(&self) -> ProjectionId {
        self.id
    }

    /// The projection's name: the label, or `source -> target`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// An electrode of a network: a current source of type `E` and the cells that it injects into.
pub struct Electrode<E> {
    pub(crate) id: ElectrodeId,
    pub(crate) name: Arc<str>,
    pub(crate) source: PhantomData<fn() -> E>,
}

impl<E> Electrode<E> {
    /// The electrode's number.
    #[must_use]
    pub fn id(&self) -> ElectrodeId {
        self.id
    }

    /// The electrode's name: the label, or `source -> population`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<E> Clone for Electrode<E> {
    fn clone(&self) -> Self {
        Self { id: self.id, name: self.name.clone(), source: PhantomData }
    }
}

impl<E> fmt::Debug for Electrode<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
