/* pair.h - whether an index can be used for a pack. */
#ifndef PKR_PAIR_H
#define PKR_PAIR_H

#include "pack/pack.h"

/* What is wrong with the pack's header: 0, NOT_A_PACK or VERSION. `has_magic`: it begins with PACK.
 */
int pkr_pair_check_head(const pkr_pack *pack, bool has_magic, pkr_fault *fault);
/* For a pack of which size, version and count are known: lays out `idx`, and says where the entries
 * `end`. A pack with one damaged end whose index can be used all the same is a `doubt`. Errors:
 * NOT_AN_INDEX, VERSION, CORRUPT, NOT_A_PACK, MISMATCH where the index is of no use, and those of
 * reading. */
int pkr_pair_check(pkr_pack *pack, bool has_magic, pkr_view *data, pkr_view *index,
                   pkr_fault *fault);

#endif
