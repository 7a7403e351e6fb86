/* obtain.c - knows the way of a miss: look for a region, else take a place and load it. */
#include "obtain.h"

#include "account.h"
#include "limits.h"
#include "load.h"
#include "plan.h"
#include "sigbus.h"

#include <string.h>

/* Also counts, so that every failure but the end of the file is counted once. */
static struct smm_outcome failed(smmap_cursor *cursor, struct smm_outcome outcome)
{
    if (outcome.code != SMMAP_ERROR_RANGE) {
        cursor->file->stats.failures++;
        cursor->manager->stats.failures++;
    }
    return outcome;
}

static int check(const smmap_cursor *cursor, const struct smm_request *request)
{
    uint64_t file_size = cursor->file->identity.size;

    if (!smm_flags_allowed(request->flags) || (request->exact && !request->size))
        return SMMAP_ERROR_ARGUMENT;
    if (request->offset >= file_size ||
        (request->exact && request->size > file_size - request->offset))
        return SMMAP_ERROR_RANGE;
    return SMMAP_OK;
}

static bool answers(const struct smm_region *region, const struct smm_request *request)
{
    uint64_t end = smm_region_end(region);

    return region->begin <= request->offset && request->offset < end &&
           (!request->exact || request->size <= end - request->offset);
}

/* A region that is there or on its way, pinned and ready; NULL if there is none, or with `outcome`
 * if its loader failed. */
static struct smm_region *find(smmap_cursor *cursor, const struct smm_request *request,
                               struct smm_outcome *outcome)
{
    smmap_manager *manager = cursor->manager;

    for (;;) {
        struct smm_region *region = smm_regions_from(&cursor->file->regions, request->offset);

        if (!region || !answers(region, request))
            return NULL;
        smm_region_pin(region);
        while (region->state == SMM_LOADING)
            smm_lock_wait(&manager->lock);
        if (region->state == SMM_FAILED)
            *outcome = region->outcome;
        else if (region->guard && smm_guard_tripped(region->guard) && region->listed)
            smm_region_unlist(region); /* what cannot be read is asked for anew */
        else if (answers(region, request))
            return region;
        smm_region_unpin(region);
        if (outcome->code)
            return NULL;
    }
}

/* A place for the planned region, pinned, counted and loading; NULL if memory ran out. */
static struct smm_region *reserve(smmap_cursor *cursor, const struct smm_plan *plan,
                                  struct smm_region *region)
{
    struct smm_file *file = cursor->file;

    memset(region, 0, sizeof *region);
    region->file = file;
    region->begin = plan->window.offset;
    region->size = plan->window.size;
    region->state = SMM_LOADING;
    region->pins = 1;
    region->is_small = plan->small;
    region->is_private = plan->is_private;
    region->listed = !plan->is_private;
    if (region->listed && !smm_regions_put(&file->regions, region, cursor->system))
        return NULL;
    if (!region->listed)
        smm_list_append(&file->unlisted, &region->link, region);
    smm_account_added(region);
    return region;
}

static void count(smmap_stats *stats, const struct smm_load *load)
{
    stats->misses++;
    if (load->region->is_copy)
        stats->reads++;
    else
        stats->maps++;
    stats->fallbacks += load->fell_back;
}

/* Drops the lock meanwhile. */
static struct smm_outcome load_region(smmap_cursor *cursor, const struct smm_request *request,
                                      const struct smm_plan *plan, struct smm_region *region)
{
    smmap_manager *manager = cursor->manager;
    struct smm_load load = {.manager = manager,
                            .file = cursor->file,
                            .region = region,
                            .request = request,
                            .copy = plan->copy,
                            .victim = plan->victim};
    struct smm_outcome outcome;

    load.descriptor = smm_descriptor_take(cursor->file, request->flags);
    smm_lock_drop(&manager->lock);
    outcome = smm_load_region(&load);
    smm_lock_take(&manager->lock);
    smm_descriptor_give(cursor->file, &load.descriptor);
    if (load.victim)
        smm_region_discard(manager, load.victim);
    if (outcome.code) {
        region->state = SMM_FAILED;
        region->outcome = outcome;
        if (region->listed)
            smm_region_unlist(region);
    } else {
        region->state = SMM_READY;
        region->uses = 1;
        count(&manager->stats, &load);
        count(&cursor->file->stats, &load);
    }
    smm_lock_wake(&manager->lock);
    return outcome;
}

/* With the lock, which is dropped while the bytes are loaded. */
static struct smm_outcome obtain(smmap_cursor *cursor, const struct smm_request *request)
{
    struct smm_outcome outcome = {SMMAP_OK, 0, 0};
    struct smm_region *region;
    struct smm_region *memory;
    struct smm_plan plan;

    outcome.code = check(cursor, request);
    if (outcome.code)
        return outcome;
    smm_cursor_note_move(cursor, request->offset);
    region = find(cursor, request, &outcome);
    if (region) {
        region->uses++;
        cursor->file->stats.shared_hits++;
        cursor->manager->stats.shared_hits++;
        smm_cursor_take_region(cursor, region, request->offset, request->size);
        return outcome;
    }
    if (outcome.code)
        return outcome;
    memory = cursor->manager->system->allocate(sizeof *memory);
    if (!memory) {
        outcome.code = SMMAP_ERROR_MEMORY;
        return outcome;
    }
    outcome = smm_plan_region(cursor, request, &plan);
    if (!outcome.code && !reserve(cursor, &plan, memory))
        outcome.code = SMMAP_ERROR_MEMORY;
    if (outcome.code) {
        cursor->manager->system->release(memory);
        if (plan.victim)
            smm_region_discard(cursor->manager, plan.victim);
        return outcome;
    }
    region = memory;
    outcome = load_region(cursor, request, &plan, region);
    if (outcome.code)
        smm_region_unpin(region);
    else
        smm_cursor_take_region(cursor, region, request->offset, request->size);
    return outcome;
}

struct smm_outcome smm_obtain(smmap_cursor *cursor, const struct smm_request *request)
{
    smmap_manager *manager = cursor->manager;
    struct smm_outcome outcome;

    smm_lock_take(&manager->lock);
    smm_cursor_drop_region(cursor);
    outcome = obtain(cursor, request);
    if (outcome.code)
        outcome = failed(cursor, outcome);
    smm_lock_drop(&manager->lock);
    return outcome;
}

struct smm_outcome smm_check(const smmap_cursor *cursor)
{
    smmap_manager *manager = cursor->manager;
    struct smm_request request = {0, 0, 0, false};
    struct smm_load load = {.manager = manager, .file = cursor->file, .request = &request};
    struct smm_outcome outcome;

    smm_lock_take(&manager->lock);
    load.descriptor = smm_descriptor_take(cursor->file, 0);
    smm_lock_drop(&manager->lock);
    outcome = smm_load_open(&load);
    smm_lock_take(&manager->lock);
    smm_descriptor_give(cursor->file, &load.descriptor);
    smm_lock_drop(&manager->lock);
    return outcome;
}
