: Leaky integrate-and-fire cell with exponentially decaying synaptic conductances.
:
: cm dv/dt = -g_leak (v - v_rest) - exc (v - e_exc) - inh (v - e_inh) + i_offset
: d exc/dt = -exc / tau_exc; a spike of weight w adds w to exc. The same for inh.
: As NEURON integrates: v by the conductances at the start of the step, then the exponential decay.
: When v > v_thresh at the end of a step the cell fires; then v is v_reset for `refractory` steps. The reset is a charge
: that acts in the next step, so what is recorded at the spike is the potential that crossed the threshold.
: What arrives is summed up on its own, so that the order of arrival makes no difference.

NEURON {
    POINT_PROCESS PynnIfCondExp
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, refractory, cm, g_leak, v_rest, v_reset, v_thresh, i_offset, tau_exc, tau_inh, e_exc, e_inh
    RANGE exc, inh, exc_in, inh_in, exc_decay, inh_decay, hold, back, v_last
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid refractory cm g_leak v_rest v_reset v_thresh i_offset tau_exc tau_inh e_exc e_inh exc inh
    exc_in inh_in exc_decay inh_decay hold back v_last i
}

INITIAL {
    renew()
    exc = given()
    inh = given()
    exc_in = 0
    inh_in = 0
    hold = 0
    back = 0
    v_last = v
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &exc);
    pynn_expose(cell, 2, &inh);
    ENDVERBATIM
}

: Reads the values that are no states.
PROCEDURE renew() {
    open()
    gid = given()
    refractory = given()
    cm = given()
    g_leak = given()
    v_rest = given()
    v_reset = given()
    v_thresh = given()
    i_offset = given()
    tau_exc = given()
    tau_inh = given()
    e_exc = given()
    e_inh = given()
    exc_decay = exp(-dt / tau_exc)
    inh_decay = exp(-dt / tau_inh)
    VERBATIM
    pynn_drive(cell, &i_offset);
    ENDVERBATIM
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
    if (hold > 0) {
        i = back
    } else {
        i = g_leak * (v - v_rest) + (exc + exc_in) * (v - e_exc)
        i = i + (inh + inh_in) * (v - e_inh) - i_offset + back
    }
}

PROCEDURE update() {
    exc = (exc + exc_in) * exc_decay
    exc_in = 0
    inh = (inh + inh_in) * inh_decay
    inh_in = 0
    v_last = v
    back = 0
    if (hold > 0) {
        hold = hold - 1
        back = cm * (v - v_reset) / dt
    } else if (v > v_thresh) {
        hold = refractory
        back = cm * (v - v_reset) / dt
        fire()
    }
}

NET_RECEIVE (weight, receptor) {
    : Without this NEURON sets the receptor to 0.
    INITIAL {
    }
    if (receptor == 0) {
        exc_in = exc_in + weight
    } else {
        inh_in = inh_in + weight
    }
    arrived()
}

PROCEDURE open() {
    VERBATIM
    pynn_open(cell);
    ENDVERBATIM
}

FUNCTION given() {
    VERBATIM
    _lgiven = pynn_given();
    ENDVERBATIM
}

PROCEDURE fire() {
    VERBATIM
    pynn_fire(gid);
    ENDVERBATIM
}

PROCEDURE arrived() {
    VERBATIM
    pynn_events++;
    ENDVERBATIM
}
