/* index_blame.h - whether it is the index that led to the wrong place in a pack. */
#ifndef PKR_INDEX_BLAME_H
#define PKR_INDEX_BLAME_H

#include "pack/pack.h"

/* For an object that cannot be had from the pack, `fault` says why: if that is damage of the pack's
 * bytes, and the index by which they were found has not its own sum, the fault becomes one of the
 * index. The index is summed once in its life, when this is first asked. Where it cannot be read
 * the fault stays what it is. */
void pkr_index_blame(pkr_pack *pack, pkr_budget *budget, pkr_fault *fault);
/* Whether the pack has an index beside it that has not its own sum; likewise summed once. Or that
 * was seen to be wrong in another way: the two below. */
bool pkr_index_is_wrong(pkr_pack *pack, pkr_budget *budget);
/* Where an object could not be had by an index that is not wrong: whether the pack has its own sum,
 * so that it may be the index all the same. The pack is read once for it. From then on the index
 * counts as wrong. */
bool pkr_index_is_suspect(pkr_pack *pack, pkr_budget *budget);
/* NULL: UNKNOWN. */
static inline enum pkr_index_state pkr_index_state_of(const pkr_pack *pack)
{
    return pack ? (enum pkr_index_state)atomic_load(&pack->index_state) : PKR_INDEX_UNKNOWN;
}
/* The pack's bytes have shown that a row of its index is wrong. */
void pkr_index_refute(pkr_pack *pack);
/* The index is not what is wrong: of one that was a suspect. */
void pkr_index_acquit(pkr_pack *pack);

#endif
