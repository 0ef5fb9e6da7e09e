//! Exponential integrate-and-fire cells with adaptation (AdEx).

use crate::cell;
use crate::units::{Capacitance, Conductance, Current, Time, Voltage};

cell! {
    /// Exponential integrate-and-fire cell with spike-triggered and sub-threshold adaptation, and exponentially decaying
    /// synaptic conductances.
    ///
    /// `cm dv/dt = -g_L (v - v_rest) + g_L delta_T exp((v - v_thresh) / delta_T) - g_E (v - e_rev_E) - g_I (v - e_rev_I) - w
    /// + i_offset` with `g_L = cm / tau_m`; `tau_w dw/dt = a (v - v_rest) - w`; `dg/dt = -g / tau_syn`, and a spike of weight x
    /// adds x to g. When `v >= v_spike` the cell fires, w grows by `b`, and v stays at `v_reset` for `tau_refrac`.
    /// With `delta_T` = 0 there is no exponential term and the cell fires at `v_thresh`.
    /// Model: PyNN's `EIF_cond_exp_isfa_ista`; NEST `aeif_cond_exp` (Brette & Gerstner 2005, doi 10.1152/jn.00686.2005).
    #[doc(alias = "EIF_cond_exp_isfa_ista")]
    pub struct EifCondExpIsfaIsta: "EIF_cond_exp_isfa_ista" {
        /// Membrane capacitance.
        cm: Capacitance = 0.281 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Potential at which a spike is cut off and counted.
        v_spike: Voltage = -40.0,
        /// Potential after a spike.
        v_reset: Voltage = -70.6,
        /// Resting potential.
        v_rest: Voltage = -70.6,
        /// Membrane time constant.
        tau_m: Time = 9.3667 => positive,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Sub-threshold adaptation: how w follows v.
        a: Conductance = 0.004,
        /// Spike-triggered adaptation: the jump of w at a spike.
        b: Current = 0.0805,
        /// Sharpness of the upstroke; 0 for a plain threshold.
        delta_T: Voltage = 2.0 => non_negative,
        /// Time constant of adaptation.
        tau_w: Time = 144.0 => positive,
        /// Threshold of the upstroke.
        v_thresh: Voltage = -50.4,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 5.0 => positive,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -80.0,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 5.0 => positive,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -70.6, w: Current = 0.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, w: AdaptationCurrent, gsyn_exc: GsynExc, gsyn_inh: GsynInh }
}

cell! {
    /// Exponential integrate-and-fire cell with spike-triggered and sub-threshold adaptation, and alpha-shaped synaptic
    /// conductances.
    ///
    /// As [`EifCondExpIsfaIsta`], but a spike of weight x brings the conductance `x (t / tau_syn) exp(1 - t / tau_syn)`, which
    /// peaks at x after tau_syn. Model: PyNN's `EIF_cond_alpha_isfa_ista`; NEST `aeif_cond_alpha`.
    #[doc(alias = "EIF_cond_alpha_isfa_ista")]
    pub struct EifCondAlphaIsfaIsta: "EIF_cond_alpha_isfa_ista" {
        /// Membrane capacitance.
        cm: Capacitance = 0.281 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Potential at which a spike is cut off and counted.
        v_spike: Voltage = -40.0,
        /// Potential after a spike.
        v_reset: Voltage = -70.6,
        /// Resting potential.
        v_rest: Voltage = -70.6,
        /// Membrane time constant.
        tau_m: Time = 9.3667 => positive,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Sub-threshold adaptation: how w follows v.
        a: Conductance = 0.004,
        /// Spike-triggered adaptation: the jump of w at a spike.
        b: Current = 0.0805,
        /// Sharpness of the upstroke; 0 for a plain threshold.
        delta_T: Voltage = 2.0 => non_negative,
        /// Time constant of adaptation.
        tau_w: Time = 144.0 => positive,
        /// Threshold of the upstroke.
        v_thresh: Voltage = -50.4,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 5.0 => positive,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -80.0,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 5.0 => positive,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -70.6, w: Current = 0.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, w: AdaptationCurrent, gsyn_exc: GsynExc, gsyn_inh: GsynInh }
}
