//! What a cell type is to the native engine: columns of state, and a function that takes them one time step on.

use std::fmt;

use pynn_core::backend::LocalPopulation;
use pynn_core::error::{Error, Result};
use pynn_core::point_neuron::PointNeuron;
use pynn_core::population::PopulationId;
use pynn_core::random::Key;

use crate::cells::Point;
use crate::kernels::deliver::{Sums, collect};

/// A family of cells: implement this, and [`Simulates`](pynn_core::backend::Simulates) by [`Model::of`], to run a cell
/// type of your own on the engine.
///
/// ```
/// use pynn_core::backend::{Lowered, Simulates};
/// use pynn_core::prelude::*;
/// use pynn_native::{CellKernel, Cells, Model, Native, Setup};
///
/// pynn_core::cell! {
///     /// `tau_m dv/dt = -v`; a spike adds its weight; fires at and above `v_thresh`, then starts from 0.
///     pub struct Leaky: "Leaky" {
///         /// Membrane time constant.
///         tau_m: Time = 20.0 => positive,
///         /// Threshold.
///         v_thresh: Voltage = 15.0,
///     }
///     receptors { excitatory: Voltage }
///     states { v: Voltage = 0.0 }
///     variables { spikes: Spikes, v: MembranePotential }
/// }
///
/// struct LeakyKernel {
///     decay: Vec<f64>,
///     threshold: Vec<f64>,
/// }
///
/// impl CellKernel for LeakyKernel {
///     const STATE: &'static [&'static str] = &["v"];
///
///     fn new(setup: &Setup<'_>) -> Result<Self> {
///         let decay = setup.parameter("tau_m")?.iter().map(|tau| (-setup.timestep() / tau).exp()).collect();
///         Ok(Self { decay, threshold: setup.parameter("v_thresh")? })
///     }
///
///     fn step(&mut self, cells: Cells<'_>) {
///         let ([v], [excitatory], fired) = cells.split();
///         for i in 0..v.len() {
///             v[i] = v[i] * self.decay[i] + excitatory[i];
///             if v[i] >= self.threshold[i] {
///                 v[i] = 0.0;
///                 fired[i] = 1;
///             }
///         }
///     }
/// }
///
/// impl Simulates<Leaky> for Native {
///     fn lower(_: &Leaky) -> Lowered<Model> {
///         Lowered::Model(Model::of::<LeakyKernel>())
///     }
/// }
/// ```
pub trait CellKernel: Send + Sized + 'static {
    /// Names of the columns of state. Those that the cell type has among its states start from the population's
    /// initial values, the others from 0; a sampled variable is the column of its name.
    const STATE: &'static [&'static str];

    /// Makes the kernel for the cells of one population on one rank.
    ///
    /// # Errors
    /// When parameters do not make sense; the message names population, cell and parameter.
    fn new(setup: &Setup<'_>) -> Result<Self>;

    /// Sets the current, in nA, that electrodes and gap junctions inject into cell number `cell` from the next step on, on top of what its
    /// parameters say, and gives whether it could: by default a kernel cannot, and a network with an electrode in its
    /// cells is refused.
    #[must_use]
    fn inject(&mut self, cell: usize, current: f64) -> bool {
        let _ = (cell, current);
        false
    }

    /// Sets those columns of the state at time 0 that follow from others; by default there are none.
    fn start(&self, _state: &mut [Vec<f64>]) {}

    /// Takes the cells one time step on. What it does to a cell must depend on nothing but that cell, so that results
    /// are the same for any division of cells over ranks.
    fn step(&mut self, cells: Cells<'_>);
}

/// The cells of one population on one rank in one step, as columns of equal length.
#[derive(Debug)]
pub struct Cells<'a> {
    /// The columns of state, in the order of [`CellKernel::STATE`].
    pub state: &'a mut [Vec<f64>],
    /// What arrives at the receptors.
    pub inputs: Inputs<'a>,
    /// All 0; set to 1 for a cell that fires at the end of this step.
    pub fired: &'a mut [u8],
    /// The number of this step, from 1; it ends at `step` times the time step.
    pub step: u32,
}

