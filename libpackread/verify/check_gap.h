/* check_gap.h - bytes of a pack that belong to no row of its index. */
#ifndef PKR_CHECK_GAP_H
#define PKR_CHECK_GAP_H

#include "verify/findings.h"

/* Reports of the bytes from `at` to `next` which entries they are, if they are any, and how many
 * belong to none. Errors: those of windows, MEMORY. */
int pkr_check_gap(pkr_findings *findings, packread_reader *reader, uint64_t at, uint64_t next,
                  pkr_fault *fault);

#endif
