//! Hodgkin-Huxley cells.

use crate::cell;
use crate::cell::Number;
use crate::units::{Capacitance, Conductance, Current, Time, Voltage};

cell! {
    /// Hodgkin-Huxley cell (Traub & Miles 1991) with exponentially decaying synaptic conductances.
    ///
    /// `cm dv/dt = -gbar_Na m^3 h (v - e_rev_Na) - gbar_K n^4 (v - e_rev_K) - g_leak (v - e_rev_leak) - g_E (v - e_rev_E)
    /// - g_I (v - e_rev_I) + i_offset`, and with u = v - v_offset in mV, rates in 1/ms:
    ///
    /// | | opening | closing |
    /// |---|---|---|
    /// | m | 0.32 (13 - u) / (exp((13 - u) / 4) - 1) | 0.28 (u - 40) / (exp((u - 40) / 5) - 1) |
    /// | h | 0.128 exp((17 - u) / 18) | 4 / (1 + exp((40 - u) / 5)) |
    /// | n | 0.032 (15 - u) / (exp((15 - u) / 5) - 1) | 0.5 exp((10 - u) / 40) |
    ///
    /// There is no reset. What counts as a spike is each backend's to document.
    /// Model: PyNN's `HH_cond_exp`; NEST `hh_cond_exp_traub`; Brette et al. 2007, doi 10.1007/s10827-007-0038-6.
    #[doc(alias = "HH_cond_exp")]
    pub struct HhCondExp: "HH_cond_exp" {
        /// Peak sodium conductance.
        gbar_Na: Conductance = 20.0 => non_negative,
        /// Peak potassium conductance.
        gbar_K: Conductance = 6.0 => non_negative,
        /// Leak conductance.
        g_leak: Conductance = 0.01 => non_negative,
        /// Membrane capacitance.
        cm: Capacitance = 0.2 => positive,
        /// Shift of the rate functions.
        v_offset: Voltage = -63.0,
        /// Sodium reversal potential.
        e_rev_Na: Voltage = 50.0,
        /// Potassium reversal potential.
        e_rev_K: Voltage = -90.0,
        /// Leak reversal potential.
        e_rev_leak: Voltage = -65.0,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -80.0,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 0.2 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 2.0 => positive,
        /// Constant injected current.
        i_offset: Current = 0.0,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -65.0, m: Number = 0.0, h: Number = 1.0, n: Number = 0.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables { spikes: Spikes, v: MembranePotential, gsyn_exc: GsynExc, gsyn_inh: GsynInh, m: GateM, h: GateH, n: GateN }
}
