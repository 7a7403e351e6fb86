/* verify_midx.h - verifies the multi-pack-indexes of a place. */
#ifndef VERIFY_MIDX_H
#define VERIFY_MIDX_H

#include "verify_run.h"

/* Each that is in use, a layer of a chain as a file of its own; once in a run. */
enum status verify_midxes(struct verification *verification, packread_snapshot *snapshot);
/* How many rows they have, for progress. */
uint64_t verify_count_midxes(struct verification *verification, packread_snapshot *snapshot);

#endif
