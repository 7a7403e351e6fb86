/* bases.c - a sorted table of the ids that deltas wait for. */
#include "bases.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "revindex.h"
#include "sort.h"

#define FIRST_ROWS 1024

static int take(packread_bases *bases, uint64_t bytes, packread_error *error)
{
    if (bytes > SIZE_MAX || !packread_budget_take(bases->budget, bytes))
        return packread_budget_short(bases->budget, bytes, NULL,
                                     "the memory limit has no room for this pack's REF deltas",
                                     error);
    bases->charged += bytes;
    return 0;
}

static int grow(packread_bases *bases, packread_error *error)
{
    uint32_t most = PACKREAD_NO_RANK;
    uint32_t capacity = bases->capacity < most / 2 ? 2 * bases->capacity : most;
    uint64_t row = bases->id_size + sizeof *bases->ranks;
    unsigned char *ids;
    uint32_t *ranks;
    int status;

    if (capacity == 0)
        capacity = FIRST_ROWS;
    status = take(bases, (capacity - bases->capacity) * row, error);
    if (status != 0)
        return status;
    ids = realloc(bases->ids, capacity * bases->id_size);
    if (ids)
        bases->ids = ids;
    ranks = ids ? realloc(bases->ranks, capacity * sizeof *ranks) : NULL;
    if (!ranks)
        return packread_error_memory(error);
    bases->ranks = ranks;
    bases->capacity = capacity;
    return 0;
}

int packread_bases_add(packread_bases *bases, uint32_t rank, const unsigned char *id,
                       packread_error *error)
{
    if (bases->count == bases->capacity) {
        int status = grow(bases, error);

        if (status != 0)
            return status;
    }
    memcpy(bases->ids + (size_t)bases->count * bases->id_size, id, bases->id_size);
    bases->ranks[bases->count++] = rank;
    return 0;
}

int packread_bases_seal(packread_bases *bases, const struct packread_revindex *entries,
                        packread_error *error)
{
    uint64_t table = (uint64_t)bases->count * sizeof(uint32_t);
    uint32_t *spare;
    int status;

    bases->entries = entries;
    if (bases->count == 0)
        return 0;
    status = take(bases, 3 * table, error);
    if (status != 0)
        return status;
    bases->order = malloc((size_t)table);
    bases->met = malloc((size_t)table);
    spare = malloc((size_t)table);
    if (!bases->order || !bases->met || !spare) {
        free(spare);
        return packread_error_memory(error);
    }
    for (uint32_t i = 0; i < bases->count; i++) {
        bases->order[i] = i;
        atomic_init(&bases->met[i], PACKREAD_NO_RANK);
    }
    packread_sort_by_id(bases->ids, bases->id_size, bases->order, spare, bases->count);
    free(spare);
    bases->charged -= table;
    packread_budget_give(bases->budget, table);
    return 0;
}

void packread_bases_free(packread_bases *bases)
{
    free(bases->ids);
    free(bases->ranks);
    free(bases->order);
    free(bases->met);
    if (bases->charged)
        packread_budget_give(bases->budget, bases->charged);
}

/* The first place whose id is not below `id`, or above it. */
static uint32_t bound(const packread_bases *bases, const unsigned char *id, bool above)
{
    uint32_t low = 0;
    uint32_t count = bases->count;

    while (count > 0) {
        uint32_t half = count / 2;
        int order = memcmp(packread_bases_id(bases, bases->order[low + half]), id, bases->id_size);

        if (order < 0 || (above && order == 0)) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

static bool is_run(const packread_bases *bases, uint32_t place, const unsigned char *id)
{
    return place < bases->count &&
           memcmp(packread_bases_id(bases, bases->order[place]), id, bases->id_size) == 0;
}

bool packread_bases_take(packread_bases *bases, const unsigned char *id, uint32_t base,
                         uint32_t *first, uint32_t *end)
{
    uint32_t place = bound(bases, id, false);
    uint32_t nobody = PACKREAD_NO_RANK;

    if (!is_run(bases, place, id) ||
        !atomic_compare_exchange_strong(&bases->met[place], &nobody, base))
        return false;
    *first = place;
    *end = bound(bases, id, true);
    return true;
}

static uint32_t met_under(const packread_bases *bases, const unsigned char *id)
{
    uint32_t place = bound(bases, id, false);

    return is_run(bases, place, id) ? atomic_load(&bases->met[place]) : PACKREAD_NO_RANK;
}

bool packread_bases_offset(const packread_bases *bases, const unsigned char *id, uint64_t *offset)
{
    uint32_t rank = met_under(bases, id);

    if (rank == PACKREAD_NO_RANK)
        return false;
    *offset = packread_revindex_offset(bases->entries, rank);
    return true;
}

bool packread_bases_waits(const packread_bases *bases, uint32_t row)
{
    return met_under(bases, packread_bases_id(bases, row)) == PACKREAD_NO_RANK;
}
