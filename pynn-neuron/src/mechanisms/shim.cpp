// The C face of NEURON that pynn loads: cells, connections, spikes and samples in bulk, errors as texts.
//
// Everything that can fail inside NEURON runs as a hoc statement (`pynn_pending()`), so that NEURON's own error handling
// (exceptions in 9, longjmp in 8) ends there. So between the two nothing may own memory that a longjmp would lose.

#include "nrnsemanticversion.h"
#include "pynn_neuron.h"
#include "pynn_receptors.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#if NRN_VERSION_MAJOR < 8 || (NRN_VERSION_MAJOR == 8 && NRN_VERSION_MINOR < 2)
#error "pynn needs NEURON 8.2 or later"
#endif

// NEURON's own declarations; not all installations ship headers that can be included.
struct Template {
    void* symbol;
    void* symbols;
};
struct Object {
    int references;
    int index;
    void* pointer;
    Template* type;
};
struct Symbol;
struct Symlist;
struct NrnThread {
    double t;
    double dt;
};

#if NRN_VERSION_MAJOR >= 9
extern int hoc_oc(const char*, std::ostream&);
void hoc_call_ob_proc(Object*, Symbol*, int);
void hoc_pushx(double);
void hoc_pushobj(Object**);
Object** hoc_objpop();
Object** hoc_objgetarg(int);
void hoc_obj_ref(Object*);
void hoc_obj_unref(Object*);
Symbol* hoc_table_lookup(const char*, Symlist*);
void nrn_fake_fire(int, double, int);
void ncs2nrn_integrate(double);
extern NrnThread* nrn_threads;
extern "C" int nrn_init(int, const char**);
#else
extern "C" {
int hoc_oc(const char*);
void hoc_call_ob_proc(Object*, Symbol*, int);
void hoc_pushx(double);
void hoc_pushobj(Object**);
Object** hoc_objpop();
Object** hoc_objgetarg(int);
void hoc_obj_ref(Object*);
void hoc_obj_unref(Object*);
Symbol* hoc_table_lookup(const char*, Symlist*);
void nrn_fake_fire(int, double, int);
extern NrnThread* nrn_threads;
}
// The wheels have it; a NEURON built with MPI for good has not.
void nrnmpi_stubs() __attribute__((weak));
void ncs2nrn_integrate(double);
int ivocmain_session(int, const char**, const char**, int);
#endif
extern "C" {
extern int nrn_noauto_dlopen_nrnmech;
void nrnpy_set_pr_etal(int (*print)(int, char*), int (*pass)());
}