impl<'a> Cells<'a> {
    /// The `S` columns of state, the inputs of the `R` receptors as [`Inputs::columns`] gives them, and `fired`.
    ///
    /// # Panics
    /// When the kernel has not `S` columns or the cell type not `R` receptors.
    #[must_use]
    pub fn split<const S: usize, const R: usize>(self) -> ([&'a mut [f64]; S], [&'a [f64]; R], &'a mut [u8]) {
        let inputs = self.inputs.columns();
        (columns(self.state), array(inputs.iter().map(Vec::as_slice)), self.fired)
    }

    /// As [`split`](Self::split), with the inputs as sums that become numbers as they are taken.
    ///
    /// # Panics
    /// When the kernel has not `S` columns or the cell type not `R` receptors.
    #[must_use]
    #[inline]
    pub fn split_sums<const S: usize, const R: usize>(
        self,
    ) -> ([&'a mut [f64]; S], [Sums<'a>; R], &'a mut [u8]) {
        (columns(self.state), array(self.inputs.sums()), self.fired)
    }
}

#[inline]
fn columns<const S: usize>(state: &mut [Vec<f64>]) -> [&mut [f64]; S] {
    array(state.iter_mut().map(Vec::as_mut_slice))
}

/// All of `items`, of which there are `N`.
#[inline]
fn array<T, const N: usize>(mut items: impl ExactSizeIterator<Item = T>) -> [T; N] {
    assert!(items.len() == N, "{} columns or receptors, not {N}", items.len());
    std::array::from_fn(|_| items.next().expect("counted above"))
}

/// What arrives at the end of a step at the receptors of the cells of one population on one rank.
#[derive(Debug)]
pub struct Inputs<'a> {
    /// The sums of all cells of the rank.
    pub(crate) sums: &'a mut [i64],
    /// For each receptor its first sum, ascending, and the unit of the sums.
    pub(crate) receptors: &'a [Receptor],
    /// For each receptor room for a number a cell.
    pub(crate) columns: &'a mut [Vec<f64>],
    pub(crate) size: usize,
}

/// Where the inputs of a receptor are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Receptor {
    /// The slot of the first cell.
    pub(crate) first: usize,
    /// The unit of the sums.
    pub(crate) quantum: f64,
}

impl<'a> Inputs<'a> {
    /// For each receptor the sum of the weights, in the receptor's unit, a number a cell. To be called once.
    pub fn columns(self) -> &'a [Vec<f64>] {
        let Self { sums, receptors, columns, size } = self;
        let inputs = Inputs { sums, receptors, columns: &mut [], size };
        inputs.sums().zip(&mut *columns).for_each(|(sums, column)| collect(sums, column));
        columns
    }

    /// For each receptor the sums.
    #[inline]
    pub(crate) fn sums(self) -> impl ExactSizeIterator<Item = Sums<'a>> {
        let (mut rest, mut passed) = (self.sums, 0);
        self.receptors.iter().map(move |receptor| {
            let (sums, behind) = std::mem::take(&mut rest)[receptor.first - passed..].split_at_mut(self.size);
            (rest, passed) = (behind, receptor.first + self.size);
            Sums::new(sums, receptor.quantum)
        })
    }
}

/// What a kernel is made for: the cells of one population on one rank.
#[derive(Debug)]
pub struct Setup<'a> {
    population: &'a LocalPopulation<'a>,
    timestep: f64,
}

impl<'a> Setup<'a> {
    pub(crate) fn new(population: &'a LocalPopulation<'a>, timestep: f64) -> Self {
        Self { population, timestep }
    }

    /// The time step, ms.
    #[must_use]
    pub fn timestep(&self) -> f64 {
        self.timestep
    }

    /// How many cells.
    #[must_use]
    pub fn size(&self) -> usize {
        self.population.cells.len()
    }

