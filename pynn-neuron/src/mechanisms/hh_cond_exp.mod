: Hodgkin-Huxley cell (Traub & Miles 1991) with exponentially decaying synaptic conductances.
:
: cm dv/dt = -gbar_na m^3 h (v - e_na) - gbar_k n^4 (v - e_k) - g_leak (v - e_leak) - exc (v - e_exc) - inh (v - e_inh)
:            + i_offset, with the rates of Brette et al. 2007, shifted by v_offset.
: As NEURON integrates: v by gates and conductances at the start of the step, then gates and decay with the new v. Rates
: come from a table for each v_offset, from -100 to 100 mV in steps of 1 mV, as NEURON's mechanisms have it by TABLE.
: The cell fires at the end of a step in which v crosses 10 mV upwards. There is no reset.
: What arrives is summed up on its own, so that the order of arrival makes no difference.

NEURON {
    POINT_PROCESS PynnHhCondExp
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, gbar_na, gbar_k, g_leak, v_offset, e_na, e_k, e_leak, e_exc, e_inh, tau_exc, tau_inh, i_offset
    RANGE m, h, n, exc, inh, exc_in, inh_in, exc_decay, inh_decay, table, v_last
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid gbar_na gbar_k g_leak v_offset e_na e_k e_leak e_exc e_inh tau_exc tau_inh i_offset
    m h n exc inh exc_in inh_in exc_decay inh_decay table v_last i
}

INITIAL {
    renew()
    m = given()
    h = given()
    n = given()
    exc = given()
    inh = given()
    exc_in = 0
    inh_in = 0
    v_last = v
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &exc);
    pynn_expose(cell, 2, &inh);
    pynn_expose(cell, 3, &m);
    pynn_expose(cell, 4, &h);
    pynn_expose(cell, 5, &n);
    ENDVERBATIM
}

: Reads the values that are no states.
PROCEDURE renew() {
    open()
    gid = given()
    gbar_na = given()
    gbar_k = given()
    g_leak = given()
    v_offset = given()
    e_na = given()
    e_k = given()
    e_leak = given()
    e_exc = given()
    e_inh = given()
    tau_exc = given()
    tau_inh = given()
    i_offset = given()
    exc_decay = exp(-dt / tau_exc)
    inh_decay = exp(-dt / tau_inh)
    VERBATIM
    table = pynn_traub_table(v_offset);
    pynn_drive(cell, &i_offset);
    ENDVERBATIM
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
    i = gbar_na * m * m * m * h * (v - e_na) + gbar_k * n * n * n * n * (v - e_k) + g_leak * (v - e_leak)
    i = i + (exc + exc_in) * (v - e_exc) + (inh + inh_in) * (v - e_inh) - i_offset
}

PROCEDURE update() {
    gates()
    exc = (exc + exc_in) * exc_decay
    exc_in = 0
    inh = (inh + inh_in) * inh_decay
    inh_in = 0
    if (v > 10 && v_last <= 10) {
        fire()
    }
    v_last = v
}

PROCEDURE gates() {
    VERBATIM
    pynn_traub_step(table, v, dt, &m, &h, &n);
    ENDVERBATIM
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
