//! Neurons put together from a membrane and receptors of the user's choice: PyNN's `PointNeuron`.
//!
//! `point_neuron!` writes such a cell type, and with it its [`PointNeuron`] description, from which a backend lowers it:
//! NEST's `*_multisynapse` models do some combinations, NEURON a membrane with a point process for each receptor.

use crate::cell::CellType;

/// A cell type that is a membrane with receptors. Its parameters are those of the membrane, then of each receptor.
pub trait PointNeuron: CellType {
    /// The membrane.
    const MEMBRANE: Membrane;
    /// The receptors, in the order of [`CellInfo::receptors`](crate::cell::CellInfo::receptors).
    const RECEPTORS: &'static [PostSynapticReceptor];
}

/// What integrates the currents and fires. Names of parameters and states are those of the standard cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membrane {
    /// Leaky integrate-and-fire, as [`IfCondExp`](crate::cells::IfCondExp): v_rest, cm, tau_m, tau_refrac, i_offset, v_reset,
    /// v_thresh.
    Lif,
    /// Exponential integrate-and-fire with adaptation, as [`EifCondExpIsfaIsta`](crate::cells::EifCondExpIsfaIsta): cm,
    /// tau_refrac, v_spike, v_reset, v_rest, tau_m, i_offset, a, b, delta_T, tau_w, v_thresh; state w.
    AdExp,
}

/// A receptor of a [`PointNeuron`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostSynapticReceptor {
    /// The receptor's name.
    pub name: &'static str,
    /// The name of its conductance or current, a state variable and recordable: `AMPA_gsyn`, `AMPA_isyn`.
    pub variable: &'static str,
    /// How it responds.
    pub response: Response,
}

/// How a receptor responds to a spike of weight w, with the names of its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// A current that jumps by w (nA) and decays exponentially: PyNN's `CurrExpPostSynapticResponse`.
    CurrExp {
        /// Time constant.
        tau_syn: &'static str,
    },
    /// A conductance that jumps by w (uS) and decays exponentially: PyNN's `CondExpPostSynapticResponse`.
    CondExp {
        /// Time constant.
        tau_syn: &'static str,
        /// Reversal potential.
        e_syn: &'static str,
    },
    /// The conductance `w (t / tau_syn) exp(1 - t / tau_syn)`, which peaks at w: PyNN's `CondAlphaPostSynapticResponse`.
    CondAlpha {
        /// Time constant.
        tau_syn: &'static str,
        /// Reversal potential.
        e_syn: &'static str,
    },
    /// A difference of exponentials whose peak is w: PyNN's `CondBetaPostSynapticResponse`.
    CondBeta {
        /// Time constant of the rise.
        tau_rise: &'static str,
        /// Time constant of the decay.
        tau_decay: &'static str,
        /// Reversal potential.
        e_syn: &'static str,
    },
}
