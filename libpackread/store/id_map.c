/* id_map.c - rows in groups by the front of their ids, some eight in each; in a group, in order of
 * pack, four more bytes of each id and the number of its pack. A look-up reads one group. Ids are
 * hashes; somebody who chooses them can fill one group, whose look-ups then cost as much. */
#include "store/id_map.h"

#include "base/bytes.h"
#include "base/memory.h"

#define ROWS_A_GROUP 8

struct pkr_id_map {
    uint64_t charged;
    uint32_t rows;
    uint32_t groups;
    uint32_t left;    /* rows that have yet to be put */
    uint64_t counted; /* a sum over them, and over those that were put */
    uint64_t put;
    uint32_t *starts; /* of each group, and `rows`: from when it is laid out and filled on */
    uint32_t *prints;
    uint16_t *packs;
};

pkr_id_map *pkr_id_map_new(pkr_budget *budget, uint64_t rows, uint64_t most)
{
    const uint64_t groups = rows / ROWS_A_GROUP + 1;
    const uint64_t size = sizeof(pkr_id_map) + (groups + 1) * sizeof(uint32_t) +
                          rows * (sizeof(uint32_t) + sizeof(uint16_t));
    pkr_id_map *made;

    if (rows >= UINT32_MAX || size > most)
        return NULL;
    made = pkr_memory_optional(budget, size);
    if (!made)
        return NULL;
    made->charged = size;
    made->rows = made->left = (uint32_t)rows;
    made->groups = (uint32_t)groups;
    made->starts = (uint32_t *)(void *)(made + 1);
    made->prints = made->starts + groups + 1;
    made->packs = (uint16_t *)(void *)(made->prints + rows);
    return made;
}

void pkr_id_map_free(pkr_id_map *map, pkr_budget *budget)
{
    if (map)
        pkr_memory_free(budget, map, map->charged);
}

uint64_t pkr_id_map_size(const pkr_id_map *map)
{
    return map->charged;
}

static uint32_t group_of(const pkr_id_map *map, const unsigned char *id)
{
    return (uint32_t)((uint64_t)pkr_bytes_u32(id) * map->groups >> 32);
}

/* Of a row: so that the sums over all tell whether they were the same ones. */
static uint64_t mixed(uint32_t group)
{
    uint64_t value = (group + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);

    return value ^ value >> 29;
}

void pkr_id_map_count(pkr_id_map *map, const unsigned char *id)
{
    const uint32_t group = group_of(map, id);

    map->starts[group]++;
    map->counted += mixed(group);
}

/* Where each group ends: putting the last row of it first brings that to where it starts. */
void pkr_id_map_lay_out(pkr_id_map *map)
{
    uint32_t end = 0;

    for (uint32_t group = 0; group < map->groups; group++)
        map->starts[group] = end += map->starts[group];
    map->starts[map->groups] = map->rows;
}

void pkr_id_map_put(pkr_id_map *map, const unsigned char *id, uint32_t pack)
{
    const uint32_t group = group_of(map, id);
    const uint32_t at = map->starts[group] - 1;

    map->put += mixed(group);
    if (map->left == 0 || at >= map->rows) { /* files changed meanwhile */
        map->put = ~map->counted;
        map->left = 0;
        return;
    }
    map->left--;
    map->starts[group] = at;
    map->prints[at] = pkr_bytes_u32(id + 4);
    map->packs[at] = (uint16_t)pack;
}

bool pkr_id_map_is_whole(const pkr_id_map *map)
{
    return map->left == 0 && map->put == map->counted;
}

uint32_t pkr_id_map_next(const pkr_id_map *map, const unsigned char *id, uint32_t from)
{
    const uint32_t group = group_of(map, id);
    const uint32_t print = pkr_bytes_u32(id + 4);
    const uint32_t end = map->starts[group + 1];

    for (uint32_t at = map->starts[group]; at < end; at++)
        if (map->prints[at] == print && map->packs[at] >= from)
            return map->packs[at];
    return PKR_ID_MAP_PACKS;
}
