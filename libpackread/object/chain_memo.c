/* chain_memo.c - a direct-mapped table of chain ends. */
#include "object/chain_memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

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

static bool make_texts(pkr_memo *memo, pkr_budget *budget)
{
    const uint64_t size = PKR_MEMO_TEXTS * sizeof *memo->texts;

    if (memo->texts)
        return true;
    if (!pkr_budget_take(budget, size))
        return false;
    memo->texts = calloc(PKR_MEMO_TEXTS, sizeof *memo->texts);
    if (!memo->texts)
        pkr_budget_give(budget, size);
    return memo->texts != NULL;
}

/* The text's number, or that of what is said of all others. */
static unsigned char number_of(pkr_memo *memo, const char *text)
{
    unsigned char i = 0;

    while (i < PKR_MEMO_TEXTS && memo->texts[i][0] && strcmp(memo->texts[i], text) != 0)
        i++;
    if (i < PKR_MEMO_TEXTS)
        memcpy(memo->texts[i], text, strlen(text) + 1);
    return i;
}

bool pkr_memo_blame(pkr_memo *memo, pkr_budget *budget, pkr_memo_row *row, const pkr_pack *pack,
                    const packread_error *error)
{
    const bool in_pack = pkr_fault_is_of(error, pack->path);

    if ((error->code != PACKREAD_ERROR_CORRUPT && error->code != PACKREAD_ERROR_THIN) ||
        !error->has_offset || (!in_pack && !pkr_fault_is_of(error, pack->index_path)) ||
        !make_texts(memo, budget))
        return false;
    row->status = (short)error->code;
    row->in_index = !in_pack;
    row->damage = error->offset;
    row->text = number_of(memo, error->text);
    return true;
}

int pkr_memo_error(const pkr_memo *memo, const pkr_memo_row *row, const pkr_pack *pack,
                   packread_error *error)
{
    const char *text = packread_error_text(row->status);

    if (row->text < PKR_MEMO_TEXTS)
        text = memo->texts[row->text];
    return pkr_fault_at(error, row->status, row->in_index ? pack->index_path : pack->path,
                        row->damage, text);
}

void pkr_memo_free(pkr_memo *memo, pkr_budget *budget)
{
    if (memo->rows)
        pkr_budget_give(budget, table_size(memo->bits));
    if (memo->texts)
        pkr_budget_give(budget, PKR_MEMO_TEXTS * sizeof *memo->texts);
    free(memo->rows);
    free(memo->texts);
    memo->rows = NULL;
    memo->texts = NULL;
}
