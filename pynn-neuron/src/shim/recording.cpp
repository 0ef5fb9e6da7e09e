// What leaves the run: spikes and samples.

#include "shim.h"

namespace {

struct Sampler {
    std::uint32_t first;
    std::uint32_t count;
    std::uint32_t every;
    int column;
    std::vector<double> values;
};

struct Spike {
    std::uint32_t step;
    std::uint32_t gid;
};

std::vector<Sampler> samplers;
std::vector<Spike> spikes;

}  // namespace

namespace pynn {

void sample() {
    for (auto& sampler : samplers) {
        if (steps % sampler.every == 0) {
            for (std::uint32_t k = 0; k < sampler.count; k++) {
                sampler.values.push_back(*shown(sampler.first + k, sampler.column));
            }
        }
    }
}

void forget_recorded() {
    spikes.clear();
    for (auto& sampler : samplers) {
        sampler.values.clear();
    }
}

void forget_samplers() {
    samplers.clear();
    spikes.clear();
}

}  // namespace pynn

extern "C" {

void pynn_fire(double gid) {
    const auto id = static_cast<std::uint32_t>(gid);
    spikes.push_back({pynn::steps + 1, id});
    pynn::send(id);
}

// Samples column `column` of `count` cells from number `first`, every `every` steps.
void pynn_sample(std::uint32_t first, std::uint32_t count, int column, std::uint32_t every) {
    samplers.push_back({first, count, every, column, {}});
}

// Takes the samples of time 0 anew, where they are still here.
void pynn_sample_again(void) {
    if (pynn::steps != 0) {
        return;
    }
    for (auto& sampler : samplers) {
        for (std::uint32_t k = 0; k < sampler.values.size(); k++) {
            sampler.values[k] = *pynn::shown(sampler.first + k, sampler.column);
        }
    }
}

// The spikes since the last call.
std::uint64_t pynn_spikes(const Spike** out) {
    static std::vector<Spike> given;
    given.clear();
    given.swap(spikes);
    *out = given.data();
    return given.size();
}

// The samples of sampler number `sampler`; they are forgotten by pynn_samples_taken.
std::uint64_t pynn_samples(std::uint32_t sampler, const double** out) {
    *out = samplers[sampler].values.data();
    return samplers[sampler].values.size();
}

void pynn_samples_taken(std::uint32_t sampler) {
    samplers[sampler].values.clear();
}

}  // extern "C"
