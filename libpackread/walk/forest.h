/* forest.h - the forest of deltas of one pack: which entries there are, which hangs on which, and
 * what is known of each. An entry goes by its rank, its place in order of offset. */
#ifndef PKR_FOREST_H
#define PKR_FOREST_H

#include "format/entry.h"
#include "object/reader.h"
#include "pack/revindex.h"
#include "walk/waiting.h"

enum pkr_forest_state {
    PKR_FOREST_WHOLE = 0,
    PKR_FOREST_DELTA,  /* hangs on the entry that has it among its children */
    PKR_FOREST_BROKEN, /* its header cannot be read, or its base not be found */
    PKR_FOREST_LATER,  /* put off until the other threads have given their memory back */
    PKR_FOREST_DONE,   /* the visitor knows of it; nobody needs to visit it again */
    PKR_FOREST_NAMED,  /* the same, in a pack without an index: its id is known */
    PKR_FOREST_WRONG   /* the same, and a visitor's mark: its contents do not give its id */
};

typedef struct pkr_forest {
    packread_snapshot *snapshot;
    pkr_pack *pack;
    const pkr_revindex *order; /* the entries in order of offset */
    uint64_t end;              /* of the last entry: where the trailer begins, if there is one */
    bool has_ref_deltas;       /* among the entries met so far */

    /* Of a pack without an index. */
    pkr_revindex *scanned; /* `order`, which is the forest's own then */
    uint64_t reached;      /* where the last whole entry ends */
    bool keep_rows;        /* the two tables by rank are filled: what an index has */
    uint32_t *crcs;
    unsigned char *ids;
    pkr_waiting waiting;

    /* By rank, all in one piece. Children are a list through next_sibling; it is taken by who
     * visits them. */
    _Atomic unsigned char *states; /* an entry's is read while the one it hangs on is walked */
    uint32_t *first_child;
    uint32_t *next_sibling;
    uint64_t charged;

    pkr_pool pool; /* of all readers at work on it */

    _Atomic uint64_t spare_work; /* bytes that may still be inflated in vain: see fence.h */
    _Atomic uint32_t next_root;  /* ranks from here on have not been handed to a thread */
    _Atomic bool stopped;        /* set by anybody: all work on the forest is to end */
} pkr_forest;

static inline enum pkr_forest_state pkr_forest_state(const pkr_forest *forest, uint32_t rank)
{
    return (enum pkr_forest_state)atomic_load_explicit(&forest->states[rank], memory_order_relaxed);
}

static inline void pkr_forest_mark(pkr_forest *forest, uint32_t rank, enum pkr_forest_state state)
{
    atomic_store_explicit(&forest->states[rank], (unsigned char)state, memory_order_relaxed);
}

static inline bool pkr_forest_stopped(const pkr_forest *forest)
{
    return atomic_load_explicit(&forest->stopped, memory_order_relaxed);
}

static inline uint64_t pkr_forest_offset(const pkr_forest *forest, uint32_t rank)
{
    return pkr_revindex_offset(forest->order, rank);
}

/* Where the entry has to end. */
static inline uint64_t pkr_forest_next(const pkr_forest *forest, uint32_t rank)
{
    return pkr_revindex_next(forest->order, rank, forest->end);
}

/* Rows of the index that name one entry have ranks that follow one another; all but the first are
 * answered with it. The rank behind the last of those from `rank` on. */
static inline uint32_t pkr_forest_rows_end(const pkr_forest *forest, uint32_t rank)
{
    uint64_t offset = pkr_forest_offset(forest, rank);

    do
        rank++;
    while (rank < forest->order->count && pkr_forest_offset(forest, rank) == offset);
    return rank;
}

/* All zeros but for keep_rows before; release whatever comes. */
void pkr_forest_begin(pkr_forest *forest, packread_snapshot *snapshot, pkr_pack *pack);
void pkr_forest_release(pkr_forest *forest);
/* A reader for one thread at work on the forest; the caller's to free, before the forest. Errors:
 * as pkr_reader_make. */
int pkr_forest_reader(pkr_forest *forest, packread_reader **reader, pkr_fault *fault);

/* The entries that the pack's index names; scan.h has those of a pack without one. Errors: as
 * pkr_revindex_make; BUDGET with what the tables of the forest need besides. */
int pkr_forest_order(pkr_forest *forest, pkr_rows *rows, pkr_fault *fault);
/* The tables by rank, once the entries are known. Errors: BUDGET, MEMORY. */
int pkr_forest_allocate(pkr_forest *forest, pkr_fault *fault);

/* The header of an entry, and of a delta the rank of its base: PKR_NO_RANK if it is none, or its
 * base begins where no entry does. `fault` may be NULL. Errors: those of pkr_chain_entry and
 * pkr_chain_base. */
int pkr_forest_entry(const pkr_forest *forest, packread_reader *reader, uint32_t rank,
                     pkr_entry *entry, uint32_t *base, pkr_fault *fault);
/* Hangs a delta on its base, before the children it has. */
static inline void pkr_forest_hang(pkr_forest *forest, uint32_t rank, uint32_t base)
{
    forest->next_sibling[rank] = forest->first_child[base];
    forest->first_child[base] = rank;
}
/* The object at `rank` of a pack without an index has this id: the deltas that have waited for it
 * become its children. */
void pkr_forest_name(pkr_forest *forest, uint32_t rank, const packread_id *id);
/* Takes everything below `rank` out of the forest; the number of rows that name it. `each` (may be
 * NULL) is called with every entry that was not done, when it is marked as done. */
uint64_t pkr_forest_cut(pkr_forest *forest, uint32_t rank,
                        void (*each)(void *context, uint32_t rank), void *context);

#endif
