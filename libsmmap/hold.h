/* hold.h - a cursor's hold on a region: taken, dropped, moved. */
#ifndef SMM_HOLD_H
#define SMM_HOLD_H

#include "cursor.h"

/* With the lock. The cursor has no region afterwards. */
void smm_cursor_drop_region(smmap_cursor *cursor);
/* Takes note of a move to `offset`, before a region is looked for. */
void smm_cursor_note_move(smmap_cursor *cursor, uint64_t offset);
/* With the lock. `region` is pinned already, for this cursor. */
void smm_cursor_take_region(smmap_cursor *cursor, struct smm_region *region, uint64_t offset,
                            uint64_t size);

#endif
