/* index_blame.h - whether it is the index that led to the wrong place in a pack. */
#ifndef PKR_INDEX_BLAME_H
#define PKR_INDEX_BLAME_H

#include "pack/pack.h"

/* For an object that cannot be had from the pack, `fault` says why: if that is damage of the pack's
 * bytes, and the index by which they were found has not its own sum, the fault becomes one of the
 * index. The index is summed once in its life, when this is first asked. Where it cannot be read
 * the fault stays what it is. */
void pkr_index_blame(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault);
/* Whether the pack has an index beside it that has not its own sum; likewise summed once. */
bool pkr_index_is_wrong(pkr_pack *pack, pkr_budget *budget);

#endif
