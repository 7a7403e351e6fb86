/* release.c - knows what goes although nobody needs the room: idle regions, and files with their
 * last cursor. */
#include "release.h"

#include "descriptor.h"
#include "limits.h"

#include <string.h>

/* Drops the least recently used region; false if none is idle. */
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

uint64_t smmap_manager_collect(smmap_manager *manager)
{
    uint64_t count = 0;

    if (!manager)
        return 0;
    smm_lock_take(&manager->lock);
    while (collect_one(manager))
        count++;
    smm_manager_unload_stuck(manager);
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

uint64_t smm_file_release(struct smm_file *file)
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
            count += smm_file_release(file);
        }
    }
    smm_manager_unload_stuck(manager);
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
        smm_files_free(&file->manager->files, file, file->manager->system);
    else if (file->detached)
        smm_file_release(file); /* nothing can find them any more */
}
