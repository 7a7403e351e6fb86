/* visit.h - verify's visitor: compares what a walk meets with the index, counts, and reports. Of a
 * pack without an index all that can be built is right. */
#ifndef PKR_VISIT_H
#define PKR_VISIT_H

#include "verify/findings.h"
#include "walk/visitor.h"

/* Of one thread. */
typedef struct pkr_visit {
    pkr_findings *findings;
    packread_reader *reader;
    pkr_tally tally;
} pkr_visit;

/* The visitor of a new visit, which has to stay where it is. */
pkr_visitor pkr_visit_begin(pkr_visit *visit, pkr_findings *findings, packread_reader *reader);
void pkr_visit_end(pkr_visit *visit);

/* What is wrong with an entry and takes all that hangs on it along. `visit` is a pkr_visit. */
void pkr_visit_failed(void *visit, uint32_t rank, uint32_t base, const pkr_fault *fault);

#endif
