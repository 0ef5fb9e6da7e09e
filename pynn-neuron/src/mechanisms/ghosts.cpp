// Where gap junctions look: membrane potentials of cells here, and those of ghosts, cells of other processes.

#include "pynn_neuron.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace {

// By the number of the cell; and by that of the ghost, for each of its junctions.
std::vector<double*> membranes;
std::vector<std::vector<double*>> ghosts;

}  // namespace

extern "C" {

void pynn_join_membrane(double cell, double* v) {
    const auto number = static_cast<std::size_t>(cell);
    if (membranes.size() <= number) {
        membranes.resize(number + 1);
    }
    membranes[number] = v;
}

void pynn_join_ghost(double ghost, double* v) {
    const auto number = static_cast<std::size_t>(ghost);
    if (ghosts.size() <= number) {
        ghosts.resize(number + 1);
    }
    ghosts[number].push_back(v);
}

void pynn_gaps_clear(void) {
    membranes.clear();
    ghosts.clear();
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
