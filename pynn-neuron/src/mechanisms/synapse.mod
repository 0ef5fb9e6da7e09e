: A receptor of a cell, apart from the rest of it, as with the leak.

NEURON {
    POINT_PROCESS PynnSynapse
    NONSPECIFIC_CURRENT i
    RANGE cell, receptor
}

PARAMETER {
    cell = 0
    receptor = 0
}

ASSIGNED {
    v i
}

VERBATIM
#include "pynn_receptors.h"
ENDVERBATIM

BREAKPOINT {
    i = through(v)
}

FUNCTION through(v) {
    VERBATIM
    _lthrough = pynn_receptor_current(cell, receptor, _lv);
    ENDVERBATIM
}
