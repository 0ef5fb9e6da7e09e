//! Synapses whose rule looks at the spikes of the source alone, and gap junctions.

use super::{
    SynapseColumns, SynapseDefault, SynapseDefaults, SynapseFamily, SynapseInfo, SynapseType, WeightUnit,
};
use crate::units::{Conductance, Time, Unit};
use crate::values::{IntoSynapseValues, SynapseColumn, SynapseValues};

crate::synapse! {
    /// A synapse of fixed weight and delay. PyNN's `StaticSynapse`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct StaticSynapse: "StaticSynapse" {}
}

crate::synapse! {
    /// Short-term depression and facilitation. PyNN's `TsodyksMarkramSynapse`.
    ///
    /// Of the synapse's resources a part `x` is ready, a part `y` active and a part `z` recovering, `x + y + z = 1`:
    /// `y` decays with the time constant `tau_psc` of the target's receptor, `z` with `tau_rec`. A spike sets free a
    /// part `u` of what is ready and transmits `weight u x`; `u` grows by `U (1 - u)` with each spike, before it
    /// acts, and decays with `tau_facil`; for `tau_facil = 0` it is `U`. At the start all is ready and `u` is 0.
    ///
    /// Tsodyks, Uziel & Markram 2000, "Synchrony generation in recurrent networks with frequency-dependent synapses",
    /// J. Neurosci. 20, RC50.
    #[derive(Clone, Debug)]
    #[doc(alias = "tsodyks_synapse")]
    pub struct TsodyksMarkramSynapse: "TsodyksMarkramSynapse" {
        /// Use: by what part of what it lacks `u` grows with a spike.
        U: f64 = 0.5 => fraction,
        /// Time constant of recovery from depression.
        tau_rec: Time = 100.0 => positive,
        /// Time constant of the decay of facilitation; 0 for none.
        tau_facil: Time = 0.0 => non_negative,
    }
}

crate::synapse! {
    /// Transmits each spike with probability `p`. PyNN's `SimpleStochasticSynapse`.
    #[derive(Clone, Debug)]
    #[doc(alias = "bernoulli_synapse")]
    pub struct SimpleStochasticSynapse: "SimpleStochasticSynapse" {
        /// Probability of transmission.
        p: f64 = 0.5 => fraction,
    }
}

crate::synapse! {
    /// A single release site that releases with a probability that facilitates, and takes time to recover. PyNN's
    /// `StochasticTsodyksMarkramSynapse`.
    ///
    /// At a spike, `D` after the one before: `u` becomes `U + u (1 - U) exp(-D/tau_facil)` (`U` if `tau_facil` is 0); a
    /// site that is empty has recovered with probability `1 - exp(-D/tau_rec)`, `D` from the spike at which this was last
    /// decided; a full one releases with probability `u`, transmits `weight`, and is empty. At the start the site is
    /// full and `u` is 0.
    ///
    /// Fuhrmann, Segev, Markram & Tsodyks 2002, "Coding of temporal information by activity-dependent synapses",
    /// J. Neurophysiol. 87, 140-148.
    #[derive(Clone, Debug)]
    pub struct StochasticTsodyksMarkramSynapse: "StochasticTsodyksMarkramSynapse" {
        /// Use: by what part of what it lacks `u` grows with a spike.
        U: f64 = 0.5 => fraction,
        /// Time constant of a site's recovery.
        tau_rec: Time = 100.0 => positive,
        /// Time constant of the decay of facilitation; 0 for none.
        tau_facil: Time = 0.0 => non_negative,
    }
}

crate::synapse! {
    /// `n` release sites, each as that of a [`StochasticTsodyksMarkramSynapse`]. PyNN's `MultiQuantalSynapse`.
    ///
    /// A spike transmits `k weight` when `k` sites release, as on NEST: `weight` is the size of a quantum. (On
    /// PyNN's NEURON it is `k weight / n`.)
    #[derive(Clone, Debug)]
    #[doc(alias = "quantal_stp_synapse")]
    pub struct MultiQuantalSynapse: "MultiQuantalSynapse" {
        /// Use: by what part of what it lacks `u` grows with a spike.
        U: f64 = 0.5 => fraction,
        /// Time constant of a site's recovery.
        tau_rec: Time = 800.0 => positive,
        /// Time constant of the decay of facilitation; 0 for none.
        tau_facil: Time = 0.0 => non_negative,
    }
    constants {
        /// How many release sites, 1 to 65535.
        n: u32 = 1,
    }
    family {
        fn check(&self) -> Result<(), String> {
            if (1..=u32::from(u16::MAX)).contains(&self.n) {
                return Ok(());
            }
            Err(format!("n of MultiQuantalSynapse is {}, but must be 1 to {}", self.n, u16::MAX))
        }

        fn largest_factor(&self) -> f64 {
            f64::from(self.n)
        }
    }
}

/// A gap junction: a current `weight (v_source - v_target)` flows into the target at all times, and the same current
/// out of the source. PyNN's `ElectricalSynapse`. It has no delay, and ends on the membrane: no receptor is named.
/// Each connection joins both ways, so two connections between the same cells, one each way, add up.
///
/// Both populations are of one simulator, of any number of processes, which then tell each other potentials at every time
/// step. By which potentials the current is computed is each backend's to document.
///
/// `weight` is a quantity, a list, a closure `|source, target|` or a distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ElectricalSynapse<W = Conductance> {
    /// The conductance; default 0.
    pub weight: W,
}

impl<W: SynapseDefault> Default for ElectricalSynapse<W> {
    fn default() -> Self {
        Self { weight: W::of(0.0) }
    }
}

impl<W> SynapseDefaults<W> for ElectricalSynapse {
    type Full = ElectricalSynapse<SynapseValues<Conductance>>;
}

impl<W> WeightUnit<W> for ElectricalSynapse {
    type Unit = Conductance;
}

/// Whatever weights the target's receptors take: it ends on the membrane.
impl<W, V: IntoSynapseValues<Conductance>> SynapseType<W> for ElectricalSynapse<V> {
    type Family = ElectricalSynapse;
    fn into_parts(self) -> (ElectricalSynapse, SynapseColumns) {
        let weight = self.weight.into_synapse_values().into_column();
        let columns = SynapseColumns { weight, delay: SynapseColumn::Constant(0.0), parameters: Vec::new() };
        (ElectricalSynapse { weight: Conductance::from_base(0.0) }, columns)
    }
}

impl SynapseFamily for ElectricalSynapse {
    fn info(&self) -> &'static SynapseInfo {
        static INFO: SynapseInfo =
            SynapseInfo { name: "ElectricalSynapse", parameters: &[], carries_spikes: false };
        &INFO
    }
}
