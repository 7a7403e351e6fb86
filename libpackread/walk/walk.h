/* walk.h - one thread's walk through the forest of deltas. Any number of threads walk one forest
 * at once, each with a reader and a visitor of its own; the walk's results come by the visitor. */
#ifndef PKR_WALK_H
#define PKR_WALK_H

#include "walk/forest.h"
#include "base/memory.h"
#include "walk/hash_queue.h"
#include "walk/visitor.h"

/* Takes roots, and all that hangs on them, until there are none left. What there was no memory for,
 * and what no root leads to, is left to pkr_postponed_run. Errors: those of selecting the pack. */
int pkr_walk_run(pkr_forest *forest, packread_reader *reader, const pkr_visitor *visitor,
                 pkr_fault *fault);

/* ---- For postponed.c ------------------------------------------------------------------------ */

/* An object on the path from a root to where the walk is. */
typedef struct pkr_frame {
    uint32_t rank;
    uint32_t next_child;
    uint32_t depth; /* deltas below it */
    pkr_blob *blob; /* NULL where it was let go for want of memory */
} pkr_frame;

typedef struct pkr_walk {
    pkr_forest *forest;
    packread_reader *reader;
    const pkr_visitor *visitor;
    pkr_table frames; /* pkr_frame: the path, from the root down */
    pkr_hash_queue queue;
    uint32_t here; /* deltas below the entry that is visited now */
    bool is_last;  /* no other thread is left that will give memory back */
    uint32_t late; /* if it is: children of objects too large for memory, to be visited by
                    * themselves; a list through next_sibling */
} pkr_walk;

/* Points the reader at the pack. End the walk whatever it returned. */
int pkr_walk_begin(pkr_walk *walk, pkr_forest *forest, packread_reader *reader,
                   const pkr_visitor *visitor, bool is_last, pkr_fault *fault);
void pkr_walk_end(pkr_walk *walk);
/* Objects that wait to be hashed are hashed, and the visitor is told of them. */
void pkr_walk_settle(pkr_walk *walk);
/* A whole object and all that hangs on it. */
void pkr_walk_root(pkr_walk *walk, uint32_t rank);
/* The same for a delta's object that is built already; the blob is given away. `end` is where its
 * entry's data ended. */
void pkr_walk_from(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, pkr_blob *blob,
                   uint64_t end, bool loose_base);
/* What the entry at `rank`, which has this header, deflates; `*end` is where its data ends.
 * `forward` as in pkr_build_inflate. */
int pkr_walk_inflate(pkr_walk *walk, uint32_t rank, const pkr_entry *entry, bool forward,
                     pkr_blob **blob, uint64_t *end, pkr_fault *fault);
/* What could not be had at a rank: for want of memory it is put off, or streamed when there is
 * nobody to wait for; else the visitor is told. `base` as in pkr_visitor. */
void pkr_walk_fail(pkr_walk *walk, uint32_t rank, uint32_t base, const pkr_fault *fault);

#endif
