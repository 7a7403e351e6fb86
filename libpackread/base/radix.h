/* radix.h - sorts words by some of their bits, in time that depends on how many there are alone. */
#ifndef PKR_RADIX_H
#define PKR_RADIX_H

#include "packread.h"

/* By the bits from `low` up to `high`; words that are the same there stay in their order. `spare`
 * has room for as many. False where a stop was asked for meanwhile, which may be NULL: then they
 * are in no order. */
bool pkr_radix_sort(uint64_t *keys, uint64_t *spare, uint32_t count, unsigned low, unsigned high,
                    const packread_stop *stop);

#endif
