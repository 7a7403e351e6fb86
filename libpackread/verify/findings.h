/* findings.h - what the steps of one pack's verification share: the forest of deltas, and the
 * one place that findings and counts go to. */
#ifndef PKR_FINDINGS_H
#define PKR_FINDINGS_H

#include <stdatomic.h>

#include "object/reader.h"
#include "walk/waiting.h"
#include "store/revindex.h"

/* What is known of an entry, by rank. */
enum pkr_verify_state {
    PKR_VERIFY_WHOLE = 0,
    PKR_VERIFY_DELTA,  /* hangs on the entry that has it among its children */
    PKR_VERIFY_BROKEN, /* its header or its base is not to be had */
    PKR_VERIFY_LATER,  /* there was no memory while other threads had theirs */
    PKR_VERIFY_DONE,   /* counted: intact, or in a finding */
    PKR_VERIFY_NAMED   /* of a pack without an index: intact, and its id is known */
};

typedef struct pkr_verification {
    packread_snapshot *snapshot;
    pkr_pack *pack;
    uint32_t number; /* of the pack */
    const packread_verify_options *options;
    const pkr_revindex *revindex;
    uint64_t end;   /* of the last entry: where the trailer begins, if there is one */
    uint32_t total; /* objects, as index or header have it */

    /* Of a pack without an index: its entries as the scan found them. */
    bool salvage;     /* go on where the header is no pack's */
    bool keep_rows;   /* ids and CRCs, by rank, are kept to be written */
    uint64_t reached; /* where the last whole entry ends */
    pkr_revindex *scanned;
    uint32_t *crcs;
    unsigned char *ids;
    pkr_waiting bases;
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
    pkr_fault failure_detail;
    pkr_fault shortage;  /* code 0, or the largest need that there was no room for */
    pkr_fault thin;      /* code 0, or the first base that is not in the pack */
    uint64_t thin_count; /* findings of that kind */
} pkr_verification;

static inline enum pkr_verify_state pkr_verify_state(const pkr_verification *verification,
                                                     uint32_t rank)
{
    return (enum pkr_verify_state)atomic_load_explicit(&verification->states[rank],
                                                       memory_order_relaxed);
}

static inline void pkr_verify_mark(pkr_verification *verification, uint32_t rank,
                                   enum pkr_verify_state state)
{
    atomic_store_explicit(&verification->states[rank], (unsigned char)state, memory_order_relaxed);
}

/* The object at `rank` of a pack without an index has this id: the deltas that have waited for it
 * become its children. */
void pkr_verify_name(pkr_verification *verification, uint32_t rank, const packread_id *id);

/* Rows that name one entry have ranks that follow one another; all but the first are answered with
 * it. The rank behind the last of those from `rank` on. */
static inline uint32_t pkr_verify_rows_end(const pkr_verification *verification, uint32_t rank)
{
    const pkr_revindex *revindex = verification->revindex;
    uint64_t offset = pkr_revindex_offset(revindex, rank);

    do
        rank++;
    while (rank < revindex->count && pkr_revindex_offset(revindex, rank) == offset);
    return rank;
}

/* The memory limit that the pack's order and its forest take, together. */
uint64_t pkr_verify_needed(const pkr_verification *verification);
/* The tables of the forest, and that of ids if it is wanted. Errors: BUDGET, MEMORY. */
int pkr_verify_allocate(pkr_verification *verification, pkr_fault *fault);
void pkr_verify_release(pkr_verification *verification);

/* Whether pages of pack or index could not be read meanwhile: then no finding holds. Ends the
 * verification. */
bool pkr_verify_faulted(pkr_verification *verification);
/* At the end: the same, and whether the files still are those that were opened. */
bool pkr_verify_changed(pkr_verification *verification);
/* Ends the verification for `code`; the first call counts. */
void pkr_verify_stop(pkr_verification *verification, int code, const pkr_fault *detail);
/* Reports `detail` with how many objects hang on it. Any thread. */
void pkr_verify_report(pkr_verification *verification, const pkr_fault *detail,
                       uint64_t dependents);
/* A finding at a rank: the pack's file, the entry's offset and id. */
void pkr_verify_report_entry(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                             int code, const char *text, uint64_t dependents);
/* The same for an object that there is no room for: the finding and verify's own error say what is
 * needed. */
void pkr_verify_report_shortage(pkr_verification *verification, packread_reader *reader,
                                uint32_t rank, const pkr_fault *cause, uint64_t dependents);
/* What the limit on memory or the disk for temporary files had no room for: others can be checked
 * all the same. */
static inline bool pkr_verify_is_shortage(int status)
{
    return status == PACKREAD_ERROR_BUDGET || status == PACKREAD_ERROR_TEMPORARY;
}
/* For a failing step: true if it is a finding (the bytes are wrong, or there is no room to tell),
 * false if it ends the verification (recorded: the first one counts). */
bool pkr_verify_is_finding(pkr_verification *verification, int status, const pkr_fault *detail);
/* A finding about all of the pack: its trailer is not its sum. */
void pkr_verify_report_sum(pkr_verification *verification);
/* Counts `objects` intact ones of `bytes` together, and `passed` ones in all. */
void pkr_verify_count(pkr_verification *verification, uint64_t objects, uint64_t bytes,
                      uint64_t deltas, uint32_t depth, uint64_t passed);

/* The last progress call, when all threads are done. */
void pkr_verify_finish(pkr_verification *verification);

/* Takes everything below `rank` out of the forest; the number of entries. `each` (may be NULL) is
 * called with every one that was not done. */
uint64_t pkr_verify_cut(pkr_verification *verification, uint32_t rank,
                        void (*each)(void *context, uint32_t rank), void *context);

#endif
