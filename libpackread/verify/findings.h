/* findings.h - the one place that the findings and counts of a pack's verification go to, from all
 * of its steps and threads. */
#ifndef PKR_FINDINGS_H
#define PKR_FINDINGS_H

#include "verify/holes.h"
#include "walk/forest.h"

typedef struct pkr_findings {
    pkr_forest *forest; /* of the pack that is verified; its `stopped` ends all steps */
    const packread_verify_options *options;
    uint32_t total;             /* objects, as index or header have it */
    const pkr_pack *distrusted; /* NULL, or the pack with its index, which is no witness and told of
                                 * last: the forest's pack is the same without it */
    bool is_index_sum_wrong;
    const pkr_midx_list *witness; /* the multi-pack-indexes beside the pack; NULL: none */
    pkr_holes holes;
    uint64_t faults;       /* pages of pack and index that could not be read before it began */
    _Atomic bool is_wrong; /* an entry is marked so in the forest: see after_walks.h */

    pkr_lock lock; /* for all below, and around callbacks */
    packread_verify_summary summary;
    uint64_t done; /* objects, for progress; those of a pack without an index are met twice */
    uint64_t next_progress;
    pkr_fault failure;   /* code 0, or what kept it from going on */
    pkr_fault shortage;  /* code 0, or the largest need that there was no room for */
    pkr_fault thin;      /* code 0, or the first base that is not in the pack */
    uint64_t thin_count; /* findings of that kind */
} pkr_findings;

/* The pack with its index, if it has one. */
static inline const pkr_pack *pkr_findings_indexed(const pkr_findings *findings)
{
    return findings->distrusted ? findings->distrusted : findings->forest->pack;
}

/* Errors: MEMORY. */
int pkr_findings_begin(pkr_findings *findings, pkr_forest *forest,
                       const packread_verify_options *options, pkr_fault *fault);
void pkr_findings_end(pkr_findings *findings);

/* Ends all steps for this failure, unless one has come before. Any thread, as all below. */
void pkr_findings_stop(pkr_findings *findings, const pkr_fault *fault);
/* At the end: whether pages of pack or index could not be read meanwhile, or the files are no
 * longer those that were opened; then no finding holds, and that is the failure. */
bool pkr_findings_changed(pkr_findings *findings);

/* Reports a finding, with how many objects cannot be had because of it. */
void pkr_findings_report(pkr_findings *findings, const pkr_fault *fault, uint64_t dependents);
/* The same of many objects at once, for one cause: so many; 0: it is not about objects. */
void pkr_findings_report_many(pkr_findings *findings, const pkr_fault *fault, uint64_t objects,
                              uint64_t dependents);
/* CORRUPT at an offset of the pack. */
void pkr_findings_report_at(pkr_findings *findings, uint64_t offset, const char *text);
/* A finding at a rank: of it code and text count; pack, offset and id are those of the row. */
void pkr_findings_report_rank(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const pkr_fault *fault, uint64_t dependents);
/* The same of all rows that name the entry at `rank`, the first of them. */
void pkr_findings_report_rows(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const pkr_fault *fault, uint64_t dependents);
/* CORRUPT at a rank, and nothing hangs on it. */
void pkr_findings_report_text(pkr_findings *findings, packread_reader *reader, uint32_t rank,
                              const char *text);

/* What the limit on memory or the disk for temporary files had no room for: others can be checked
 * all the same. */
static inline bool pkr_findings_is_shortage(int status)
{
    return status == PACKREAD_ERROR_BUDGET || status == PACKREAD_ERROR_TEMPORARY;
}
/* Why a step failed: true if that is a finding (the bytes are wrong, or there is no room to tell),
 * false if it ended all steps. */
bool pkr_findings_take(pkr_findings *findings, const pkr_fault *fault);

/* So many objects need no more visits, or entries were met: for progress. */
void pkr_findings_pass(pkr_findings *findings, uint64_t objects);

/* What one thread has counted and not yet handed in: so that threads do not meet at the lock of the
 * findings for every object. All zeros but for where it is handed in to. */
typedef struct pkr_tally {
    pkr_findings *findings;
    uint64_t objects; /* intact ones */
    uint64_t bytes;   /* of these */
    uint64_t deltas;  /* how many of these are */
    uint32_t depth;   /* of these, the most deltas that one is made of */
    uint64_t passed;  /* objects that need no more visits, intact or not */
} pkr_tally;

/* An intact object made of `depth` deltas. */
void pkr_tally_intact(pkr_tally *tally, uint64_t size, uint32_t depth);
/* So many objects need no more visits, intact or not. Hands in now and then. */
void pkr_tally_pass(pkr_tally *tally, uint64_t objects);
/* Hands in what is left. */
void pkr_tally_flush(pkr_tally *tally);
/* The last progress call, when all threads are done. */
void pkr_findings_finish(pkr_findings *findings);

#endif
