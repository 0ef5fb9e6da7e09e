//! What `network!` expands to beyond the builder: the builder's methods, cut so that each capability a backend lacks is
//! blamed on the token that asks for it, and so that types are known before rustc looks for capabilities.

use pynn_core::backend::{Connects, Injects, Records, Simulates, Transmits};
use pynn_core::cell::{CellType, Injectable, Observable, Parameter, Receives, Sampled, State, Variable};
use pynn_core::connectors::Count;
use pynn_core::electrode::CurrentSource;
use pynn_core::network::NetworkBuilder;
use pynn_core::population::{
    Assembly, Electrode, Members, Population, Projection, Senders, SimulatorHandle, Target, View,
};
use pynn_core::synapse::{IntoField, SynapseDefaults, SynapseType, WeightLimits, WeightUnit};
use pynn_core::units::{Time, Unit};
use pynn_core::values::{IntoSynapseValues, IntoValues, SynapseValues, Values};

/// A simulator to put a population on.
pub struct On<'a, B> {
    net: &'a mut NetworkBuilder,
    simulator: &'a SimulatorHandle<B>,
}

/// Chooses the simulator of the next population.
pub fn on<'a, B>(net: &'a mut NetworkBuilder, simulator: &'a SimulatorHandle<B>) -> On<'a, B> {
    On { net, simulator }
}

impl<B> On<'_, B> {
    /// [`NetworkBuilder::population`], blaming the cell.
    pub fn population<C: CellType>(self, name: &str, size: usize, cell: C) -> Population<B, C>
    where
        B: Simulates<C>,
    {
        self.net.population(self.simulator, name, size, cell)
    }
}

/// A target and the synapses onto it.
pub struct Onto<B, C, W, S> {
    target: Target<B, C, W>,
    synapse: S,
}

/// Chooses target and synapse of the next projection.
pub fn onto<B, C, W, S>(target: Target<B, C, W>, synapse: S) -> Onto<B, C, W, S> {
    Onto { target, synapse }
}

impl<B, C: CellType, W, S> Onto<B, C, W, S> {
    /// [`NetworkBuilder::project`], blaming the connector by argument and the synapse by the method's name.
    pub fn project<K>(
        self,
        net: &mut NetworkBuilder,
        label: Option<&str>,
        source: impl Into<Senders>,
        connector: K,
    ) -> Projection
    where
        B: Connects<K> + Transmits<S::Family>,
        S: SynapseType<W>,
    {
        net.project(label, source, self.target, connector, self.synapse)
    }
}

/// A target, the synapses onto it, and a connector whose type is not written.
pub struct By<B, C, W, S, K> {
    onto: Onto<B, C, W, S>,
    connector: K,
}

impl<B, C, W, S> Onto<B, C, W, S> {
    /// Chooses the connector too: rustc then knows its type before it looks for capabilities.
    pub fn by<K>(self, connector: K) -> By<B, C, W, S, K> {
        By { onto: self, connector }
    }
}

impl<B, C: CellType, W, S, K> By<B, C, W, S, K> {
    /// [`NetworkBuilder::project`], blaming by the method's name.
    pub fn project(
        self,
        net: &mut NetworkBuilder,
        label: Option<&str>,
        source: impl Into<Senders>,
    ) -> Projection
    where
        B: Connects<K> + Transmits<S::Family>,
        S: SynapseType<W>,
    {
        net.project(label, source, self.onto.target, self.connector, self.onto.synapse)
    }
}

/// Cells, whatever they come as.
pub fn assembly<B, C>(cells: impl Into<Assembly<B, C>>) -> Assembly<B, C> {
    cells.into()
}

/// Cells to inject into, blaming the population.
pub fn injected<B, C: Injectable>(cells: Assembly<B, C>) -> Assembly<B, C> {
    cells
}

/// Cells to inject into.
pub struct Injection<'a, B, C> {
    net: &'a mut NetworkBuilder,
    cells: Assembly<B, C>,
}

/// Chooses the cells of the next electrode.
pub fn into<B, C>(net: &mut NetworkBuilder, cells: Assembly<B, C>) -> Injection<'_, B, C> {
    Injection { net, cells }
}

impl<B, C> Injection<'_, B, C> {
    /// [`NetworkBuilder::inject`], blaming the source.
    pub fn inject<E: CurrentSource>(self, label: Option<&str>, source: E) -> Electrode<E>
    where
        B: Injects<E>,
    {
        self.net.inject_into(label, self.cells, source)
    }
}

/// A list as a vector.
pub fn list<T>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect()
}

/// A variable to record.
pub struct Record<V>(Variable<V>);

/// Chooses the variable to record next.
pub fn record<V>(variable: Variable<V>) -> Record<V> {
    Record(variable)
}

impl<V: Observable> Record<V> {
    /// [`NetworkBuilder::record`].
    pub fn always<B: Records<V>, C: CellType>(self, net: &mut NetworkBuilder, cells: Assembly<B, C>) {
        net.record(&cells, self.0);
    }

