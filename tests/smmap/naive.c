/* naive.c - knows what a manager has to do, and nothing of how to do it well. */
#include "naive.h"

#include <stdlib.h>
#include <string.h>

void naive_forget(struct naive *manager, size_t place)
{
    struct seen *region = manager->regions[place];

    manager->stats.bytes_mapped -= region->end - region->begin;
    manager->stats.regions--;
    memmove(manager->regions + place, manager->regions + place + 1,
            (manager->count - place - 1) * sizeof(struct seen *));
    manager->count--;
    free(region);
}

size_t naive_place_of(const struct naive *manager, const struct seen *region)
{
    size_t place = 0;

    while (manager->regions[place] != region)
        place++;
    return place;
}

void naive_touch(struct naive *manager, struct seen *region)
{
    size_t place = naive_place_of(manager, region);

    memmove(manager->regions + place, manager->regions + place + 1,
            (manager->count - place - 1) * sizeof(struct seen *));
    manager->regions[manager->count - 1] = region;
}

bool naive_drop_oldest(struct naive *manager)
{
    size_t place;

    for (place = 0; place < manager->count; place++) {
        if (!manager->regions[place]->holders) {
            naive_forget(manager, place);
            return true;
        }
    }
    return false;
}

uint64_t naive_trim(struct naive *manager, uint64_t bytes, uint64_t mappings)
{
    uint64_t dropped = 0;

    while ((manager->stats.bytes_mapped > manager->memory_limit ||
            bytes > manager->memory_limit - manager->stats.bytes_mapped ||
            manager->stats.regions + mappings > manager->mapping_limit) &&
           naive_drop_oldest(manager))
        dropped++;
    return dropped;
}
