/* stats.c - knows how live figures of cursors and sums of the past become one answer. */
#include "hold.h"

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

void smmap_manager_stats(const smmap_manager *manager, smmap_stats *stats)
{
    const struct smm_link *link;

    if (!stats)
        return;
    memset(stats, 0, sizeof *stats);
    if (!manager)
        return;
    smm_lock_take(&manager->self->lock);
    *stats = manager->stats;
    for (link = manager->files.all.next; link != &manager->files.all; link = link->next)
        stats->hits += live_hits(link->owner);
    smm_lock_drop(&manager->self->lock);
}

int smmap_cursor_file(const smmap_cursor *cursor, smmap_file_info *info)
{
    const struct smm_file *file;

    if (!cursor || !info)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->file)
        return SMMAP_ERROR_NOT_ASSOCIATED;
    file = cursor->file;
    smm_lock_take(&cursor->manager->lock);
    info->path = file->path;
    info->fd = file->fd;
    info->size = file->identity.size;
    info->clients = file->stats.cursors;
    info->regions = file->stats.regions;
    info->stats = file->stats;
    info->stats.hits += live_hits(file);
    info->stats.descriptors = file->descriptor >= 0;
    smm_lock_drop(&cursor->manager->lock);
    return SMMAP_OK;
}

int smmap_cursor_region(const smmap_cursor *cursor, smmap_region_info *info)
{
    const struct smm_region *region;
    const struct smm_link *link;

    if (!cursor || !info)
        return SMMAP_ERROR_ARGUMENT;
    if (!cursor->region)
        return SMMAP_ERROR_NOT_VALID;
    region = cursor->region;
    smm_lock_take(&cursor->manager->lock);
    memset(info, 0, sizeof *info);
    info->begin = region->begin;
    info->end = smm_region_end(region);
    info->size = region->size;
    info->data = region->data;
    info->is_copy = region->is_copy;
    info->is_private = region->is_private;
    info->uses = region->uses;
    for (link = cursor->file->cursors.next; link != &cursor->file->cursors; link = link->next) {
        const smmap_cursor *other = link->owner;

        if (other->region == region) {
            info->clients++;
            info->uses += atomic_load_explicit(&other->hits, memory_order_relaxed);
        }
    }
    smm_lock_drop(&cursor->manager->lock);
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
