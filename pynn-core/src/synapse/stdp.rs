//! Spike-timing-dependent plasticity: timing rules, weight dependences, and the synapse that has both.

use std::fmt;

use super::{
    SharedField, SynapseColumns, SynapseDefault, SynapseDefaults, SynapseFamily, SynapseInfo, SynapseType,
    WeightUnit,
};
use crate::cell::Number;
use crate::units::{Current, Frequency, Time, Unit};
use crate::values::{IntoSynapseValues, SynapseValues};

/// A synapse whose weight changes with the times of the spikes on both of its sides. PyNN's `STDPMechanism`.
///
/// A post-synaptic spike of time `t_post` takes `f d` back to the synapse (`d` the delay, `f` the
/// `dendritic_delay_fraction`), a pre-synaptic one of time `t_pre` takes `(1 - f) d` to it and the rest to the target.
/// Rules see the times at the synapse.
///
/// ```
/// use pynn_core::prelude::*;
///
/// let stdp = StdpMechanism {
///     timing: SpikePairRule { A_minus: 0.012, ..SpikePairRule::default() },
///     weight_dependence: AdditiveWeightDependence { w_min: 0.0 * nA, w_max: 0.1 * nA },
///     weight: 0.05 * nA,
///     delay: 1.0 * ms,
///     ..StdpMechanism::default()
/// };
/// assert_eq!(stdp.dendritic_delay_fraction, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[doc(alias = "STDPMechanism")]
pub struct StdpMechanism<T = SpikePairRule, P = AdditiveWeightDependence, W = Current, D = Time> {
    /// How a change depends on the times: [`SpikePairRule`] (the default) or [`Vogels2011Rule`].
    pub timing: T,
    /// How a change depends on the weight, and the weight's limits: [`AdditiveWeightDependence`] (the default),
    /// [`MultiplicativeWeightDependence`], [`AdditivePotentiationMultiplicativeDepression`] or
    /// [`GutigWeightDependence`].
    pub weight_dependence: P,
    /// What part of the delay is on the target's side of the synapse, 0 to 1; default 1, NEST's only choice.
    pub dendritic_delay_fraction: f64,
    /// The weight at the start, within the limits: a quantity, a list, a closure `|source, target|` or a distribution;
    /// default 0.
    pub weight: W,
    /// The delay, likewise; default 0.1 ms, the default time step.
    pub delay: D,
}

impl<T: Default, P: Default, W: SynapseDefault, D: SynapseDefault> Default for StdpMechanism<T, P, W, D> {
    fn default() -> Self {
        Self {
            timing: T::default(),
            weight_dependence: P::default(),
            dendritic_delay_fraction: 1.0,
            weight: W::of(0.0),
            delay: D::of(0.1),
        }
    }
}

impl<W: Unit, T: TimingDependence, P: WeightDependence> SynapseDefaults<W> for StdpMechanism<T, P> {
    type Full = StdpMechanism<T, P::In<W>, SynapseValues<W>, SynapseValues<Time>>;
}

impl<W: Unit, T, P> WeightUnit<W> for StdpMechanism<T, P> {
    type Unit = W;
}

impl<W, T, P, V, D> SynapseType<W> for StdpMechanism<T, P, V, D>
where
    W: Unit,
    T: TimingDependence,
    P: WeightLimits<W>,
    V: IntoSynapseValues<W>,
    D: IntoSynapseValues<Time>,
{
    type Family = StdpMechanism<T, P::Plain>;
    fn into_parts(self) -> (Self::Family, SynapseColumns) {
        let columns = SynapseColumns {
            weight: self.weight.into_synapse_values().into_column(),
            delay: self.delay.into_synapse_values().into_column(),
            parameters: Vec::new(),
        };
        let family = StdpMechanism {
            timing: self.timing,
            weight_dependence: self.weight_dependence.into_plain(),
            dendritic_delay_fraction: self.dendritic_delay_fraction,
            ..StdpMechanism::default()
        };
        (family, columns)
    }
}

impl<T: TimingDependence, P: WeightDependence> SynapseFamily for StdpMechanism<T, P> {
    fn info(&self) -> &'static SynapseInfo {
        static INFO: SynapseInfo =
            SynapseInfo { name: "STDPMechanism", parameters: &[], carries_spikes: true };
        &INFO
    }

    fn check(&self) -> Result<(), String> {
        let fraction = self.dendritic_delay_fraction;
        if !(0.0..=1.0).contains(&fraction) {
            return Err(format!(
                "dendritic_delay_fraction of STDPMechanism is {fraction}, but must be between 0 and 1"
            ));
        }
        self.timing.check()?;
        self.weight_dependence.check()
    }

    fn weight_limits(&self) -> Option<(f64, f64)> {
        Some(self.weight_dependence.limits())
    }
}

