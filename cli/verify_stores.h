/* verify_stores.h - verifies all that an opened snapshot has, store by store. */
#ifndef VERIFY_STORES_H
#define VERIFY_STORES_H

#include "verify_run.h"

/* What was met in this run before is left out. */
enum status verify_stores(struct verification *verification, packread_snapshot *snapshot);
/* When no more of it is to be verified: frees the snapshot, and settles what is in doubt. */
void verify_stores_end(struct verification *verification, packread_snapshot *snapshot);

#endif
