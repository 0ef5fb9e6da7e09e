//! Izhikevich's simple model.

use crate::cell;
use crate::cell::Number;
use crate::units::{Current, Voltage};

cell! {
    /// Izhikevich's two-variable cell; synapses add to the potential.
    ///
    /// `dv/dt = 0.04 v^2 + 5 v + 140 - u + i`, `du/dt = a (b v - u)`, with v in mV, u in mV/ms, t in ms, and i the current in pA
    /// over 1 pF. When `v >= 30` mV the cell fires, v becomes `c` and u grows by `d`. A spike of weight w adds w to v.
    /// Model: PyNN's `Izhikevich`; NEST `izhikevich` (Izhikevich 2003, doi 10.1109/TNN.2003.820440).
    pub struct Izhikevich: "Izhikevich" {
        /// Rate of recovery, 1/ms.
        a: Number = 0.02,
        /// Sensitivity of recovery to the potential, 1/ms.
        b: Number = 0.2,
        /// Potential after a spike.
        c: Voltage = -65.0,
        /// Jump of recovery at a spike, mV/ms.
        d: Number = 2.0,
        /// Constant injected current.
        i_offset: Current = 0.0,
    }
    receptors {
        /// Weights are jumps of the potential, positive to excite.
        excitatory: Voltage,
        /// Weights are jumps of the potential, negative to inhibit.
        inhibitory: Voltage,
    }
    states { v: Voltage = -70.0, u: Number = -14.0 }
    variables { spikes: Spikes, v: MembranePotential, u: RecoveryVariable }
}
