/* load.h - brings a region's bytes into memory, whatever it takes. */
#ifndef SMMAP_LOAD_H
#define SMMAP_LOAD_H

#include "file.h"
#include "plan.h"

struct smmap_load {
    smmap_manager *manager;
    struct smmap_file *file;
    struct smmap_region *region; /* listed or not, loading, pinned for us */
    const struct smmap_request *request;
    struct smmap_descriptor descriptor; /* none: one is opened */
    bool copy;
    struct smmap_region *victim; /* as planned; NULL when it is used up */
    bool fell_back;              /* out: mmap was refused */
};

/* Without the lock. Opens the file if `descriptor` is none, and sees that it is the one. */
struct smmap_outcome smmap_load_open(struct smmap_load *load);

/* Without the lock, which it takes where it has to change the region's place or to make room. On
 * failure the region has no bytes. */
struct smmap_outcome smmap_load_region(struct smmap_load *load);

#endif
