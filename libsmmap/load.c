/* load.c - knows what to try when opening, mapping or reading fails, and which failure to tell. */
#include "load.h"

#include "account.h"
#include "limits.h"
#include "placement.h"
#include "plan.h"

#include <errno.h>

static bool evict(smmap_manager *manager)
{
    bool done;

    smm_lock_take(&manager->lock);
    done = smm_manager_evict(manager);
    smm_lock_drop(&manager->lock);
    return done;
}

struct smm_outcome smm_load_open(struct smm_load *load)
{
    const struct smm_file *file = load->file;
    struct smm_identity now;
    struct smm_outcome outcome;

    if (load->descriptor.fd >= 0)
        return smm_file_check(file, load->manager->system, load->descriptor.fd);
    outcome = smm_file_look(load->manager->system, file->path, -1, &now);
    if (!outcome.code)
        outcome = smm_descriptor_open(load->manager, file->path, load->request->flags,
                                      &load->descriptor, &now);
    if (outcome.code == SMMAP_ERROR_NOT_REGULAR ||
        (!outcome.code && !smm_identity_same(&now, &file->identity)))
        outcome.code = SMMAP_ERROR_CHANGED;
    if (outcome.code && load->descriptor.fd >= 0) {
        load->manager->system->close(load->descriptor.fd);
        load->descriptor.fd = -1;
    }
    return outcome;
}

/* Cuts a window that was to be mapped to what a copy of it should cover. The static manager's stays
 * the whole file, and a private one is no larger than it has to be. */
static void cut_for_copy(struct smm_load *load)
{
    struct smm_region *region = load->region;
    smmap_manager *manager = load->manager;
    uint64_t size = load->request->exact ? load->request->size : 1;
    uint64_t step = smm_plan_copy_step(manager, load->request->size);
    struct smm_gap gap = {region->begin, smm_region_end(region), manager->page};
    smmap_window window;

    if (manager->kind == SMMAP_STATIC || region->is_private || region->size <= step)
        return;
    window = smm_place(&gap, load->request->offset, size, step, step);
    smm_lock_take(&manager->lock);
    if (region->listed)
        smm_regions_remove(&load->file->regions, region, manager->system);
    smm_account_shrunk(region, region->size - window.size);
    region->begin = window.offset;
    region->size = window.size;
    if (region->listed && !smm_regions_put(&load->file->regions, region, manager->system)) {
        region->listed = false;
        smm_list_append(&load->file->unlisted, &region->link, region);
    }
    smm_lock_drop(&manager->lock);
}

static struct smm_outcome copy(struct smm_load *load)
{
    smmap_manager *manager = load->manager;
    struct smm_outcome outcome;

    if (load->victim)
        smm_region_inherit(load->region, load->victim);
    do {
        outcome = smm_region_copy(load->region, manager->system, load->descriptor.fd, manager->page,
                                  manager->one_page);
    } while (outcome.code == SMMAP_ERROR_MEMORY && evict(manager));
    return outcome;
}

/* Where bad pages are counted; NULL if they are not. */
static _Atomic uint64_t *faults(const struct smm_load *load)
{
    return load->manager->guarded ? &load->file->faults : NULL;
}

/* False if it has to be done the usual way, without the victim. */
static bool map_over(struct smm_load *load)
{
    smmap_manager *manager = load->manager;

    if (!smm_region_map_over(load->region, manager->system, load->descriptor.fd, load->victim,
                             faults(load)))
        return true;
    smm_lock_take(&manager->lock);
    smm_region_discard(manager, load->victim);
    smm_lock_drop(&manager->lock);
    load->victim = NULL;
    return false;
}

static bool is_shortage(int failed)
{
    return failed == ENOMEM || failed == EAGAIN || failed == EMFILE || failed == ENFILE;
}

struct smm_outcome smm_load_region(struct smm_load *load)
{
    smmap_manager *manager = load->manager;
    struct smm_outcome outcome = smm_load_open(load);
    int refused;

    load->fell_back = false;
    if (outcome.code)
        return outcome;
    if (load->copy)
        return copy(load);
    if (load->victim && map_over(load))
        return outcome;
    do {
        refused = smm_region_map(load->region, manager->system, load->descriptor.fd, faults(load));
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