    /// Whether electrodes or gap junctions inject into cells of the population.
    #[must_use]
    pub fn is_injected(&self) -> bool {
        let id = self.population.spec.id;
        let network = self.population.network();
        let is_it = |other: PopulationId| other == id;
        network.electrodes().iter().any(|electrode| electrode.cells.populations().any(is_it))
            || network.projections().iter().any(|projection| projection.joins(id))
    }

    /// The share of the population.
    #[must_use]
    pub fn population(&self) -> &LocalPopulation<'a> {
        self.population
    }

    /// The key of the random numbers that the model draws for this population; number them by global id and step.
    #[must_use]
    pub fn key(&self) -> Key {
        self.population.model_key()
    }

    /// The parameter called `name`, one value a cell, in base units.
    ///
    /// # Errors
    /// When a value does not make sense, or there is no such parameter.
    pub fn parameter(&self, name: &str) -> Result<Vec<f64>> {
        self.population.parameter_named(name)
    }

    /// The parameter called `name` if it is the same for all cells of the population.
    #[must_use]
    pub fn constant_parameter(&self, name: &str) -> Option<f64> {
        self.population.constant_parameter(self.population.spec.cell.parameter(name)?)
    }
}

/// A cell type as the native engine sees it: how to make the kernel of its cells.
#[derive(Clone)]
pub struct Model {
    state: Vec<&'static str>,
    kernel: fn(&Setup<'_>) -> Result<Box<dyn Step>>,
}

impl Model {
    /// The model of kernel `K`.
    #[must_use]
    pub fn of<K: CellKernel>() -> Self {
        Self { state: K::STATE.to_vec(), kernel: |setup| Ok(Box::new(K::new(setup)?)) }
    }

    /// The model of a cell type made of a membrane and receptors.
    #[must_use]
    pub fn of_point_neuron<C: PointNeuron>() -> Self {
        Self { state: Point::columns::<C>(), kernel: |setup| Ok(Box::new(Point::new::<C>(setup)?)) }
    }

    pub(crate) fn kernel(&self, setup: &Setup<'_>) -> Result<Box<dyn Step>> {
        (self.kernel)(setup)
    }

    /// The initial values of the columns of state.
    pub(crate) fn initial(&self, population: &LocalPopulation<'_>) -> Result<Vec<Vec<f64>>> {
        let column = |name: &&str| match population.spec.cell.state(name) {
            Some(index) => population.initial(index),
            None => Ok(vec![0.0; population.cells.len()]),
        };
        self.state.iter().map(column).collect()
    }

    /// The column that holds the membrane potential.
    pub(crate) fn potential(&self) -> Option<usize> {
        self.state.iter().position(|column| *column == "v")
    }

    /// The column that holds variable number `variable` of the cell type.
    pub(crate) fn column(&self, population: &LocalPopulation<'_>, variable: usize) -> Result<usize> {
        self.named(population, population.spec.cell.variables[variable].name)
    }

    /// The column that holds state variable number `state` of the cell type.
    pub(crate) fn state_column(&self, population: &LocalPopulation<'_>, state: usize) -> Result<usize> {
        self.named(population, population.spec.cell.states[state].name)
    }

    fn named(&self, population: &LocalPopulation<'_>, name: &str) -> Result<usize> {
        self.state.iter().position(|column| *column == name).ok_or_else(|| {
            Error::description(format!(
                "population `{}`: the native engine keeps no `{name}` of {}; it keeps {}",
                population.spec.name,
                population.spec.cell.name,
                self.state.join(", ")
            ))
        })
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Model({})", self.state.join(", "))
    }
}

/// [`CellKernel`] as an object.
pub(crate) trait Step: Send {
    fn start(&self, state: &mut [Vec<f64>]);
    fn step(&mut self, cells: Cells<'_>);
    fn inject(&mut self, cell: usize, current: f64) -> bool;
}

impl<K: CellKernel> Step for K {
    fn start(&self, state: &mut [Vec<f64>]) {
        CellKernel::start(self, state);
    }

    fn step(&mut self, cells: Cells<'_>) {
        CellKernel::step(self, cells);
    }

    fn inject(&mut self, cell: usize, current: f64) -> bool {
        CellKernel::inject(self, cell, current)
    }
}
