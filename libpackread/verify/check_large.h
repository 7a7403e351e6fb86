/* check_large.h - objects that memory has no room for. */
#ifndef PKR_CHECK_LARGE_H
#define PKR_CHECK_LARGE_H

#include "verify/findings.h"

/* Streams the object at a rank, once its base is at hand: its size, the id that its contents give,
 * and where its entry's data ends. Errors: as pkr_large_begin and pkr_large_run. */
int pkr_check_large(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t *size,
                    packread_id *given, uint64_t *end, pkr_fault *fault);

#endif
