/* revindex.c - sorts an index's offsets: a radix sort of words that hold offset and position, which
 * come in rising order, so that equal offsets stay in order of position. */
#include "pack/revindex.h"

#include <stdlib.h>

#include "base/bound.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/radix.h"

static unsigned bits_of(uint64_t number)
{
    unsigned bits = 0;

    while (number >> bits && bits < 63)
        bits++;
    return number >> bits ? 64 : bits;
}

/* Rows with a bad offset must not cost the others their order: they are kept apart, from the end of
 * the table down. */
static int collect(pkr_revindex *order, pkr_pack *pack, pkr_rows *rows, pkr_fault *fault)
{
    int status = 0;

    for (uint32_t position = 0; status == 0 && position < pack->idx.count; position++) {
        pkr_fault detail;
        uint64_t offset;

        status = pkr_rows_offset(rows, pack, position, &offset, &detail);
        if (status == 0) {
            order->keys[order->count++] = offset << order->shift | position;
        } else if (status == PACKREAD_ERROR_CORRUPT) {
            order->keys[pack->idx.count - ++order->bad] = position;
            status = 0;
        } else if (fault) {
            *fault = detail;
        }
    }
    return status;
}

int pkr_revindex_make(pkr_rows *rows, pkr_pack *pack, pkr_budget *budget, pkr_revindex **made,
                      pkr_fault *fault)
{
    uint32_t count = pack->idx.count;
    unsigned shift = bits_of(count);
    uint64_t table = sizeof(pkr_revindex) + (uint64_t)count * sizeof(uint64_t);
    uint64_t spare_size = (uint64_t)count * sizeof(uint64_t);
    pkr_revindex *order;
    uint64_t *spare;
    int status;

    if (shift == 0)
        shift = 1;
    if (shift + bits_of(pack->end) > 64)
        return pkr_fault_set(fault, PACKREAD_ERROR_UNSUPPORTED, pack->path,
                             "too many objects in too large a pack");
    if (table + spare_size > SIZE_MAX || !pkr_budget_take(budget, table + spare_size))
        return pkr_budget_short(budget, table + spare_size, pack->path,
                                "the memory limit has no room for this pack's order", fault);
    order = pkr_memory_plain(budget, (size_t)table);
    spare = pkr_memory_plain(budget, (size_t)(spare_size ? spare_size : 1));
    if (order && spare) {
        order->shift = shift;
        order->count = 0;
        order->bad = 0;
        order->charged = table;
        status = collect(order, pack, rows, fault);
        if (status == 0 && pkr_view_spoiled(&rows->offsets))
            status = pkr_view_fault(&rows->offsets, fault);
        if (status == 0 && pkr_view_spoiled(&rows->wide))
            status = pkr_view_fault(&rows->wide, fault);
        if (status == 0 && !pkr_radix_sort(order->keys, spare, order->count, shift,
                                           shift + bits_of(pack->end), budget->stop))
            status = pkr_fault_stopped(fault);
    } else {
        status = pkr_fault_memory(fault);
    }
    free(spare);
    pkr_budget_give(budget, spare_size);
    if (status == 0) {
        *made = order;
    } else {
        free(order);
        pkr_budget_give(budget, table);
    }
    return status;
}

void pkr_revindex_free(pkr_revindex *order, pkr_budget *budget)
{
    if (order)
        pkr_budget_give(budget, order->charged);
    free(order);
}

typedef struct sought {
    const pkr_revindex *order;
    uint64_t key;
} sought;

static int is_below(void *context, uint32_t rank)
{
    const sought *of = context;

    return of->order->keys[rank] < of->key;
}

/* The first rank in between whose key is not below `key`; `high` if all are. */
static uint32_t lower_bound(const pkr_revindex *order, uint32_t low, uint32_t high, uint64_t key)
{
    sought of = {order, key};
    uint32_t rank = low;

    (void)pkr_bound(low, high, is_below, &of, &rank);
    return rank;
}

uint32_t pkr_revindex_bad(const pkr_revindex *order, uint32_t number)
{
    return (uint32_t)order->keys[order->count + order->bad - 1 - number];
}

static uint32_t find(const pkr_revindex *order, uint32_t low, uint32_t high, uint64_t offset)
{
    uint32_t rank;

    if (offset > UINT64_MAX >> order->shift)
        return PKR_NO_RANK;
    rank = lower_bound(order, low, high, offset << order->shift);
    return rank < high && pkr_revindex_offset(order, rank) == offset ? rank : PKR_NO_RANK;
}

uint32_t pkr_revindex_find(const pkr_revindex *order, uint64_t offset)
{
    return find(order, 0, order->count, offset);
}

/* In steps that double, down to a rank that begins no later. */
uint32_t pkr_revindex_find_before(const pkr_revindex *order, uint32_t rank, uint64_t offset)
{
    uint32_t high = rank;
    uint32_t step = 1;

    while (step < high && pkr_revindex_offset(order, high - step) >= offset) {
        high -= step;
        step *= 2;
    }
    return find(order, step < high ? high - step : 0, rank, offset);
}

uint64_t pkr_revindex_next(const pkr_revindex *order, uint32_t rank, uint64_t pack_end)
{
    uint64_t offset = pkr_revindex_offset(order, rank);

    /* Rows that share one offset are damage; they must not cost a walk each. */
    if (rank + 1 < order->count && pkr_revindex_offset(order, rank + 1) == offset)
        rank = lower_bound(order, rank, order->count, (offset + 1) << order->shift) - 1;
    return rank + 1 < order->count ? pkr_revindex_offset(order, rank + 1) : pack_end;
}
