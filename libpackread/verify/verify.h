/* verify.h - one pack's verification, all steps of it in order: index and sum, or the scan where
 * there is no index; the sweep; the walks of all threads; what these left. */
#ifndef PKR_VERIFY_H
#define PKR_VERIFY_H

#include "verify/findings.h"

typedef struct pkr_verification {
    packread_snapshot *snapshot;
    pkr_pack *pack;
    const packread_verify_options *options;
    pkr_pack bare;   /* the pack, where its index is no witness: see compare_index.h */
    bool salvage;    /* go on where the header is no pack's */
    bool sums_index; /* of a pack alone: see check_useless_index.h */
    pkr_forest forest;
    pkr_findings findings;
    uint64_t work; /* of all readers, when it is over */
} pkr_verification;

/* Before: snapshot, pack and options are set, the forest's keep_rows if they are wanted, the rest
 * is zero; after: release, whatever it returned. Returns what kept it from going on, or 0. */
int pkr_verify_run(pkr_verification *verification, pkr_fault *fault);
void pkr_verify_release(pkr_verification *verification);
/* After a run that returned 0: BUDGET or TEMPORARY, THIN, or CORRUPT for what it found, or 0. */
int pkr_verify_result(const pkr_verification *verification, pkr_fault *fault);

#endif
