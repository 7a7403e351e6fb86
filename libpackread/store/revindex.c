/* revindex.c - sorts an index's offsets: a radix sort of words that hold offset and position. */
#include "store/revindex.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"

#define DIGIT_BITS 11
#define DIGITS (1u << DIGIT_BITS)

static unsigned bits_of(uint64_t number)
{
    unsigned bits = 0;

    while (number >> bits && bits < 63)
        bits++;
    return number >> bits ? 64 : bits;
}

/* Sorts by the bits from `low` up to `high`, least significant digit first; the result is in
 * `keys`. Positions come in rising order and the sort is stable: equal offsets stay in order of
 * position. */
static void radix_sort(uint64_t *keys, uint64_t *spare, uint32_t count, unsigned low, unsigned high)
{
    uint64_t *from = keys;
    uint64_t *to = spare;

    for (unsigned shift = low; shift < high; shift += DIGIT_BITS) {
        uint32_t starts[DIGITS] = {0};
        uint32_t total = 0;
        uint64_t *swap;

        for (uint32_t i = 0; i < count; i++)
            starts[from[i] >> shift & (DIGITS - 1)]++;
        for (size_t digit = 0; digit < DIGITS; digit++) {
            uint32_t here = starts[digit];

            starts[digit] = total;
            total += here;
        }
        for (uint32_t i = 0; i < count; i++)
            to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
        swap = from;
        from = to;
        to = swap;
    }
    if (from != keys)
        memcpy(keys, from, (size_t)count * sizeof *keys);
}

/* Rows with a bad offset are counted and left out: they must not cost the others their order. */
static int collect(pkr_revindex *order, pkr_pack *pack, pkr_rows *rows, pkr_fault *fault)
{
    int status = pkr_rows_point(rows, pack, fault);

    for (uint32_t position = 0; status == 0 && position < pack->idx.count; position++) {
        pkr_fault detail;
        uint64_t offset;

        status = pkr_rows_offset(rows, pack, position, &offset, &detail);
        if (status == 0) {
            order->keys[order->count++] = offset << order->shift | position;
        } else if (status == PACKREAD_ERROR_CORRUPT) {
            order->bad++;
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
    order = malloc((size_t)table);
    spare = malloc((size_t)(spare_size ? spare_size : 1));
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
        if (status == 0)
            radix_sort(order->keys, spare, order->count, shift, shift + bits_of(pack->end));
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
    if (order && budget)
        pkr_budget_give(budget, order->charged);
    free(order);
}

/* The first rank whose key is not below `key`. */
static uint32_t lower_bound(const pkr_revindex *order, uint64_t key)
{
    uint32_t low = 0;
    uint32_t count = order->count;

    while (count > 0) {
        uint32_t half = count / 2;

        if (order->keys[low + half] < key) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return low;
}

uint32_t pkr_revindex_find(const pkr_revindex *order, uint64_t offset)
{
    uint32_t rank;

    if (offset > UINT64_MAX >> order->shift)
        return PKR_NO_RANK;
    rank = lower_bound(order, offset << order->shift);
    if (rank == order->count || pkr_revindex_offset(order, rank) != offset)
        return PKR_NO_RANK;
    return rank;
}

uint64_t pkr_revindex_next(const pkr_revindex *order, uint32_t rank, uint64_t pack_end)
{
    uint64_t offset = pkr_revindex_offset(order, rank);

    /* Rows that share one offset are damage; they must not cost a walk each. */
    if (rank + 1 < order->count && pkr_revindex_offset(order, rank + 1) == offset)
        rank = lower_bound(order, (offset + 1) << order->shift) - 1;
    return rank + 1 < order->count ? pkr_revindex_offset(order, rank + 1) : pack_end;
}
