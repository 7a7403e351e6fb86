/* memo.c - a direct-mapped table of chain ends. */
#include "memo.h"

#include <stdlib.h>

#define ROW_BITS 14
#define ROWS ((size_t)1 << ROW_BITS)

static size_t row_of(uint32_t pack, uint64_t offset)
{
    return (size_t)((offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u >> (64 - ROW_BITS));
}

const packread_memo_row *packread_memo_find(const packread_memo *memo, uint32_t pack,
                                            uint64_t offset)
{
    const packread_memo_row *row;

    if (!memo->rows)
        return NULL;
    row = &memo->rows[row_of(pack, offset)];
    return row->offset == offset && row->pack == pack ? row : NULL;
}

void packread_memo_keep(packread_memo *memo, packread_budget *budget, const packread_memo_row *row)
{
    if (!memo->rows && packread_budget_take(budget, ROWS * sizeof *row)) {
        memo->rows = calloc(ROWS, sizeof *row);
        if (!memo->rows)
            packread_budget_give(budget, ROWS * sizeof *row);
    }
    if (memo->rows)
        memo->rows[row_of(row->pack, row->offset)] = *row;
}

void packread_memo_free(packread_memo *memo, packread_budget *budget)
{
    if (memo->rows)
        packread_budget_give(budget, ROWS * sizeof *memo->rows);
    free(memo->rows);
    memo->rows = NULL;
}
