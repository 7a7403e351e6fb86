/* flips.h - the small pack whose every byte is changed, and what of it a change can spare: told
 * without the library, by a naive reading. */
#ifndef FLIPS_H
#define FLIPS_H

#include "shop.h"

/* A pack with an object of each kind, stored whole, by OFS and by REF delta, and its index. */
void flips_make(struct shop *shop, size_t id_size, unsigned index_version);

/* Marks what hangs on byte `position` of the pack as damaged, and nothing else. */
void flips_damage_by_pack(struct shop *shop, uint64_t position);
/* The same for a byte of the index. */
void flips_damage_by_index(struct shop *shop, uint64_t position);

/* Why the pack is a right one although a byte of it is not what it was:
 *   "version 3"         the formats of packs 2 and 3 are the same
 *   "deflated another way"   bits that zlib passes over, or another way to the same bytes: the
 *                       entry inflates to what it did, and is as long
 * NULL: it is not right. `bytes` is the changed pack with right sums. Aborts on a reason of another
 * kind: it would have to be listed here. */
const char *flips_legal(const struct shop *shop, const struct packwriter_bytes *bytes,
                        uint64_t position);

#endif
