/* limits.h - the only ways to pin a region, to let it go and to drop it; the limits on them all. */
#ifndef SMM_LIMITS_H
#define SMM_LIMITS_H

#include "manager.h"
#include "region.h"

/* All of it with the lock. */

void smm_region_pin(struct smm_region *region);
/* The last pin makes a listed region idle and drops any other. Soft limits that pinned regions went
 * beyond are kept again when the next region is made, hard ones at once. */
void smm_region_unpin(struct smm_region *region);
/* Takes it off the sorted list: from now on only its holders reach it. */
void smm_region_unlist(struct smm_region *region);
/* Unmaps and frees a region that nobody pins, listed or not, and its file if that was all. */
void smm_region_drop(struct smm_region *region);
/* Unmaps and frees a region that make_room left over. */
void smm_region_discard(smmap_manager *manager, struct smm_region *region);
/* Tries again to unmap what the system would not take back. */
void smm_manager_unload_stuck(smmap_manager *manager);

/* Drops the least recently used region. False if none is idle. */
bool smm_manager_evict(smmap_manager *manager);

/* Whether a region of so many bytes is allowed if all that is idle goes. Soft limits allow any;
 * under hard ones `needed` is the memory limit that it would take, 0 if the mapping limit is in the
 * way. */
bool smm_manager_can_fit(const smmap_manager *manager, uint64_t bytes, uint64_t *needed);
/* The one place where limits are kept: drops idle regions, the least recently used first, until so
 * much more fits or none is idle. `victim` (may be NULL): the first of them with `bytes` bytes that
 * are pages, mapped or `for_copy` a copy, is left over, dropped but for its pages, for
 * smm_region_map_over or smm_region_inherit; NULL if there is none. */
void smm_manager_make_room(smmap_manager *manager, uint64_t bytes, uint64_t mappings, bool for_copy,
                           struct smm_region **victim);
/* Whether so much more fits as it is. */
bool smm_manager_has_room(const smmap_manager *manager, uint64_t bytes, uint64_t mappings);

#endif
