/* plan.c - knows which of mapping, copy and small copy is the cheapest way to some bytes. */
#include "plan.h"

#include "limits.h"
#include "placement.h"

/* Measured (bench_smmap, idle machine): mapping, touching and unmapping a window costs 8 us, a read
 * of one page 1.5 us, of 16 KiB 3 us, of 64 KiB 8 us. So a jump reads one page, and a walk that
 * goes on from there ever more, until a window pays. */
#define SMALL_FIRST (UINT64_C(4) << 10)
#define SMALL_GROWTH 4
#define SMALL_MOST (UINT64_C(64) << 10)
#define PRIVATE_COPY (UINT64_C(256) << 10)
#define COPY_STEP (UINT64_C(1) << 20) /* what one pread of a window fetches */

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t smm_plan_copy_step(const smmap_manager *manager, uint64_t size)
{
    uint64_t step = COPY_STEP;

    while (step < size && step < manager->window_size && step <= UINT64_MAX / 2)
        step *= 2;
    return larger(smaller(step, manager->window_size), manager->page);
}

/* A region that a window may take the place of. */
static bool gives_way(const struct smm_region *region)
{
    return region->is_small && !region->pins;
}

/* Whether a region that stays lies in the window. */
static bool blocked(const struct smm_file *file, const smmap_window *window)
{
    uint64_t end = window->offset + window->size;
    const struct smm_region *region = smm_regions_from(&file->regions, window->offset);

    while (region && region->begin < end && gives_way(region))
        region = smm_regions_from(&file->regions, smm_region_end(region));
    return region && region->begin < end;
}

static void clear(struct smm_file *file, const smmap_window *window)
{
    uint64_t end = window->offset + window->size;
    struct smm_region *region = smm_regions_from(&file->regions, window->offset);

    while (region && region->begin < end) {
        uint64_t next = smm_region_end(region);

        file->stats.evictions++;
        file->manager->stats.evictions++;
        smm_region_drop(region);
        region = smm_regions_from(&file->regions, next);
    }
}

/* The free bytes around `least`, which holds only what gives way. `over_small`: regions that give
 * way are free too, as far as `reach` bytes from it. */
static struct smm_gap gap_around(const struct smm_file *file, const smmap_window *least,
                                 bool over_small, uint64_t reach)
{
    const struct smm_regions *regions = &file->regions;
    uint64_t end = least->offset + least->size;
    uint64_t low = least->offset - smaller(least->offset, reach);
    uint64_t high = end + smaller(UINT64_MAX - end, reach);
    const struct smm_region *left = smm_regions_before(regions, least->offset);
    const struct smm_region *right = smm_regions_from(regions, end);
    struct smm_gap gap = {0, file->identity.size, file->manager->page};

    while (over_small && left && gives_way(left) && left->begin > low)
        left = smm_regions_before(regions, left->begin);
    while (over_small && right && gives_way(right) && right->begin < high)
        right = smm_regions_from(regions, smm_region_end(right));
    if (left && !(over_small && gives_way(left)))
        gap.left = smm_region_end(left);
    if (right && !(over_small && gives_way(right)))
        gap.right = right->begin;
    return gap;
}

/* The grid of the manager's windows: no window is larger than the limit on all of them. */
static uint64_t window_step(const smmap_manager *manager)
{
    uint64_t step = manager->window_size;

    if (step > manager->memory_limit)
        step = manager->memory_limit - manager->memory_limit % manager->page;
    return larger(step, manager->page);
}

/* The size of a small copy that would do, 0 if a window is better. */
static uint64_t small_step(const smmap_cursor *cursor, const struct smm_request *request)
{
    uint64_t step = larger(SMALL_FIRST, cursor->manager->page);
    unsigned walked = cursor->walked;

    if (cursor->manager->io == SMMAP_IO_MMAP || !request->size || request->size > SMALL_MOST)
        return 0;
    while ((step < request->size || walked) && step <= SMALL_MOST) {
        step *= SMALL_GROWTH;
        walked -= walked != 0;
    }
    return step <= SMALL_MOST ? step : 0;
}

static void plan_small(const smmap_cursor *cursor, const struct smm_request *request, uint64_t size,
                       uint64_t step, uint64_t most, const smmap_window *least,
                       struct smm_plan *plan)
{
    struct smm_gap gap;

    clear(cursor->file, least);
    gap = gap_around(cursor->file, least, false, 0);
    plan->window = smm_place(&gap, request->offset, size, step, smaller(step, most));
    plan->copy = true;
    plan->small = true;
}

static void plan_window(const smmap_cursor *cursor, const struct smm_request *request,
                        uint64_t size, const smmap_window *least, struct smm_plan *plan)
{
    smmap_manager *manager = cursor->manager;
    struct smm_file *file = cursor->file;
    uint64_t step = window_step(manager);
    uint64_t small = small_step(cursor, request);
    uint64_t most = step;
    struct smm_gap gap;

    if (manager->io == SMMAP_IO_PREAD) {
        plan->copy = true;
        step = smaller(step, smm_plan_copy_step(manager, request->size));
        most = step;
    }
    if (manager->hard)
        most = smaller(most, manager->memory_limit - manager->stats.bytes_pinned);
    if (small && small < step &&
        !smm_manager_has_room(manager, smaller(step, file->identity.size), 1)) {
        plan_small(cursor, request, size, small, most, least, plan);
        return;
    }
    gap = gap_around(file, least, true, step);
    plan->window = smm_place(&gap, request->offset, size, step, most);
    clear(file, &plan->window);
    /* Less than a page, most often all of a small file. */
    if (manager->io == SMMAP_IO_AUTO && plan->window.size < manager->page)
        plan->copy = true;
}

struct smm_outcome smm_plan_region(const smmap_cursor *cursor, const struct smm_request *request,
                                   struct smm_plan *plan)
{
    struct smm_outcome outcome = {SMMAP_OK, 0, 0};
    smmap_manager *manager = cursor->manager;
    const struct smm_file *file = cursor->file;
    struct smm_gap whole = {0, file->identity.size, manager->page};
    uint64_t size = request->exact ? request->size : 1;
    smmap_window least = smm_place_least(&whole, request->offset, size);

    plan->copy = manager->io == SMMAP_IO_PREAD;
    plan->small = false;
    plan->is_private = false;
    plan->victim = NULL;
    if (manager->kind == SMMAP_STATIC) {
        least.offset = 0;
        least.size = file->identity.size;
    } else if (request->exact && blocked(file, &least)) {
        plan->is_private = true;
        plan->copy |= manager->io == SMMAP_IO_AUTO && size <= PRIVATE_COPY;
        if (plan->copy) {
            least.offset = request->offset;
            least.size = size;
        }
    }
    if (!smm_manager_can_fit(manager, least.size, &outcome.needed)) {
        outcome.code = SMMAP_ERROR_LIMIT;
        return outcome;
    }
    plan->window = least;
    if (manager->kind == SMMAP_SLIDING && !plan->is_private)
        plan_window(cursor, request, size, &least, plan);
    smm_manager_make_room(manager, plan->window.size, 1, plan->copy, &plan->victim);
    return outcome;
}
