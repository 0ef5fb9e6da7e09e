// The cells: the values that they read, and the columns that they show.

#include "shim.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pynn {

const double* reading = nullptr;
std::vector<Object*> cells;

}  // namespace pynn

namespace {

// Values of the cells of each population, one row a cell.
std::vector<std::vector<double>> tables;
std::vector<double*> rows;
// Where the columns of each cell are.
std::vector<std::vector<double*>> columns;
// For each cell, the column that shows a copy of a state, and where the state is.
std::vector<std::pair<int, double*>> originals;

}  // namespace

namespace pynn {

double* shown(std::size_t cell, int column) {
    return columns[cell][column];
}

void forget_cells() {
    cells.clear();
    rows.clear();
    columns.clear();
    originals.clear();
    tables.clear();
}

}  // namespace pynn

extern "C" {

void pynn_open(double cell) {
    pynn::reading = rows[static_cast<std::size_t>(cell)];
}

double pynn_given(void) {
    return *pynn::reading++;
}

void pynn_expose(double cell, int column, double* value) {
    pynn::grown(columns[static_cast<std::size_t>(cell)], column) = value;
}

void pynn_original(double cell, int column, double* state) {
    originals[static_cast<std::size_t>(cell)] = {column, state};
}

// Makes the next `count` cells of a kind, of so many receptors: `width` values each, row by row, which are copied, and
// capacitances in nF.
int pynn_cells(const char* kind, std::uint32_t count, std::uint32_t width, std::uint32_t receptors, const double* values,
               const double* capacitances) {
    const std::size_t first = rows.size();
    tables.emplace_back(values, values + std::size_t(count) * width);
    for (std::size_t k = 0; k < count; k++) {
        rows.push_back(tables.back().data() + k * width);
    }
    columns.resize(rows.size());
    originals.resize(rows.size());
    pynn::reading = capacitances;
    if (pynn::run("{pynn_cells_%s(%zu, %u, %u)}\n", kind, first, count, receptors) != 0) {
        return 1;
    }
    if (pynn::cells.size() != rows.size()) {
        pynn::fail("NEURON did not make all cells");
        return 1;
    }
    return 0;
}

// Gives `count` cells from number `first` other values, `width` each, for the next initialisation.
void pynn_give(std::uint32_t first, std::uint32_t count, std::uint32_t width, const double* values) {
    for (std::uint32_t k = 0; k < count; k++) {
        std::copy(values + std::size_t(k) * width, values + std::size_t(k + 1) * width, rows[first + k]);
    }
}

// Lets `count` cells from number `first` read now what they are given, but for states, and sets their capacitances, nF.
int pynn_renew(std::uint32_t first, std::uint32_t count, const double* capacitances) {
    pynn::reading = capacitances;
    return pynn::run("{pynn_renew(%u, %u)}\n", first, count);
}

// Sets the potentials of cells, in mV: `pairs` holds number and potential of each.
int pynn_place(std::uint64_t count, const double* pairs) {
    pynn::reading = pairs;
    return pynn::run("{pynn_place(%llu)}\n", static_cast<unsigned long long>(count));
}

// What a column of a cell is.
double pynn_value_of(std::uint32_t cell, std::uint32_t column) {
    return column < columns[cell].size() ? *columns[cell][column] : std::nan("");
}

// Sets what a column of a cell is, and the state of which it shows a copy.
void pynn_set_value(std::uint32_t cell, std::uint32_t column, double value) {
    if (column < columns[cell].size()) {
        *columns[cell][column] = value;
    }
    if (originals[cell].second != nullptr && originals[cell].first == static_cast<int>(column)) {
        *originals[cell].second = value;
    }
}

}  // extern "C"
