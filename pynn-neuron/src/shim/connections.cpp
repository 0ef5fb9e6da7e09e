// Connections, by NEURON's NetCons, and the spikes that go through them.

#include "shim.h"

namespace {

// What NEURON's class NetCon looks like, as far as it is needed: checked against a real one at the start.
struct Connection {
    void* methods;
    double delay;
    void* source;
    void* target;
    double* weight;
};

// What is to be connected: as pynn_connect has it.
struct Batch {
    std::uint64_t count;
    const std::uint32_t* gids;
    const std::uint32_t* targets;
    const double* weights;
    const double* delays;
    double receptor;
};

Object* parallel = nullptr;
Symbol* gid_connect = nullptr;
bool known_layout = false;
std::vector<Object*> connections;
// By global id, whether a cell has connections.
std::vector<bool> heard;
Batch batch;

void connect_batch() {
    for (std::uint64_t k = 0; k < batch.count; k++) {
        const std::uint32_t gid = batch.gids[k];
        hoc_pushx(gid);
        hoc_pushobj(&pynn::cells[batch.targets[k]]);
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

void unref_connections() {
    for (Object* connection : connections) {
        hoc_obj_unref(connection);
    }
}

void fire(std::uint32_t gid, double time) {
    if (gid < heard.size() && heard[gid]) {
        nrn_fake_fire(static_cast<int>(gid), time, 0);
    }
}

}  // namespace

namespace pynn {

void take_context(Object* context) {
    hoc_obj_ref(context);
    parallel = context;
    gid_connect = hoc_table_lookup("gid_connect", static_cast<Symlist*>(context->type->symbols));
}

void take_example(const Object* object) {
    // hoc has given the example this delay and these weights.
    const auto* example = static_cast<const Connection*>(object->pointer);
    known_layout = example->delay == 1.375 && example->weight[0] == 2.625 && example->weight[1] == 3.5;
}

bool connections_are_known() {
    return known_layout;
}

void send(std::uint32_t gid) {
    fire(gid, nrn_threads->t);
}

int drop_connections() {
    const int failed = guarded(unref_connections);
    connections.clear();
    heard.clear();
    return failed;
}

}  // namespace pynn

extern "C" {

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
    return pynn::guarded(connect_batch);
}

// Gives connections, numbered as they were made, other weights.
void pynn_weigh(std::uint64_t count, const std::uint64_t* numbers, const double* weights) {
    for (std::uint64_t k = 0; k < count; k++) {
        static_cast<Connection*>(connections[numbers[k]]->pointer)->weight[0] = weights[k];
    }
}

// Gives connections other delays, ms: before NEURON is initialised again, since it sends what is delayed alike at once.
void pynn_delay(std::uint64_t count, const std::uint64_t* numbers, const double* delays) {
    for (std::uint64_t k = 0; k < count; k++) {
        static_cast<Connection*>(connections[numbers[k]]->pointer)->delay = delays[k];
    }
}

// Spikes of cells that do not live here, at times in ms; those that nobody hears are left out.
int pynn_deliver(std::uint64_t count, const std::uint32_t* gids, const double* times) {
    return pynn::caught([=] {
        for (std::uint64_t k = 0; k < count; k++) {
            fire(gids[k], times[k]);
        }
        return 0;
    });
}

}  // extern "C"
