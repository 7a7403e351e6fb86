/* error.h - a failure on its way up, and its detail for the caller. */
#ifndef SMM_ERROR_H
#define SMM_ERROR_H

#include "smmap.h"

/* How a failure travels from the call that met it to the caller's smmap_error. */
struct smm_outcome {
    int code;
    int system_errno;
    uint64_t needed;
};

static inline struct smm_outcome smm_outcome_of(int code, int system_errno)
{
    struct smm_outcome outcome = {code, system_errno, 0};
    return outcome;
}

/* What was wanted of which file; `path` NULL: `fd`; both absent (NULL, -1): no file. */
struct smm_subject {
    const char *path;
    int fd;
    uint64_t offset;
    uint64_t size;
};

/* Returns the outcome's code; fills `error` unless that is NULL. */
int smm_fail(smmap_error *error, const struct smm_outcome *outcome,
             const struct smm_subject *subject);

/* The same for a code without further detail. */
int smm_fail_plain(smmap_error *error, int code, const struct smm_subject *subject);

#endif
