/* limits.c - knows when a region may stay: pins, the idle list, and the limits on all of them. */
#include "limits.h"

#include "account.h"

void smm_region_pin(struct smm_region *region)
{
    if (region->pins++)
        return;
    smm_list_remove(&region->link);
    smm_account_pinned(region);
}

void smm_region_unpin(struct smm_region *region)
{
    smmap_manager *manager = region->file->manager;

    if (--region->pins)
        return;
    smm_account_idle(region);
    if (!region->listed || manager->one_page) {
        smm_region_drop(region);
        return;
    }
    smm_list_append(&manager->idle, &region->link, region);
    if (manager->hard) /* a limit may have been lowered below what was pinned */
        smm_manager_make_room(manager, 0, 0, false, NULL);
}

void smm_region_unlist(struct smm_region *region)
{
    smm_regions_remove(&region->file->regions, region, region->file->manager->system);
    region->listed = false;
    smm_list_append(&region->file->unlisted, &region->link, region);
}

void smm_manager_unload_stuck(smmap_manager *manager)
{
    struct smm_link *link = manager->stuck.next;

    while (link != &manager->stuck) {
        struct smm_region *region = link->owner;

        link = link->next;
        if (smm_region_unload(region, manager->system)) {
            smm_list_remove(&region->link);
            manager->system->release(region);
        }
    }
}

void smm_region_discard(smmap_manager *manager, struct smm_region *region)
{
    if (smm_region_unload(region, manager->system)) {
        manager->system->release(region);
        if (!smm_list_empty(&manager->stuck))
            smm_manager_unload_stuck(manager);
    } else {
        smm_list_append(&manager->stuck, &region->link, region);
    }
}

/* All but its bytes. */
static void detach(struct smm_region *region)
{
    struct smm_file *file = region->file;

    if (smm_list_on(&region->link))
        smm_list_remove(&region->link);
    if (region->listed)
        smm_regions_remove(&file->regions, region, file->manager->system);
    smm_account_removed(region);
    region->file = NULL;
    if (!file->stats.regions && !file->stats.cursors)
        smm_files_free(&file->manager->files, file, file->manager->system);
}

void smm_region_drop(struct smm_region *region)
{
    smmap_manager *manager = region->file->manager;

    detach(region);
    smm_region_discard(manager, region);
}

/* The least recently used region, detached; NULL if none is idle. */
static struct smm_region *take_oldest(smmap_manager *manager)
{
    struct smm_region *oldest = smm_list_first(&manager->idle);

    if (oldest) {
        manager->stats.evictions++;
        oldest->file->stats.evictions++;
        detach(oldest);
    }
    return oldest;
}

bool smm_manager_evict(smmap_manager *manager)
{
    struct smm_region *oldest = take_oldest(manager);

    if (oldest)
        smm_region_discard(manager, oldest);
    return oldest != NULL;
}

static bool fits(uint64_t now, uint64_t more, uint64_t limit)
{
    return now <= limit && more <= limit - now;
}

bool smm_manager_has_room(const smmap_manager *manager, uint64_t bytes, uint64_t mappings)
{
    return fits(manager->stats.bytes_mapped, bytes, manager->memory_limit) &&
           fits(manager->stats.regions, mappings, manager->mapping_limit);
}

bool smm_manager_can_fit(const smmap_manager *manager, uint64_t bytes, uint64_t *needed)
{
    const smmap_stats *stats = &manager->stats;

    if (!manager->hard)
        return true;
    if (!fits(stats->bytes_pinned, bytes, manager->memory_limit)) {
        *needed =
            bytes > UINT64_MAX - stats->bytes_pinned ? UINT64_MAX : stats->bytes_pinned + bytes;
        return false;
    }
    *needed = 0;
    return fits(stats->regions_pinned, 1, manager->mapping_limit);
}

/* Whether what was evicted can give its memory to a region of `bytes` bytes. */
static bool can_be_reused(const struct smm_region *oldest, uint64_t bytes, bool for_copy)
{
    return oldest->size == bytes && oldest->is_copy == for_copy && oldest->in_pages;
}

void smm_manager_make_room(smmap_manager *manager, uint64_t bytes, uint64_t mappings, bool for_copy,
                           struct smm_region **victim)
{
    if (victim)
        *victim = NULL;
    while (!smm_manager_has_room(manager, bytes, mappings)) {
        struct smm_region *oldest = take_oldest(manager);

        if (!oldest)
            break;
        if (victim && !*victim && can_be_reused(oldest, bytes, for_copy))
            *victim = oldest;
        else
            smm_region_discard(manager, oldest);
    }
}