    /// [`NetworkBuilder::record_every`].
    pub fn every<B: Records<V>, C: CellType>(
        self,
        net: &mut NetworkBuilder,
        cells: Assembly<B, C>,
        every: Time,
    ) where
        V: Sampled,
    {
        net.record_every(&cells, self.0, every);
    }
}

/// The default receptor of some cells, blaming the population.
pub fn default_target<B, C, W>(cells: View<B, C>) -> Target<B, C, W>
where
    C: Receives<DefaultWeight = W>,
{
    cells.default_target()
}

/// An assembly and more cells, blaming these.
pub fn joined<B, C>(cells: Assembly<B, C>, more: impl Members<B, C>) -> Assembly<B, C> {
    cells + more
}

/// The default receptor of the cells of an assembly, blaming it.
pub fn default_target_of_all<B, C, W>(cells: Assembly<B, C>) -> Target<B, C, W>
where
    C: Receives<DefaultWeight = W>,
{
    cells.default_target()
}

/// The defaults of synapse type `S` for weights onto `target`.
pub fn defaults<S, B, C, W, F>(_: &Target<B, C, W>) -> F
where
    S: SynapseDefaults<W, Full = F>,
    F: Default,
{
    F::default()
}

/// What can be given as the weights of a projection.
#[diagnostic::on_unimplemented(
    message = "weights onto this target are in `{W}`, but this is `{Self}`",
    label = "expected `{W}`: a quantity, a list, a closure `|source, target|`, or a distribution",
    note = "current-based receptors take a current (nA), conductance-based ones and gap junctions a conductance (uS), delta ones a voltage (mV)"
)]
pub trait Weights<W: Unit> {
    /// The weights.
    fn weights(self) -> SynapseValues<W>;
}

#[diagnostic::do_not_recommend]
impl<W: Unit, V: IntoSynapseValues<W>> Weights<W> for V {
    fn weights(self) -> SynapseValues<W> {
        self.into_synapse_values()
    }
}

/// The weights of synapses `S` onto `target`, whose receptor fixes the unit unless the synapse has one of its own.
pub fn weight<S, B, C, W>(_: &Target<B, C, W>, weights: impl Weights<S::Unit>) -> SynapseValues<S::Unit>
where
    S: WeightUnit<W>,
{
    weights.weights()
}

/// What can be given as the delays of a projection.
#[diagnostic::on_unimplemented(
    message = "a delay is a time, but this is `{Self}`",
    label = "expected `Time`, as in `1.5ms`: a quantity, a list, a closure `|source, target|`, or a distribution"
)]
pub trait Delays {
    /// The delays.
    fn delays(self) -> SynapseValues<Time>;
}

#[diagnostic::do_not_recommend]
impl<V: IntoSynapseValues<Time>> Delays for V {
    fn delays(self) -> SynapseValues<Time> {
        self.into_synapse_values()
    }
}

/// The delays of a projection.
pub fn delay(delays: impl Delays) -> SynapseValues<Time> {
    delays.delays()
}

/// The weight dependence of a plastic synapse onto `target`, whose receptor fixes the unit of the limits.
pub fn weight_limits<B, C, W: Unit, P: WeightLimits<W>>(_: &Target<B, C, W>, dependence: P) -> P {
    dependence
}

/// What can be given as the `n` of a connector that may draw it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no number of connections",
    label = "expected a `usize`, or a distribution of whole numbers",
    note = "another integer becomes one by `as usize`; each cell may draw its number: `UniformInt`, `Poisson` or `Binomial`, with `unit: 1.0`"
)]
pub trait Counted {
    /// The field.
    fn count(self) -> Count;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Count>> Counted for T {
    fn count(self) -> Count {
        self.into()
    }
}

/// The `n` of a connector that may draw it.
pub fn count(n: impl Counted) -> Count {
    n.count()
}

/// Another field of a synapse.
pub fn field<T>(value: impl IntoField<T>) -> T {
    value.into_field()
}

/// What can be noted.
#[diagnostic::on_unimplemented(
    message = "a note is a text or a number, but this is `{Self}`",
    label = "expected a value that can be displayed"
)]
pub trait Note {
    /// As text.
    fn text(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: std::fmt::Display + ?Sized> Note for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A note as text.
pub fn note<T: Note + ?Sized>(value: &T) -> String {
    value.text()
}

/// What can be given where each cell gets its own value.
#[diagnostic::on_unimplemented(
    message = "values in `{T}` are needed here, but this is `{Self}`",
    label = "expected `{T}`: a quantity, a list, a closure of the cell's index, or a distribution",
    note = "units are PyNN's: a time in ms, a voltage in mV, a current in nA, a conductance in uS"
)]
pub trait CellValues<T: Unit> {
    /// The values.
    fn values(self) -> Values<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Unit, V: IntoValues<T>> CellValues<T> for V {
    fn values(self) -> Values<T> {
        self.into_values()
    }
}

/// A closure of the cell's index, so that its parameter needs no type.
pub fn of_cell<T, F: Fn(usize) -> T>(function: F) -> F {
    function
}

/// A closure of the indices of source and target, so that its parameters need no types.
pub fn of_pair<T, F: Fn(usize, usize) -> T>(function: F) -> F {
    function
}

/// [`NetworkBuilder::initialize`].
pub fn initialize<B, C: CellType, T: Unit>(
    net: &mut NetworkBuilder,
    cells: impl Into<View<B, C>>,
    state: State<T>,
    values: impl CellValues<T>,
) {
    net.initialize(cells, state, values.values());
}

/// [`NetworkBuilder::vary`].
pub fn vary<B, C: CellType, T: Unit>(
    net: &mut NetworkBuilder,
    cells: impl Into<View<B, C>>,
    parameter: Parameter<T>,
    values: impl CellValues<T>,
) {
    net.vary(cells, parameter, values.values());
}

/// Hands its tokens on: a value that is not finished cannot break the block around it.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($($tokens:tt)*) => { $($tokens)* };
}
pub use __value as value;

