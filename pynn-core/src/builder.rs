//! Builds and checks a [`Network`].

mod annotate;
mod ends;
mod inject;
mod place;
mod record;
mod vary;

pub use annotate::Annotated;

use std::marker::PhantomData;
use std::sync::Arc;

use crate::backend::{Backend, Connects, Lowered, Simulates, Transmits};
use crate::cell::CellType;
use crate::connector::Ends;
use crate::delay::{Delays, not_finite};
use crate::error::{Error, ErrorKind, Result};
use crate::gap;
use crate::network::{
    End, ErasedModel, Network, PopulationKind, PopulationSpec, ProjectionSpec, Recording, SimulatorSpec,
};
use crate::part::bad_value;
use crate::population::{
    Population, PopulationId, Projection, ProjectionId, Senders, SimulatorHandle, SimulatorId, Target,
};
use crate::row::{LONGEST_DELAY, WeightRule, check_listed, check_parameters};
use crate::space::{Line, Space};
use crate::synapse::SynapseType;
use crate::time::Tick;
use crate::units::Time;
use crate::values::{Column, SynapseColumn};

/// How a simulator runs.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatorOptions {
    /// How many ranks; default 1. `PYNN_PROCESSES` and the set-up can override it.
    pub processes: usize,
    /// The time step; default 0.1 ms.
    ///
    /// A positive whole number of nanoseconds, at most 1 s.
    pub timestep: Time,
    /// How many threads each rank has of its own; default 1. More only for backends with
    /// [`THREADS`](crate::backend::Backend::THREADS).
    pub threads: usize,
}

/// The longest time step: the end of the longest run, 2^32 steps, is still a [`Tick`].
const LONGEST_STEP: Tick = Tick(1000 * Tick::MILLISECOND.0);

impl Default for SimulatorOptions {
    fn default() -> Self {
        Self { processes: 1, timestep: Time::new(0.1), threads: 1 }
    }
}

/// Builds a [`Network`], item by item. Mistakes are collected and reported by [`build`](Self::build), all at once.
///
/// ```no_run
/// use pynn_core::prelude::*;
///
/// fn describe<B>() -> Result<Network>
/// where
///     B: Simulates<IfCurrExp> + Simulates<SpikeSourcePoisson> + Connects<AllToAll> + Transmits<StaticSynapse> + Records<observable::Spikes>,
/// {
///     let mut net = NetworkBuilder::new("Example");
///     let sim = net.simulator::<B>("sim", SimulatorOptions::default());
///     let input = net.population(&sim, "input", 100, SpikeSourcePoisson { rate: 20.0 * Hz, ..Default::default() });
///     let cells = net.population(&sim, "cells", 10, IfCurrExp::default());
///     net.initialize(&cells, IfCurrExp::states().v, Uniform { low: -65.0 * mV, high: -50.0 * mV });
///     net.project(None, &input, cells.default_target(), AllToAll::default(),
///         StaticSynapse { weight: 0.1 * nA, delay: 0.5 * ms });
///     net.record(&cells, IfCurrExp::variables().spikes);
///     net.build()
/// }
/// ```
#[derive(Debug)]
pub struct NetworkBuilder {
    network: Network,
    errors: Vec<Error>,
    next_gid: u64,
    /// How many samples of cells were drawn.
    samples: u64,
    /// The space of the projections that are declared next.
    space: Space,
    /// What is given to some cells of a population, in order.
    varied: Vec<vary::Varied>,
}

