/* plan.h - what region to make for a request that no region answers. */
#ifndef SMMAP_PLAN_H
#define SMMAP_PLAN_H

#include "obtain.h"

struct smmap_plan {
    smmap_window window;
    bool copy;       /* with pread from the start */
    bool small;      /* less than a window because there is no room without an eviction */
    bool is_private; /* neighbours are in the way: off the list */
    struct smmap_region *victim; /* NULL, or what had to go and whose pages may be used */
};

/* With the lock; the cursor has let its region go, and the request lies within the file. Makes the
 * room that the plan takes, so idle regions may be gone; `victim` is the caller's then. LIMIT (and
 * nothing dropped) or OK. */
struct smmap_outcome smmap_plan_region(const smmap_cursor *cursor,
                                       const struct smmap_request *request,
                                       struct smmap_plan *plan);

/* How much a copy of a window covers, at least one page and the `size` bytes wanted. */
uint64_t smmap_plan_copy_step(const smmap_manager *manager, uint64_t size);

#endif
