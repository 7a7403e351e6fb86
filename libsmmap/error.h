/* error.h - fills in the detail of a failure. */
#ifndef SMM_ERROR_H
#define SMM_ERROR_H

#include "region.h"
#include "smmap.h"

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
