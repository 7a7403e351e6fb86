/* plan.h - what wraps.c asks before each call, and where it counts. */
#ifndef PLAN_H
#define PLAN_H

#include "faults.h"

/* Counts the call. 0 if it shall pass, else errno (which is set too), FAULT_SHORT or FAULT_NOTHING.
 */
int plan_ask(enum fault_call call);

/* Time for the product, or false where it has the system's. */
bool plan_clock(int64_t *seconds);
/* It sleeps, or false where it shall do so. */
bool plan_sleep(int64_t nanoseconds);

enum plan_sum {
    PLAN_ALLOCATIONS,
    PLAN_DESCRIPTORS,
    PLAN_MAPPED,
    PLAN_FOLDERS,
    PLAN_INFLATERS,
    PLAN_THREADS,
    PLAN_LOCKS,
    PLAN_SUMS
};
void plan_add(enum plan_sum sum, int64_t number);
#endif
