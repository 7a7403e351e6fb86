/* manager.h - the manager's state, its limits, and the only ways to pin, let go and drop. */
#ifndef SMM_MANAGER_H
#define SMM_MANAGER_H

#include "files.h"
#include "list.h"
#include "lock.h"
#include "smmap.h"
#include "system.h"

/* All but the first group belongs to the lock. */
struct smmap_manager {
    struct smmap_manager *self; /* to take the lock of a const manager */
    const struct smm_system *system;
    enum smmap_kind kind;
    enum smmap_io io;
    bool hard;
    bool one_page;
    bool guarded;
    uint64_t page;
    uint64_t window_size;
    uint64_t open_limit;

    struct smm_lock lock;
    uint64_t memory_limit;
    uint64_t mapping_limit;
    struct smm_files files;
    struct smm_link idle;  /* regions that nobody pins, the least recently used first */
    struct smm_link open;  /* files with a descriptor, the least recently used first */
    struct smm_link stuck; /* regions dropped that the system would not unmap: tried again */
    bool released;         /* smmap_manager_free was called */
    smmap_stats stats;
};

/* smmap_manager_new on another system; does not look at the environment. */
int smm_manager_new_with_system(const smmap_options *options, const struct smm_system *system,
                                smmap_manager **manager);

/* Everything below: with the lock. */

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

/* A cursor came to the file, or left it: the last one takes the file's descriptor along. */
void smm_file_hold(struct smm_file *file);
void smm_file_let_go(struct smm_file *file);

/* Drops the lock; frees it all if it was released and its last cursor is gone. */
void smm_manager_leave(smmap_manager *manager);

#endif
