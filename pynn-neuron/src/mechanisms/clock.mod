: Tells the shim that a step is done. Registered last, it is called when the steps of all cells are over.

NEURON {
    POINT_PROCESS PynnClock
    RANGE ticks
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

ASSIGNED {
    ticks
}

INITIAL {
    ticks = 0
}

BREAKPOINT {
    SOLVE update METHOD after_cvode
}

PROCEDURE update() {
    ticks = ticks + 1
    VERBATIM
    pynn_tick();
    ENDVERBATIM
}
