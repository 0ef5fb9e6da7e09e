: One side of a gap junction: the current out of a cell towards another, whose potential is that at the beginning of the step.

NEURON {
    POINT_PROCESS PynnGap
    NONSPECIFIC_CURRENT i
    POINTER other
    RANGE g
}

PARAMETER {
    g = 0
}

ASSIGNED {
    v other i
}

BREAKPOINT {
    i = g * (v - other)
}
