//! What synapse types are lowered to.

use super::{Pair, Vogels};
use crate::synapse::{
    AdditiveWeightDependence, MultiQuantalSynapse, SimpleStochasticSynapse, SpikePairRule, StaticSynapse,
    StdpMechanism, StochasticTsodyksMarkramSynapse, TsodyksMarkramSynapse, Vogels2011Rule, WeightDependence,
};

/// A synapse type as a backend that computes changing synapses by [`Tables`](super::Tables) sees it: its
/// [`Backend::Synapse`](crate::backend::Backend::Synapse). [`transmits!`](crate::transmits!) lowers the types to it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Synapse {
    /// Weight and delay do not change.
    Static,
    /// What arrives, a rule says.
    Changing(Rule),
    /// A gap junction: [`Part::gap_junctions`](crate::backend::Part::gap_junctions) has them. A backend that can says so for
    /// itself.
    Electrical,
}

impl Synapse {
    /// Whether a rule says what arrives.
    #[must_use]
    pub fn changes(&self) -> bool {
        matches!(self, Self::Changing(_))
    }
}

/// What happens at a synapse when a spike arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// Depression and facilitation.
    TsodyksMarkram,
    /// Transmits with some probability.
    SimpleStochastic,
    /// Sites that release with some probability, and recover.
    Quantal {
        /// How many sites.
        sites: u16,
    },
    /// Every pair of spikes changes the weight.
    SpikePair {
        /// The constants, limits included.
        rule: Pair,
        /// What part of the delay is on the target's side.
        dendritic_delay_fraction: f64,
    },
    /// Inhibitory plasticity.
    Vogels2011 {
        /// The constants, limits included.
        rule: Vogels,
        /// What part of the delay is on the target's side.
        dendritic_delay_fraction: f64,
    },
}

impl From<&StaticSynapse> for Synapse {
    fn from(_: &StaticSynapse) -> Self {
        Self::Static
    }
}

impl From<&TsodyksMarkramSynapse> for Synapse {
    fn from(_: &TsodyksMarkramSynapse) -> Self {
        Self::Changing(Rule::TsodyksMarkram)
    }
}

impl From<&SimpleStochasticSynapse> for Synapse {
    fn from(_: &SimpleStochasticSynapse) -> Self {
        Self::Changing(Rule::SimpleStochastic)
    }
}

impl From<&StochasticTsodyksMarkramSynapse> for Synapse {
    fn from(_: &StochasticTsodyksMarkramSynapse) -> Self {
        Self::Changing(Rule::Quantal { sites: 1 })
    }
}

impl From<&MultiQuantalSynapse> for Synapse {
    fn from(synapse: &MultiQuantalSynapse) -> Self {
        Self::Changing(Rule::Quantal { sites: u16::try_from(synapse.n).unwrap_or(u16::MAX) })
    }
}

impl<P: WeightDependence> From<&StdpMechanism<SpikePairRule, P>> for Synapse {
    fn from(synapse: &StdpMechanism<SpikePairRule, P>) -> Self {
        let (timing, dependence) = (&synapse.timing, &synapse.weight_dependence);
        let ((w_min, w_max), (mu_plus, mu_minus)) = (dependence.limits(), dependence.exponents());
        let rule = Pair {
            tau_plus: timing.tau_plus.value(),
            tau_minus: timing.tau_minus.value(),
            a_plus: timing.A_plus,
            a_minus: timing.A_minus,
            mu_plus,
            mu_minus,
            w_min,
            w_max,
        };
        let dendritic_delay_fraction = synapse.dendritic_delay_fraction;
        Self::Changing(Rule::SpikePair { rule, dendritic_delay_fraction })
    }
}

impl From<&StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>> for Synapse {
    fn from(synapse: &StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>) -> Self {
        let (timing, (w_min, w_max)) = (&synapse.timing, synapse.weight_dependence.limits());
        let tau = timing.tau.value();
        // rho is in Hz, tau in ms.
        let depression = 2.0 * timing.rho.value() * 1e-3 * tau;
        let rule = Vogels { tau, eta: timing.eta, depression, w_min, w_max };
        let dendritic_delay_fraction = synapse.dendritic_delay_fraction;
        Self::Changing(Rule::Vogels2011 { rule, dendritic_delay_fraction })
    }
}

/// Says that a backend, whose `Synapse` is [`plastic::Synapse`](crate::plastic::Synapse), transmits through all types that
/// are lowered to it.
#[macro_export]
macro_rules! transmits {
    ($backend:ty) => {
        const _: () = {
            use $crate::backend::Transmits;
            use $crate::plastic::Synapse;
            use $crate::synapse::*;

            $crate::transmits! {
                $backend: StaticSynapse, TsodyksMarkramSynapse, SimpleStochasticSynapse, StochasticTsodyksMarkramSynapse,
                MultiQuantalSynapse, StdpMechanism<Vogels2011Rule, AdditiveWeightDependence>
            }

            impl<P: WeightDependence> Transmits<StdpMechanism<SpikePairRule, P>> for $backend {
                fn lower(synapse: &StdpMechanism<SpikePairRule, P>) -> Synapse {
                    synapse.into()
                }
            }
        };
    };
    ($backend:ty: $($synapse:ty),*) => {$(
        impl Transmits<$synapse> for $backend {
            fn lower(synapse: &$synapse) -> Synapse {
                synapse.into()
            }
        }
    )*};
}
