/* verify_cut.h - entries that hang on what cannot be had. */
#ifndef PACKREAD_VERIFY_CUT_H
#define PACKREAD_VERIFY_CUT_H

#include "verify_walk.h"

/* Takes everything below `rank` out of the forest; the number of entries. Of each its own data is
 * checked, as far as that goes without its base: damage of it is a finding too. */
uint64_t packread_walk_cut(packread_walk *walk, uint32_t rank);

/* What is wrong with an entry and takes all that hangs on it along. */
void packread_walk_report(packread_walk *walk, uint32_t rank, const packread_error *detail);

#endif
