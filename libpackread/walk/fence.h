/* fence.h - keeps entries that overlap from costing the same bytes again and again. In an
 * intact pack each entry ends where the next row's begins, so that is as far as it is followed at
 * first. What has not ended there is followed on, as long as all that work together is in some
 * proportion to the pack: an index made for it names a million places in one long stream. */
#ifndef PKR_FENCE_H
#define PKR_FENCE_H

#include "verify/findings.h"

/* Before the steps: how much work may go into that. */
void pkr_verify_allow_overlaps(pkr_verification *verification);
/* Whether any of it is left. */
bool pkr_verify_may_overlap(pkr_verification *verification);
/* The reader has worked on what overlaps, or may, since its `work` was `before`. */
void pkr_verify_charge(pkr_verification *verification, const packread_reader *reader,
                       uint64_t before);

/* Around inflating the entry at `rank`:
 *
 *     pkr_verify_fence(verification, reader, rank);
 *     do
 *         status = ...;
 *     while (pkr_verify_go_beyond(verification, reader, rank, &status, error));
 *
 * `status` and `fault` are those of the last try, or CORRUPT if there is no work left. */
void pkr_verify_fence(pkr_verification *verification, packread_reader *reader, uint32_t rank);
bool pkr_verify_go_beyond(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                          int *status, pkr_fault *fault);

/* Where the data of the entry at `at` ends, if that is not past `next`; else, and where it is
 * damaged, `at`. Errors: those of windows, MEMORY. */
int pkr_verify_measure(pkr_verification *verification, packread_reader *reader, uint64_t at,
                       uint64_t next, uint64_t *end, pkr_fault *fault);

#endif
