/* candidate.h - entries among bytes of which nobody knows what they are. */
#ifndef PKR_CANDIDATE_H
#define PKR_CANDIDATE_H

#include "walk/forest.h"

/* The next place from `*at` on where a whole entry begins that ends at `next` at the latest; `*end`
 * is where it ends. If there is none, or no more work may go into looking for one, both are `next`.
 * What is known already of the forest helps: its entries, and whether there are REF deltas. Errors:
 * those of windows, MEMORY. */
int pkr_candidate_find(pkr_forest *forest, packread_reader *reader, uint64_t *at, uint64_t next,
                       uint64_t *end, pkr_fault *fault);

#endif
