/* check_sum.h - the sum in a pack's trailer. */
#ifndef PKR_CHECK_SUM_H
#define PKR_CHECK_SUM_H

#include "verify/findings.h"

/* Sums all bytes of the pack. Errors: those of windows, MEMORY. */
int pkr_check_sum(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);
/* The finding, where it is known that the trailer is not the sum. */
void pkr_check_sum_report(pkr_findings *findings);

#endif
