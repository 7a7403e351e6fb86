/* trial.h - runs an operation with each of its calls failing in turn, and holds what must be true
 * afterwards, whatever failed. A new operation is one more row of a table (struct operation). */
#ifndef TRIAL_H
#define TRIAL_H

#include "faults.h"
#include "packread.h"
#include "smmap.h"

#include <stddef.h>

#define TRIAL_ANSWERS 4096

/* What one run of an operation gave. */
struct trial {
    uint64_t answers[TRIAL_ANSWERS]; /* a mark for each */
    size_t count;
    size_t told;      /* failures of single objects or packs, told on the way */
    bool has_failed;  /* trial_fail_* was called */
    int system_errno; /* of the failure, if it was the system's */
    bool no_detail;   /* the call that failed has no place for one */
    bool changed;     /* a failure was that a file changed */
};

/* A right answer, from any bytes. Without faults an operation must give the same ones each time. */
void trial_answer(struct trial *trial, const void *bytes, size_t size);
void trial_answer_number(struct trial *trial, uint64_t number);
/* A path, by where it leads: a ".." that could not be looked at stays in it. Of what is no file how
 * it is called. */
void trial_answer_path(struct trial *trial, const char *path);

/* The operation failed, with this detail; holds that it is filled and fits. Returns the code. */
int trial_fail_window(struct trial *trial, int code, const smmap_error *error);
int trial_fail(struct trial *trial, int code, const packread_error *error);
/* The same for a call that gives no detail. */
int trial_fail_plain(struct trial *trial, int code);
/* A failure of a part that did not end the operation. One that is no failure of the system is an
 * answer: it must come without faults too. */
void trial_tell(struct trial *trial, int code, const packread_error *error);

struct operation {
    const char *name;
    void *(*begin)(void); /* what `run` works on, made without faults; may be NULL */
    int (*run)(void *stage, struct trial *trial); /* 0, or what a trial_fail returned */
    void (*end)(void *stage);                     /* holds that counters are back, frees */
};

/* Every way to fail, once and from then on, at the N-th call for N = 1, 2, 3, ... until the
 * operation meets none. Holds after each that the failure was told in full, that answers were
 * right, that another run on the same stage gives all answers, and that nothing is held any more.
 * All of it as long after the last change of a file; and, where it then makes other calls, as if
 * each had been changed just now.
 */
void trial_run(const struct operation *operation, uint64_t step);

/* packread_snapshot_free, and holds that all that was taken of the memory limit has been given
 * back. Its readers are gone. */
void trial_free_snapshot(packread_snapshot *snapshot);

#endif
