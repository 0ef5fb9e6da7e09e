: Izhikevich's simple model (2003), of 1 pF.
:
: dv/dt = 0.04 v^2 + 5 v + 140 - u + i_offset / 1 pF,  du/dt = a (b v - u); a spike of weight w adds w to v.
: As NEURON integrates: v by what there is at the start of the step, then u by the implicit Euler step with the new v.
: When v > 30 mV, or what arrives takes it there, the cell fires, v becomes c and u grows by d. What is recorded is the
: potential before what arrives and before the reset, as PyNN records on NEURON.
: A spike that is due at the end of a step is given before that step, so that the cell can fire at its end.

NEURON {
    POINT_PROCESS PynnIzhikevich
    NONSPECIFIC_CURRENT i
    RANGE cell
    GLOBAL capacitance
    RANGE gid, a, b, c, d, u, u_last, jump, v_last
}

PARAMETER {
    cell = 0
    capacitance = 0.001
}

ASSIGNED {
    v dt
    gid a b c d u_last jump v_last i
}

STATE {
    u
}

INCLUDE "given.inc"
INCLUDE "common.inc"

INITIAL {
    renew()
    u = given()
    u_last = u
    jump = 0
    v_last = v
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &u_last);
    pynn_original(cell, 1, &u);
    ENDVERBATIM
}

: Reads the values that are no states.
PROCEDURE renew() {
    open()
    : The constant current.
    gid = given()
    gid = given()
    a = given()
    b = given()
    c = given()
    d = given()
}

BREAKPOINT {
    SOLVE states METHOD derivimplicit
    SOLVE update METHOD after_cvode
    i = -capacitance * (0.04 * v * v + 5 * v + 140 - u)
}

DERIVATIVE states {
    u' = a * (b * v - u)
}

PROCEDURE update() {
    u_last = u
    v_last = v
    if (v + jump > 30) {
        fire()
        u = u + d
        move(c)
    } else if (jump != 0) {
        move(v + jump)
    }
    jump = 0
}

NET_RECEIVE (weight, receptor) {
    jump = jump + weight
    arrived()
}

PROCEDURE arrived() {
    VERBATIM
    pynn_events++;
    ENDVERBATIM
}
