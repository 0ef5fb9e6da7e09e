: Leaky integrate-and-fire cell whose potential jumps with each spike that arrives.
:
: cm dv/dt = -g_leak (v - v_rest) + i_offset; a spike of weight w adds w to v, and is lost while the cell is refractory.
: A spike that is due at the end of a step is given before that step: the jump is a charge that acts in it, as large as
: the implicit step needs it to leave v changed by w at its end.
: When v > v_thresh at the end of a step the cell fires; then v is v_reset for `refractory` steps. The reset is a charge
: that acts in the next step, so what is recorded at the spike is the potential that crossed the threshold.

NEURON {
    POINT_PROCESS PynnIfCurrDelta
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, refractory, cm, g_leak, v_rest, v_reset, v_thresh, i_offset
    RANGE jump, hold, back, v_last
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid refractory cm g_leak v_rest v_reset v_thresh i_offset jump hold back v_last i
}

INITIAL {
    renew()
    jump = 0
    hold = 0
    back = 0
    v_last = v
    VERBATIM
    pynn_expose(cell, 0, &v_last);
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
    VERBATIM
    pynn_drive(cell, &i_offset);
    ENDVERBATIM
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
    if (hold > 0) {
        i = back
    } else {
        i = g_leak * (v - v_rest) - jump * (cm / dt + g_leak) - i_offset + back
    }
}

PROCEDURE update() {
    jump = 0
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
    jump = jump + weight
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
