/* chain_memo.h - where delta chains of one reader led: so that asking for every link of a chain
 * does not walk the chain once for each. A direct-mapped table, made when there is something to
 * remember. */
#ifndef PKR_CHAIN_MEMO_H
#define PKR_CHAIN_MEMO_H

#include "base/budget.h"
#include "store/pack.h"
#include "packread.h"

/* A chain is long from here on. */
#define PKR_MEMO_STEPS 64

typedef struct pkr_memo_row {
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
} pkr_memo_row;

/* Different things that are said. */
#define PKR_MEMO_TEXTS 64

typedef struct pkr_memo {
    pkr_memo_row *rows; /* NULL until there is something to remember */
    char (*texts)[sizeof((packread_error *)NULL)->text]; /* the rest is empty; NULL until needed */
    unsigned bits;                                       /* of the number of rows */
} pkr_memo;

/* NULL if nothing is known. */
const pkr_memo_row *pkr_memo_find(const pkr_memo *memo, uint32_t pack, uint64_t offset);
/* Remembers, or not where memory is short. */
void pkr_memo_keep(pkr_memo *memo, pkr_budget *budget, const pkr_memo_row *row);
/* Makes of a row one whose chain leads nowhere, for that error. False if this is not damage, at an
 * offset of the pack or its index, or memory is short. */
bool pkr_memo_blame(pkr_memo *memo, pkr_budget *budget, pkr_memo_row *row, const pkr_pack *pack,
                    const packread_error *error);
/* That error once more; returns the row's status. */
int pkr_memo_error(const pkr_memo *memo, const pkr_memo_row *row, const pkr_pack *pack,
                   packread_error *error);
void pkr_memo_free(pkr_memo *memo, pkr_budget *budget);

#endif
