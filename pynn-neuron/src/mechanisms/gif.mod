: Generalised integrate-and-fire cell with a stochastic threshold (Mensi et al. 2012; Pozzorini et al. 2015), with any receptors.
:
: cm dv/dt = -g_leak (v - v_rest) - receptors - i_eta + i_offset,  i_eta = eta1 + eta2 + eta3,
: v_t = v_t_star + gamma1 + gamma2 + gamma3; at a spike eta_k grows by a_eta_k and gamma_k by a_gamma_k, and they decay.
: In a step that begins with i_eta and v_t, v goes by backward Euler, and then the cell fires with probability
: 1 - exp(-dt lambda0 exp((v - v_t) / delta_v)), by a number drawn for this cell and step whatever the rank; then v is v_reset for
: `refractory` steps. What is recorded at the spike is the potential at which it fired.

NEURON {
    POINT_PROCESS PynnGif
    NONSPECIFIC_CURRENT i
    RANGE cell
    RANGE gid, refractory, g_leak, v_rest, v_reset, i_offset, key0, key1, delta_v, v_t_star, lambda0
    RANGE tau_eta1, tau_eta2, tau_eta3, tau_gamma1, tau_gamma2, tau_gamma3
    RANGE a_eta1, a_eta2, a_eta3, a_gamma1, a_gamma2, a_gamma3
    RANGE eta1, eta2, eta3, gamma1, gamma2, gamma3, i_eta, v_t
    RANGE hold, v_last
}

PARAMETER {
    cell = 0
}

ASSIGNED {
    v dt
    gid refractory g_leak v_rest v_reset i_offset key0 key1 delta_v v_t_star lambda0
    tau_eta1 tau_eta2 tau_eta3 tau_gamma1 tau_gamma2 tau_gamma3
    a_eta1 a_eta2 a_eta3 a_gamma1 a_gamma2 a_gamma3
    eta1 eta2 eta3 gamma1 gamma2 gamma3 i_eta v_t
    hold v_last i
}

INCLUDE "given.inc"
INCLUDE "common.inc"
INCLUDE "receptors.inc"

INITIAL {
    read_values()
    eta1 = 0
    eta2 = 0
    eta3 = 0
    gamma1 = 0
    gamma2 = 0
    gamma3 = 0
    i_eta = 0
    v_t = v_t_star
    hold = 0
    v_last = v
    make_receptors(3)
    VERBATIM
    pynn_expose(cell, 0, &v_last);
    pynn_expose(cell, 1, &i_eta);
    pynn_expose(cell, 2, &v_t);
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
    i_offset = given()
    key0 = given()
    key1 = given()
    delta_v = given()
    v_t_star = given()
    lambda0 = given()
    tau_eta1 = given()
    tau_eta2 = given()
    tau_eta3 = given()
    tau_gamma1 = given()
    tau_gamma2 = given()
    tau_gamma3 = given()
    a_eta1 = given()
    a_eta2 = given()
    a_eta3 = given()
    a_gamma1 = given()
    a_gamma2 = given()
    a_gamma3 = given()
    VERBATIM
    pynn_drive(cell, &i_offset);
    ENDVERBATIM
}

: Reads them anew, in the middle of a run.
PROCEDURE renew() {
    read_values()
    renew_receptors()
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
    if (hold > 0) {
        i = 0
    } else {
        i = g_leak * (v - v_rest) + through_receptors(v) + (eta1 + eta2 + eta3) - i_offset
    }
}

PROCEDURE update() {
    step_receptors()
    i_eta = eta1 + eta2 + eta3
    v_t = v_t_star + gamma1 + gamma2 + gamma3
    eta1 = eta1 * exp(-dt / tau_eta1)
    eta2 = eta2 * exp(-dt / tau_eta2)
    eta3 = eta3 * exp(-dt / tau_eta3)
    gamma1 = gamma1 * exp(-dt / tau_gamma1)
    gamma2 = gamma2 * exp(-dt / tau_gamma2)
    gamma3 = gamma3 * exp(-dt / tau_gamma3)
    v_last = v
    if (hold > 0) {
        hold = hold - 1
    } else if (happens(0.001 * dt * lambda0, (v - v_t) / delta_v) > 0) {
        fire()
        hold = refractory
        eta1 = eta1 + a_eta1
        eta2 = eta2 + a_eta2
        eta3 = eta3 + a_eta3
        gamma1 = gamma1 + a_gamma1
        gamma2 = gamma2 + a_gamma2
        gamma3 = gamma3 + a_gamma3
        move(v_reset)
    }
}

: Whether something happens in this step of which rate * exp(height) happen on average.
FUNCTION happens(rate, height) {
    VERBATIM
    _lhappens = pynn_happens(gid, key0, key1, _lrate, _lheight);
    ENDVERBATIM
}

NET_RECEIVE (weight, receptor) {
    : Without this NEURON sets the receptor to 0.
    INITIAL {
    }
    arrive(weight, receptor)
}
