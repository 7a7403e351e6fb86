/* bound.h - the one binary search. */
#ifndef PKR_BOUND_H
#define PKR_BOUND_H

#include <stdint.h>

/* Whether what is at `place` is below what is looked for: 1 or 0, or an error, which ends the
 * search. */
typedef int pkr_is_below(void *context, uint32_t place);

/* The first place from `low` on, before `high`, that is not below; `high` if all are. */
static inline int pkr_bound(uint32_t low, uint32_t high, pkr_is_below *is_below, void *context,
                            uint32_t *bound)
{
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int below = is_below(context, middle);

        if (below < 0)
            return below;
        if (below)
            low = middle + 1;
        else
            high = middle;
    }
    *bound = low;
    return 0;
}

#endif