/// How a change of the weight depends on the times of spikes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no timing dependence",
    label = "expected `SpikePairRule` or `Vogels2011Rule`"
)]
pub trait TimingDependence: Clone + Default + fmt::Debug + Send + Sync + 'static {
    /// Says what is wrong with the constants, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the projection.
    fn check(&self) -> Result<(), String>;
}

/// Every pair of a pre- and a post-synaptic spike changes the weight. PyNN's `SpikePairRule`.
///
/// For `Dt = t_post - t_pre`, the times at the synapse: after a pair with `Dt > 0` the weight is larger by
/// `w_max A_plus exp(-Dt/tau_plus)`, with `Dt < 0` smaller by `w_max A_minus exp(Dt/tau_minus)`, scaled by what the
/// [`WeightDependence`] makes of it. A pair with `Dt = 0` changes nothing.
///
/// Song, Miller & Abbott 2000, "Competitive Hebbian learning through spike-timing-dependent synaptic plasticity",
/// Nature Neuroscience 3, 919-926; Morrison, Diesmann & Gerstner 2008, "Phenomenological models of synaptic plasticity
/// based on spike timing", Biol. Cybern. 98, 459-478.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(non_snake_case, reason = "parameters keep PyNN's spelling")]
pub struct SpikePairRule {
    /// Time constant of potentiation; default 20 ms.
    pub tau_plus: Time,
    /// Time constant of depression; default 20 ms.
    pub tau_minus: Time,
    /// Potentiation by a pair with `Dt` next to 0, as a part of `w_max`; default 0.01.
    pub A_plus: f64,
    /// Depression by a pair with `Dt` next to 0, as a part of `w_max`; default 0.01.
    pub A_minus: f64,
}

impl Default for SpikePairRule {
    fn default() -> Self {
        let tau = Time::new(20.0);
        Self { tau_plus: tau, tau_minus: tau, A_plus: 0.01, A_minus: 0.01 }
    }
}

impl SharedField for SpikePairRule {}

impl TimingDependence for SpikePairRule {
    fn check(&self) -> Result<(), String> {
        positive("SpikePairRule", "tau_plus", self.tau_plus)?;
        positive("SpikePairRule", "tau_minus", self.tau_minus)?;
        finite("SpikePairRule", "A_plus", self.A_plus)?;
        finite("SpikePairRule", "A_minus", self.A_minus)
    }
}

/// Inhibitory plasticity that holds the target's rate. PyNN's `Vogels2011Rule`.
///
/// With `D` the time since the last spike on the other side, as seen at the synapse: at a pre-synaptic spike the weight
/// grows by `eta (exp(-D/tau) - 2 rho tau)`, at a post-synaptic one by `eta exp(-D/tau)`, within the limits. Goes with
/// [`AdditiveWeightDependence`].
///
/// Vogels, Sprekeler, Zenke, Clopath & Gerstner 2011, "Inhibitory plasticity balances excitation and inhibition in
/// sensory pathways and memory networks", Science 334, 1569-1573.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vogels2011Rule {
    /// Time constant; default 20 ms.
    pub tau: Time,
    /// Rate of learning, in base units of the weight; default 1e-10.
    pub eta: f64,
    /// The target's rate; default 3 Hz.
    pub rho: Frequency,
}

impl Default for Vogels2011Rule {
    fn default() -> Self {
        Self { tau: Time::new(20.0), eta: 1e-10, rho: Frequency::new(3.0) }
    }
}

impl SharedField for Vogels2011Rule {}

impl TimingDependence for Vogels2011Rule {
    fn check(&self) -> Result<(), String> {
        positive("Vogels2011Rule", "tau", self.tau)?;
        finite("Vogels2011Rule", "eta", self.eta)?;
        finite("Vogels2011Rule", "rho", self.rho.value())
    }
}

fn positive(rule: &str, name: &str, time: Time) -> Result<(), String> {
    if time.value().is_finite() && time.value() > 0.0 {
        return Ok(());
    }
    Err(format!("{name} of {rule} is {time}, but must be positive"))
}

fn finite(rule: &str, name: &str, value: f64) -> Result<(), String> {
    if value.is_finite() { Ok(()) } else { Err(format!("{name} of {rule} is {value}, but must be finite")) }
}

