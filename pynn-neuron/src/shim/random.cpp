// What a cell draws while it runs: a function of a key, the cell and the step, not of the rank.

#include "pynn_neuron.h"

#include <cmath>
#include <cstdint>

// Philox4x32-10 (Salmon et al. 2011): the first 53 bits of the block of this cell and step.
static double uniform(std::uint32_t gid, std::uint32_t step, std::uint32_t key0, std::uint32_t key1) {
    std::uint32_t counter[4] = {gid, step, 0, 0};
    for (int round = 0; round < 10; round++) {
        const std::uint64_t first = std::uint64_t(counter[0]) * 0xD2511F53u;
        const std::uint64_t second = std::uint64_t(counter[2]) * 0xCD9E8D57u;
        counter[0] = static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key0;
        counter[1] = static_cast<std::uint32_t>(second);
        counter[2] = static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key1;
        counter[3] = static_cast<std::uint32_t>(first);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return double((std::uint64_t(counter[1]) << 32 | counter[0]) >> 11) * 0x1p-53;
}

extern "C" double pynn_happens(double gid, double key0, double key1, double rate, double height) {
    const auto word = [](double number) { return static_cast<std::uint32_t>(number); };
    const double drawn = uniform(word(gid), word(pynn_step()), word(key0), word(key1));
    return drawn < -std::expm1(-rate * std::exp(height)) ? 1 : 0;
}
