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
