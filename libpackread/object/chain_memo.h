/* chain_memo.h - where chains of deltas led that one reader has walked down: so that asking for
 * every entry of a long chain does not walk all of it once for each. A table with one place for
 * each entry (by hash of its offset): the last one that is noted there is remembered, others are
 * forgotten. */
#ifndef PKR_CHAIN_MEMO_H
#define PKR_CHAIN_MEMO_H

#include "base/budget.h"
#include "base/fault.h"
#include "pack/pack.h"
#include "packread.h"

/* Of a chain that was walked, one entry in so many steps is noted. */
#define PKR_MEMO_STEPS 64

typedef struct pkr_memo_row {
    uint64_t offset; /* where the entry begins; 0: this place is empty */
    uint32_t pack;
    short status;  /* 0: the chain leads to a whole object; else why not: CORRUPT or THIN */
    bool in_index; /* if not: the damage is at an offset of the pack's index, not of the pack */
    union {
        struct {
            uint32_t depth; /* deltas from the entry down to that object */
            enum packread_type type;
        } end; /* if the status is 0 */
        struct {
            uint64_t offset;
            const char *text;
        } damage; /* else */
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
/* Also of one that did not open, or is all zeros. */
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
