/* compare_index.h - an index that has not its own sum is no witness against a pack which has: the
 * pack is verified from its bytes alone, and what the index says held against that. */
#ifndef PKR_COMPARE_INDEX_H
#define PKR_COMPARE_INDEX_H

#include "verify/findings.h"

/* Sums the index of the pack, and where that is wrong, the pack. `*bare` is filled with the pack
 * without its index, if that is no witness; then `findings->distrusted` is `pack`. Errors: those of
 * windows, MEMORY. */
int pkr_compare_index_begin(pkr_findings *findings, const pkr_pack *pack, pkr_pack *bare,
                            pkr_budget *budget, pkr_fault *fault);
/* When the walks of the bare pack are over, whose rows were kept: reports each row of the index
 * that is not as they are, and objects that it has no row for. Errors: those of windows, MEMORY. */
int pkr_compare_index(pkr_findings *findings, packread_reader *reader, pkr_fault *fault);

#endif
