/* check_useless_index.h - the checksum of an index that is of no use otherwise. */
#ifndef PKR_CHECK_USELESS_INDEX_H
#define PKR_CHECK_USELESS_INDEX_H

#include "verify/findings.h"

/* Reports that of the file beside a pack that is read without it, if it is wrong; of what is too
 * short for an index, or no file, there is none. Errors: those of windows, MEMORY. */
int pkr_check_useless_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

#endif
