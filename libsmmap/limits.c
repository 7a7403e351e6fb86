/* limits.c - knows when a region may stay: pins, the idle list, and the limits on all of them. */
#include "account.h"
#include "manager.h"

#include <string.h>

void smmap_region_pin(struct smmap_region *region)
{
    if (region->pins++)
        return;
    smmap_list_remove(&region->link);
    smmap_account_pinned(region);
}

void smmap_region_unpin(struct smmap_region *region)
{
    smmap_manager *manager = region->file->manager;

    if (--region->pins)
        return;
    smmap_account_idle(region);
    if (!region->listed || manager->one_page) {
        smmap_region_drop(region);
        return;
    }
    smmap_list_append(&manager->idle, &region->link, region);
    if (manager->hard) /* a limit may have been lowered below what was pinned */
        smmap_manager_make_room(manager, 0, 0, false, NULL);
}

void smmap_region_unlist(struct smmap_region *region)
{
    smmap_regions_remove(&region->file->regions, region, region->file->manager->system);
    region->listed = false;
    smmap_list_append(&region->file->unlisted, &region->link, region);
}

static void unload_stuck_ones(smmap_manager *manager)
{
    struct smmap_link *link = manager->stuck.next;

    while (link != &manager->stuck) {
        struct smmap_region *region = link->owner;

        link = link->next;
        if (smmap_region_unload(region, manager->system)) {
            smmap_list_remove(&region->link);
            manager->system->release(region);
        }
    }
}

void smmap_region_discard(smmap_manager *manager, struct smmap_region *region)
{
    if (smmap_region_unload(region, manager->system)) {
        manager->system->release(region);
        if (!smmap_list_empty(&manager->stuck))
            unload_stuck_ones(manager);
    } else {
        smmap_list_append(&manager->stuck, &region->link, region);
    }
}

/* All but its bytes. */
static void detach(struct smmap_region *region)
{
    struct smmap_file *file = region->file;

    if (smmap_list_on(&region->link))
        smmap_list_remove(&region->link);
    if (region->listed)
        smmap_regions_remove(&file->regions, region, file->manager->system);
    smmap_account_removed(region);
    region->file = NULL;
    if (!file->stats.regions && !file->stats.cursors)
        smmap_files_free(file);
}

void smmap_region_drop(struct smmap_region *region)
{
    smmap_manager *manager = region->file->manager;

    detach(region);
    smmap_region_discard(manager, region);
}

/* The least recently used region, detached; NULL if none is idle. */
static struct smmap_region *take_oldest(smmap_manager *manager)
{
    struct smmap_region *oldest = smmap_list_first(&manager->idle);

    if (oldest) {
        manager->stats.evictions++;
        oldest->file->stats.evictions++;
        detach(oldest);
    }
    return oldest;
}

bool smmap_manager_evict(smmap_manager *manager)
{
    struct smmap_region *oldest = take_oldest(manager);

    if (oldest)
        smmap_region_discard(manager, oldest);
    return oldest != NULL;
}

/* Likewise, but not because room was needed. */
static bool collect_one(smmap_manager *manager)
{
    struct smmap_region *oldest = smmap_list_first(&manager->idle);

    if (!oldest)
        return false;
    manager->stats.collected++;
    oldest->file->stats.collected++;
    smmap_region_drop(oldest);
    return true;
}

static bool fits(uint64_t now, uint64_t more, uint64_t limit)
{
    return now <= limit && more <= limit - now;
}

bool smmap_manager_has_room(const smmap_manager *manager, uint64_t bytes, uint64_t mappings)
{
    return fits(manager->stats.bytes_mapped, bytes, manager->memory_limit) &&
           fits(manager->stats.regions, mappings, manager->mapping_limit);
}

bool smmap_manager_can_fit(const smmap_manager *manager, uint64_t bytes, uint64_t *needed)
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
static bool can_be_reused(const struct smmap_region *oldest, uint64_t bytes, bool for_copy)
{
    return oldest->size == bytes && oldest->is_copy == for_copy && oldest->in_pages;
}

void smmap_manager_make_room(smmap_manager *manager, uint64_t bytes, uint64_t mappings,
                             bool for_copy, struct smmap_region **victim)
{
    if (victim)
        *victim = NULL;
    while (!smmap_manager_has_room(manager, bytes, mappings)) {
        struct smmap_region *oldest = take_oldest(manager);

        if (!oldest)
            break;
        if (victim && !*victim && can_be_reused(oldest, bytes, for_copy))
            *victim = oldest;
        else
            smmap_region_discard(manager, oldest);
    }
}

uint64_t smmap_manager_collect(smmap_manager *manager)
{
    uint64_t count = 0;

    if (!manager)
        return 0;
    smmap_lock_take(&manager->lock);
    while (collect_one(manager))
        count++;
    unload_stuck_ones(manager);
    smmap_lock_drop(&manager->lock);
    return count;
}

void smmap_manager_set_limits(smmap_manager *manager, uint64_t memory_limit, uint64_t mapping_limit)
{
    if (!manager)
        return;
    smmap_lock_take(&manager->lock);
    if (memory_limit)
        manager->memory_limit = memory_limit;
    if (mapping_limit)
        manager->mapping_limit = mapping_limit;
    while (!smmap_manager_has_room(manager, 0, 0) && collect_one(manager)) {
    }
    smmap_lock_drop(&manager->lock);
}

/* Drops the idle regions of `file` and unlists the others, as long as there are any on its list.
 * The file may be gone afterwards. */
static uint64_t release_regions(struct smmap_file *file)
{
    smmap_manager *manager = file->manager;
    struct smmap_region *region = smmap_regions_from(&file->regions, 0);
    uint64_t count = 0;

    while (region) {
        struct smmap_region *next = smmap_regions_from(&file->regions, smmap_region_end(region));

        if (region->pins) {
            smmap_region_unlist(region);
        } else {
            manager->stats.collected++;
            file->stats.collected++;
            count++;
            smmap_region_drop(region);
        }
        region = next;
    }
    return count;
}

uint64_t smmap_manager_release_path(smmap_manager *manager, const char *base_path,
                                    uint64_t *pending)
{
    struct smmap_link *link;
    uint64_t later = 0;
    uint64_t count = 0;
    size_t length;

    if (!manager || !base_path) {
        if (pending)
            *pending = 0;
        return 0;
    }
    length = strlen(base_path);
    smmap_lock_take(&manager->lock);
    link = manager->files.all.next;
    while (link != &manager->files.all) {
        struct smmap_file *file = link->owner;

        link = link->next;
        if (file->path && !strncmp(file->path, base_path, length)) {
            later += file->stats.regions_pinned;
            count += release_regions(file);
        }
    }
    unload_stuck_ones(manager);
    smmap_lock_drop(&manager->lock);
    if (pending)
        *pending = later;
    return count;
}

void smmap_file_hold(struct smmap_file *file)
{
    file->stats.cursors++;
    file->manager->stats.cursors++;
}

void smmap_file_let_go(struct smmap_file *file)
{
    file->manager->stats.cursors--;
    if (--file->stats.cursors)
        return;
    smmap_descriptor_close(file);
    if (!file->stats.regions)
        smmap_files_free(file);
    else if (file->detached)
        release_regions(file); /* nothing can find them any more */
}
