/* naive_manager.h - a manager without cleverness: one list of regions in the order of their last
 * use, walked from end to end for every question. */
#ifndef NAIVE_MANAGER_H
#define NAIVE_MANAGER_H

#include "smmap.h"

#define NAIVE_MANAGER_REGIONS 4096

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
struct naive_manager {
    smmap_manager *real;
    smmap_options options;
    uint64_t memory_limit, mapping_limit, page, window;
    struct seen *regions[NAIVE_MANAGER_REGIONS];
    size_t count;
    smmap_stats stats; /* those that the model reckons itself */
};

/* Takes the region at this place of the list out of it. */
void naive_manager_forget(struct naive_manager *manager, size_t place);
size_t naive_manager_place_of(const struct naive_manager *manager, const struct seen *region);
/* To the end of the order. */
void naive_manager_touch(struct naive_manager *manager, struct seen *region);
/* The oldest region that nobody holds; false if there is none. */
bool naive_manager_drop_oldest(struct naive_manager *manager);
/* Drops the oldest until so much more fits; how many. */
uint64_t naive_manager_trim(struct naive_manager *manager, uint64_t bytes, uint64_t mappings);

#endif
