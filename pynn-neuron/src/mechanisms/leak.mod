: The leak of a membrane, apart from the rest of its cell: NEURON sums up currents mechanism by mechanism.

NEURON {
    SUFFIX PynnLeak
    NONSPECIFIC_CURRENT i
    RANGE cell, g, e
}

PARAMETER {
    cell = 0
}

ASSIGNED {
    v g e i
}

INCLUDE "given.inc"

INITIAL {
    open()
    : The constant current comes first.
    g = given()
    g = given()
    e = given()
}

BREAKPOINT {
    i = g * (v - e)
}
