/* placement.h - where a new window goes. */
#ifndef SMM_PLACEMENT_H
#define SMM_PLACEMENT_H

#include "smmap.h"

/* What a new window has to keep to. Every number is a count of bytes or an offset. */
struct smm_gap {
    uint64_t left;  /* end of the region before, 0 if none */
    uint64_t right; /* begin of the region after, the file's size if none */
    uint64_t page;
};

/* The smallest window that may hold `size` bytes (at least 1) at `offset`: whole pages, ended by
 * the gap. */
smmap_window smm_place_least(const struct smm_gap *gap, uint64_t offset, uint64_t size);

/* The window to make for these bytes, at most `maximum` long unless the least one is longer.
 * Windows stand on a grid of `step` bytes (a multiple of the page), so that n of them cover a file
 * however it is walked: placed by where the walk came from, as the seed's are, they leave slivers
 * between them and their wanted byte at the far end. A request that crosses the grid starts a
 * window of its own. */
smmap_window smm_place(const struct smm_gap *gap, uint64_t offset, uint64_t size, uint64_t step,
                       uint64_t maximum);

#endif
