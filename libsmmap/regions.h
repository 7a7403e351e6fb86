/* regions.h - the regions of one file in the order of their offsets. */
#ifndef SMM_REGIONS_H
#define SMM_REGIONS_H

#include "region.h"

struct smm_leaf;

/* Zeroes are an empty one. Find, put and remove cost a binary search and the move of a few dozen
 * rows, however many regions there are. */
struct smm_regions {
    struct smm_leaf **leaves; /* none is empty; each one's rows lie before the next one's */
    size_t count;
    size_t capacity;
};

/* The first region that ends after `offset`: it holds `offset`, or is the next to the right. NULL
 * if there is none. */
struct smm_region *smm_regions_from(const struct smm_regions *regions, uint64_t offset);

/* The last region that begins before `offset`. */
struct smm_region *smm_regions_before(const struct smm_regions *regions, uint64_t offset);

/* `region` must not overlap one that is there. False, and nothing changed, if memory ran out. */
bool smm_regions_put(struct smm_regions *regions, struct smm_region *region,
                     const struct smm_system *system);

/* `region` must be there. */
void smm_regions_remove(struct smm_regions *regions, const struct smm_region *region,
                        const struct smm_system *system);

/* Of a list without regions; they are not freed. */
void smm_regions_destroy(struct smm_regions *regions, const struct smm_system *system);

#endif