impl NetworkBuilder {
    /// An empty network called `name`, with seed 1.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        let network = Network {
            name: name.into(),
            seed: 1,
            simulators: Vec::new(),
            populations: Vec::new(),
            projections: Vec::new(),
            electrodes: Vec::new(),
        };
        Self {
            network,
            errors: Vec::new(),
            next_gid: 0,
            samples: 0,
            space: Space::default(),
            varied: Vec::new(),
        }
    }

    /// Sets the seed that all random numbers of the network come from.
    pub fn seed(&mut self, seed: u64) {
        if self.samples > 0 {
            self.mistake("the seed is set after a sample was drawn; set it before".into());
        }
        self.network.seed = seed;
    }

    fn mistake(&mut self, message: String) {
        self.errors.push(Error::description(message));
    }

    /// Whether `population` was declared here; a handle of another network is a mistake.
    fn owns<B, C>(&mut self, population: &Population<B, C>) -> bool {
        self.owns_named(population.id, &population.name)
    }

    fn owns_named(&mut self, id: PopulationId, name: &Arc<str>) -> bool {
        let own = self.network.populations.get(id.0).is_some_and(|spec| Arc::ptr_eq(&spec.name, name));
        if !own {
            self.mistake(format!(
                "`{name}` is no population of network `{}`; declare it there",
                self.network.name
            ));
        }
        own
    }

    /// Declares a simulator of backend `B`.
    pub fn simulator<B: Backend>(&mut self, name: &str, options: SimulatorOptions) -> SimulatorHandle<B> {
        if self.network.simulators.iter().any(|other| &*other.name == name) {
            self.mistake(format!("simulator `{name}` is declared twice; give each a name of its own"));
        }
        if options.processes == 0 {
            self.mistake(format!("simulator `{name}`: processes is 0, but a simulator needs at least one"));
        }
        match options.threads {
            0 => self.mistake(format!("simulator `{name}`: threads is 0, but a simulator needs at least one")),
            threads if threads > 1 && !B::THREADS => self.mistake(format!(
                "simulator `{name}`: threads is {threads}, but a rank of {} has one thread; use processes: {} instead",
                B::NAME,
                options.processes.saturating_mul(threads)
            )),
            _ => {}
        }
        let timestep = match Tick::exactly(options.timestep, &format!("simulator `{name}`: the time step")) {
            Ok(step) if step > Tick::ZERO && step <= LONGEST_STEP => step,
            Ok(step) => {
                let must_be = if step > LONGEST_STEP { "at most 1 s" } else { "positive" };
                self.mistake(format!(
                    "simulator `{name}`: timestep is {}, but must be {must_be}",
                    options.timestep
                ));
                Tick::MILLISECOND
            }
            Err(error) => {
                self.errors.push(error);
                Tick::MILLISECOND
            }
        };
        let id = SimulatorId(self.network.simulators.len());
        let name: Arc<str> = name.into();
        self.network.simulators.push(SimulatorSpec {
            name: name.clone(),
            backend: B::NAME,
            processes: options.processes,
            timestep,
            threads: options.threads,
            per_process: B::PER_PROCESS,
            synapse_bytes: B::SYNAPSE_BYTES,
            instantiate: B::instantiate,
            draws: B::draws,
        });
        SimulatorHandle { id, name, backend: PhantomData }
    }

    /// Declares a population of `size` cells like `cell` on `simulator`.
    pub fn population<B, C>(
        &mut self,
        simulator: &SimulatorHandle<B>,
        name: &str,
        size: usize,
        cell: C,
    ) -> Population<B, C>
    where
        B: Simulates<C>,
        C: CellType,
    {
        let id = PopulationId(self.network.populations.len());
        if self.network.populations.iter().any(|other| &*other.name == name) {
            self.mistake(format!("population `{name}` is declared twice; give each a name of its own"));
        }
        if size == 0 {
            self.mistake(format!("population `{name}` has size 0, but a population needs at least one cell"));
        }
        let own = self.network.simulators.get(simulator.id.0);
        if !own.is_some_and(|own| Arc::ptr_eq(&own.name, &simulator.name)) {
            self.mistake(format!(
                "population `{name}`: `{}` is no simulator of network `{}`; declare it there",
                simulator.name, self.network.name
            ));
            return Population { id, name: name.into(), size, types: PhantomData };
        }
        let first_gid = u32::try_from(self.next_gid).unwrap_or(u32::MAX);
        self.next_gid = self.next_gid.saturating_add(size as u64);
        let kind = match B::lower(&cell) {
            Lowered::Source(source) => PopulationKind::Source(source),
            Lowered::Model(model) => {
                let words = B::words(&model);
                PopulationKind::Model(ErasedModel { model: Arc::new(model), words: words.into() })
            }
        };
        let info = C::info();
        let spec = PopulationSpec {
            id,
            name: name.into(),
            simulator: simulator.id,
            size,
            first_gid,
            cell: info,
            parameters: cell.parameter_values().into_iter().map(Column::Constant).collect(),
            initial: info.states.iter().map(|state| Column::Constant(state.default)).collect(),
            recording: Recording::default(),
            annotations: Vec::new(),
            structure: Arc::new(Line::default()),
            kind,
        };
        self.check_source(&spec);
        let handle = Population { id, name: spec.name.clone(), size, types: PhantomData };
        self.network.populations.push(spec);
        handle
    }

    fn check_source(&mut self, spec: &PopulationSpec) {
        if let PopulationKind::Source(source) = &spec.kind
            && let Err(message) = source.check(spec.size)
        {
            self.mistake(format!("population `{}`: {message}", spec.name));
        }
    }

    /// Declares a projection: `source` cells connect to `target` by `connector`, each connection a `synapse`. Connector
    /// and synapse belong to the target's simulator. The name is `label`, or `source -> target`.
    ///
    /// `source` is a population, a view, an assembly, or a tuple of these; the target is the receptor of one of these.
    pub fn project<B, C, W, K, S>(
        &mut self,
        label: Option<&str>,
        source: impl Into<Senders>,
        target: Target<B, C, W>,
        connector: K,
        synapse: S,
    ) -> Projection
    where
        B: Connects<K> + Transmits<S::Family>,
        C: CellType,
        S: SynapseType<W>,
    {
        let id = ProjectionId(self.network.projections.len());
        let receptor = target.receptor;
        let Some((source, target)) = self.own_ends(source.into(), target) else {
            return Projection { id, name: label.unwrap_or_default().into() };
        };
        let (family, values) = synapse.into_parts();
        let mut spec = ProjectionSpec {
            id,
            name: label.map_or_else(|| self.unique_name(&source, &target, receptor), Arc::from),
            source: End::default(),
            target: End::default(),
            space: self.space,
            receptor,
            connector: <B as Connects<K>>::lower(connector).into(),
            values,
            annotations: Vec::new(),
            synapse: Arc::new(<B as Transmits<S::Family>>::lower(&family)),
            family: Arc::new(family),
            shortest_delay: Tick::ZERO,
        };
        if self.network.projections.iter().any(|other| other.name == spec.name) {
            self.mistake(format!(
                "projection `{}` is declared twice; give each a name of its own",
                spec.name
            ));
        }
        if self.set_ends(&mut spec, source, target) {
            for message in self.check_projection(&mut spec) {
                self.mistake(format!("projection `{}`: {message}", spec.name));
            }
        }
        let handle = Projection { id, name: spec.name.clone() };
        self.network.projections.push(spec);
        handle
    }

    fn check_projection(&self, spec: &mut ProjectionSpec) -> Vec<String> {
        let mut messages = Vec::new();
        let ends = self.network.ends(spec);
        if let Err(message) = spec.connector.check(&ends) {
            messages.push(message);
            return messages;
        }
        for (what, column) in [("weights", &spec.values.weight), ("delays", &spec.values.delay)] {
            messages.extend(column.check(what, &ends).err());
        }
        messages.extend(self.check_delay(spec, &ends).err());
        messages.extend(self.check_weight(spec, &ends).err());
        messages.extend(spec.family.check().err());
        if !spec.family.info().carries_spikes {
            messages.extend(gap::check(&self.network, spec).err());
        }
        messages.extend(check_parameters(spec, &ends));
        messages
    }

    fn check_delay(&self, spec: &mut ProjectionSpec, ends: &Ends<'_>) -> Result<(), String> {
        let target = self.network.target_simulator(spec);
        let step = target.timestep;
        if !spec.family.info().carries_spikes {
            spec.shortest_delay = step * i64::from(LONGEST_DELAY);
            return Ok(());
        }
        let allowed = spec.shortest_delay_allowed(&self.network);
        // Drawn and computed delays are at least this, or an error when they are drawn.
        let least = step * allowed.steps_up(step);
        let delays = match (spec.connector.listed_delays(), &spec.values.delay) {
            (Some((low, high)), _) => Delays::between(low, high, target),
            (None, SynapseColumn::Constant(delay)) => Delays::constant(*delay, target, least)?,
            (None, SynapseColumn::List(delays)) => {
                check_listed("delays", delays.len(), &*spec.connector, ends)?;
                if let Some(bad) = delays.iter().find(|delay| !delay.is_finite()) {
                    return Err(not_finite(*bad));
                }
                let (low, high) = delays.iter().fold((f64::INFINITY, 0.0), |(low, high), delay| {
                    (f64::min(low, *delay), f64::max(high, *delay))
                });
                Delays::between(low, high, target)
            }
            (None, SynapseColumn::Random(distribution)) => {
                distribution.check()?;
                let low = distribution.lower_bound();
                Delays::exactly(Delays::between(low, low, target).shortest.max(least))
            }
            (None, _) => Delays::exactly(least),
        };
        delays.check(&self.network, spec)?;
        spec.shortest_delay = delays.shortest;
        Ok(())
    }

    fn check_weight(&self, spec: &ProjectionSpec, ends: &Ends<'_>) -> Result<(), String> {
        let rule = WeightRule::new(&self.network, spec);
        let check = |weight: f64| rule.check(weight);
        if let Some((smallest, largest)) = spec.connector.listed_weights() {
            return check(smallest).and_then(|()| check(largest));
        }
        match &spec.values.weight {
            SynapseColumn::Constant(weight) => check(*weight),
            SynapseColumn::List(weights) => {
                check_listed("weights", weights.len(), &*spec.connector, ends)?;
                weights.iter().try_for_each(|weight| check(*weight))
            }
            SynapseColumn::Random(distribution) => {
                distribution.check()?;
                // Unbounded distributions may still never give a number of the wrong sign in this network.
                let bounds = [distribution.lower_bound(), distribution.upper_bound()];
                bounds.into_iter().filter(|bound| bound.is_finite()).try_for_each(check)
            }
            _ => Ok(()),
        }
    }

    /// Checks what is left to check and gives the network.
    ///
    /// # Errors
    /// When anything is wrong: one error that lists all mistakes, each naming what it is about.
    pub fn build(mut self) -> Result<Network> {
        if self.network.simulators.is_empty() {
            self.mistake(format!("network `{}` has no simulator", self.network.name));
        }
        if self.next_gid >= u64::from(u32::MAX) {
            let message =
                format!("network `{}` has {} cells, more than 2^32 - 2", self.network.name, self.next_gid);
            self.errors.push(Error::new(ErrorKind::Description, message));
        } else {
            self.lay_varied();
        }
        for spec in &self.network.populations {
            for (info, column) in spec.cell.parameters.iter().zip(&spec.parameters) {
                if let Some(value) = column.constant()
                    && let Err(must_be) = info.bound.check(value)
                {
                    self.errors.push(bad_value(spec, info.name, info.symbol, value, must_be, None));
                }
            }
            for (info, column) in spec.cell.states.iter().zip(&spec.initial) {
                if let Some(value) = column.constant().filter(|value| !value.is_finite()) {
                    self.errors.push(bad_value(spec, info.name, info.symbol, value, "finite", None));
                }
            }
        }
        Error::all(self.errors)?;
        Ok(self.network)
    }
}