/// How a change of the weight depends on the weight, with limits as plain numbers in the receptor's base unit.
///
/// All take the form, with `S` the larger magnitude of the two limits: where the rule says `S A`, potentiation is
/// `S A ((w_max - w)/S)^mu_plus` and depression `S A ((w - w_min)/S)^mu_minus`, cut off at the limits.
///
/// Guetig, Aharonov, Rotter & Sompolinsky 2003, "Learning input correlations through nonlinear temporally asymmetric
/// Hebbian plasticity", J. Neurosci. 23, 3697-3714.
pub trait WeightDependence: Clone + Default + fmt::Debug + Send + Sync + 'static {
    /// The same with limits of unit `W`.
    type In<W: Unit>: WeightLimits<W, Plain = Self> + Default;

    /// `w_min` and `w_max`.
    fn limits(&self) -> (f64, f64);

    /// `mu_plus` and `mu_minus`.
    fn exponents(&self) -> (f64, f64);

    /// Says what is wrong with the constants, if anything.
    ///
    /// # Errors
    /// With words that fit behind the name of the projection.
    fn check(&self) -> Result<(), String> {
        let ((w_min, w_max), (mu_plus, mu_minus)) = (self.limits(), self.exponents());
        if !(w_min.is_finite() && w_max.is_finite() && w_min < w_max) {
            return Err(format!("w_min is {w_min} and w_max is {w_max}, but w_min must be below w_max"));
        }
        for (name, mu) in [("mu_plus", mu_plus), ("mu_minus", mu_minus)] {
            if !(mu.is_finite() && mu >= 0.0) {
                return Err(format!("{name} is {mu}, but must be zero or positive"));
            }
        }
        Ok(())
    }
}

/// A weight dependence whose limits are of unit `W`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no weight dependence for weights in `{W}`",
    label = "`w_min` and `w_max` are weights: the target's receptor takes `{W}`",
    note = "expected AdditiveWeightDependence, MultiplicativeWeightDependence, AdditivePotentiationMultiplicativeDepression or GutigWeightDependence"
)]
pub trait WeightLimits<W> {
    /// The same with plain numbers.
    type Plain: WeightDependence;
    /// The same with plain numbers, in base units.
    fn into_plain(self) -> Self::Plain;
}

macro_rules! weight_dependences {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$emeta:meta])* $exponent:ident = $default:expr),* } |$this:ident| $exponents:expr;
    )*) => {$(
        $(#[$meta])*
        ///
        /// `W` is the unit of the target's receptor; with plain numbers, the default, it is what backends see.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<W = Number> {
            /// The smallest weight; default 0.
            pub w_min: W,
            /// The largest weight; default 1 base unit (1 nA, 1 uS, 1 mV), as in PyNN: choose your own.
            pub w_max: W,
            $($(#[$emeta])* pub $exponent: f64,)*
        }

        impl<W: Unit> Default for $name<W> {
            fn default() -> Self {
                Self { w_min: W::from_base(0.0), w_max: W::from_base(1.0), $($exponent: $default,)* }
            }
        }

        impl<W> SharedField for $name<W> {}

        impl<W: Unit> WeightLimits<W> for $name<W> {
            type Plain = $name;
            fn into_plain(self) -> $name {
                $name { w_min: self.w_min.base(), w_max: self.w_max.base(), $($exponent: self.$exponent,)* }
            }
        }

        impl WeightDependence for $name {
            type In<W: Unit> = $name<W>;
            fn limits(&self) -> (f64, f64) {
                (self.w_min, self.w_max)
            }
            fn exponents(&self) -> (f64, f64) {
                let $this = self;
                $exponents
            }
        }
    )*};
}

weight_dependences! {
    /// Changes do not depend on the weight, which is cut off at the limits. PyNN's `AdditiveWeightDependence`.
    AdditiveWeightDependence {} |_this| (0.0, 0.0);

    /// Potentiation grows with the distance from `w_max`, depression with that from `w_min`. PyNN's
    /// `MultiplicativeWeightDependence`.
    MultiplicativeWeightDependence {} |_this| (1.0, 1.0);

    /// Potentiation as in [`AdditiveWeightDependence`], depression as in [`MultiplicativeWeightDependence`]. PyNN's
    /// `AdditivePotentiationMultiplicativeDepression`.
    AdditivePotentiationMultiplicativeDepression {} |_this| (0.0, 1.0);

    /// Anything between additive (exponents 0) and multiplicative (1). PyNN's `GutigWeightDependence`.
    GutigWeightDependence {
        /// Exponent of potentiation; default 0.5.
        mu_plus = 0.5,
        /// Exponent of depression; default 0.5.
        mu_minus = 0.5
    } |this| (this.mu_plus, this.mu_minus);
}
