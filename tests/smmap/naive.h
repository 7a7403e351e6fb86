/* naive.h - a manager without cleverness: one list of regions in the order of their last use,
 * walked from end to end for every question. */
#ifndef NAIVE_H
#define NAIVE_H

#include "smmap.h"

#define NAIVE_REGIONS 4096

/* A region as the model has seen it come. */
struct seen {
    int file; /* as the test counts them */
    uint64_t begin, end;
    const unsigned char *data;
    uint64_t holders;
    uint64_t uses;
    bool listed, copy;
};

/* The naive manager, with the real one that it follows. */
struct naive {
    smmap_manager *real;
    smmap_options options;
    uint64_t memory_limit, mapping_limit, page, window;
    struct seen *regions[NAIVE_REGIONS];
    size_t count;
    smmap_stats stats; /* those that the model reckons itself */
};

/* Takes the region at this place of the list out of it. */
void naive_forget(struct naive *manager, size_t place);
size_t naive_place_of(const struct naive *manager, const struct seen *region);
/* To the end of the order. */
void naive_touch(struct naive *manager, struct seen *region);
/* The oldest region that nobody holds; false if there is none. */
bool naive_drop_oldest(struct naive *manager);
/* Drops the oldest until so much more fits; how many. */
uint64_t naive_trim(struct naive *manager, uint64_t bytes, uint64_t mappings);

#endif