namespace {

// What NEURON's class NetCon looks like, as far as it is needed: checked against a real one at the start.
struct Connection {
    void* methods;
    double delay;
    void* source;
    void* target;
    double* weight;
};

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

// Values of the cells of each population, one row a cell.
std::vector<std::vector<double>> tables;
std::vector<double*> rows;
// Where the columns of each cell are.
std::vector<std::vector<double*>> columns;
// For each cell, the column that shows a copy of a state, and where the state is.
std::vector<std::pair<int, double*>> originals;
std::vector<Driven> driven;
std::vector<Injection> injections;
std::size_t injected = 0;
std::vector<Object*> cells;
std::vector<Object*> connections;
std::vector<bool> heard;
std::vector<Sampler> samplers;
std::vector<Spike> spikes;
const double* reading = nullptr;
std::uint32_t steps = 0;
double timestep = 0.1;

Object* parallel = nullptr;
Symbol* gid_connect = nullptr;
bool known_layout = false;

std::string error;
std::string messages;
void (*pending)() = nullptr;
std::string pending_error;

int print(int, char* text) {
    if (messages.size() < 10000) {
        messages += text;
    }
    return 0;
}

int pass() {
    return 1;
}

void fail(const char* text) {
    error = text;
    if (!messages.empty()) {
        error += error.empty() ? "" : ": ";
        error += messages;
    }
    while (!error.empty() && std::strchr(" \n\r\t", error.back()) != nullptr) {
        error.pop_back();
    }
    messages.clear();
}

// Runs hoc; 0 if all went well.
int run(const char* statement) {
    messages.clear();
#if NRN_VERSION_MAJOR >= 9
    try {
        std::ostringstream out;
        const int code = hoc_oc(statement, out);
        messages += out.str();
        if (code == 0) {
            return 0;
        }
        fail("");
    } catch (const std::exception& exception) {
        fail(exception.what());
    } catch (...) {
        fail("an exception of unknown type");
    }
#else
    if (hoc_oc(statement) == 0) {
        return 0;
    }
    fail("");
#endif
    if (error.empty()) {
        error = std::string("NEURON refuses `") + statement + "`; see what it wrote to stderr";
    }
    return 1;
}

// Runs `what` where NEURON's errors are caught.
int guarded(void (*what)()) {
    pending = what;
    pending_error.clear();
    if (run("{pynn_pending()}\n") != 0) {
        return 1;
    }
    if (!pending_error.empty()) {
        error = pending_error;
        return 1;
    }
    return 0;
}

struct Batch {
    std::uint64_t count;
    const std::uint32_t* gids;
    const std::uint32_t* targets;
    const double* weights;
    const double* delays;
    double receptor;
};
Batch batch;

void connect_batch() {
    for (std::uint64_t k = 0; k < batch.count; k++) {
        const std::uint32_t gid = batch.gids[k];
        hoc_pushx(gid);
        hoc_pushobj(&cells[batch.targets[k]]);
        hoc_call_ob_proc(parallel, gid_connect, 2);
        Object* made = *hoc_objpop();
        hoc_obj_ref(made);
        connections.push_back(made);
        auto* connection = static_cast<Connection*>(made->pointer);
        connection->delay = batch.delays[k];
        connection->weight[0] = batch.weights[k];
        connection->weight[1] = batch.receptor;
        heard[gid] = true;
    }
}

}  // namespace

