/* error.h - fills in the detail of a failure. */
#ifndef SMMAP_ERROR_H
#define SMMAP_ERROR_H

#include "region.h"
#include "smmap.h"

/* What was wanted of which file; `path` NULL: `fd`; both absent (NULL, -1): no file. */
struct smmap_subject {
    const char *path;
    int fd;
    uint64_t offset;
    uint64_t size;
};

/* Returns the outcome's code; fills `error` unless that is NULL. */
int smmap_fail(smmap_error *error, const struct smmap_outcome *outcome,
               const struct smmap_subject *subject);

/* The same for a code without further detail. */
int smmap_fail_plain(smmap_error *error, int code, const struct smmap_subject *subject);

#endif
