/* regions.h - the regions of one file in the order of their offsets. */
#ifndef SMMAP_REGIONS_H
#define SMMAP_REGIONS_H

#include "region.h"

struct smmap_leaf;

/* Zeroes are an empty one. Find, put and remove cost a binary search and the move of a few dozen
 * rows, however many regions there are. */
struct smmap_regions {
    struct smmap_leaf **leaves; /* none is empty; each one's rows lie before the next one's */
    size_t count;
    size_t capacity;
};

/* The first region that ends after `offset`: it holds `offset`, or is the next to the right. NULL
 * if there is none. */
struct smmap_region *smmap_regions_from(const struct smmap_regions *regions, uint64_t offset);

/* The last region that begins before `offset`. */
struct smmap_region *smmap_regions_before(const struct smmap_regions *regions, uint64_t offset);

/* `region` must not overlap one that is there. False, and nothing changed, if memory ran out. */
bool smmap_regions_put(struct smmap_regions *regions, struct smmap_region *region,
                       const struct smmap_system *system);

/* `region` must be there. */
void smmap_regions_remove(struct smmap_regions *regions, const struct smmap_region *region,
                          const struct smmap_system *system);

/* Of a list without regions; they are not freed. */
void smmap_regions_destroy(struct smmap_regions *regions, const struct smmap_system *system);

#endif
