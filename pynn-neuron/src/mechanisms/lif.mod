: Leaky integrate-and-fire cell with any receptors, spike-frequency adaptation and a relative refractory period.
:
: cm dv/dt = -g_leak (v - v_rest) - receptors - g_s (v - e_sfa) - g_r (v - e_rr) + i_offset
: At a spike g_s grows by q_sfa and g_r by q_rr; they decay with tau_sfa and tau_rr.
: As NEURON integrates: v by what there is at the start of the step, then the exponential decay.
: When v > v_thresh at the end of a step the cell fires; then v is v_reset for `refractory` steps. What is recorded at the
: spike is the potential that crossed the threshold.

NEURON {
    POINT_PROCESS PynnLif
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, refractory, g_leak, v_rest, v_reset, v_thresh, i_offset
    RANGE tau_sfa, e_sfa, q_sfa, tau_rr, e_rr, q_rr, g_s, g_r, s_in, r_in
    RANGE hold, v_last
}

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid refractory g_leak v_rest v_reset v_thresh i_offset
    tau_sfa e_sfa q_sfa tau_rr e_rr q_rr g_s g_r s_in r_in
    hold v_last i
}

INCLUDE "given.inc"
INCLUDE "common.inc"
INCLUDE "receptors.inc"

INITIAL {
    read_values()
    g_s = given()
    g_r = given()
    s_in = 0
    r_in = 0
    hold = 0
    v_last = v
    make_receptors(3)
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &g_s);
    pynn_expose(cell, 2, &g_r);
    ENDVERBATIM
}

: Reads the values that are no states.
PROCEDURE read_values() {
    open()
    gid = given()
    refractory = given()
    g_leak = given()
    v_rest = given()
    v_reset = given()
    v_thresh = given()
    i_offset = given()
    tau_sfa = given()
    e_sfa = given()
    q_sfa = given()
    tau_rr = given()
    e_rr = given()
    q_rr = given()
    VERBATIM
    pynn_drive(cell, &i_offset);
    ENDVERBATIM
}

: Reads them anew, in the middle of a run.
PROCEDURE renew() { LOCAL initial
    read_values()
    initial = given()
    initial = given()
    renew_receptors()
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
    if (hold > 0) {
        i = 0
    } else {
        i = g_leak * (v - v_rest) + through_receptors(v) - i_offset
        i = i + (g_s + s_in) * (v - e_sfa) + (g_r + r_in) * (v - e_rr)
    }
}

PROCEDURE update() {
    step_receptors()
    g_s = (g_s + s_in) * exp(-dt / tau_sfa)
    s_in = 0
    g_r = (g_r + r_in) * exp(-dt / tau_rr)
    r_in = 0
    v_last = v
    if (hold > 0) {
        hold = hold - 1
    } else if (v > v_thresh) {
        fire()
        hold = refractory
        s_in = q_sfa
        r_in = q_rr
        move(v_reset)
    }
}

NET_RECEIVE (weight, receptor) {
    : Without this NEURON sets the receptor to 0.
    INITIAL {
    }
    arrive(weight, receptor)
}
