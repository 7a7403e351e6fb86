/* waiting.c - a sorted table of the ids that deltas wait for. */
#include "walk/waiting.h"

#include <string.h>

#include "base/bound.h"
#include "base/fault.h"
#include "base/sort_ids.h"
#include "pack/revindex.h"

static const pkr_need need = {NULL, "the memory limit has no room for this pack's REF deltas"};

void pkr_waiting_begin(pkr_waiting *bases, pkr_budget *budget, size_t id_size)
{
    *bases = (pkr_waiting){.budget = budget, .id_size = id_size};
    bases->ids.row_size = id_size;
    bases->ranks.row_size = sizeof(uint32_t);
}

int pkr_waiting_add(pkr_waiting *bases, uint32_t rank, const unsigned char *id, pkr_fault *fault)
{
    int status = pkr_table_grow(&bases->ids, bases->budget, &need, fault);

    if (status == 0)
        status = pkr_table_grow(&bases->ranks, bases->budget, &need, fault);
    if (status != 0)
        return status;
    memcpy((unsigned char *)bases->ids.rows + (size_t)bases->count * bases->id_size, id,
           bases->id_size);
    ((uint32_t *)bases->ranks.rows)[bases->count++] = rank;
    bases->ids.count = bases->ranks.count = bases->count;
    return 0;
}

int pkr_waiting_seal(pkr_waiting *bases, const uint64_t *offsets, pkr_fault *fault)
{
    uint64_t table = (uint64_t)bases->count * sizeof(uint32_t);
    void *order = NULL;
    void *met = NULL;
    void *spare = NULL;
    int status;

    bases->offsets = offsets;
    if (bases->count == 0)
        return 0;
    status = pkr_memory_new(bases->budget, table, &need, &order, fault);
    bases->order = order;
    if (status == 0)
        status = pkr_memory_new(bases->budget, table, &need, &met, fault);
    bases->met = met;
    if (status == 0)
        status = pkr_memory_new(bases->budget, table, &need, &spare, fault);
    if (status != 0)
        return status;
    for (uint32_t i = 0; i < bases->count; i++) {
        bases->order[i] = i;
        atomic_init(&bases->met[i], PKR_NO_RANK);
    }
    if (!pkr_sort_ids(bases->ids.rows, bases->id_size, bases->order, spare, bases->count,
                      bases->budget->stop))
        status = pkr_fault_stopped(fault);
    pkr_memory_free(bases->budget, spare, table);
    return status;
}

void pkr_waiting_free(pkr_waiting *bases)
{
    pkr_table_free(&bases->ids, bases->budget);
    pkr_table_free(&bases->ranks, bases->budget);
    if (bases->order)
        pkr_memory_free(bases->budget, bases->order, bases->count * sizeof *bases->order);
    if (bases->met)
        pkr_memory_free(bases->budget, bases->met, bases->count * sizeof *bases->met);
}

/* The order of the id at a place and this one, as memcmp has it. */
static int compare(const pkr_waiting *bases, uint32_t place, const unsigned char *id)
{
    return memcmp(pkr_waiting_id(bases, bases->order[place]), id, bases->id_size);
}

typedef struct search {
    const pkr_waiting *bases;
    const unsigned char *id;
} search;

static int is_below(void *context, uint32_t place)
{
    const search *of = context;

    return compare(of->bases, place, of->id) < 0;
}

/* The first place of those that wait for the id; false if none do. */
static bool find_run(const pkr_waiting *bases, const unsigned char *id, uint32_t *first)
{
    search of = {bases, id};

    pkr_bound(0, bases->count, is_below, &of, first);
    return *first < bases->count && compare(bases, *first, id) == 0;
}

bool pkr_waiting_take(pkr_waiting *bases, const unsigned char *id, uint32_t base, uint32_t *first,
                      uint32_t *end)
{
    uint32_t nobody = PKR_NO_RANK;

    if (!find_run(bases, id, first) ||
        !atomic_compare_exchange_strong(&bases->met[*first], &nobody, base))
        return false;
    *end = *first + 1;
    while (*end < bases->count && compare(bases, *end, id) == 0)
        ++*end;
    return true;
}

static uint32_t met_under(const pkr_waiting *bases, const unsigned char *id)
{
    uint32_t place;

    return find_run(bases, id, &place) ? atomic_load(&bases->met[place]) : PKR_NO_RANK;
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