extern "C" {

long pynn_events = 0;

void pynn_open(double cell) {
    reading = rows[static_cast<std::size_t>(cell)];
}

double pynn_given(void) {
    return *reading++;
}

void pynn_expose(double cell, int column, double* value) {
    auto& shown = columns[static_cast<std::size_t>(cell)];
    const auto index = static_cast<std::size_t>(column);
    if (shown.size() <= index) {
        shown.resize(index + 1);
    }
    shown[index] = value;
}

void pynn_original(double cell, int column, double* state) {
    originals[static_cast<std::size_t>(cell)] = {column, state};
}

void pynn_drive(double cell, double* current) {
    Driven& here = driven[static_cast<std::size_t>(cell)];
    here.at = current;
    here.own = *current;
    *current += here.injected;
}

void pynn_fire(double gid) {
    const auto id = static_cast<std::uint32_t>(gid);
    spikes.push_back({steps + 1, id});
    if (id < heard.size() && heard[id]) {
        nrn_fake_fire(static_cast<int>(id), nrn_threads->t, 0);
    }
}

static void sample() {
    for (auto& sampler : samplers) {
        if (steps % sampler.every == 0) {
            for (std::uint32_t k = 0; k < sampler.count; k++) {
                sampler.values.push_back(*columns[sampler.first + k][sampler.column]);
            }
        }
    }
}

// Before the next step.
static void inject() {
    for (; injected < injections.size() && injections[injected].step <= steps + 1; injected++) {
        const Injection& injection = injections[injected];
        Driven& cell = driven[injection.cell];
        cell.injected = injection.current;
        *cell.at = cell.own + cell.injected;
    }
}

double pynn_step(void) {
    return steps + 1;
}

void pynn_tick(void) {
    steps++;
    sample();
    inject();
}

void pynn_run_pending(void) {
#if NRN_VERSION_MAJOR >= 9
    try {
        pending();
    } catch (const std::bad_alloc&) {
        pending_error = "out of memory";
    }
#else
    pending();
#endif
}

void pynn_take_object(double kind) {
    Object* object = *hoc_objgetarg(2);
    if (kind == 0) {
        hoc_obj_ref(object);
        parallel = object;
    } else if (kind == 1) {
        cells.push_back(object);
    } else {
        // hoc has given the example this delay and these weights.
        const auto* example = static_cast<const Connection*>(object->pointer);
        known_layout = example->delay == 1.375 && example->weight[0] == 2.625 && example->weight[1] == 3.5;
    }
}

// What Rust calls. Those that return an int return 0 if all went well; else pynn_error() says why.

const char* pynn_error(void) {
    return error.c_str();
}

// Starts NEURON, and checks that it is what this file takes it for.
int pynn_start(const char* home, const char* definitions) {
    setenv("NEURONHOME", home, 1);
    nrn_noauto_dlopen_nrnmech = 1;
    // NEURON keeps the arguments.
    static const char* arguments[] = {"pynn", "-nobanner", "-nogui", "-nopython", nullptr};
#if NRN_VERSION_MAJOR >= 9
    try {
        if (nrn_init(4, arguments) != 0) {
            fail("NEURON does not start");
            return 1;
        }
    } catch (...) {
        fail("NEURON does not start");
        return 1;
    }
#else
    static const char* environment[] = {nullptr};
    if (nrnmpi_stubs != nullptr) {
        nrnmpi_stubs();
    }
    ivocmain_session(4, arguments, environment, 0);
#endif
    nrnpy_set_pr_etal(print, pass);
    if (run(definitions) != 0) {
        return 1;
    }
    if (!known_layout) {
        fail("this NEURON lays out its connections in another way than pynn knows");
        return 1;
    }
    gid_connect = hoc_table_lookup("gid_connect", static_cast<Symlist*>(parallel->type->symbols));
    return 0;
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
    driven.resize(rows.size());
    originals.resize(rows.size());
    reading = capacitances;
    char text[200];
    std::snprintf(text, sizeof text, "{pynn_cells_%s(%zu, %u, %u)}\n", kind, first, count, receptors);
    if (run(text) != 0) {
        return 1;
    }
    if (cells.size() != rows.size()) {
        fail("NEURON did not make all cells");
        return 1;
    }
    return 0;
}

// Connects: sources' global ids, numbers of target cells, weights, delays in ms.
int pynn_connect(std::uint64_t count, const std::uint32_t* gids, const std::uint32_t* targets, const double* weights,
                 const double* delays, double receptor) {
    std::uint32_t largest = 0;
    for (std::uint64_t k = 0; k < count; k++) {
        largest = gids[k] > largest ? gids[k] : largest;
    }
    if (heard.size() <= largest) {
        heard.resize(std::size_t(largest) + 1);
    }
    connections.reserve(connections.size() + count);
    batch = {count, gids, targets, weights, delays, receptor};
    return guarded(connect_batch);
}

// Gives connections, numbered as they were made, other weights.
void pynn_weigh(std::uint64_t count, const std::uint64_t* numbers, const double* weights) {
    for (std::uint64_t k = 0; k < count; k++) {
        static_cast<Connection*>(connections[numbers[k]]->pointer)->weight[0] = weights[k];
    }
}

// Makes sides of gap junctions, or gives them other conductances: for each the number of the cell, that of the other, which
// is -1, -2, ... for ghosts, and the conductance in uS.
int pynn_join(std::uint32_t count, const double* values) {
    reading = values;
    char text[100];
    std::snprintf(text, sizeof text, "{pynn_join_all(%u)}\n", count);
    return run(text);
}

// Samples column `column` of `count` cells from number `first`, every `every` steps.
void pynn_sample(std::uint32_t first, std::uint32_t count, int column, std::uint32_t every) {
    samplers.push_back({first, count, every, column, {}});
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

// Goes to time 0 with these membrane potentials, in mV.
int pynn_initialize(double step, const double* potentials) {
    timestep = step;
    pynn_events = 0;
    spikes.clear();
    injections.clear();
    pynn_gaps_clear();
    for (auto& cell : driven) {
        cell.injected = 0;
    }
    reading = potentials;
    char text[100];
    std::snprintf(text, sizeof text, "{pynn_initialize(%.17g)}\n", step);
    for (auto& sampler : samplers) {
        sampler.values.clear();
    }
    if (run(text) != 0) {
        return 1;
    }
    steps = 0;
    sample();
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
    reading = capacitances;
    char text[100];
    std::snprintf(text, sizeof text, "{pynn_renew(%u, %u)}\n", first, count);
    return run(text);
}

// Sets the potentials of cells, in mV: `pairs` holds number and potential of each.
int pynn_place(std::uint64_t count, const double* pairs) {
    reading = pairs;
    char text[100];
    std::snprintf(text, sizeof text, "{pynn_place(%llu)}\n", static_cast<unsigned long long>(count));
    return run(text);
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

// Sets the weights of `count` connections from number `first` on, in the order in which they were made.
void pynn_reweigh(std::uint64_t first, std::uint64_t count, const double* weights) {
    for (std::uint64_t k = 0; k < count; k++) {
        static_cast<Connection*>(connections[first + k]->pointer)->weight[0] = weights[k];
    }
}

// Takes the samples of time 0 anew, where they are still here.
void pynn_sample_again(void) {
    if (steps != 0) {
        return;
    }
    for (auto& sampler : samplers) {
        for (std::uint32_t k = 0; k < sampler.values.size(); k++) {
            sampler.values[k] = *columns[sampler.first + k][sampler.column];
        }
    }
}

// Spikes of cells that do not live here, at times in ms; those that nobody hears are left out.
int pynn_deliver(std::uint64_t count, const std::uint32_t* gids, const double* times) {
    for (std::uint64_t k = 0; k < count; k++) {
        if (gids[k] < heard.size() && heard[gids[k]]) {
#if NRN_VERSION_MAJOR >= 9
            try {
                nrn_fake_fire(static_cast<int>(gids[k]), times[k], 0);
            } catch (const std::exception& exception) {
                fail(exception.what());
                return 1;
            }
#else
            nrn_fake_fire(static_cast<int>(gids[k]), times[k], 0);
#endif
        }
    }
    return 0;
}

static double target_time = 0;
static void integrate() {
    ncs2nrn_integrate(target_time);
}

// Advances to the end of step number `to`.
int pynn_advance(std::uint32_t to) {
    if (to < steps) {
        fail("time does not go back");
        return 1;
    }
    inject();
    // A quarter of a step more: NEURON adds its time up, and must neither stop short nor be sent back.
    target_time = timestep * (double(to) + 0.25);
#if NRN_VERSION_MAJOR >= 9
    messages.clear();
    try {
        integrate();
    } catch (const std::exception& exception) {
        fail(exception.what());
        return 1;
    } catch (...) {
        fail("an exception of unknown type");
        return 1;
    }
#else
    if (guarded(integrate) != 0) {
        return 1;
    }
#endif
    if (steps != to) {
        char text[100];
        std::snprintf(text, sizeof text, "NEURON did %u time steps instead of %u", steps, to);
        fail(text);
        return 1;
    }
    // Roundings must not add up in a long run.
    nrn_threads->t = timestep * double(to);
    return 0;
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

std::uint64_t pynn_events_delivered(void) {
    return static_cast<std::uint64_t>(pynn_events);
}

static void drop_connections() {
    for (Object* connection : connections) {
        hoc_obj_unref(connection);
    }
}

// Removes all cells and connections.
int pynn_clear(void) {
    int failed = guarded(drop_connections);
    connections.clear();
    failed |= run("{pynn_clear()}\n");
    cells.clear();
    rows.clear();
    columns.clear();
    driven.clear();
    pynn_gaps_clear();
    originals.clear();
    tables.clear();
    samplers.clear();
    spikes.clear();
    heard.clear();
    pynn_receptors_clear();
    return failed;
}

}  // extern "C"
