/* memo.h - where long delta chains of one reader led: so that asking for the type of every link of
 * a chain does not walk the chain once for each. A direct-mapped table, made when the first long
 * chain is met. */
#ifndef PACKREAD_MEMO_H
#define PACKREAD_MEMO_H

#include "budget.h"
#include "packread.h"

/* A chain is long from here on. */
#define PACKREAD_MEMO_STEPS 64

typedef struct packread_memo_row {
    uint64_t offset; /* of an entry; 0: none */
    uint32_t pack;
    uint32_t depth;
    int status; /* 0, or why type and depth cannot be had */
    enum packread_type type;
} packread_memo_row;

typedef struct packread_memo {
    packread_memo_row *rows; /* NULL until there is something to remember */
    unsigned bits;           /* of the number of rows */
} packread_memo;

/* NULL if nothing is known. */
const packread_memo_row *packread_memo_find(const packread_memo *memo, uint32_t pack,
                                            uint64_t offset);
/* Remembers, or not where memory is short. */
void packread_memo_keep(packread_memo *memo, packread_budget *budget, const packread_memo_row *row);
void packread_memo_free(packread_memo *memo, packread_budget *budget);

#endif
