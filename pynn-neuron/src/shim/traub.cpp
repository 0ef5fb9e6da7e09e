// The rates of Traub and Miles (1991) as in Brette et al. 2007, doi 10.1007/s10827-007-0038-6, by tables as NEURON's TABLE
// makes them: from -100 to 100 mV, linear in between, constant beyond. One table for each shift that occurs.

#include "pynn_neuron.h"

#include <array>
#include <cmath>
#include <map>
#include <vector>

namespace {

constexpr int FIRST = -100;
constexpr int LAST = 100;
constexpr int GATES = 3;

// For each gate the steady state and the time constant, in ms.
using Rates = std::array<double, 2 * GATES>;
using Table = std::array<Rates, LAST - FIRST + 1>;

std::vector<Table> tables;
std::map<double, std::size_t> numbers;

// x / (exp(x / y) - 1), by its series near 0.
double ratio(double x, double y) {
    return std::fabs(x / y) < 1e-6 ? y * (1 - x / y / 2) : x / (std::exp(x / y) - 1);
}

Rates rates(double u) {
    const double opening[GATES] = {0.32 * ratio(13 - u, 4), 0.128 * std::exp((17 - u) / 18), 0.032 * ratio(15 - u, 5)};
    const double closing[GATES] = {0.28 * ratio(u - 40, 5), 4 / (std::exp((40 - u) / 5) + 1),
                                   0.5 * std::exp((10 - u) / 40)};
    Rates rates;
    for (int gate = 0; gate < GATES; gate++) {
        rates[2 * gate] = opening[gate] / (opening[gate] + closing[gate]);
        rates[2 * gate + 1] = 1 / (opening[gate] + closing[gate]);
    }
    return rates;
}

Rates at(const Table& table, double v) {
    const double place = v - FIRST;
    if (!(place > 0)) {
        return table.front();
    }
    if (place >= LAST - FIRST) {
        return table.back();
    }
    const int row = static_cast<int>(place);
    Rates rates = table[row];
    for (std::size_t k = 0; k < rates.size(); k++) {
        rates[k] += (place - row) * (table[row + 1][k] - rates[k]);
    }
    return rates;
}

}  // namespace

extern "C" double pynn_traub_table(double v_offset) {
    const auto [entry, fresh] = numbers.try_emplace(v_offset, tables.size());
    if (fresh) {
        tables.emplace_back();
        for (int v = FIRST; v <= LAST; v++) {
            tables.back()[v - FIRST] = rates(v - v_offset);
        }
    }
    return static_cast<double>(entry->second);
}

extern "C" void pynn_traub_step(double table, double v, double dt, double* m, double* h, double* n) {
    const Rates now = at(tables[static_cast<std::size_t>(table)], v);
    double* const gates[GATES] = {m, h, n};
    for (int gate = 0; gate < GATES; gate++) {
        *gates[gate] += (1 - std::exp(-dt / now[2 * gate + 1])) * (now[2 * gate] - *gates[gate]);
    }
}
