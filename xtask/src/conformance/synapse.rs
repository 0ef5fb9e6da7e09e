//! The synapses of cases.

use pynn::population::Target;
use pynn::prelude::*;
use serde::Deserialize;

use super::Runs;

/// A synapse type with its parameters, as PyNN has it.
#[derive(Deserialize)]
#[serde(tag = "type")]
pub(super) enum Synapse {
    #[serde(rename = "TsodyksMarkramSynapse")]
    Tsodyks { parameters: Tsodyks },
    #[serde(rename = "STDPMechanism")]
    Stdp { timing: Timing, weight: Dependence },
}

#[derive(Deserialize)]
#[allow(non_snake_case, reason = "PyNN's spelling")]
pub(super) struct Tsodyks {
    U: f64,
    tau_rec: f64,
    tau_facil: f64,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "parameters")]
pub(super) enum Timing {
    #[allow(non_snake_case, reason = "PyNN's spelling")]
    SpikePairRule { tau_plus: f64, tau_minus: f64, A_plus: f64, A_minus: f64 },
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "parameters")]
pub(super) enum Dependence {
    #[serde(rename = "AdditiveWeightDependence")]
    Additive { w_min: f64, w_max: f64 },
    #[serde(rename = "MultiplicativeWeightDependence")]
    Multiplicative { w_min: f64, w_max: f64 },
}

impl Synapse {
    /// PyNN's name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Tsodyks { .. } => "TsodyksMarkramSynapse",
            Self::Stdp { .. } => "STDPMechanism",
        }
    }

    /// Whether it changes weights.
    pub(super) fn is_plastic(&self) -> bool {
        matches!(self, Self::Stdp { .. })
    }
}

/// Weight, in the receptor's base unit, and delay, ms.
pub(super) type Given = (f64, f64);

/// Adds a projection of a case.
pub(super) type Project<B, C> = fn(
    &mut NetworkBuilder,
    &Population<B, SpikeSourceArray>,
    Target<B, C, Number>,
    Given,
    &Synapse,
) -> Projection;

/// For a backend that has none but static synapses.
pub(super) fn none<B: Runs, C: CellType>() -> Option<Project<B, C>> {
    None
}

/// For a backend that has them all.
#[allow(clippy::unnecessary_wraps, reason = "others have none")]
pub(super) fn all<B, C>() -> Option<Project<B, C>>
where
    B: Runs
        + Transmits<TsodyksMarkramSynapse>
        + Transmits<StdpMechanism<SpikePairRule, AdditiveWeightDependence>>
        + Transmits<StdpMechanism<SpikePairRule, MultiplicativeWeightDependence>>,
    C: CellType,
{
    Some(project)
}

fn project<B, C>(
    net: &mut NetworkBuilder,
    source: &Population<B, SpikeSourceArray>,
    target: Target<B, C, Number>,
    (weight, delay): Given,
    synapse: &Synapse,
) -> Projection
where
    B: Runs
        + Transmits<TsodyksMarkramSynapse>
        + Transmits<StdpMechanism<SpikePairRule, AdditiveWeightDependence>>
        + Transmits<StdpMechanism<SpikePairRule, MultiplicativeWeightDependence>>,
    C: CellType,
{
    let (weight, delay, by) = (move |_: usize, _: usize| weight, delay * ms, AllToAll::default());
    match synapse {
        Synapse::Tsodyks { parameters: Tsodyks { U, tau_rec, tau_facil } } => {
            let (tau_rec, tau_facil) = (*tau_rec * ms, *tau_facil * ms);
            let synapse = TsodyksMarkramSynapse {
                weight,
                delay,
                U: (*U).into(),
                tau_rec: tau_rec.into(),
                tau_facil: tau_facil.into(),
            };
            net.project(None, source, target, by, synapse)
        }
        Synapse::Stdp { timing, weight: dependence } => {
            let Timing::SpikePairRule { tau_plus, tau_minus, A_plus, A_minus } = *timing;
            let timing =
                SpikePairRule { tau_plus: tau_plus * ms, tau_minus: tau_minus * ms, A_plus, A_minus };
            let dendritic_delay_fraction = 1.0;
            match *dependence {
                Dependence::Additive { w_min, w_max } => {
                    let weight_dependence = AdditiveWeightDependence { w_min, w_max };
                    let stdp =
                        StdpMechanism { timing, weight_dependence, dendritic_delay_fraction, weight, delay };
                    net.project(None, source, target, by, stdp)
                }
                Dependence::Multiplicative { w_min, w_max } => {
                    let weight_dependence = MultiplicativeWeightDependence { w_min, w_max };
                    let stdp =
                        StdpMechanism { timing, weight_dependence, dendritic_delay_fraction, weight, delay };
                    net.project(None, source, target, by, stdp)
                }
            }
        }
    }
}
