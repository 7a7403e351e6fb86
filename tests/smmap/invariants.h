/* invariants.h - what must hold of a manager between any two calls. */
#ifndef SMM_INVARIANTS_H
#define SMM_INVARIANTS_H

#include "smmap.h"

/* NULL if all is well, else what is not, in words. Takes the lock; costs a walk over everything. */
const char *smm_manager_check(const smmap_manager *manager);

#endif
