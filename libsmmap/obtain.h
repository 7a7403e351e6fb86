/* obtain.h - the way to a region that the cursor does not hold yet. */
#ifndef SMMAP_OBTAIN_H
#define SMMAP_OBTAIN_H

#include "cursor.h"

struct smmap_request {
    uint64_t offset;
    uint64_t size; /* 0: all there is */
    int flags;     /* of open(2) */
    bool exact;    /* smmap_cursor_need: all of them or an error */
};

/* Lets go of the cursor's region and gives it one that answers the request. It must have a file. */
struct smmap_outcome smmap_obtain(smmap_cursor *cursor, const struct smmap_request *request);

/* Without the lock. Whether the cursor's file is still what it was: OK, or why not. */
struct smmap_outcome smmap_check(const smmap_cursor *cursor);

#endif
