: The constant current of a cell, apart from the rest of it, as with the leak.

NEURON {
    POINT_PROCESS PynnStimulus
    ELECTRODE_CURRENT i
    RANGE cell, amplitude
}

PARAMETER {
    cell = 0
}

ASSIGNED {
    amplitude i
}

INCLUDE "given.inc"

INITIAL {
    renew()
}

: Reads what it is given.
PROCEDURE renew() {
    open()
    amplitude = given()
    VERBATIM
    pynn_drive(cell, &amplitude);
    ENDVERBATIM
}

BREAKPOINT {
    i = amplitude
}
