: Functions that hoc calls.

NEURON {
    SUFFIX nothing
}

VERBATIM
#include "pynn_neuron.h"
ENDVERBATIM

: Runs what the shim has pending, under hoc's error handling.
FUNCTION pynn_pending() {
    VERBATIM
    pynn_run_pending();
    ENDVERBATIM
    pynn_pending = 0
}

: Hands the shim an object, the second argument.
FUNCTION pynn_take(kind) {
    VERBATIM
    pynn_take_object(_lkind);
    ENDVERBATIM
    pynn_take = 0
}

: The next of the values that the shim gives.
FUNCTION pynn_value() {
    VERBATIM
    _lpynn_value = pynn_given();
    ENDVERBATIM
}
