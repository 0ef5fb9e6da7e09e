// What the files of the shim share: NEURON's declarations, errors, and what each file lets the others do.
#ifndef PYNN_SHIM_H
#define PYNN_SHIM_H

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iosfwd>
#include <string>
#include <vector>

#include "nrnsemanticversion.h"
#include "pynn_neuron.h"

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
extern "C" int nrn_init(int, const char**);
#else
extern "C" int hoc_oc(const char*);
// The wheels have it; a NEURON built with MPI for good has not.
void nrnmpi_stubs() __attribute__((weak));
int ivocmain_session(int, const char**, const char**, int);
extern "C" {
#endif
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
#if NRN_VERSION_MAJOR < 9
}
#endif
void ncs2nrn_integrate(double);
extern "C" {
extern int nrn_noauto_dlopen_nrnmech;
void nrnpy_set_pr_etal(int (*print)(int, char*), int (*pass)());
}

namespace pynn {

// The time steps done.
extern std::uint32_t steps;
// The values that hoc reads next by pynn_given().
extern const double* reading;
// The point processes of the cells, by number.
extern std::vector<Object*> cells;

// What goes wrong: this text, and what NEURON wrote.
void fail(const std::string& text);
// Forgets what NEURON wrote.
void forget_messages();
// Runs hoc; 0 if all went well.
int run(const char* statement);
// Runs `what` where NEURON's errors are caught; 0 if all went well.
int guarded(void (*what)());

// Runs hoc that is put together as by printf.
template <class... Values>
int run(const char* format, Values... values) {
    char text[200];
    std::snprintf(text, sizeof text, format, values...);
    return run(static_cast<const char*>(text));
}

// Runs `what`, which returns 0 if all goes well. Catches exceptions, so errors of NEURON 9, not of 8.
template <class What>
int caught(What what) {
    forget_messages();
    try {
        return what();
    } catch (const std::exception& exception) {
        fail(exception.what());
    } catch (...) {
        fail("an exception of unknown type");
    }
    return 1;
}

// Number `number` of a list that grows as needed.
template <class T>
T& grown(std::vector<T>& list, double number) {
    const auto index = static_cast<std::size_t>(number);
    if (list.size() <= index) {
        list.resize(index + 1);
    }
    return list[index];
}

// Where the value is that a column of a cell shows.
double* shown(std::size_t cell, int column);
void forget_cells();

// The object by which connections are made, and an example of one.
void take_context(Object* context);
void take_example(const Object* example);
// Whether connections are laid out as the shim takes them to be: what the example said.
bool connections_are_known();
// A spike of a cell of this process, for those that hear it.
void send(std::uint32_t gid);
// 0 if all went well.
int drop_connections();

// Sets what electrodes inject in the next step.
void inject();
void forget_injections();
void forget_driven();

// Takes the samples that are due.
void sample();
void forget_recorded();
void forget_samplers();

}  // namespace pynn

#endif
