/* check_index.h - an index by itself: its own checksum, ids and offsets in its rows. */
#ifndef PKR_CHECK_INDEX_H
#define PKR_CHECK_INDEX_H

#include "verify/findings.h"

/* Errors: those of windows, MEMORY. */
int pkr_check_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

#endif
