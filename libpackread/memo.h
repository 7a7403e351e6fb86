/* memo.h - where delta chains of one reader led: so that asking for every link of a chain does not
 * walk the chain once for each. A direct-mapped table, made when there is something to remember. */
#ifndef PACKREAD_MEMO_H
#define PACKREAD_MEMO_H

#include "budget.h"
#include "pack.h"
#include "packread.h"

/* A chain is long from here on. */
#define PACKREAD_MEMO_STEPS 64

typedef struct packread_memo_row {
    uint64_t offset; /* of an entry; 0: none */
    uint32_t pack;
    short status;       /* 0, or why the chain leads nowhere: CORRUPT or THIN */
    unsigned char text; /* then: what is said of it, by number */
    bool in_index;      /* and where */
    union {
        struct {
            uint32_t depth;
            enum packread_type type;
        } end;           /* where it leads, if the status is 0 */
        uint64_t damage; /* else the offset at which it ends */
    };
} packread_memo_row;

/* Different things that are said. */
#define PACKREAD_MEMO_TEXTS 64

typedef struct packread_memo {
    packread_memo_row *rows; /* NULL until there is something to remember */
    char (*texts)[sizeof((packread_error *)NULL)->text]; /* the rest is empty; NULL until needed */
    unsigned bits;                                       /* of the number of rows */
} packread_memo;

/* NULL if nothing is known. */
const packread_memo_row *packread_memo_find(const packread_memo *memo, uint32_t pack,
                                            uint64_t offset);
/* Remembers, or not where memory is short. */
void packread_memo_keep(packread_memo *memo, packread_budget *budget, const packread_memo_row *row);
/* Makes of a row one whose chain leads nowhere, for that error. False if this is not damage, at an
 * offset of the pack or its index, or memory is short. */
bool packread_memo_blame(packread_memo *memo, packread_budget *budget, packread_memo_row *row,
                         const packread_pack *pack, const packread_error *error);
/* That error once more; returns the row's status. */
int packread_memo_error(const packread_memo *memo, const packread_memo_row *row,
                        const packread_pack *pack, packread_error *error);
void packread_memo_free(packread_memo *memo, packread_budget *budget);

#endif
