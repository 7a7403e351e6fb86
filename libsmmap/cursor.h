/* cursor.h - a cursor's state. */
#ifndef SMMAP_CURSOR_H
#define SMMAP_CURSOR_H

#include "list.h"
#include "region.h"
#include "smmap.h"

#include <stdatomic.h>

/* The first group is what a hit reads and writes; it belongs to the cursor's thread. `region`, `file`
 * and `manager` change with the manager's lock held, so that others may look at them with it. */
struct smmap_cursor {
    const unsigned char *data; /* the region's bytes, NULL without one */
    uint64_t begin;            /* the region's */
    uint64_t length;           /* the region's, 0 without one */
    uint64_t offset;
    size_t size;
    _Atomic uint64_t hits; /* of this region, not handed in yet; written by the cursor's thread only */

    struct smmap_region *region;
    struct smmap_file *file;
    smmap_manager *manager;
    const struct smmap_system *system;
    struct smmap_link link; /* among the file's cursors */

    /* The region before this one: tells a walk from a jump. */
    uint64_t last_end;
    uint64_t last_size;
    bool last_small;
};

/* With the lock. The cursor has no region afterwards. */
void smmap_cursor_drop_region(smmap_cursor *cursor);
/* With the lock. `region` is pinned already, for this cursor. */
void smmap_cursor_take_region(smmap_cursor *cursor, struct smmap_region *region, uint64_t offset,
                              uint64_t size);

#endif
