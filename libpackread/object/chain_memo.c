/* chain_memo.c - a direct-mapped table of chain ends. */
#include "object/chain_memo.h"

#include "base/memory.h"
#include "object/cache.h"

#define ROW_BITS_MOST 16
#define ROW_BITS_LEAST 8 /* where memory is short */
#define SHARE 8          /* of the budget, one part in so many */

static uint64_t table_size(unsigned bits)
{
    return sizeof(pkr_memo_row) << bits;
}

static size_t row_of(const pkr_memo *memo, uint32_t pack, uint64_t offset)
{
    return (size_t)(pkr_cache_mix(pack, offset) >> (64 - memo->bits));
}

bool pkr_memo_find(pkr_memo *memo, uint32_t pack, uint64_t offset, pkr_memo_row *row)
{
    const pkr_memo_row *rows;
    bool known = false;

    if (!atomic_load_explicit(&memo->rows, memory_order_relaxed))
        return false;
    pkr_giver_lock(&memo->giver);
    rows = atomic_load_explicit(&memo->rows, memory_order_relaxed);
    if (rows) {
        *row = rows[row_of(memo, pack, offset)];
        known = row->offset == offset && row->pack == pack;
    }
    pkr_giver_unlock(&memo->giver);
    return known;
}

/* With the lock. */
static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    pkr_memo *memo = (pkr_memo *)giver;
    pkr_memo_row *rows = atomic_load_explicit(&memo->rows, memory_order_relaxed);

    (void)wanted;
    if (!rows)
        return 0;
    atomic_store_explicit(&memo->rows, NULL, memory_order_relaxed);
    pkr_memory_free(memo->budget, rows, table_size(memo->bits));
    return table_size(memo->bits);
}

static void make(pkr_memo *memo)
{
    unsigned bits = ROW_BITS_MOST;
    void *rows = NULL;

    for (; bits >= ROW_BITS_LEAST && !rows; bits--)
        if (table_size(bits) <= memo->budget->limit / SHARE)
            rows = pkr_memory_optional(memo->budget, table_size(bits));
    if (!rows)
        return;
    bits++;
    pkr_giver_lock(&memo->giver);
    memo->bits = bits;
    atomic_store_explicit(&memo->rows, rows, memory_order_relaxed);
    pkr_giver_unlock(&memo->giver);
}

void pkr_memo_keep(pkr_memo *memo, const pkr_memo_row *row)
{
    pkr_memo_row *rows;

    if (!atomic_load_explicit(&memo->rows, memory_order_relaxed))
        make(memo);
    pkr_giver_lock(&memo->giver);
    rows = atomic_load_explicit(&memo->rows, memory_order_relaxed);
    if (rows)
        rows[row_of(memo, row->pack, row->offset)] = *row;
    pkr_giver_unlock(&memo->giver);
}

int pkr_memo_open(pkr_memo *memo, pkr_budget *budget)
{
    memo->budget = budget;
    atomic_init(&memo->rows, NULL);
    if (pkr_giver_begin(&memo->giver, PKR_GIVER_TABLE, give) != 0)
        return PACKREAD_ERROR_MEMORY;
    pkr_giver_join(&memo->giver, budget);
    return 0;
}

void pkr_memo_clear(pkr_memo *memo)
{
    pkr_giver_lock(&memo->giver);
    give(&memo->giver, UINT64_MAX);
    pkr_giver_unlock(&memo->giver);
}

void pkr_memo_close(pkr_memo *memo)
{
    pkr_giver_end(&memo->giver);
    give(&memo->giver, UINT64_MAX);
}

bool pkr_memo_blame(pkr_memo_row *row, const pkr_pack *pack, const pkr_fault *fault)
{
    if ((fault->code != PACKREAD_ERROR_CORRUPT && fault->code != PACKREAD_ERROR_THIN) ||
        !fault->has_offset || (fault->file != pack->path && fault->file != pack->index_path))
        return false;
    row->status = (short)fault->code;
    row->in_index = fault->file == pack->index_path;
    row->damage.offset = fault->offset;
    row->damage.text = fault->text;
    return true;
}

int pkr_memo_fault(const pkr_memo_row *row, const pkr_pack *pack, pkr_fault *fault)
{
    return pkr_fault_at(fault, row->status, row->in_index ? pack->index_path : pack->path,
                        row->damage.offset, row->damage.text);
}
