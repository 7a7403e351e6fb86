/* revindex.h - a pack's entries in order of offset, made from its index; 8 bytes an entry. */
#ifndef PKR_REVINDEX_H
#define PKR_REVINDEX_H

#include "base/budget.h"
#include "pack/pack.h"
#include "pack/rows.h"

/* A rank counts entries in order of offset, a position rows of the index in order of id. Each key
 * is offset << shift | position, so that one sorted array of words holds both. The scan of a pack
 * without an index makes one too: there are no positions then, and keys are offsets. */
typedef struct pkr_revindex {
    unsigned shift;   /* 0: no positions */
    uint32_t count;   /* ranks: rows whose offset lies inside the pack */
    uint32_t bad;     /* rows whose offset does not: behind the ranks, see pkr_revindex_bad */
    uint64_t charged; /* bytes taken from the budget */
    uint64_t keys[];
} pkr_revindex;

#define PKR_NO_RANK UINT32_MAX

/* The table of the pack that `rows` point at or will. Errors: UNSUPPORTED (keys have no room),
 * BUDGET, MEMORY, those of reading the index. */
int pkr_revindex_make(pkr_rows *rows, pkr_pack *pack, pkr_budget *budget, pkr_revindex **made,
                      pkr_fault *fault);
/* `budget` gets back what the table took; `order` may be NULL. */
void pkr_revindex_free(pkr_revindex *order, pkr_budget *budget);

static inline uint64_t pkr_revindex_offset(const pkr_revindex *order, uint32_t rank)
{
    return order->keys[rank] >> order->shift;
}

static inline uint32_t pkr_revindex_position(const pkr_revindex *order, uint32_t rank)
{
    return (uint32_t)(order->keys[rank] & (((uint64_t)1 << order->shift) - 1));
}

/* The position of one of the rows whose offset is no offset in the pack, in order of position. */
uint32_t pkr_revindex_bad(const pkr_revindex *order, uint32_t number);

/* Where the entry of this rank has to end: at the next one that begins later, or at the trailer. */
uint64_t pkr_revindex_next(const pkr_revindex *order, uint32_t rank, uint64_t pack_end);

/* The rank of the entry that begins at `offset`, or PKR_NO_RANK. O(log n). */
uint32_t pkr_revindex_find(const pkr_revindex *order, uint64_t offset);
/* The same of one that begins before that of `rank`: O(log of how many ranks lie between). */
uint32_t pkr_revindex_find_before(const pkr_revindex *order, uint32_t rank, uint64_t offset);

#endif
