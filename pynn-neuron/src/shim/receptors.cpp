// Receptors with linear kinetics: a value g, its rise r, and what arrived in this step, a.
//
//     r += start a,  g += jump a
//     in the step acts  now g + ahead r
//     then  g -= loss g - feed r,  r = fade r
//
// With the right coefficients, which Rust gives, this is an exponential, an alpha function or a difference of exponentials,
// each by its exact propagator. What acts is a conductance towards a reversal potential, or a current.
// What arrives in a step is summed up as a whole number of units, 2^-62 of the largest weight, so that the order of arrival makes
// no difference, and a weight that comes alone is kept to its last bit.

#include "pynn_receptors.h"

#include "shim.h"

namespace {

struct Receptor {
    double jump, start, now, ahead, loss, feed, fade;
    // What of a unit of it is conductance, and what is drive.
    double conductance, drive;
    double unit;
    double value;
    double rise = 0;
    __int128 units = 0;

    double arrived() const {
        return static_cast<double>(units) * unit;
    }
    double acts() const {
        return now * (value + jump * arrived()) + ahead * (rise + start * arrived());
    }
};

// All of a cell, and the sums of what acts, once they are known.
struct Receptors {
    std::vector<Receptor> all;
    bool known = false;
    double conductance;
    double drive;
};

std::vector<Receptors> receptors;

Receptors& of(double cell) {
    return receptors[static_cast<std::size_t>(cell)];
}

}  // namespace

extern "C" {

void pynn_receptors_make(double cell, double column) {
    Receptors& made = pynn::grown(receptors, cell);
    made.known = false;
    made.all.resize(static_cast<std::size_t>(pynn_given()));
    for (auto& receptor : made.all) {
        receptor = {};
        for (double* value : {&receptor.jump, &receptor.start, &receptor.now, &receptor.ahead, &receptor.loss,
                              &receptor.feed, &receptor.fade, &receptor.conductance, &receptor.drive, &receptor.unit,
                              &receptor.value}) {
            *value = pynn_given();
        }
        pynn_expose(cell, static_cast<int>(column++), &receptor.value);
    }
}

void pynn_receptors_renew(double cell) {
    Receptors& renewed = of(cell);
    renewed.known = false;
    pynn_given();
    for (auto& receptor : renewed.all) {
        const double unit = receptor.unit;
        for (double* value : {&receptor.jump, &receptor.start, &receptor.now, &receptor.ahead, &receptor.loss,
                              &receptor.feed, &receptor.fade, &receptor.conductance, &receptor.drive, &receptor.unit}) {
            *value = pynn_given();
        }
        pynn_given();  // The initial value.
        if (unit != receptor.unit) {
            receptor.units = static_cast<__int128>(static_cast<double>(receptor.units) * (unit / receptor.unit));
        }
    }
}

double pynn_receptors_current(double cell, double v) {
    Receptors& here = of(cell);
    if (!here.known) {
        here.conductance = here.drive = 0;
        for (const auto& receptor : here.all) {
            const double acts = receptor.acts();
            here.conductance += acts * receptor.conductance;
            here.drive += acts * receptor.drive;
        }
        here.known = true;
    }
    return here.conductance * v - here.drive;
}

double pynn_receptor_current(double cell, double receptor, double v) {
    const Receptor& here = of(cell).all[static_cast<std::size_t>(receptor)];
    return here.acts() * (here.conductance * v - here.drive);
}

void pynn_receptors_step(double cell) {
    Receptors& here = of(cell);
    here.known = false;
    for (auto& receptor : here.all) {
        const double arrived = receptor.arrived();
        const double rise = receptor.rise + receptor.start * arrived;
        const double value = receptor.value + receptor.jump * arrived;
        receptor.value = value - receptor.loss * value + receptor.feed * rise;
        receptor.rise = receptor.fade * rise;
        receptor.units = 0;
    }
}

void pynn_receptors_arrive(double cell, double receptor, double weight) {
    Receptors& here = of(cell);
    here.known = false;
    Receptor& onto = here.all[static_cast<std::size_t>(receptor)];
    onto.units += static_cast<__int128>(weight / onto.unit);
    pynn_events++;
}

void pynn_receptors_clear(void) {
    receptors.clear();
}

}  // extern "C"
