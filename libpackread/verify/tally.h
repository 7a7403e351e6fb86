/* tally.h - what one thread has counted and not yet handed in: so that threads do not meet at the
 * lock of the findings for every object. */
#ifndef PKR_TALLY_H
#define PKR_TALLY_H

#include "verify/findings.h"

/* All zeros but for where it is handed in to. */
typedef struct pkr_tally {
    pkr_findings *findings;
    uint64_t objects; /* as in pkr_findings_count */
    uint64_t bytes;
    uint64_t deltas;
    uint64_t passed;
    uint32_t depth;
} pkr_tally;

/* An intact object made of `depth` deltas. */
void pkr_tally_intact(pkr_tally *tally, uint64_t size, uint32_t depth);
/* So many objects need no more visits, intact or not. Hands in now and then. */
void pkr_tally_pass(pkr_tally *tally, uint64_t objects);
/* Hands in what is left. */
void pkr_tally_flush(pkr_tally *tally);

#endif
