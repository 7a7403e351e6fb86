/* verify_stores.h - verifies all that an opened snapshot has, store by store. */
#ifndef VERIFY_STORES_H
#define VERIFY_STORES_H

#include "verify_run.h"

/* What was met in this run before is left out. Frees the snapshot. */
enum status verify_stores(struct verification *verification, packread_snapshot *snapshot);

#endif
