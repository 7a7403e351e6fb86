/* hold.h - a cursor's state: the region that it holds, taken, dropped, moved. */
#ifndef SMM_HOLD_H
#define SMM_HOLD_H

#include "linked_list.h"
#include "manager.h"
#include "region.h"
#include "smmap.h"

#include <stdatomic.h>

#define SMM_WALK_MOST 8u
#define SMM_WALK_GAP (UINT64_C(64) << 10) /* a move over so much is still a walk */

/* The first group is what a hit reads and writes; it belongs to the cursor's thread. `region`,
 * `file` and `manager` change with the manager's lock held, so that others may look at them with
 * it. */
struct smmap_cursor {
    const unsigned char *data; /* the region's bytes, NULL without one */
    uint64_t begin;            /* the region's */
    uint64_t length;           /* the region's, 0 without one */
    uint64_t offset;
    size_t size;
    _Atomic uint64_t hits; /* of this region, not handed in yet; only the thread writes it */

    struct smm_region *region;
    struct smm_file *file;
    smmap_manager *manager;
    const struct smm_system *system;
    struct smm_link link; /* among the file's cursors */

    /* Where the region before this one lay, both 0 if there was none, and how many moves in a row
     * went on from one region into the next (SMM_WALK_MOST: many): tells a walk from a jump. */
    uint64_t last_begin;
    uint64_t last_end;
    bool last_small;
    unsigned walked;
};

/* With the lock. The cursor has no region afterwards. */
void smm_cursor_drop_region(smmap_cursor *cursor);
/* Takes note of a move to `offset`, before a region is looked for. */
void smm_cursor_note_move(smmap_cursor *cursor, uint64_t offset);
/* With the lock. `region` is pinned already, for this cursor. */
void smm_cursor_take_region(smmap_cursor *cursor, struct smm_region *region, uint64_t offset,
                            uint64_t size);

#endif
