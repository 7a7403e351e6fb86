/* forest.c - the tables of the forest, and who hangs on whom in them. */
#include "walk/forest.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/memory.h"
#include "object/chain.h"
#include "pack/orders.h"

/* Bytes of the tables for each entry. */
#define ROW_SIZE (1 + 2 * sizeof(uint32_t))

/* Of the room for a base cache, which a walk has none of: what one thread's spares may hold. */
#define SPARES_PART 24

void pkr_forest_begin(pkr_forest *forest, packread_snapshot *snapshot, pkr_pack *pack)
{
    forest->snapshot = snapshot;
    forest->pack = pack;
    forest->end = pack->size - pack->idx.id_size;
    pkr_waiting_begin(&forest->waiting, &snapshot->budget, pack->idx.id_size);
}

int pkr_forest_reader(pkr_forest *forest, packread_reader **reader, pkr_fault *fault)
{
    int status = pkr_reader_make(forest->snapshot, reader, fault);

    if (status == 0) { /* each thread has one */
        (*reader)->spares.most = forest->snapshot->cache_limit / SPARES_PART;
        if (!forest->pool.budget)
            pkr_pool_begin(&forest->pool, &forest->snapshot->budget);
        (*reader)->spares.pool = &forest->pool;
    }
    if (status == 0 && forest->pack->alone) {
        (*reader)->resolve = pkr_waiting_offset;
        (*reader)->resolve_context = &forest->waiting;
    }
    return status;
}

/* The memory limit that the pack's order and the forest take together. */
static uint64_t limit_needed(const pkr_forest *forest)
{
    uint64_t tables = (uint64_t)forest->pack->idx.count * (sizeof(uint64_t) + ROW_SIZE);

    return pkr_budget_needed(&forest->snapshot->budget, tables);
}

int pkr_forest_order(pkr_forest *forest, pkr_rows *rows, pkr_fault *fault)
{
    int status =
        pkr_orders_get(&forest->snapshot->budget, rows, forest->pack, &forest->order, fault);

    /* What is short at the first table is short at the others too: all are asked for at once. */
    if (status == PACKREAD_ERROR_BUDGET && fault && fault->needed < limit_needed(forest))
        fault->needed = limit_needed(forest);
    return status;
}

int pkr_forest_allocate(pkr_forest *forest, pkr_fault *fault)
{
    const pkr_need need = {forest->pack->path,
                           "the memory limit has no room for this pack's forest of deltas"};
    uint64_t count = forest->order->count ? forest->order->count : 1;
    size_t id_size = forest->keep_rows ? forest->pack->idx.id_size : 0;
    uint64_t bytes = count * (ROW_SIZE + id_size);
    void *memory;
    int status = pkr_memory_new(&forest->snapshot->budget, bytes, &need, &memory, fault);

    if (status != 0)
        return status;
    forest->charged = bytes;
    forest->first_child = memory;
    forest->next_sibling = forest->first_child + count;
    forest->states = (void *)(forest->next_sibling + count);
    memset(memory, 0xff, (size_t)count * 2 * sizeof(uint32_t));
    if (forest->keep_rows)
        forest->ids = (unsigned char *)memory + count * ROW_SIZE;
    return 0;
}

void pkr_forest_release(pkr_forest *forest)
{
    pkr_budget *budget = &forest->snapshot->budget;

    pkr_pool_end(&forest->pool);
    pkr_memory_free(budget, forest->first_child, forest->charged);
    free(forest->crcs);
    pkr_waiting_free(&forest->waiting);
    if (forest->order && forest->order != forest->scanned)
        pkr_orders_drop(forest->pack);
    pkr_revindex_free(forest->scanned, budget);
}

int pkr_forest_entry(const pkr_forest *forest, packread_reader *reader, uint32_t rank,
                     pkr_entry *entry, uint32_t *base, pkr_fault *fault)
{
    uint64_t offset = pkr_forest_offset(forest, rank);
    uint64_t below;
    int status = pkr_chain_entry(reader, forest->pack, offset, entry, fault);

    *base = PKR_NO_RANK;
    if (status != 0 || entry->type <= PACKREAD_TAG)
        return status;
    status = pkr_chain_base(reader, forest->pack, offset, entry, &below, NULL, fault);
    if (status == 0)
        *base = pkr_revindex_find(forest->order, below);
    return status;
}

void pkr_forest_name(pkr_forest *forest, uint32_t rank, const packread_id *id)
{
    uint32_t first;
    uint32_t end;

    if (forest->ids)
        memcpy(forest->ids + (size_t)rank * id->size, id->bytes, id->size);
    pkr_forest_mark(forest, rank, PKR_FOREST_NAMED);
    if (!pkr_waiting_take(&forest->waiting, id->bytes, rank, &first, &end))
        return;
    while (end-- > first)
        pkr_forest_hang(forest, pkr_waiting_rank(&forest->waiting, end), rank);
}

uint64_t pkr_forest_cut(pkr_forest *forest, uint32_t rank,
                        void (*each)(void *context, uint32_t rank), void *context)
{
    uint32_t list = forest->first_child[rank];
    uint64_t count = 0;

    forest->first_child[rank] = PKR_NO_RANK;
    while (list != PKR_NO_RANK) {
        uint32_t taken = list;
        uint32_t children = forest->first_child[taken];

        list = forest->next_sibling[taken];
        forest->first_child[taken] = PKR_NO_RANK;
        if (pkr_forest_state(forest, taken) < PKR_FOREST_DONE) {
            pkr_forest_mark(forest, taken, PKR_FOREST_DONE);
            count += pkr_forest_rows_end(forest, taken) - taken;
            if (each)
                each(context, taken);
        }
        if (children != PKR_NO_RANK) {
            uint32_t last = children;

            while (forest->next_sibling[last] != PKR_NO_RANK)
                last = forest->next_sibling[last];
            forest->next_sibling[last] = list;
            list = children;
        }
    }
    return count;
}
