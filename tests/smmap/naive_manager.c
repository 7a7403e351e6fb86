/* naive_manager.c - knows what a manager has to do, and nothing of how to do it well. */
#include "naive_manager.h"

#include <stdlib.h>
#include <string.h>

void naive_manager_forget(struct naive_manager *manager, size_t place)
{
    struct seen *region = manager->regions[place];

    manager->stats.bytes_mapped -= region->end - region->begin;
    manager->stats.regions--;
    memmove(manager->regions + place, manager->regions + place + 1,
            (manager->count - place - 1) * sizeof(struct seen *));
    manager->count--;
    free(region);
}

size_t naive_manager_place_of(const struct naive_manager *manager, const struct seen *region)
{
    size_t place = 0;

    while (manager->regions[place] != region)
        place++;
    return place;
}

void naive_manager_touch(struct naive_manager *manager, struct seen *region)
{
    size_t place = naive_manager_place_of(manager, region);

    memmove(manager->regions + place, manager->regions + place + 1,
            (manager->count - place - 1) * sizeof(struct seen *));
    manager->regions[manager->count - 1] = region;
}

bool naive_manager_drop_oldest(struct naive_manager *manager)
{
    size_t place;

    for (place = 0; place < manager->count; place++) {
        if (!manager->regions[place]->holders) {
            naive_manager_forget(manager, place);
            return true;
        }
    }
    return false;
}

uint64_t naive_manager_trim(struct naive_manager *manager, uint64_t bytes, uint64_t mappings)
{
    uint64_t dropped = 0;

    while ((manager->stats.bytes_mapped > manager->memory_limit ||
            bytes > manager->memory_limit - manager->stats.bytes_mapped ||
            manager->stats.regions + mappings > manager->mapping_limit) &&
           naive_manager_drop_oldest(manager))
        dropped++;
    return dropped;
}
