/* memo.c - a direct-mapped table of chain ends. */
#include "memo.h"

#include <stdlib.h>

#define ROW_BITS_MOST 14
#define ROW_BITS_LEAST 8 /* where memory is short */
#define SHARE 8          /* of the budget, one part in so many */

static uint64_t table_size(unsigned bits)
{
    return sizeof(packread_memo_row) << bits;
}

static size_t row_of(const packread_memo *memo, uint32_t pack, uint64_t offset)
{
    return (size_t)((offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u >> (64 - memo->bits));
}

const packread_memo_row *packread_memo_find(const packread_memo *memo, uint32_t pack,
                                            uint64_t offset)
{
    const packread_memo_row *row;

    if (!memo->rows)
        return NULL;
    row = &memo->rows[row_of(memo, pack, offset)];
    return row->offset == offset && row->pack == pack ? row : NULL;
}

static void make(packread_memo *memo, packread_budget *budget)
{
    unsigned bits = ROW_BITS_MOST;

    while (bits >= ROW_BITS_LEAST && (table_size(bits) > budget->limit / SHARE ||
                                      !packread_budget_take(budget, table_size(bits))))
        bits--;
    if (bits < ROW_BITS_LEAST)
        return;
    memo->rows = calloc((size_t)1 << bits, sizeof *memo->rows);
    memo->bits = bits;
    if (!memo->rows)
        packread_budget_give(budget, table_size(bits));
}

void packread_memo_keep(packread_memo *memo, packread_budget *budget, const packread_memo_row *row)
{
    if (!memo->rows)
        make(memo, budget);
    if (memo->rows)
        memo->rows[row_of(memo, row->pack, row->offset)] = *row;
}

void packread_memo_free(packread_memo *memo, packread_budget *budget)
{
    if (memo->rows)
        packread_budget_give(budget, table_size(memo->bits));
    free(memo->rows);
    memo->rows = NULL;
}
