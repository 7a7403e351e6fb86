/* life.c - knows when a manager ends: let go by its owner, and by its last cursor. */
#include "life.h"

#include "release.h"

static void destroy(smmap_manager *manager)
{
    const struct smm_system *system = manager->system;

    smmap_manager_collect(manager); /* files go with their last region */
    while (!smm_list_empty(&manager->stuck)) {
        struct smm_region *region = smm_list_first(&manager->stuck);

        smm_list_remove(&region->link);
        system->release(region);
    }
    smm_files_destroy(&manager->files, system);
    smm_lock_destroy(&manager->lock);
    system->release(manager);
}

void smm_manager_leave(smmap_manager *manager)
{
    bool last = manager->released && !manager->stats.cursors;

    smm_lock_drop(&manager->lock);
    if (last)
        destroy(manager);
}

void smmap_manager_free(smmap_manager *manager)
{
    if (!manager)
        return;
    smm_lock_take(&manager->lock);
    manager->released = true;
    smm_manager_leave(manager);
}
