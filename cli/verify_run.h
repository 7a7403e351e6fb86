/* verify_run.h - one run of verify: what is shared by all places of it, and how findings and
 * progress of the store at hand are told. A store is a pack, or what is loose in a folder. */
#ifndef VERIFY_RUN_H
#define VERIFY_RUN_H

#include "options.h"
#include "verify_seen.h"

#include <pthread.h>

struct verification {
    const struct common_options *common;
    bool tells_good_ones;
    struct verify_seen seen;             /* what was told or verified in this run */
    uint64_t done;                       /* objects of the stores that are done, for progress */
    size_t stores_left;                  /* of the place at hand, the one at hand included */
    const packread_error *index_problem; /* why the pack's index cannot be used, or the pair has no
                                          * business in its place: told before; or NULL */
    bool is_pair_good;                   /* the latter */
    bool sums_index;   /* a pack that is checked alone has an index, whose checksum is to be told */
    bool packs_may_go; /* the place is a folder: packs that went are no part of it,
                        * and those that came are looked for */
    char **doubted;    /* packs whose damage may be that of an index which is not theirs */
    size_t doubted_count;
    char **advised; /* multi-pack-indexes that can be written anew */
    size_t advised_count;
    bool is_any_pack_damaged; /* or its index; of the place at hand */
    bool is_any_pack_gone;    /* that a multi-pack-index names; of the place at hand */
    pthread_mutex_t lock; /* for all below: findings and progress may come from different threads */
    uint64_t findings;    /* of the store at hand */
    uint64_t of_index;    /* those of them that are about the index of a pack */
    uint64_t twins;       /* those of them that only say that it has an id twice */
    uint64_t unreadable;  /* those of them that are no damage: objects there was no room to check,
                           * or files that the system does not let us read; */
    uint64_t unchecked;   /* and these objects, with all that hangs on them */
};

/* What says that something is wrong with the bytes, or was refused. */
bool verify_is_finding(const packread_error *error);
/* What there was no room for: it is not known to be damaged. */
bool verify_is_shortage(int code);

/* The options of a check, whose findings and progress are told here. */
packread_verify_options verify_options(struct verification *verification);
/* Around each store: `objects` of it are done at the end. */
void verify_store_begin(struct verification *verification);
void verify_store_end(struct verification *verification, uint64_t objects);

#endif
