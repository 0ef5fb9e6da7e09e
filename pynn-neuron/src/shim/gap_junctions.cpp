// Gap junctions, and where they look: membrane potentials of cells here, and those of ghosts, cells of other processes.

#include "shim.h"

#include <cmath>

namespace {

// By the number of the cell; and by that of the ghost, for each of its junctions.
std::vector<double*> membranes;
std::vector<std::vector<double*>> ghosts;

}  // namespace

extern "C" {

void pynn_join_membrane(double cell, double* v) {
    pynn::grown(membranes, cell) = v;
}

void pynn_join_ghost(double ghost, double* v) {
    pynn::grown(ghosts, ghost).push_back(v);
}

void pynn_gaps_clear(void) {
    membranes.clear();
    ghosts.clear();
}

// Makes sides of gap junctions, or gives them other conductances: for each the number of the cell, that of the other, which
// is -1, -2, ... for ghosts, and the conductance in uS.
int pynn_join(std::uint32_t count, const double* values) {
    pynn::reading = values;
    return pynn::run("{pynn_join_all(%u)}\n", count);
}

// The potentials of cells with gap junctions, by number; NaN without.
void pynn_potentials(std::uint32_t count, const std::uint32_t* numbers, double* out) {
    for (std::uint32_t k = 0; k < count; k++) {
        const double* v = numbers[k] < membranes.size() ? membranes[numbers[k]] : nullptr;
        out[k] = v == nullptr ? std::nan("") : *v;
    }
}

// Sets the potentials of ghosts, by number, for the next step.
void pynn_haunt(std::uint32_t count, const std::uint32_t* numbers, const double* potentials) {
    for (std::uint32_t k = 0; k < count; k++) {
        if (numbers[k] < ghosts.size()) {
            for (double* v : ghosts[numbers[k]]) {
                *v = potentials[k];
            }
        }
    }
}

}  // extern "C"
