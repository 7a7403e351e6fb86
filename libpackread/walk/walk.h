/* walk.h - one thread's walk through the forest of deltas, for the steps that set out on
 * one. */
#ifndef PKR_WALK_H
#define PKR_WALK_H

#include "verify/findings.h"

/* An object on the path from a root to where the walk is. */
typedef struct pkr_frame {
    uint32_t rank;
    uint32_t next_child;
    uint32_t depth;      /* deltas below it */
    pkr_blob *blob;      /* NULL once no child needs it, or let go for want of memory */
    size_t suspect;      /* the frame at or above this one whose contents are wrong; NO_FRAME */
    uint64_t dependents; /* of a suspect: objects below it that are wrong too */
} pkr_frame;

typedef struct pkr_walk {
    pkr_verification *verification;
    packread_reader *reader;
    pkr_frame *frames;
    size_t depth; /* of the frames */
    size_t capacity;
    bool alone;       /* the last thread: nobody else will give memory back */
    uint32_t here;    /* deltas below the entry that is visited now */
    uint32_t late;    /* children of objects too large for memory, to be visited by themselves; a
                       * list through next_sibling */
    uint64_t objects; /* counted but not yet reported, as the four below */
    uint64_t bytes;
    uint64_t deltas;
    uint64_t passed;
    uint32_t deepest;
} pkr_walk;

/* Points the reader at the pack; false if that ended the verification. */
bool pkr_walk_begin(pkr_walk *walk);
void pkr_walk_end(pkr_walk *walk);

/* A whole object and all that hangs on it. */
void pkr_walk_root(pkr_walk *walk, uint32_t rank);
/* The same for an object that is built already; the blob is given away. `end` is where its entry's
 * data ended. */
void pkr_walk_from(pkr_walk *walk, uint32_t rank, pkr_blob *blob, uint64_t end);
/* The inflated delta of the entry at `rank`. */
int pkr_walk_delta(pkr_walk *walk, uint32_t rank, pkr_blob **delta, uint64_t *end,
                   pkr_fault *fault);
/* What could not be had at a rank: for want of memory it is put off, or streamed when there is
 * nobody to wait for; else a finding that takes all that hangs on it along, or the end. */
void pkr_walk_fail(pkr_walk *walk, uint32_t rank, int status, const pkr_fault *detail);

#endif
