/* check_rev.h - a pack's .rev against the order of offsets in its index, where that is trusted. */
#ifndef PKR_CHECK_REV_H
#define PKR_CHECK_REV_H

#include "verify/findings.h"

/* Errors: those of windows, SYSTEM where it cannot be read, MEMORY. */
int pkr_check_rev(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

#endif
