: One side of a gap junction: the current out of a cell towards another, whose potential is that at the beginning of the step:
: a cell of this process, or a ghost, of which `other` is then `far`, which the shim sets.

NEURON {
    POINT_PROCESS PynnGap
    NONSPECIFIC_CURRENT i
    POINTER other
    RANGE g, cell, ghost, far
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

PARAMETER {
    g = 0
    cell = 0
    ghost = -1
}

ASSIGNED {
    v other far i
}

INITIAL {
    VERBATIM
    pynn_join_membrane(cell, &PYNN_POTENTIAL);
    if (ghost >= 0) {
        pynn_join_ghost(ghost, &far);
    }
    ENDVERBATIM
}

BREAKPOINT {
    i = g * (v - other)
}
