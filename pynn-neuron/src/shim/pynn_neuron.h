/* What the mechanisms use of the shim. Arguments have no names here: each would be a macro in some mechanism. */
#ifndef PYNN_NEURON_H
#define PYNN_NEURON_H
#ifdef __cplusplus
extern "C" {
#endif
/* Starts reading the values of a cell, given by its number; pynn_given() then gives them one by one. */
void pynn_open(double);
double pynn_given(void);
/* Says, for a cell and the number of a column, where the value is until the next initialisation. */
void pynn_expose(double, int, double*);
/* Says, for a cell, where the state is of which this column shows a copy. As with pynn_expose. */
void pynn_original(double, int, double*);
/* Says, for a cell, where its constant current is, in nA: electrodes add to it. As with pynn_expose. */
void pynn_drive(double, double*);
/* Says, for a cell with gap junctions, where its membrane potential is. As with pynn_expose. */
void pynn_join_membrane(double, double*);
/* Says where a gap junction expects the potential of a ghost, a cell of another process. As with pynn_expose. */
void pynn_join_ghost(double, double*);
/* Forgets these places. */
void pynn_gaps_clear(void);
/* The cell with this global id fires now. */
void pynn_fire(double);
/* Whether, in this step, something happens to the cell with this global id: the two words of the key of its random
 * numbers, and r and x, if r exp(x) happen on average. */
double pynn_happens(double, double, double, double, double);
/* The number of the step under way, from 1. */
double pynn_step(void);
/* A time step is done. */
void pynn_tick(void);
/* Runs what the shim wants to be run under hoc's error handling. */
void pynn_run_pending(void);
/* Takes the object that is the second argument of the running hoc function: 0 the parallel context, 1 the point process
 * of a new cell, 2 an example of a connection. */
void pynn_take_object(double);
/* The number of the rate table of Traub and Miles for a shift, in mV. */
double pynn_traub_table(double);
/* Takes m, h and n over a time step: number of the table, v at the end of the step, its length. */
void pynn_traub_step(double, double, double, double*, double*, double*);
/* Synaptic events delivered. */
extern long pynn_events;
/* The membrane potential, where a mechanism may set it. */
#ifdef __cplusplus
#define PYNN_POTENTIAL NODEV(_ppvar[1].get<Point_process*>()->node)
#else
#define PYNN_POTENTIAL NODEV(((Point_process*) _ppvar[1]._pvoid)->node)
#endif
#ifdef __cplusplus
}
#endif
#endif
