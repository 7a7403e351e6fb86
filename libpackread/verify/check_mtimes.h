/* check_mtimes.h - the .mtimes of a cruft pack: any times are right, if there are as many as
 * objects. */
#ifndef PKR_CHECK_MTIMES_H
#define PKR_CHECK_MTIMES_H

#include "verify/findings.h"

/* Errors: those of windows, SYSTEM where it cannot be read, MEMORY. */
int pkr_check_mtimes(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

#endif
