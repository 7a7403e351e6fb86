/* manager.h - a manager's state: what it was told, what it has, and the lock of it all. */
#ifndef SMM_MANAGER_H
#define SMM_MANAGER_H

#include "files.h"
#include "linked_list.h"
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

#endif
