/* program_trial.h - runs the program with any of its calls failing, and holds what is true of each
 * command. Each run is a process of its own, forked from here, so that the program's code runs as
 * it is. */
#ifndef PROGRAM_TRIAL_H
#define PROGRAM_TRIAL_H

#include "faults.h"

/* One command. */
struct program {
    const char *name;                          /* for messages */
    const char *const *words;                  /* behind the program's own; NULL ends them */
    const char *(*word_for)(const char *word); /* what is put in a word's place, or the word */
    const char *in;                            /* files that its streams are */
    const char *out;
    const char *err;
};

/* What the last run left. */
struct program_report {
    uint64_t failures;               /* calls that failed */
    uint64_t calls[FAULT_CALLS + 1]; /* fault_calls, of each kind */
    bool returned;                   /* main returned: the program did not exit before */
    char held[40];                   /* what is held then and should not be */
};
extern const struct program_report *const program_report;

/* A run without failures is one with `way` NULL. The exit status; fails the test where a signal
 * ended it. */
int program_run(const struct program *program, const struct fault_way *way, enum fault_mode mode,
                uint64_t nth);
/* What no command may do when it ended with that status, or NULL. */
const char *program_wrong(const struct fault_way *way, int status);

/* Runs a command so, and holds what must be true afterwards; false when nothing failed. */
typedef bool program_try(const void *command, const struct fault_way *way, enum fault_mode mode,
                         uint64_t nth);
/* Every way to fail at the N-th call, once and from then on, for N = 1, 2, 3, ... until nothing
 * fails any more; then all ways at once. Prints how many that were. The run before was one without
 * failures. */
void program_try_all(const char *name, program_try *try_one, const void *command);

#endif
