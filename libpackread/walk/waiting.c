/* waiting.c - a sorted table of the ids that deltas wait for. */
#include "walk/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "store/revindex.h"
#include "base/sort_ids.h"

#define FIRST_ROWS 1024

static int take(pkr_waiting *bases, uint64_t bytes, pkr_fault *fault)
{
    if (bytes > SIZE_MAX || !pkr_budget_take(bases->budget, bytes))
        return pkr_budget_short(bases->budget, bytes, NULL,
                                "the memory limit has no room for this pack's REF deltas", fault);
    bases->charged += bytes;
    return 0;
}

static int grow(pkr_waiting *bases, pkr_fault *fault)
{
    uint32_t most = PKR_NO_RANK;
    uint32_t capacity = bases->capacity < most / 2 ? 2 * bases->capacity : most;
    uint64_t row = bases->id_size + sizeof *bases->ranks;
    unsigned char *ids;
    uint32_t *ranks;
    int status;

    if (capacity == 0)
        capacity = FIRST_ROWS;
    status = take(bases, (capacity - bases->capacity) * row, fault);
    if (status != 0)
        return status;
    ids = realloc(bases->ids, capacity * bases->id_size);
    if (ids)
        bases->ids = ids;
    ranks = ids ? realloc(bases->ranks, capacity * sizeof *ranks) : NULL;
    if (!ranks)
        return pkr_fault_memory(fault);
    bases->ranks = ranks;
    bases->capacity = capacity;
    return 0;
}

int pkr_waiting_add(pkr_waiting *bases, uint32_t rank, const unsigned char *id, pkr_fault *fault)
{
    if (bases->count == bases->capacity) {
        int status = grow(bases, fault);

        if (status != 0)
            return status;
    }
    memcpy(bases->ids + (size_t)bases->count * bases->id_size, id, bases->id_size);
    bases->ranks[bases->count++] = rank;
    return 0;
}

int pkr_waiting_seal(pkr_waiting *bases, const uint64_t *offsets, pkr_fault *fault)
{
    uint64_t table = (uint64_t)bases->count * sizeof(uint32_t);
    uint32_t *spare;
    int status;

    bases->offsets = offsets;
    if (bases->count == 0)
        return 0;
    status = take(bases, 3 * table, fault);
    if (status != 0)
        return status;
    bases->order = malloc((size_t)table);
    bases->met = malloc((size_t)table);
    spare = malloc((size_t)table);
    if (!bases->order || !bases->met || !spare) {
        free(spare);
        return pkr_fault_memory(fault);
    }
    for (uint32_t i = 0; i < bases->count; i++) {
        bases->order[i] = i;
        atomic_init(&bases->met[i], PKR_NO_RANK);
    }
    pkr_sort_ids(bases->ids, bases->id_size, bases->order, spare, bases->count);
    free(spare);
    bases->charged -= table;
    pkr_budget_give(bases->budget, table);
    return 0;
}

void pkr_waiting_free(pkr_waiting *bases)
{
    free(bases->ids);
    free(bases->ranks);
    free(bases->order);
    free(bases->met);
    if (bases->charged)
        pkr_budget_give(bases->budget, bases->charged);
}

/* The first place whose id is not below `id`, or above it. */
static uint32_t bound(const pkr_waiting *bases, const unsigned char *id, bool above)
{
    uint32_t low = 0;
    uint32_t count = bases->count;

    while (count > 0) {
        uint32_t half = count / 2;
        int order = memcmp(pkr_waiting_id(bases, bases->order[low + half]), id, bases->id_size);

        if (order < 0 || (above && order == 0)) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static bool is_run(const pkr_waiting *bases, uint32_t place, const unsigned char *id)
{
    return place < bases->count &&
           memcmp(pkr_waiting_id(bases, bases->order[place]), id, bases->id_size) == 0;
}

bool pkr_waiting_take(pkr_waiting *bases, const unsigned char *id, uint32_t base, uint32_t *first,
                      uint32_t *end)
{
    uint32_t place = bound(bases, id, false);
    uint32_t nobody = PKR_NO_RANK;

    if (!is_run(bases, place, id) ||
        !atomic_compare_exchange_strong(&bases->met[place], &nobody, base))
        return false;
    *first = place;
    *end = bound(bases, id, true);
    return true;
}

static uint32_t met_under(const pkr_waiting *bases, const unsigned char *id)
{
    uint32_t place = bound(bases, id, false);

    return is_run(bases, place, id) ? atomic_load(&bases->met[place]) : PKR_NO_RANK;
}

bool pkr_waiting_offset(const void *context, const unsigned char *id, uint64_t *offset)
{
    const pkr_waiting *bases = context;
    uint32_t rank = met_under(bases, id);

    if (rank == PKR_NO_RANK)
        return false;
    *offset = bases->offsets[rank];
    return true;
}

bool pkr_waiting_waits(const pkr_waiting *bases, uint32_t row)
{
    return met_under(bases, pkr_waiting_id(bases, row)) == PKR_NO_RANK;
}
