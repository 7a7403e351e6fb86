/* hold.c - knows what a cursor keeps of the regions that it had, and hands their counts in. */
#include "hold.h"

#include "limits.h"

void smm_cursor_drop_region(smmap_cursor *cursor)
{
    struct smm_region *region = cursor->region;
    uint64_t hits = atomic_load_explicit(&cursor->hits, memory_order_relaxed);

    if (!region)
        return;
    region->uses += hits;
    region->file->stats.hits += hits;
    region->file->manager->stats.hits += hits;
    atomic_store_explicit(&cursor->hits, 0, memory_order_relaxed);
    cursor->last_begin = region->begin;
    cursor->last_end = smm_region_end(region);
    cursor->last_small = region->is_small;
    cursor->region = NULL;
    cursor->data = NULL;
    cursor->begin = cursor->length = cursor->offset = 0;
    cursor->size = 0;
    smm_region_unpin(region);
}

void smm_cursor_note_move(smmap_cursor *cursor, uint64_t offset)
{
    if (offset >= cursor->last_begin && offset < cursor->last_end)
        return; /* back into it after it was let go */
    if (!cursor->last_end || offset < cursor->last_end || offset - cursor->last_end >= SMM_WALK_GAP)
        cursor->walked = 0;
    else if (!cursor->last_small)
        cursor->walked = SMM_WALK_MOST;
    else if (cursor->walked < SMM_WALK_MOST)
        cursor->walked++;
}

void smm_cursor_take_region(smmap_cursor *cursor, struct smm_region *region, uint64_t offset,
                            uint64_t size)
{
    uint64_t available = smm_region_end(region) - offset;

    cursor->region = region;
    cursor->data = region->data;
    cursor->begin = region->begin;
    cursor->length = region->size;
    cursor->offset = offset;
    cursor->size = (size_t)(size == 0 || size > available ? available : size);
}
