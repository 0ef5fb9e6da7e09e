//! Leaky integrate-and-fire cells with conductance-based synapses.

use crate::cell;
use crate::units::{Capacitance, Conductance, Current, Time, Voltage};

cell! {
    /// Leaky integrate-and-fire cell with exponentially decaying synaptic conductances.
    ///
    /// `cm dv/dt = -cm (v - v_rest) / tau_m - g_E (v - e_rev_E) - g_I (v - e_rev_I) + i_offset`, `dg/dt = -g / tau_syn`; a
    /// spike of weight w adds w to g. When `v >= v_thresh` the cell fires, and v stays at `v_reset` for `tau_refrac`.
    /// Model: PyNN's `IF_cond_exp`; NEST `iaf_cond_exp` (Meffin, Burkitt & Grayden 2004, doi 10.1023/B:JCNS.0000014108.03012.81).
    #[doc(alias = "IF_cond_exp")]
    pub struct IfCondExp: "IF_cond_exp" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 5.0 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 5.0 => positive,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -70.0,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -65.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, gsyn_exc: GsynExc, gsyn_inh: GsynInh }
}

cell! {
    /// Leaky integrate-and-fire cell with alpha-shaped synaptic conductances.
    ///
    /// As [`IfCondExp`], but a spike of weight w brings the conductance `w (t / tau_syn) exp(1 - t / tau_syn)`, which peaks at
    /// w after tau_syn. Model: PyNN's `IF_cond_alpha`; NEST `iaf_cond_alpha`.
    #[doc(alias = "IF_cond_alpha")]
    pub struct IfCondAlpha: "IF_cond_alpha" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 0.3 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 0.5 => positive,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -70.0,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -65.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, gsyn_exc: GsynExc, gsyn_inh: GsynInh }
}

cell! {
    /// Leaky integrate-and-fire cell with exponentially decaying synaptic conductances, spike-frequency adaptation and a
    /// relative refractory period.
    ///
    /// As [`IfCondExp`] with two more conductances, `- g_s (v - e_rev_sfa) - g_r (v - e_rev_rr)`; at a spike g_s grows by `q_sfa` and
    /// g_r by `q_rr`, and they decay with `tau_sfa` and `tau_rr`.
    /// Model: PyNN's `IF_cond_exp_gsfa_grr`; NEST `iaf_cond_exp_sfa_rr` (Muller, Buesing, Schemmel & Meier 2007,
    /// doi 10.1162/neco.2007.19.11.2958).
    #[doc(alias = "IF_cond_exp_gsfa_grr")]
    pub struct IfCondExpGsfaGrr: "IF_cond_exp_gsfa_grr" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 5.0 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 5.0 => positive,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -70.0,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
        /// Time constant of adaptation.
        tau_sfa: Time = 100.0 => positive,
        /// Reversal potential of adaptation.
        e_rev_sfa: Voltage = -75.0,
        /// Jump of the conductance of adaptation at a spike.
        q_sfa: Conductance = 0.015 => non_negative,
        /// Time constant of the relative refractory period.
        tau_rr: Time = 2.0 => positive,
        /// Reversal potential of the relative refractory period.
        e_rev_rr: Voltage = -75.0,
        /// Jump of the conductance of the relative refractory period at a spike.
        q_rr: Conductance = 3.0 => non_negative,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states {
        v: Voltage = -65.0, g_s: Conductance = 0.0, g_r: Conductance = 0.0, gsyn_exc: Conductance = 0.0,
        gsyn_inh: Conductance = 0.0,
    }
    variables {
        spikes: Spikes, v: MembranePotential, g_s: AdaptationConductance, g_r: RefractoryConductance, gsyn_exc: GsynExc,
        gsyn_inh: GsynInh,
    }
}

cell! {
    /// [`IfCondExp`] as the FACETS neuromorphic hardware of the first stage had it.
    ///
    /// Fixed: `cm` 0.2 nF, `tau_refrac` 1 ms, `e_rev_E` 0 mV, no constant current; the membrane time constant is `cm / g_leak`.
    /// Model: PyNN's `IF_facets_hardware1`.
    #[doc(alias = "IF_facets_hardware1")]
    pub struct IfFacetsHardware1: "IF_facets_hardware1" {
        /// Leak conductance.
        g_leak: Conductance = 0.04 => positive,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 30.0 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 30.0 => positive,
        /// Potential after a spike.
        v_reset: Voltage = -80.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -80.0,
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -55.0,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -65.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, gsyn_exc: GsynExc, gsyn_inh: GsynInh }
}
