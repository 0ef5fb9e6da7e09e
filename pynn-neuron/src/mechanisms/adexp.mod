: Adaptive exponential integrate-and-fire cell (Brette & Gerstner 2005) with any receptors.
:
: cm dv/dt = -g_leak (v - v_rest) + g_leak slope exp((v - v_thresh) / slope) - receptors - w + i_offset
: tau_w dw/dt = a (v - v_rest) - w; at a spike w grows by b.
: As NEURON integrates: v by what there is at the start of the step, then w by the implicit Euler step with the new v. Leak,
: constant current and receptors are mechanisms of their own, as in PyNN: at coarse time steps the linearised exponential all but
: cancels the capacitance, and then the last bit of a sum decides.
: The cell fires when v > v_spike at the end of a step (v > v_thresh if slope is 0); then a conductance holds v at v_reset for
: `refractory` steps, as PyNN does on NEURON. The growth of the exponential ends where v is 100 slope above v_thresh.

NEURON {
    POINT_PROCESS PynnAdExp
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, refractory, g_leak, v_rest, v_reset, v_thresh, v_spike, slope, a, b, tau_w, w, w_last
    RANGE hold, clamp, v_last
}

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid refractory g_leak v_rest v_reset v_thresh v_spike slope a b tau_w w_last
    hold clamp v_last i
}

STATE {
    w
}

INCLUDE "given.inc"
INCLUDE "common.inc"
INCLUDE "receptors.inc"

INITIAL {
    read_values()
    w = given()
    w_last = w
    hold = 0
    clamp = 0
    v_last = v
    make_receptors(2)
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &w_last);
    pynn_original(cell, 1, &w);
    ENDVERBATIM
}

: Reads the values that are no states.
PROCEDURE read_values() {
    open()
    : Constant current and leak.
    g_leak = given()
    g_leak = given()
    g_leak = given()
    gid = given()
    refractory = given()
    g_leak = given()
    v_rest = given()
    v_reset = given()
    v_thresh = given()
    v_spike = given()
    slope = given()
    a = given()
    b = given()
    tau_w = given()
    if (slope == 0) {
        v_spike = v_thresh
    }
}

: Reads them anew, in the middle of a run.
PROCEDURE renew() { LOCAL initial
    read_values()
    initial = given()
    renew_receptors()
}

BREAKPOINT {
    SOLVE states METHOD derivimplicit
    SOLVE update METHOD after_cvode
    i = upstroke(v) + w + clamp * (v - v_reset)
}

DERIVATIVE states {
    w' = (a * (v - v_rest) - w) / tau_w
}

FUNCTION upstroke(v) {
    if (slope == 0) {
        upstroke = 0
    } else if ((v - v_thresh) / slope > 100) {
        upstroke = -exp(99)
    } else {
        upstroke = -g_leak * slope * exp((v - v_thresh) / slope)
    }
}

PROCEDURE update() {
    step_receptors()
    w_last = w
    v_last = v
    if (hold > 0) {
        hold = hold - 1
        if (hold == 0) {
            clamp = 0
            move(v_reset)
        }
    } else if (v > v_spike) {
        fire()
        w = w + b
        move(v_reset)
        hold = refractory
        if (hold > 0) {
            clamp = 1e6
        }
    }
}

NET_RECEIVE (weight, receptor) {
    : Without this NEURON sets the receptor to 0.
    INITIAL {
    }
    arrive(weight, receptor)
}
