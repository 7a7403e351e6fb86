/* obtain.h - the way to a region that the cursor does not hold yet. */
#ifndef SMM_OBTAIN_H
#define SMM_OBTAIN_H

#include "hold.h"
#include "request.h"

/* Lets go of the cursor's region and gives it one that answers the request. It must have a file. */
struct smm_outcome smm_obtain(smmap_cursor *cursor, const struct smm_request *request);

/* Without the lock. Whether the cursor's file is still what it was: OK, or why not. */
struct smm_outcome smm_check(const smmap_cursor *cursor);

#endif
