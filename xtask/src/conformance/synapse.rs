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
    #[serde(other)]
    Other,
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
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "parameters")]
pub(super) enum Dependence {
    #[serde(rename = "AdditiveWeightDependence")]
    Additive { w_min: f64, w_max: f64 },
    #[serde(rename = "MultiplicativeWeightDependence")]
    Multiplicative { w_min: f64, w_max: f64 },
    #[serde(rename = "AdditivePotentiationMultiplicativeDepression")]
    Mixed { w_min: f64, w_max: f64 },
    #[serde(rename = "GutigWeightDependence")]
    Guetig { w_min: f64, w_max: f64, mu_plus: f64, mu_minus: f64 },
}

impl Synapse {
    /// Whether cases with it can be run.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self, Self::Other | Self::Stdp { timing: Timing::Other, .. })
    }

    /// Whether it changes weights.
    pub(super) fn is_plastic(&self) -> bool {
        matches!(self, Self::Stdp { .. })
    }
}

/// Weight, in the receptor's base unit, and delay, ms.
pub(super) type Given = (f64, f64);

/// Adds a projection of a case, if its synapse is known.
pub(super) fn project<B: Runs, C: CellType>(
    net: &mut NetworkBuilder,
    source: &Population<B, SpikeSourceArray>,
    target: Target<B, C, Number>,
    (weight, delay): Given,
    synapse: &Synapse,
) -> Option<Projection> {
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
            Some(net.project(None, source, target, by, synapse))
        }
        Synapse::Stdp { timing, weight: dependence } => {
            let Timing::SpikePairRule { tau_plus, tau_minus, A_plus, A_minus } = *timing else { return None };
            let timing =
                SpikePairRule { tau_plus: tau_plus * ms, tau_minus: tau_minus * ms, A_plus, A_minus };
            macro_rules! with {
                ($dependence:expr) => {{
                    let (weight_dependence, dendritic_delay_fraction) = ($dependence, 1.0);
                    let stdp =
                        StdpMechanism { timing, weight_dependence, dendritic_delay_fraction, weight, delay };
                    net.project(None, source, target, by, stdp)
                }};
            }
            Some(match *dependence {
                Dependence::Additive { w_min, w_max } => with!(AdditiveWeightDependence { w_min, w_max }),
                Dependence::Multiplicative { w_min, w_max } => {
                    with!(MultiplicativeWeightDependence { w_min, w_max })
                }
                Dependence::Mixed { w_min, w_max } => {
                    with!(AdditivePotentiationMultiplicativeDepression { w_min, w_max })
                }
                Dependence::Guetig { w_min, w_max, mu_plus, mu_minus } => {
                    with!(GutigWeightDependence { w_min, w_max, mu_plus, mu_minus })
                }
            })
        }
        Synapse::Other => None,
    }
}
