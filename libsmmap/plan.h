/* plan.h - what region to make for a request that no region answers. */
#ifndef SMM_PLAN_H
#define SMM_PLAN_H

#include "hold.h"
#include "request.h"

struct smm_plan {
    smmap_window window;
    bool copy;                 /* with pread from the start */
    bool small;                /* less than a window because there is no room without an eviction */
    bool is_private;           /* neighbours are in the way: off the list */
    struct smm_region *victim; /* NULL, or what had to go and whose pages may be used */
};

/* With the lock; the cursor has let its region go, and the request lies within the file. Makes the
 * room that the plan takes, so idle regions may be gone; `victim` is the caller's then. LIMIT (and
 * nothing dropped) or OK. */
struct smm_outcome smm_plan_region(const smmap_cursor *cursor, const struct smm_request *request,
                                   struct smm_plan *plan);

/* How much a copy of a window covers, at least one page and the `size` bytes wanted. */
uint64_t smm_plan_copy_step(const smmap_manager *manager, uint64_t size);

#endif
