/* verification.h - what the steps of one pack's verification share: the forest of deltas, and the
 * one place that findings and counts go to. */
#ifndef PACKREAD_VERIFICATION_H
#define PACKREAD_VERIFICATION_H

#include <stdatomic.h>

#include "reader.h"
#include "revindex.h"

/* What is known of an entry, by rank. */
enum packread_verify_state {
    PACKREAD_VERIFY_WHOLE = 0,
    PACKREAD_VERIFY_DELTA,  /* hangs on the entry that has it among its children */
    PACKREAD_VERIFY_BROKEN, /* its header or its base is not to be had */
    PACKREAD_VERIFY_LATER,  /* there was no memory while other threads had theirs */
    PACKREAD_VERIFY_DONE,   /* counted: intact, or in a finding */
    PACKREAD_VERIFY_NAMED   /* of a pack without an index: intact, and its id is known */
};

typedef struct packread_verification {
    packread_snapshot *snapshot;
    packread_pack *pack;
    uint32_t number; /* of the pack */
    const packread_verify_options *options;
    const packread_revindex *revindex;
    uint64_t end;   /* of the last entry: where the trailer begins, if there is one */
    uint32_t total; /* objects, as index or header have it */

    /* Of a pack without an index: its entries as the scan found them. */
    bool salvage;     /* go on where the header is no pack's */
    bool keep_rows;   /* ids and CRCs, by rank, are kept to be written */
    uint64_t reached; /* where the last whole entry ends */
    packread_revindex *scanned;
    uint32_t *crcs;
    unsigned char *ids;
    packread_bases bases;
    uint64_t faults; /* pages of pack and index that could not be read before it began */

    /* The forest of deltas, by rank. */
    _Atomic unsigned char *states; /* an entry's is read while the one it hangs on is walked */
    uint32_t *first_child;
    uint32_t *next_sibling;
    uint64_t charged;

    _Atomic uint64_t overlap_work; /* what is left for entries that overlap */
    _Atomic uint64_t work;         /* of all readers, when it is over */
    _Atomic uint32_t next_root;    /* ranks from here on have not been handed out */
    _Atomic bool stopped;

    pthread_mutex_t lock; /* for all below, and around callbacks */
    packread_verify_summary summary;
    uint64_t done; /* objects, for progress */
    uint64_t next_progress;
    int failure; /* what kept it from going on */
    packread_error failure_detail;
    packread_error shortage; /* code 0, or the largest need that there was no room for */
    packread_error thin;     /* code 0, or the first base that is not in the pack */
    uint64_t thin_count;     /* findings of that kind */
} packread_verification;

static inline enum packread_verify_state
packread_verify_state(const packread_verification *verification, uint32_t rank)
{
    return (enum packread_verify_state)atomic_load_explicit(&verification->states[rank],
                                                            memory_order_relaxed);
}

static inline void packread_verify_mark(packread_verification *verification, uint32_t rank,
                                        enum packread_verify_state state)
{
    atomic_store_explicit(&verification->states[rank], (unsigned char)state, memory_order_relaxed);
}

/* The object at `rank` of a pack without an index has this id: the deltas that have waited for it
 * become its children. */
void packread_verify_name(packread_verification *verification, uint32_t rank,
                          const packread_id *id);

/* Rows that name one entry have ranks that follow one another; all but the first are answered with
 * it. The rank behind the last of those from `rank` on. */
static inline uint32_t packread_verify_rows_end(const packread_verification *verification,
                                                uint32_t rank)
{
    const packread_revindex *revindex = verification->revindex;
    uint64_t offset = packread_revindex_offset(revindex, rank);

    do
        rank++;
    while (rank < revindex->count && packread_revindex_offset(revindex, rank) == offset);
    return rank;
}

/* The memory limit that the pack's order and its forest take, together. */
uint64_t packread_verify_needed(const packread_verification *verification);
/* The tables of the forest, and that of ids if it is wanted. Errors: BUDGET, MEMORY. */
int packread_verify_allocate(packread_verification *verification, packread_error *error);
void packread_verify_release(packread_verification *verification);

/* Whether pages of pack or index could not be read meanwhile: then no finding holds. Ends the
 * verification. */
bool packread_verify_faulted(packread_verification *verification);
/* At the end: the same, and whether the files still are those that were opened. */
bool packread_verify_changed(packread_verification *verification);
/* Ends the verification for `code`; the first call counts. */
void packread_verify_stop(packread_verification *verification, int code,
                          const packread_error *detail);
/* Reports `detail` with how many objects hang on it. Any thread. */
void packread_verify_report(packread_verification *verification, const packread_error *detail,
                            uint64_t dependents);
/* A finding at a rank: the pack's file, the entry's offset and id. */
void packread_verify_report_entry(packread_verification *verification, packread_reader *reader,
                                  uint32_t rank, int code, const char *text, uint64_t dependents);
/* The same for an object that there is no room for: the finding and verify's own error say what is
 * needed. */
void packread_verify_report_shortage(packread_verification *verification, packread_reader *reader,
                                     uint32_t rank, const packread_error *cause,
                                     uint64_t dependents);
/* What the limit on memory or the disk for temporary files had no room for: others can be checked
 * all the same. */
static inline bool packread_verify_is_shortage(int status)
{
    return status == PACKREAD_ERROR_BUDGET || status == PACKREAD_ERROR_TEMPORARY;
}
/* For a failing step: true if it is a finding (the bytes are wrong, or there is no room to tell),
 * false if it ends the verification (recorded: the first one counts). */
bool packread_verify_is_finding(packread_verification *verification, int status,
                                const packread_error *detail);
/* A finding about all of the pack: its trailer is not its sum. */
void packread_verify_report_sum(packread_verification *verification);
/* Counts `objects` intact ones of `bytes` together, and `passed` ones in all. */
void packread_verify_count(packread_verification *verification, uint64_t objects, uint64_t bytes,
                           uint64_t deltas, uint32_t depth, uint64_t passed);

/* The last progress call, when all threads are done. */
void packread_verify_finish(packread_verification *verification);

/* Takes everything below `rank` out of the forest; the number of entries. `each` (may be NULL) is
 * called with every one that was not done. */
uint64_t packread_verify_cut(packread_verification *verification, uint32_t rank,
                             void (*each)(void *context, uint32_t rank), void *context);

#endif
