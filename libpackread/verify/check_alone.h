/* check_alone.h - entries that hang on what cannot be had. */
#ifndef PKR_CHECK_ALONE_H
#define PKR_CHECK_ALONE_H

#include "verify/findings.h"

/* Checks a delta as far as that goes without its base: that its instructions inflate, and give as
 * much as they claim. `*end` is where its data ends. Errors: CORRUPT, MEMORY, those of windows. */
int pkr_check_alone(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t *end,
                    pkr_fault *fault);

#endif
