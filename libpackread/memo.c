/* memo.c - a direct-mapped table of chain ends. */
#include "memo.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define ROW_BITS_MOST 16
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

static bool make_texts(packread_memo *memo, packread_budget *budget)
{
    const uint64_t size = PACKREAD_MEMO_TEXTS * sizeof *memo->texts;

    if (memo->texts)
        return true;
    if (!packread_budget_take(budget, size))
        return false;
    memo->texts = calloc(PACKREAD_MEMO_TEXTS, sizeof *memo->texts);
    if (!memo->texts)
        packread_budget_give(budget, size);
    return memo->texts != NULL;
}

/* The text's number, or that of what is said of all others. */
static unsigned char number_of(packread_memo *memo, const char *text)
{
    unsigned char i = 0;

    while (i < PACKREAD_MEMO_TEXTS && memo->texts[i][0] && strcmp(memo->texts[i], text) != 0)
        i++;
    if (i < PACKREAD_MEMO_TEXTS)
        memcpy(memo->texts[i], text, strlen(text) + 1);
    return i;
}

bool packread_memo_blame(packread_memo *memo, packread_budget *budget, packread_memo_row *row,
                         const packread_pack *pack, const packread_error *error)
{
    const bool in_pack = packread_error_is_of(error, pack->path);

    if ((error->code != PACKREAD_ERROR_CORRUPT && error->code != PACKREAD_ERROR_THIN) ||
        !error->has_offset || (!in_pack && !packread_error_is_of(error, pack->index_path)) ||
        !make_texts(memo, budget))
        return false;
    row->status = (short)error->code;
    row->in_index = !in_pack;
    row->damage = error->offset;
    row->text = number_of(memo, error->text);
    return true;
}

int packread_memo_error(const packread_memo *memo, const packread_memo_row *row,
                        const packread_pack *pack, packread_error *error)
{
    const char *text = packread_error_text(row->status);

    if (row->text < PACKREAD_MEMO_TEXTS)
        text = memo->texts[row->text];
    return packread_error_at(error, row->status, row->in_index ? pack->index_path : pack->path,
                             row->damage, text);
}

void packread_memo_free(packread_memo *memo, packread_budget *budget)
{
    if (memo->rows)
        packread_budget_give(budget, table_size(memo->bits));
    if (memo->texts)
        packread_budget_give(budget, PACKREAD_MEMO_TEXTS * sizeof *memo->texts);
    free(memo->rows);
    free(memo->texts);
    memo->rows = NULL;
    memo->texts = NULL;
}
