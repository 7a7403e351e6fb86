/* loose_findings.h - the one place that the findings and counts of the verification of loose
 * objects go to, from all of its threads. */
#ifndef PKR_LOOSE_FINDINGS_H
#define PKR_LOOSE_FINDINGS_H

#include <stdatomic.h>

#include "base/fault.h"
#include "base/mutex.h"
#include "verify/check_loose.h"

typedef struct pkr_loose_findings {
    const packread_verify_options *options;
    _Atomic bool stopped; /* ends all threads */

    pkr_lock lock; /* for all below, and around callbacks */
    packread_verify_summary summary;
    uint64_t total; /* files, as far as known beforehand; for progress */
    uint64_t next_progress;
    pkr_fault failure; /* code 0, or what kept it from going on */
    pkr_fault unread;  /* code 0, or of the first file that could not be read */
} pkr_loose_findings;

/* Errors: MEMORY. */
int pkr_loose_findings_begin(pkr_loose_findings *findings, const packread_verify_options *options,
                             uint64_t total, pkr_fault *fault);
void pkr_loose_findings_end(pkr_loose_findings *findings);

/* Any thread, as all below: ends all of it for this failure, unless one has come before. */
void pkr_loose_findings_stop(pkr_loose_findings *findings, const pkr_fault *fault);
/* What a check of one file gave: `status` and `fault` as it left them. */
void pkr_loose_findings_take(pkr_loose_findings *findings, const pkr_loose_check *check, int status,
                             const pkr_fault *fault);
/* What is in a folder of loose objects cannot be told. */
void pkr_loose_findings_take_folder(pkr_loose_findings *findings, const pkr_fault *fault);
/* The last progress call, when all threads are done. */
void pkr_loose_findings_finish(pkr_loose_findings *findings);
/* What the verification returns. */
int pkr_loose_findings_result(const pkr_loose_findings *findings, const pkr_object_folder *folder,
                              pkr_fault *fault);

#endif
