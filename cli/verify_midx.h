/* verify_midx.h - verifies the multi-pack-indexes of a place. */
#ifndef VERIFY_MIDX_H
#define VERIFY_MIDX_H

#include "verify_run.h"

/* Each that is there, a layer of a chain as a file of its own, also one that is not used; once in a
 * run. */
enum status verify_midxes(struct verification *verification, packread_snapshot *snapshot);
/* How many rows they have, for progress. */
uint64_t verify_count_midxes(struct verification *verification, packread_snapshot *snapshot);

/* One is damaged: notes that something can be done about it, once for a chain. */
void verify_midx_advise(struct verification *verification, const char *path);
/* When the packs are verified: says what, of all that were noted. */
void verify_midx_tell_advice(struct verification *verification);

#endif
