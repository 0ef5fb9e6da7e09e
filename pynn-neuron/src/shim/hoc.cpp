// NEURON's interpreter, its start and its errors, which become texts.
//
// Everything that can fail inside NEURON runs as a hoc statement (`pynn_pending()`), so that NEURON's own error handling
// (exceptions in 9, longjmp in 8) ends there. So between the two nothing may own memory that a longjmp would lose.

#include "shim.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <sstream>

namespace {

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

}  // namespace

namespace pynn {

void fail(const std::string& text) {
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

void forget_messages() {
    messages.clear();
}

int run(const char* statement) {
    const int code = caught([statement] {
#if NRN_VERSION_MAJOR >= 9
        std::ostringstream out;
        const int code = hoc_oc(statement, out);
        messages += out.str();
#else
        const int code = hoc_oc(statement);
#endif
        if (code != 0) {
            fail("");
        }
        return code;
    });
    if (code != 0 && error.empty()) {
        error = std::string("NEURON refuses `") + statement + "`; see what it wrote to stderr";
    }
    return code == 0 ? 0 : 1;
}

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

}  // namespace pynn

extern "C" {

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
        pynn::take_context(object);
    } else if (kind == 1) {
        pynn::cells.push_back(object);
    } else {
        pynn::take_example(object);
    }
}

const char* pynn_error(void) {
    return error.c_str();
}

// Starts NEURON, and checks that it is what the shim takes it for.
int pynn_start(const char* home, const char* definitions) {
    setenv("NEURONHOME", home, 1);
    nrn_noauto_dlopen_nrnmech = 1;
    // NEURON keeps the arguments.
    static const char* arguments[] = {"pynn", "-nobanner", "-nogui", "-nopython", nullptr};
#if NRN_VERSION_MAJOR >= 9
    try {
        if (nrn_init(4, arguments) != 0) {
            pynn::fail("NEURON does not start");
            return 1;
        }
    } catch (...) {
        pynn::fail("NEURON does not start");
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
    if (pynn::run(definitions) != 0) {
        return 1;
    }
    if (!pynn::connections_are_known()) {
        pynn::fail("this NEURON lays out its connections in another way than pynn knows");
        return 1;
    }
    return 0;
}

}  // extern "C"
