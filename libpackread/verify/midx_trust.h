/* midx_trust.h - whose word counts where a multi-pack-index and a pack's own index disagree. */
#ifndef PKR_MIDX_TRUST_H
#define PKR_MIDX_TRUST_H

#include "verify/midx_check.h"

/* Whether a disagreement with the index of this pack is a finding of the multi-pack-index: not if
 * that has its sum, and the index has not; it is told of the index then. Reads an index once, where
 * it is asked for. Errors: those of reading. */
int pkr_midx_trust_holds(pkr_midx_check *check, uint32_t number, bool *holds, pkr_fault *fault);
/* Where both have their sums, the pack's bytes tell: the id of what is at that offset of it; of
 * size 0 where nothing is known, being damaged, too large, or asked for too often. Errors: those of
 * windows, MEMORY. */
int pkr_midx_trust_tells(pkr_midx_check *check, uint32_t number, uint64_t offset, packread_id *id,
                         pkr_fault *fault);
/* Whether the pack of that name in it stands in its folder, though it is not opened: why is told of
 * the pack or its index. False without memory. */
bool pkr_midx_trust_is_there(const pkr_midx_check *check, const char *name);

#endif
