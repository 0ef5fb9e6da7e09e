//! What a user does with populations and projections between runs.

use pynn_core::cell::{CellType, Parameter, State};
use pynn_core::cells::{SpikeSourceArray, SpikeTrains};
use pynn_core::change::{CellValue, SynapseValue};
use pynn_core::error::Result;
use pynn_core::network::Model;
use pynn_core::population::{PopulationId, Projection, View};
use pynn_core::recording::SynapseData;
use pynn_core::units::{Time, Unit};
use pynn_core::values::{IntoSynapseValues, IntoValues};

use crate::Simulation;

/// Some cells of a population, known by number.
pub(crate) struct Chosen {
    pub(crate) population: PopulationId,
    pub(crate) name: String,
    /// Indices in the population, or what is wrong with them.
    pub(crate) cells: Result<Vec<usize>>,
}

impl Chosen {
    fn of<B, C>(view: impl Into<View<B, C>>) -> Self {
        let view = view.into();
        let population = view.population();
        Self {
            population: population.id(),
            name: population.name().to_owned(),
            cells: view.check().map(|()| view.cells().iter().collect()),
        }
    }
}

/// Between runs: parameters, states, weights.
///
/// What is set goes to all ranks as numbers, and what is read is gathered from all of them, so this is the same under
/// `mpirun`. A value that makes no sense is refused with the words of the build: then all is as before, and the
/// simulation goes on.
///
/// A [`reset`](Self::reset) keeps parameters, spike times, weights and delays as set, and puts states back to their initial
/// values: those of [`initialize`](Self::initialize), if it was called.
///
/// ```no_run
/// use pynn_core::network::Network;
/// use pynn_core::prelude::*;
///
/// struct Net<B> {
///     network: Network,
///     exc: Population<B, IfCurrExp>,
///     drive: Projection,
/// }
///
/// impl<B> Model for Net<B> {
///     fn network(&self) -> &Network {
///         &self.network
///     }
/// }
///
/// fn learn<B>(sim: &mut pynn_music::Simulation<Net<B>>) -> Result<()> {
///     sim.set(|net| &net.exc, |p| p.tau_m, Uniform { low: 10.0 * ms, high: 20.0 * ms })?;
///     sim.set(|net| net.exc.slice(..10), |p| p.i_offset, |i: usize| 0.1 * i as f64 * nA)?;
///     sim.initialize(|net| &net.exc, |s| s.v, -70.0 * mV)?;
///     sim.set_weights(|net| &net.drive, |source: usize, target: usize| (source + target) as f64 * pA)?;
///     sim.run(100.0 * ms)?;
///     let v: Vec<Voltage> = sim.state(|net| &net.exc, |s| s.v)?;
///     let weights = sim.weights(|net| &net.drive)?.matrix();
///     # let _ = (v, weights);
///     Ok(())
/// }
/// ```
impl<N: Model> Simulation<N> {
    /// Sets a parameter of a population or of a view of one: `sim.set(|net| &net.exc, |p| p.tau_m, 15.0 * ms)`,
    /// `sim.set(|net| net.exc.slice(..10), |p| p.i_offset, |i: usize| i as f64 * nA)`.
    ///
    /// `values` is a quantity, a list (one a cell of the view), a closure of the cell's index in the population, or a
    /// distribution, drawn anew at each call. Of a spike source, the spikes after now are those that it would have sent
    /// by then, had its parameters been so from time 0.
    ///
    /// # Errors
    /// When a value does not make sense, the backend refuses it, or a rank has failed.
    pub fn set<'n, V, B, C, T>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> V,
        parameter: impl FnOnce(C::Parameters) -> Parameter<T>,
        values: impl IntoValues<T>,
    ) -> Result<()>
    where
        V: Into<View<B, C>>,
        C: CellType,
        T: Unit,
    {
        let Self { model, driver } = self;
        let cells = Chosen::of(of(model));
        let value = CellValue::Parameter(parameter(C::parameters()).index());
        driver.set_cells(&cells, value, &values.into_values().into_column())
    }

    /// The values of a parameter of a population or of a view, cell by cell: `sim.get(|net| &net.exc, |p| p.tau_m)`.
    ///
    /// # Errors
    /// When the view is not within the population.
    pub fn get<'n, V, B, C, T>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> V,
        parameter: impl FnOnce(C::Parameters) -> Parameter<T>,
    ) -> Result<Vec<T>>
    where
        V: Into<View<B, C>>,
        C: CellType,
        T: Unit,
    {
        let Self { model, driver } = self;
        let value = CellValue::Parameter(parameter(C::parameters()).index());
        quantities(driver.cell_values(&Chosen::of(of(model)), value))
    }

    /// Gives a state variable of the cells of a population or of a view values at once, which are also its initial
    /// values from now on, to which a reset returns: `sim.initialize(|net| &net.exc, |s| s.v, -70.0 * mV)`.
    ///
    /// # Errors
    /// When a value is not finite, the backend refuses it, or a rank has failed.
    pub fn initialize<'n, V, B, C, T>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> V,
        state: impl FnOnce(C::States) -> State<T>,
        values: impl IntoValues<T>,
    ) -> Result<()>
    where
        V: Into<View<B, C>>,
        C: CellType,
        T: Unit,
    {
        let Self { model, driver } = self;
        let cells = Chosen::of(of(model));
        let value = CellValue::Initial(state(C::states()).index());
        driver.set_cells(&cells, value, &values.into_values().into_column())
    }

    /// The values that a state variable of a population or of a view has now, cell by cell:
    /// `sim.state(|net| &net.exc, |s| s.v)`.
    ///
    /// # Errors
    /// When the backend does not show it, or a rank has failed.
    pub fn state<'n, V, B, C, T>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> V,
        state: impl FnOnce(C::States) -> State<T>,
    ) -> Result<Vec<T>>
    where
        V: Into<View<B, C>>,
        C: CellType,
        T: Unit,
    {
        let Self { model, driver } = self;
        quantities(driver.states(&Chosen::of(of(model)), state(C::states()).index()))
    }

    /// Replaces the spike times of sources, of all or of a view: `sim.set_spike_times(|net| &net.input, [120.0 * ms])`.
    ///
    /// `times` is one list for all or, as a list of lists or by [`SpikeTrains`], one a cell of the view. They lie ahead of
    /// now. After a reset the sources send these times.
    ///
    /// # Errors
    /// When times are not in order or not ahead, there is not one list a cell, or a rank has failed.
    pub fn set_spike_times<'n, V, B>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> V,
        times: impl Into<SpikeTrains>,
    ) -> Result<()>
    where
        V: Into<View<B, SpikeSourceArray>>,
    {
        let Self { model, driver } = self;
        driver.set_spike_times(&Chosen::of(of(model)), &times.into())
    }

    /// The spike times of sources, cell by cell.
    ///
    /// # Errors
    /// When the view is not within the population.
    pub fn spike_times<'n, V, B>(&'n mut self, of: impl FnOnce(&'n N) -> V) -> Result<Vec<Vec<Time>>>
    where
        V: Into<View<B, SpikeSourceArray>>,
    {
        let Self { model, driver } = self;
        let trains = driver.spike_times(&Chosen::of(of(model)))?;
        Ok(trains.into_iter().map(|train| train.into_iter().map(Time::new).collect()).collect())
    }

    /// The weights of a projection's connections now: `sim.weights(|net| &net.drive)`.
    ///
    /// # Errors
    /// When a rank has failed.
    pub fn weights<'n>(&'n mut self, of: impl FnOnce(&'n N) -> &'n Projection) -> Result<SynapseData> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        driver.synapses(projection, SynapseValue::Weight)
    }

    /// The delays of a projection's connections, whole time steps of the target's simulator, in ms.
    ///
    /// # Errors
    /// When a rank has failed.
    pub fn delays<'n>(&'n mut self, of: impl FnOnce(&'n N) -> &'n Projection) -> Result<SynapseData> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        driver.synapses(projection, SynapseValue::Delay)
    }

    /// Sets the weights of a projection's connections: `sim.set_weights(|net| &net.drive, 0.2 * nA)`.
    ///
    /// `weights` is a quantity, a list in the order of [`weights`](Self::weights), a closure `|source, target|` of the
    /// indices in the two ends, a matrix, a function of the distance, or a distribution, drawn anew at each call. Their unit
    /// is the receptor's; a handle does not know it, since a receptor may be computed, so another is refused here, not by the
    /// compiler. A text has none: `sim.set_weights::<Current>(|net| &net.drive, Expression::new("0.1 + d / 100"))`. A spike that is
    /// under way acts with the old weight or the new one; on the native engine with the new one, unless delays were set since
    /// it was sent.
    ///
    /// # Errors
    /// When a weight does not make sense, the unit is another, the backend refuses it, or a rank has failed.
    pub fn set_weights<'n, W: Unit>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> &'n Projection,
        weights: impl IntoSynapseValues<W>,
    ) -> Result<()> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        let weights = weights.into_synapse_values().into_column();
        driver.set_synapses(projection, SynapseValue::Weight, (W::NAME, W::SYMBOL), &weights)
    }

    /// Sets the delays of a projection's connections: `sim.set_delays(|net| &net.drive, 1.5 * ms)`.
    ///
    /// `delays` is what [`set_weights`](Self::set_weights) takes, of times. One for all is a multiple of the target's time step;
    /// others are rounded to it, as when the network is built. Spikes that were fired up to now arrive when they would have;
    /// those that are fired from now on take the new delay. So none is lost, doubled or late, but where a delay has become
    /// shorter a spike may come before one that was fired earlier. After a reset all take the new delay.
    ///
    /// The native engine changes delays between any two runs, NEST and NEURON at time 0: before the first run, or after a
    /// [`reset`](Self::reset).
    ///
    /// # Errors
    /// When a delay does not make sense. When it is shorter than the shortest between two ranks as described: ranks
    /// exchange spikes in windows that rest on it, so describe the shortest delay that is wanted, and set longer ones before the
    /// first run. When the backend refuses it: of synapses that change, of gap junctions, and of a Poisson source whose spikes the
    /// native engine draws where they arrive (`OneToOne`). When a rank has failed.
    pub fn set_delays<'n>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> &'n Projection,
        delays: impl IntoSynapseValues<Time>,
    ) -> Result<()> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        let delays = delays.into_synapse_values().into_column();
        driver.set_synapses(projection, SynapseValue::Delay, (Time::NAME, Time::SYMBOL), &delays)
    }

    /// A parameter of a projection's connections, by PyNN's name: `sim.synapse_parameter(|net| &net.drive, "tau_rec")`.
    ///
    /// # Errors
    /// When the synapse type has no such parameter, or a rank has failed.
    pub fn synapse_parameter<'n>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> &'n Projection,
        name: &str,
    ) -> Result<SynapseData> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        let value = driver.synapse_parameter(projection, name)?;
        driver.synapses(projection, value)
    }

    /// Sets a parameter of a projection's connections, as [`set_weights`](Self::set_weights) sets weights.
    ///
    /// # Errors
    /// When the synapse type has no such parameter, a value does not make sense, the unit is another, the backend refuses
    /// it, or a rank has failed.
    pub fn set_synapse_parameter<'n, T: Unit>(
        &'n mut self,
        of: impl FnOnce(&'n N) -> &'n Projection,
        name: &str,
        values: impl IntoSynapseValues<T>,
    ) -> Result<()> {
        let Self { model, driver } = self;
        let projection = of(model).id();
        let value = driver.synapse_parameter(projection, name)?;
        let values = values.into_synapse_values().into_column();
        driver.set_synapses(projection, value, (T::NAME, T::SYMBOL), &values)
    }
}

fn quantities<T: Unit>(values: Result<Vec<f64>>) -> Result<Vec<T>> {
    Ok(values?.into_iter().map(T::from_base).collect())
}
