/* stats.c - knows how live figures of cursors and sums of the past become one answer. */
#include "hold.h"
#include "struct_size.h"

#include <string.h>

/* Hits that cursors still hold for themselves. */
static uint64_t live_hits(const struct smm_file *file)
{
    const struct smm_link *link;
    uint64_t hits = 0;

    for (link = file->cursors.next; link != &file->cursors; link = link->next) {
        const smmap_cursor *cursor = link->owner;
        hits += atomic_load_explicit(&cursor->hits, memory_order_relaxed);
    }
    return hits;
}

static void give_stats(smmap_stats *theirs, const smmap_stats *ours)
{
    smm_struct_give(theirs, SMM_END_OF(smmap_stats, cursors), ours, sizeof *ours);
}

void smmap_manager_stats(const smmap_manager *manager, smmap_stats *stats)
{
    const struct smm_link *link;
    smmap_stats made = {0};

    if (!stats)
        return;
    if (manager) {
        smm_lock_take(&manager->self->lock);
        made = manager->stats;
        for (link = manager->files.all.next; link != &manager->files.all; link = link->next)
            made.hits += live_hits(link->owner);
        smm_lock_drop(&manager->self->lock);
    }
    give_stats(stats, &made);
}

int smmap_cursor_file_stats(const smmap_cursor *cursor, smmap_stats *stats)
{
    smmap_stats made;

    if (!cursor || !stats)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->file)
        return SMMAP_ERROR_NOT_ASSOCIATED;
    smm_lock_take(&cursor->manager->lock);
    made = cursor->file->stats;
    made.hits += live_hits(cursor->file);
    made.descriptors = cursor->file->descriptor >= 0;
    smm_lock_drop(&cursor->manager->lock);
    give_stats(stats, &made);
    return SMMAP_OK;
}

int smmap_cursor_file(const smmap_cursor *cursor, smmap_file_info *info)
{
    const struct smm_file *file;
    smmap_file_info made;

    if (!cursor || !info)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->file)
        return SMMAP_ERROR_NOT_ASSOCIATED;
    file = cursor->file;
    memset(&made, 0, sizeof made);
    smm_lock_take(&cursor->manager->lock);
    made.path = file->path;
    made.fd = file->fd;
    made.size = file->identity.size;
    made.clients = file->stats.cursors;
    made.regions = file->stats.regions;
    smm_lock_drop(&cursor->manager->lock);
    smm_struct_give(info, SMM_END_OF(smmap_file_info, regions), &made, sizeof made);
    return SMMAP_OK;
}

int smmap_cursor_region(const smmap_cursor *cursor, smmap_region_info *info)
{
    const struct smm_region *region;
    const struct smm_link *link;
    smmap_region_info made;

    if (!cursor || !info)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->region)
        return SMMAP_ERROR_NOT_VALID;
    region = cursor->region;
    memset(&made, 0, sizeof made);
    smm_lock_take(&cursor->manager->lock);
    made.begin = region->begin;
    made.end = smm_region_end(region);
    made.size = region->size;
    made.data = region->data;
    made.is_copy = region->is_copy;
    made.is_private = region->is_private;
    made.uses = region->uses;
    for (link = cursor->file->cursors.next; link != &cursor->file->cursors; link = link->next) {
        const smmap_cursor *other = link->owner;

        if (other->region == region) {
            made.clients++;
            made.uses += atomic_load_explicit(&other->hits, memory_order_relaxed);
        }
    }
    smm_lock_drop(&cursor->manager->lock);
    smm_struct_give(info, SMM_END_OF(smmap_region_info, is_private), &made, sizeof made);
    return SMMAP_OK;
}

int smmap_cursor_count_use(smmap_cursor *cursor)
{
    if (!cursor)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->region)
        return SMMAP_ERROR_NOT_VALID;
    smm_lock_take(&cursor->manager->lock);
    cursor->region->uses++;
    smm_lock_drop(&cursor->manager->lock);
    return SMMAP_OK;
}

bool smmap_region_includes(const smmap_region_info *info, uint64_t offset)
{
    return info->begin <= offset && offset < info->end;
}
