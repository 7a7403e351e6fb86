/* peak.h - how much memory has been resident at once: of this process from a point on, or of a
 * program that is run. Where the system does not tell, or a sanitizer keeps memory of its own,
 * every bound holds. */
#ifndef PEAK_H
#define PEAK_H

#include <stdint.h>

/* Begins to count anew. The value for peak_is_below. */
uint64_t peak_begin(void);
/* Fails the test if more than `bound` bytes more than at the beginning have been resident. */
void peak_is_below(uint64_t before, uint64_t bound);

/* Runs `work` in a process of its own, so that the memory it takes is none of the test's. Fails the
 * test if it fails. */
void peak_apart(void (*work)(void *context), void *context);

typedef struct peak_run {
    int status; /* exit status; -1 if it was killed */
    uint64_t peak;
    double seconds;
} peak_run;

/* Runs a program, its output to files; NULL: to nowhere. The list ends with NULL. */
peak_run peak_of(const char *const *arguments, const char *output, const char *errors);
/* Fails the test unless the run stayed within the bound. */
void peak_run_is_below(const char *what, const peak_run *run, uint64_t bound);
/* The same, and unless it ended with 0; prints its figures. */
void peak_run_is_good(const char *what, const peak_run *run, uint64_t bound);

#endif
