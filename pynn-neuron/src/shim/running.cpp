// Time: from initialisation step by step to the end.

#include "shim.h"

#include "pynn_receptors.h"

namespace pynn {

std::uint32_t steps = 0;

}  // namespace pynn

namespace {

double timestep = 0.1;
double target_time = 0;

void integrate() {
    ncs2nrn_integrate(target_time);
}

}  // namespace

extern "C" {

long pynn_events = 0;

double pynn_step(void) {
    return pynn::steps + 1;
}

void pynn_tick(void) {
    pynn::steps++;
    pynn::sample();
    pynn::inject();
}

// Goes to time 0 with these membrane potentials, in mV.
int pynn_initialize(double step, const double* potentials) {
    timestep = step;
    pynn_events = 0;
    pynn::forget_recorded();
    pynn::forget_injections();
    pynn_gaps_clear();
    pynn::reading = potentials;
    if (pynn::run("{pynn_initialize(%.17g)}\n", step) != 0) {
        return 1;
    }
    pynn::steps = 0;
    pynn::sample();
    return 0;
}

// Advances to the end of step number `to`.
int pynn_advance(std::uint32_t to) {
    if (to < pynn::steps) {
        pynn::fail("time does not go back");
        return 1;
    }
    pynn::inject();
    // A quarter of a step more: NEURON adds its time up, and must neither stop short nor be sent back.
    target_time = timestep * (double(to) + 0.25);
#if NRN_VERSION_MAJOR >= 9
    const int failed = pynn::caught([] {
        integrate();
        return 0;
    });
#else
    const int failed = pynn::guarded(integrate);
#endif
    if (failed != 0) {
        return 1;
    }
    if (pynn::steps != to) {
        pynn::fail("NEURON did " + std::to_string(pynn::steps) + " time steps instead of " + std::to_string(to));
        return 1;
    }
    // Roundings must not add up in a long run.
    nrn_threads->t = timestep * double(to);
    return 0;
}

// Synaptic events since time 0.
std::uint64_t pynn_events_delivered(void) {
    return static_cast<std::uint64_t>(pynn_events);
}

// Removes all cells and connections.
int pynn_clear(void) {
    int failed = pynn::drop_connections();
    failed |= pynn::run("{pynn_clear()}\n");
    pynn::forget_cells();
    pynn::forget_driven();
    pynn::forget_samplers();
    pynn_gaps_clear();
    pynn_receptors_clear();
    return failed;
}

}  // extern "C"
