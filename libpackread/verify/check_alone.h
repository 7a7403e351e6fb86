/* check_alone.h - entries that hang on what cannot be had. */
#ifndef PKR_CHECK_ALONE_H
#define PKR_CHECK_ALONE_H

#include "walk/walk.h"

/* Takes everything below `rank` out of the forest; the number of entries. Of each its own data is
 * checked, as far as that goes without its base: damage of it is a finding too. */
uint64_t pkr_walk_cut(pkr_walk *walk, uint32_t rank);

/* What is wrong with an entry and takes all that hangs on it along. */
void pkr_walk_report(pkr_walk *walk, uint32_t rank, const pkr_fault *detail);

#endif
