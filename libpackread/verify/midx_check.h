/* midx_check.h - one multi-pack-index while it is verified: what is known of it, and where its
 * findings go. */
#ifndef PKR_MIDX_CHECK_H
#define PKR_MIDX_CHECK_H

#include "object/reader.h"

typedef struct pkr_midx_check {
    packread_snapshot *snapshot;
    const pkr_midx_list *list;
    size_t number; /* of a layer that is not blocked, in the list; older ones of its chain follow */
    const pkr_midx_layer *layer;
    const packread_verify_options *options;
    packread_verify_summary summary; /* objects: rows that are right */
    int outcome;                     /* what the call returns: 0 without findings */
    bool is_stopped;                 /* a callback wants no more */
    pkr_midx_rows rows;              /* of the file */
    pkr_midx_rows older;             /* of other layers */
    pkr_rows index;                  /* of a pack */
    pkr_view view;                   /* of the file, from its beginning to its end */
    pkr_view sum;                    /* of a pack's index, to sum it */
    bool is_sum_right;               /* that of the file */
    packread_reader *reader;         /* of objects, where the pack has to tell; NULL: not yet */
    uint32_t proofs;                 /* objects that were read for it */
    unsigned char *trust;            /* of each pack: see midx_trust.h */
    uint32_t *counts;                /* of each pack: how many rows name it */
    unsigned char *met;              /* a bit for each row: its object is where it says */
    bool is_sorted;                  /* ids rise, each in its bucket: they can be searched */
    uint64_t base; /* how many objects older layers have; see check_midx_order.c */
} pkr_midx_check;

/* CORRUPT in the file. `id` may be NULL. */
void pkr_midx_check_report(pkr_midx_check *check, uint64_t at, const packread_id *id,
                           const char *text);
void pkr_midx_check_report_fault(pkr_midx_check *check, const pkr_fault *fault);

/* A layer above one that cannot be used: what that has, and how many objects, is not known. */
static inline bool pkr_midx_check_is_blocked(const pkr_midx_check *check)
{
    return check->layer->block.line > 0;
}

/* That it is. */
void pkr_midx_check_report_block(pkr_midx_check *check);

/* Findings of one kind about neighbours, which are told together. All zeros but for the texts. */
typedef struct pkr_midx_run {
    const char *one;  /* what is wrong, of one */
    const char *many; /* of several, behind their number and the last id */
    uint64_t count;
    pkr_fault first;
    packread_id last;
} pkr_midx_run;

/* One more. `at` 0: it has no place in the file. */
void pkr_midx_run_add(pkr_midx_check *check, pkr_midx_run *run, uint64_t at, const packread_id *id);
/* What comes next is not of it: tells it, if there is anything to be told. */
void pkr_midx_run_end(pkr_midx_check *check, pkr_midx_run *run);

/* How many objects the older layers of its chain have. Not of one that is blocked. */
uint64_t pkr_midx_check_base(const pkr_midx_check *check);

#endif
