/* load.c - knows what to try when opening, mapping or reading fails, and which failure to tell. */
#include "load.h"

#include "account.h"
#include "manager.h"
#include "placement.h"

#include <errno.h>

static bool evict(smmap_manager *manager)
{
    bool done;

    smmap_lock_take(&manager->lock);
    done = smmap_manager_evict(manager);
    smmap_lock_drop(&manager->lock);
    return done;
}

struct smmap_outcome smmap_load_open(struct smmap_load *load)
{
    const struct smmap_file *file = load->file;
    struct smmap_identity now;
    struct smmap_outcome outcome;

    if (load->descriptor.fd >= 0)
        return smmap_file_check(file, load->descriptor.fd);
    outcome = smmap_descriptor_open(load->manager, file->path, load->request->flags,
                                    &load->descriptor, &now);
    if (outcome.code == SMMAP_ERROR_NOT_REGULAR ||
        (!outcome.code && !smmap_identity_same(&now, &file->identity)))
        outcome.code = SMMAP_ERROR_CHANGED;
    if (outcome.code && load->descriptor.fd >= 0) {
        load->manager->system->close(load->descriptor.fd);
        load->descriptor.fd = -1;
    }
    return outcome;
}

/* Cuts a window that was to be mapped to what a copy of it should cover. The static manager's stays
 * the whole file, and a private one is no larger than it has to be. */
static void cut_for_copy(struct smmap_load *load)
{
    struct smmap_region *region = load->region;
    smmap_manager *manager = load->manager;
    uint64_t size = load->request->exact ? load->request->size : 1;
    uint64_t step = smmap_plan_copy_step(manager, load->request->size);
    struct smmap_gap gap = {region->begin, smmap_region_end(region), manager->page};
    smmap_window window;

    if (manager->kind == SMMAP_STATIC || region->is_private || region->size <= step)
        return;
    window = smmap_place(&gap, load->request->offset, size, step, step);
    smmap_lock_take(&manager->lock);
    if (region->listed)
        smmap_regions_remove(&load->file->regions, region, manager->system);
    smmap_account_shrunk(region, region->size - window.size);
    region->begin = window.offset;
    region->size = window.size;
    if (region->listed && !smmap_regions_put(&load->file->regions, region, manager->system)) {
        region->listed = false;
        smmap_list_append(&load->file->unlisted, &region->link, region);
    }
    smmap_lock_drop(&manager->lock);
}

static struct smmap_outcome copy(struct smmap_load *load)
{
    smmap_manager *manager = load->manager;
    struct smmap_outcome outcome;

    if (load->victim)
        smmap_region_inherit(load->region, load->victim);
    do {
        outcome = smmap_region_copy(load->region, manager->system, load->descriptor.fd,
                                    manager->one_page);
    } while (outcome.code == SMMAP_ERROR_MEMORY && evict(manager));
    return outcome;
}

/* False if it has to be done the usual way, without the victim. */
static bool map_over(struct smmap_load *load)
{
    smmap_manager *manager = load->manager;

    if (!smmap_region_map_over(load->region, manager->system, load->descriptor.fd, load->victim))
        return true;
    smmap_lock_take(&manager->lock);
    smmap_region_discard(manager, load->victim);
    smmap_lock_drop(&manager->lock);
    load->victim = NULL;
    return false;
}

static bool is_shortage(int failed)
{
    return failed == ENOMEM || failed == EAGAIN || failed == EMFILE || failed == ENFILE;
}

struct smmap_outcome smmap_load_region(struct smmap_load *load)
{
    smmap_manager *manager = load->manager;
    struct smmap_outcome outcome = smmap_load_open(load);
    int refused;

    load->fell_back = false;
    if (outcome.code)
        return outcome;
    if (load->copy)
        return copy(load);
    if (load->victim && map_over(load))
        return outcome;
    do {
        refused =
            smmap_region_map(load->region, manager->system, load->descriptor.fd, manager->guarded);
    } while (is_shortage(refused) && evict(manager));
    if (!refused)
        return outcome;
    if (refused == EBADF && !load->file->path) {
        outcome.code = SMMAP_ERROR_CLOSED;
        outcome.system_errno = refused;
        return outcome;
    }
    cut_for_copy(load);
    outcome = copy(load);
    load->fell_back = !outcome.code;
    if (outcome.code == SMMAP_ERROR_MEMORY || outcome.code == SMMAP_ERROR_SYSTEM) {
        outcome.code = SMMAP_ERROR_SYSTEM;
        outcome.system_errno = refused;
    }
    return outcome;
}
