/* limits.c - knows when a region may stay: pins, the idle list, and the limits on all of them. */
#include "account.h"
#include "manager.h"

#include <string.h>

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

static void unload_stuck_ones(smmap_manager *manager)
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
            unload_stuck_ones(manager);
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
        smm_files_free(file);
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

/* Likewise, but not because room was needed. */
static bool collect_one(smmap_manager *manager)
{
    struct smm_region *oldest = smm_list_first(&manager->idle);

    if (!oldest)
        return false;
    manager->stats.collected++;
    oldest->file->stats.collected++;
    smm_region_drop(oldest);
    return true;
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

uint64_t smmap_manager_collect(smmap_manager *manager)
{
    uint64_t count = 0;

    if (!manager)
        return 0;
    smm_lock_take(&manager->lock);
    while (collect_one(manager))
        count++;
    unload_stuck_ones(manager);
    smm_lock_drop(&manager->lock);
    return count;
}

void smmap_manager_set_limits(smmap_manager *manager, uint64_t memory_limit, uint64_t mapping_limit)
{
    if (!manager)
        return;
    smm_lock_take(&manager->lock);
    if (memory_limit)
        manager->memory_limit = memory_limit;
    if (mapping_limit)
        manager->mapping_limit = mapping_limit;
    while (!smm_manager_has_room(manager, 0, 0) && collect_one(manager)) {
    }
    smm_lock_drop(&manager->lock);
}

/* Drops the idle regions of `file` and unlists the others, as long as there are any on its list.
 * The file may be gone afterwards. */
static uint64_t release_regions(struct smm_file *file)
{
    smmap_manager *manager = file->manager;
    struct smm_region *region = smm_regions_from(&file->regions, 0);
    uint64_t count = 0;

    while (region) {
        struct smm_region *next = smm_regions_from(&file->regions, smm_region_end(region));

        if (region->pins) {
            smm_region_unlist(region);
        } else {
            manager->stats.collected++;
            file->stats.collected++;
            count++;
            smm_region_drop(region);
        }
        region = next;
    }
    return count;
}

uint64_t smmap_manager_release_path(smmap_manager *manager, const char *base_path,
                                    uint64_t *pending)
{
    struct smm_link *link;
    uint64_t later = 0;
    uint64_t count = 0;
    size_t length;

    if (!manager || !base_path) {
        if (pending)
            *pending = 0;
        return 0;
    }
    length = strlen(base_path);
    smm_lock_take(&manager->lock);
    link = manager->files.all.next;
    while (link != &manager->files.all) {
        struct smm_file *file = link->owner;

        link = link->next;
        if (file->path && !strncmp(file->path, base_path, length)) {
            later += file->stats.regions_pinned;
            count += release_regions(file);
        }
    }
    unload_stuck_ones(manager);
    smm_lock_drop(&manager->lock);
    if (pending)
        *pending = later;
    return count;
}

void smm_file_hold(struct smm_file *file)
{
    file->stats.cursors++;
    file->manager->stats.cursors++;
}

void smm_file_let_go(struct smm_file *file)
{
    file->manager->stats.cursors--;
    if (--file->stats.cursors)
        return;
    smm_descriptor_close(file);
    if (!file->stats.regions)
        smm_files_free(file);
    else if (file->detached)
        release_regions(file); /* nothing can find them any more */
}
