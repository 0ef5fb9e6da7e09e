//! Leaky integrate-and-fire cells with current-based synapses.

use crate::cell;
use crate::units::{Capacitance, Current, Time, Voltage};

cell! {
    /// Leaky integrate-and-fire cell with exponentially decaying synaptic currents.
    ///
    /// `cm dv/dt = -cm (v - v_rest) / tau_m + i_E + i_I + i_offset`, `di/dt = -i / tau_syn`; a spike of weight w adds w to i,
    /// so it brings the charge w tau_syn. When `v >= v_thresh` the cell fires, and v stays at `v_reset` for `tau_refrac`.
    /// Model: PyNN's `IF_curr_exp` (Tsodyks, Uziel & Markram 2000, doi 10.1523/JNEUROSCI.20-01-j0003.2000); NEST `iaf_psc_exp`.
    #[doc(alias = "IF_curr_exp")]
    pub struct IfCurrExp: "IF_curr_exp" {
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
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
    }
    receptors {
        /// Weights are currents, positive to excite.
        excitatory: Current,
        /// Weights are currents, negative to inhibit.
        inhibitory: Current,
    }
    states { v: Voltage = -65.0 }
    variables { spikes: Spikes, v: MembranePotential }
}

cell! {
    /// Leaky integrate-and-fire cell with alpha-shaped synaptic currents.
    ///
    /// `cm dv/dt = -cm (v - v_rest) / tau_m + i_E + i_I + i_offset`; a spike of weight w brings the current
    /// `w (t / tau_syn) exp(1 - t / tau_syn)`, which peaks at w after tau_syn. Threshold and reset as in [`IfCurrExp`].
    /// Model: PyNN's `IF_curr_alpha`; NEST `iaf_psc_alpha` (Rotter & Diesmann 1999, doi 10.1007/s004220050570).
    #[doc(alias = "IF_curr_alpha")]
    pub struct IfCurrAlpha: "IF_curr_alpha" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 0.5 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 0.5 => positive,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
    }
    receptors {
        /// Weights are currents, positive to excite.
        excitatory: Current,
        /// Weights are currents, negative to inhibit.
        inhibitory: Current,
    }
    states { v: Voltage = -65.0 }
    variables { spikes: Spikes, v: MembranePotential }
}

cell! {
    /// Leaky integrate-and-fire cell whose potential jumps with each incoming spike.
    ///
    /// `cm dv/dt = -cm (v - v_rest) / tau_m + i_offset`; a spike of weight w adds w to v, and is lost while the cell is
    /// refractory. Threshold and reset as in [`IfCurrExp`]. Model: PyNN's `IF_curr_delta`; NEST `iaf_psc_delta`.
    #[doc(alias = "IF_curr_delta")]
    pub struct IfCurrDelta: "IF_curr_delta" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 0.1 => non_negative,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Threshold: the cell fires at the end of a step in which the potential reaches it.
        v_thresh: Voltage = -50.0,
    }
    receptors {
        /// Weights are jumps of the potential, positive to excite.
        excitatory: Voltage,
        /// Weights are jumps of the potential, negative to inhibit.
        inhibitory: Voltage,
    }
    states { v: Voltage = -65.0 }
    variables { spikes: Spikes, v: MembranePotential }
}