/// The words that begin an item, for completion.
pub mod keyword {
    #![allow(non_upper_case_globals, reason = "spelled as in network!")]
    /// `simulator sim1: Native { processes: 6, timestep: 0.1ms };`
    pub const simulator: () = ();
    /// `population exc on sim1: [IfCurrExp { tau_m: 20.0ms, .. }; 100];`
    pub const population: () = ();
    /// `initial exc.v ~ Uniform { low: -65.0mV, high: -50.0mV };`
    pub const initial: () = ();
    /// `vary exc.tau_m ~ Normal { mean: 20.0ms, sd: 2.0ms };`
    pub const vary: () = ();
    /// `projection exc -> inh.excitatory: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };`
    pub const projection: () = ();
    /// `inject DcSource { amplitude: 0.5nA, .. } -> exc[0..10];`
    pub const inject: () = ();
    /// `record exc: spikes, v every 1.0ms;`
    pub const record: () = ();
    /// `annotate exc: layer = "4", species = "macaque";`
    pub const annotate: () = ();
    /// `structure exc: Grid2D { dx: 10.0um, dy: 10.0um, .. };`
    pub const structure: () = ();
    /// `space Space { axes: Axes::Xy, .. };`
    pub const space: () = ();
    /// `view some = exc[0..10];`
    pub const view: () = ();
    /// `assembly all = exc + inh;`
    pub const assembly: () = ();
    /// `seed 42;`
    pub const seed: () = ();
}

/// The examples of `network!`, to run them.
#[cfg(doctest)]
#[doc = include_str!("../pynn-macros/src/network.md")]
pub struct Grammar;

/// Which backends simulate a point neuron.
#[doc(hidden)]
#[macro_export]
macro_rules! __simulates_point_neuron {
    ($cell:ident) => {
        impl $crate::backend::Simulates<$cell> for $crate::native::Native {
            fn lower(_: &$cell) -> $crate::backend::Lowered<$crate::native::Model> {
                $crate::backend::Lowered::Model($crate::native::Model::of_point_neuron::<$cell>())
            }
        }
        $crate::__private::nest_simulates_point_neuron! { $cell }
        $crate::__private::neuron_simulates_point_neuron! { $cell }
    };
}
pub use __simulates_point_neuron as simulates_point_neuron;

/// NEST does those that it has a model for; the bound refuses the others with the reason. Bound for all lifetimes, or rustc
/// would refuse the `impl` itself.
#[cfg(feature = "nest")]
#[doc(hidden)]
#[macro_export]
macro_rules! __nest_simulates_point_neuron {
    ($cell:ident) => {
        impl $crate::backend::Simulates<$cell> for $crate::nest::Nest
        where
            for<'all> $cell: $crate::nest::Composable<{ $crate::nest::composable::<$cell>() }>,
        {
            fn lower(_: &$cell) -> $crate::backend::Lowered<$crate::nest::Model> {
                $crate::backend::Lowered::Model($crate::nest::Model::of_point_neuron::<$cell>())
            }
        }
    };
}

#[cfg(not(feature = "nest"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __nest_simulates_point_neuron {
    ($cell:ident) => {};
}
pub use __nest_simulates_point_neuron as nest_simulates_point_neuron;

/// NEURON does all of them.
#[cfg(feature = "neuron")]
#[doc(hidden)]
#[macro_export]
macro_rules! __neuron_simulates_point_neuron {
    ($cell:ident) => {
        impl $crate::backend::Simulates<$cell> for $crate::neuron::Neuron {
            fn lower(_: &$cell) -> $crate::backend::Lowered<$crate::neuron::Model> {
                $crate::backend::Lowered::Model($crate::neuron::Model::of_point_neuron::<$cell>())
            }
        }
    };
}

#[cfg(not(feature = "neuron"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __neuron_simulates_point_neuron {
    ($cell:ident) => {};
}
pub use __neuron_simulates_point_neuron as neuron_simulates_point_neuron;
