//! Generalised integrate-and-fire cells with a stochastic threshold.

use crate::cell;
use crate::units::{Capacitance, Conductance, Current, Frequency, Time, Voltage};

cell! {
    /// Generalised integrate-and-fire cell: fires at random, the more likely the further v is above a threshold that moves.
    ///
    /// `cm dv/dt = -cm (v - v_rest) / tau_m - g_E (v - e_rev_E) - g_I (v - e_rev_I) - i_eta + i_offset`, `dg/dt = -g / tau_syn`; a
    /// spike of weight w adds w to g. The cell fires with rate `lambda0 exp((v - v_t) / delta_v)`: in a time step h with
    /// probability `1 - exp(-rate h)`; then v stays at `v_reset` for `tau_refrac`. The current `i_eta` is the sum of three parts
    /// that grow by `a_eta` at a spike and decay with `tau_eta`; the threshold `v_t` is `v_t_star` plus three parts that grow by
    /// `a_gamma` and decay with `tau_gamma`. PyNN's lists of three are one parameter for each part here, numbered from 1.
    ///
    /// Model: PyNN's `GIF_cond_exp`; NEST `gif_cond_exp` (Mensi et al. 2012, doi 10.1152/jn.00408.2011; Pozzorini et al. 2015,
    /// doi 10.1371/journal.pcbi.1004275).
    #[doc(alias = "GIF_cond_exp")]
    pub struct GifCondExp: "GIF_cond_exp" {
        /// Resting potential.
        v_rest: Voltage = -65.0,
        /// Membrane capacitance.
        cm: Capacitance = 1.0 => positive,
        /// Membrane time constant.
        tau_m: Time = 20.0 => positive,
        /// Refractory period, rounded to the time step; meanwhile the potential stays at `v_reset`.
        tau_refrac: Time = 4.0 => non_negative,
        /// Time constant of the excitatory synapse.
        tau_syn_E: Time = 5.0 => positive,
        /// Time constant of the inhibitory synapse.
        tau_syn_I: Time = 5.0 => positive,
        /// Reversal potential of the excitatory synapse.
        e_rev_E: Voltage = 0.0,
        /// Reversal potential of the inhibitory synapse.
        e_rev_I: Voltage = -70.0,
        /// Potential after a spike.
        v_reset: Voltage = -65.0,
        /// Constant injected current.
        i_offset: Current = 0.0,
        /// How sharp the threshold is.
        delta_v: Voltage = 0.5 => positive,
        /// Threshold without recent spikes.
        v_t_star: Voltage = -48.0,
        /// Rate of firing at threshold.
        lambda0: Frequency = 1.0 => non_negative,
        /// Decay time of the first part of the spike-triggered current.
        tau_eta1: Time = 1.0 => positive,
        /// Decay time of the second part of the spike-triggered current.
        tau_eta2: Time = 10.0 => positive,
        /// Decay time of the third part of the spike-triggered current.
        tau_eta3: Time = 100.0 => positive,
        /// Decay time of the first part of the threshold's movement.
        tau_gamma1: Time = 1.0 => positive,
        /// Decay time of the second part of the threshold's movement.
        tau_gamma2: Time = 10.0 => positive,
        /// Decay time of the third part of the threshold's movement.
        tau_gamma3: Time = 100.0 => positive,
        /// Jump of the first part of the spike-triggered current at a spike.
        a_eta1: Current = 1.0,
        /// Jump of the second part of the spike-triggered current at a spike.
        a_eta2: Current = 1.0,
        /// Jump of the third part of the spike-triggered current at a spike.
        a_eta3: Current = 1.0,
        /// Jump of the first part of the threshold's movement at a spike.
        a_gamma1: Voltage = 1.0,
        /// Jump of the second part of the threshold's movement at a spike.
        a_gamma2: Voltage = 1.0,
        /// Jump of the third part of the threshold's movement at a spike.
        a_gamma3: Voltage = 1.0,
    }
    receptors {
        /// Weights are conductances.
        excitatory: Conductance,
        /// Weights are conductances, positive.
        inhibitory: Conductance,
    }
    states { v: Voltage = -65.0, gsyn_exc: Conductance = 0.0, gsyn_inh: Conductance = 0.0 }
    variables {
        spikes: Spikes, v: MembranePotential, gsyn_exc: GsynExc, gsyn_inh: GsynInh, i_eta: SpikeTriggeredCurrent,
        v_t: MovingThreshold,
    }
}
