/* The receptors of cells that have any number of them. Arguments have no names here: each would be a macro in some
 * mechanism. */
#ifndef PYNN_RECEPTORS_H
#define PYNN_RECEPTORS_H
#ifdef __cplusplus
extern "C" {
#endif
/* Makes the receptors of a cell from the values that it is given; they are shown from a column on. */
void pynn_receptors_make(double, double);
/* Takes their values anew, in the middle of a run. */
void pynn_receptors_renew(double);
/* The current of a cell through all its receptors, or through one, in nA, at a potential. */
double pynn_receptors_current(double, double);
double pynn_receptor_current(double, double, double);
/* Takes them over a time step. */
void pynn_receptors_step(double);
/* A spike arrives: cell, receptor, weight. */
void pynn_receptors_arrive(double, double, double);
/* Forgets them all. */
void pynn_receptors_clear(void);
#ifdef __cplusplus
}
#endif
#endif
