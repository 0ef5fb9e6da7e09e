// What electrodes inject: it is added to the constant currents of cells.

#include "shim.h"

namespace {

// The constant current of a cell: where it is, what it is without electrodes, and what they inject.
struct Driven {
    double* at;
    double own;
    double injected;
};

// From this step on electrodes inject this current into a cell.
struct Injection {
    std::uint32_t step;
    std::uint32_t cell;
    double current;
};

// By the number of the cell.
std::vector<Driven> driven;
std::vector<Injection> injections;
std::size_t injected = 0;

}  // namespace

namespace pynn {

void inject() {
    for (; injected < injections.size() && injections[injected].step <= steps + 1; injected++) {
        const Injection& injection = injections[injected];
        Driven& cell = driven[injection.cell];
        cell.injected = injection.current;
        *cell.at = cell.own + cell.injected;
    }
}

void forget_injections() {
    injections.clear();
    injected = 0;
    for (auto& cell : driven) {
        cell.injected = 0;
    }
}

void forget_driven() {
    driven.clear();
}

}  // namespace pynn

extern "C" {

void pynn_drive(double cell, double* current) {
    Driven& here = pynn::grown(driven, cell);
    here.at = current;
    here.own = *current;
    *current += here.injected;
}

// Whether electrodes can inject into a cell, once it is initialised.
int pynn_takes_current(std::uint32_t cell) {
    return cell < driven.size() && driven[cell].at != nullptr;
}

// What electrodes inject in the next steps: changes, by step. They are copied.
void pynn_inject(std::uint64_t count, const Injection* changes) {
    injections.assign(changes, changes + count);
    injected = 0;
}

}  // extern "C"
