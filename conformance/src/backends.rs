//! The backends that scenarios run on.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pynn::music::{Ranks, Setup, Simulation};
use pynn::prelude::*;

/// The names of the backends, in the order of the page's columns.
pub struct Backends;

impl Backends {
    /// All of them.
    pub const ALL: [&'static str; 3] = [Native::NAME, Nest::NAME, Neuron::NAME];
}

/// How a backend integrates: numbers that depend on it come in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Integrator {
    /// On NEST's grid, exactly or by a method of higher order.
    Grid,
    /// NEURON's fixed step: backward Euler.
    BackwardEuler,
}

impl Integrator {
    /// The one of two numbers that belongs to it.
    pub fn of<T>(self, grid: T, backward_euler: T) -> T {
        match self {
            Self::Grid => grid,
            Self::BackwardEuler => backward_euler,
        }
    }
}

/// A backend with all that every backend has: what most scenarios ask for.
pub trait Suite:
    Simulates<IfCurrExp>
    + Simulates<IfCurrAlpha>
    + Simulates<IfCurrDelta>
    + Simulates<IfCondExp>
    + Simulates<IfCondAlpha>
    + Simulates<HhCondExp>
    + Simulates<EifCondExpIsfaIsta>
    + Simulates<EifCondAlphaIsfaIsta>
    + Simulates<Izhikevich>
    + Simulates<GifCondExp>
    + Simulates<IfCondExpGsfaGrr>
    + Simulates<IfFacetsHardware1>
    + Simulates<SpikeSourceArray>
    + Simulates<SpikeSourcePoissonRefractory>
    + Simulates<SpikeSourceGamma>
    + Simulates<SpikeSourceInhGamma>
    + Simulates<SpikeSourcePoisson>
    + Connects<AllToAll>
    + Connects<OneToOne>
    + Connects<FixedProbability>
    + Connects<FixedNumberPre>
    + Connects<FixedNumberPost>
    + Connects<FixedTotalNumber>
    + Connects<FromList>
    + Connects<FromFile>
    + Connects<DistanceDependentProbability>
    + Connects<DisplacementDependentProbability>
    + Connects<IndexBasedProbability>
    + Connects<Array>
    + Connects<CloneConnections>
    + Connects<SmallWorld>
    + Connects<AllToAllNoMutual>
    + Transmits<StaticSynapse>
    + Transmits<TsodyksMarkramSynapse>
    + Transmits<SimpleStochasticSynapse>
    + Transmits<StochasticTsodyksMarkramSynapse>
    + Transmits<MultiQuantalSynapse>
    + Transmits<StdpMechanism<SpikePairRule, AdditiveWeightDependence>>
    + Transmits<StdpMechanism<SpikePairRule, MultiplicativeWeightDependence>>
    + Transmits<StdpMechanism<SpikePairRule, AdditivePotentiationMultiplicativeDepression>>
    + Transmits<StdpMechanism<SpikePairRule, GutigWeightDependence>>
    + Transmits<StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>>
    + Injects<DcSource>
    + Injects<AcSource>
    + Injects<StepCurrentSource>
    + Injects<NoisyCurrentSource>
    + Records<observable::Spikes>
    + Records<observable::MembranePotential>
    + Records<observable::GsynExc>
    + Records<observable::GsynInh>
    + Records<observable::GateM>
    + Records<observable::GateH>
    + Records<observable::GateN>
    + Records<observable::AdaptationCurrent>
    + Records<observable::RecoveryVariable>
    + Records<observable::SpikeTriggeredCurrent>
    + Records<observable::MovingThreshold>
    + Records<observable::AdaptationConductance>
    + Records<observable::RefractoryConductance>
{
    /// How it integrates.
    const INTEGRATOR: Integrator;
}

impl Suite for Native {
    const INTEGRATOR: Integrator = Integrator::Grid;
}

impl Suite for Nest {
    const INTEGRATOR: Integrator = Integrator::Grid;
}

impl Suite for Neuron {
    const INTEGRATOR: Integrator = Integrator::BackwardEuler;
}

/// The right to use the process's one NEST or NEURON; of the native engine there are as many as are wanted.
pub fn hold(backend: &str) -> Option<MutexGuard<'static, ()>> {
    static NEST: Mutex<()> = Mutex::new(());
    static NEURON: Mutex<()> = Mutex::new(());
    let one = match backend {
        _ if backend == Nest::NAME => &NEST,
        _ if backend == Neuron::NAME => &NEURON,
        _ => return None,
    };
    Some(one.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Sets a network up on ranks that are threads.
///
/// # Panics
/// When that fails.
pub fn start<N: pynn::Model + Send + Sync + 'static>(net: N) -> Simulation<N> {
    Setup::new().ranks(Ranks::Threads).progress(false).start(net).expect("the network can be set up")
}

/// A source that fires at these times, ms.
#[must_use]
pub fn source(times: &[f64]) -> SpikeSourceArray {
    SpikeSourceArray { spike_times: SpikeTrains::same(times.iter().map(|time| *time * ms)) }
}

/// Asserts that two lists of times are equal but for the rounding of a product.
///
/// # Panics
/// When they are not.
pub fn assert_times(found: &[f64], expected: &[f64]) {
    let equal =
        found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6);
    assert!(equal, "{found:?} instead of {expected:?}");
}
