/* chain_memo.c - a direct-mapped table of chain ends. */
#include "object/chain_memo.h"

#include <stdlib.h>

#define ROW_BITS_MOST 16
#define ROW_BITS_LEAST 8 /* where memory is short */
#define SHARE 8          /* of the budget, one part in so many */

static uint64_t table_size(unsigned bits)
{
    return sizeof(pkr_memo_row) << bits;
}

static size_t row_of(const pkr_memo *memo, uint32_t pack, uint64_t offset)
{
    return (size_t)((offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u >> (64 - memo->bits));
}

const pkr_memo_row *pkr_memo_find(const pkr_memo *memo, uint32_t pack, uint64_t offset)
{
    const pkr_memo_row *row;

    if (!memo->rows)
        return NULL;
    row = &memo->rows[row_of(memo, pack, offset)];
    return row->offset == offset && row->pack == pack ? row : NULL;
}

static void make(pkr_memo *memo, pkr_budget *budget)
{
    unsigned bits = ROW_BITS_MOST;

    while (bits >= ROW_BITS_LEAST &&
           (table_size(bits) > budget->limit / SHARE || !pkr_budget_take(budget, table_size(bits))))
        bits--;
    if (bits < ROW_BITS_LEAST)
        return;
    memo->rows = calloc((size_t)1 << bits, sizeof *memo->rows);
    memo->bits = bits;
    if (!memo->rows)
        pkr_budget_give(budget, table_size(bits));
}

void pkr_memo_keep(pkr_memo *memo, pkr_budget *budget, const pkr_memo_row *row)
{
    if (!memo->rows)
        make(memo, budget);
    if (memo->rows)
        memo->rows[row_of(memo, row->pack, row->offset)] = *row;
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

void pkr_memo_free(pkr_memo *memo, pkr_budget *budget)
{
    if (memo->rows)
        pkr_budget_give(budget, table_size(memo->bits));
    free(memo->rows);
    memo->rows = NULL;
}
