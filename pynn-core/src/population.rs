//! Handles on what a network consists of: populations, views of them, assemblies, projections, electrodes.

use std::fmt;
use std::marker::PhantomData;
use std::ops::RangeBounds;
use std::sync::Arc;

use crate::cell::{CellType, Receives, Receptor};
use crate::end::Selection;

pub use crate::view::{Assembly, Members, Senders, Target, View};

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
        self.all().slice(range)
    }

    /// The cells with the given indices, in ascending order whatever the order here. A cell listed twice, or one that
    /// the population does not have, is an error of the build.
    #[must_use]
    pub fn select(&self, indices: impl IntoIterator<Item = usize>) -> View<B, C> {
        self.all().select(indices)
    }

    /// The cells for which `mask`, one a cell, says true. A mask of another length is an error of the build.
    #[must_use]
    pub fn mask(&self, mask: impl IntoIterator<Item = bool>) -> View<B, C> {
        self.all().mask(mask)
    }

    /// All cells.
    #[must_use]
    pub fn all(&self) -> View<B, C> {
        View { population: self.clone(), cells: Selection::Range(0..self.size), mistake: None }
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
