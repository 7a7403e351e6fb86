/* load.h - brings a region's bytes into memory, whatever it takes. */
#ifndef SMM_LOAD_H
#define SMM_LOAD_H

#include "descriptor.h"
#include "request.h"

struct smm_load {
    smmap_manager *manager;
    struct smm_file *file;
    struct smm_region *region; /* listed or not, loading, pinned for us */
    const struct smm_request *request;
    struct smm_descriptor descriptor; /* none: one is opened */
    bool copy;
    struct smm_region *victim; /* as planned; NULL when it is used up */
    bool fell_back;            /* out: mmap was refused */
};

/* Without the lock. Opens the file if `descriptor` is none, and sees that it is the one. */
struct smm_outcome smm_load_open(struct smm_load *load);

/* Without the lock, which it takes where it has to change the region's place or to make room. On
 * failure the region has no bytes. */
struct smm_outcome smm_load_region(struct smm_load *load);

#endif
