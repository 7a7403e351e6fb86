/* chain_memo.h - where delta chains of one reader led: so that asking for every link of a chain
 * does not walk the chain once for each. A direct-mapped table, made when there is something to
 * remember. */
#ifndef PKR_CHAIN_MEMO_H
#define PKR_CHAIN_MEMO_H

#include "base/budget.h"
#include "base/fault.h"
#include "store/pack.h"
#include "packread.h"

/* A chain is long from here on. */
#define PKR_MEMO_STEPS 64

typedef struct pkr_memo_row {
    uint64_t offset; /* of an entry; 0: none */
    uint32_t pack;
    short status;  /* 0, or why the chain leads nowhere: CORRUPT or THIN */
    bool in_index; /* then: `offset` below is one of the index, not of the pack */
    union {
        struct {
            uint32_t depth;
            enum packread_type type;
        } end; /* where it leads, if the status is 0 */
        struct {
            uint64_t offset;
            const char *text;
        } damage; /* else what is wrong, and where */
    };
} pkr_memo_row;

typedef struct pkr_memo {
    pkr_giver giver; /* its lock is that of the rows */
    pkr_budget *budget;
    _Atomic(pkr_memo_row *) rows; /* NULL until there is something to remember */
    unsigned bits;                /* of the number of rows */
} pkr_memo;

/* Errors: MEMORY. */
int pkr_memo_open(pkr_memo *memo, pkr_budget *budget);
void pkr_memo_close(pkr_memo *memo);
/* Forgets all. */
void pkr_memo_clear(pkr_memo *memo);

/* What is known of the chain that the entry at `offset` begins; false if nothing. */
bool pkr_memo_find(pkr_memo *memo, uint32_t pack, uint64_t offset, pkr_memo_row *row);
/* Remembers, or not where memory is short; until the memory is needed for something else. */
void pkr_memo_keep(pkr_memo *memo, const pkr_memo_row *row);
/* Makes of a row one whose chain leads nowhere, for that fault. False if this is not damage, at an
 * offset of the pack or its index. */
bool pkr_memo_blame(pkr_memo_row *row, const pkr_pack *pack, const pkr_fault *fault);
/* That fault once more; returns the row's status. */
int pkr_memo_fault(const pkr_memo_row *row, const pkr_pack *pack, pkr_fault *fault);

#endif
