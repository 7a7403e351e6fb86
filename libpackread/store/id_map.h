/* id_map.h - in memory, for each id of many packs, which of them have it: some 6.5 bytes a row. It
 * never leaves out a pack that has the id; now and then it names one that has not. */
#ifndef PKR_ID_MAP_H
#define PKR_ID_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/budget.h"

/* As many as two bytes count. */
#define PKR_ID_MAP_PACKS 65535

typedef struct pkr_id_map pkr_id_map;

/* Room for the rows of all packs, with no more than `most` bytes; NULL where there is not so much.
 * Then each row is counted, once; it is laid out; and each is put, the packs in falling order. */
pkr_id_map *pkr_id_map_new(pkr_budget *budget, uint64_t rows, uint64_t most);
void pkr_id_map_free(pkr_id_map *map, pkr_budget *budget);
void pkr_id_map_count(pkr_id_map *map, const unsigned char *id);
void pkr_id_map_lay_out(pkr_id_map *map);
void pkr_id_map_put(pkr_id_map *map, const unsigned char *id, uint32_t pack);
/* Whether the rows that were put are those that were counted: else it is of no use. */
bool pkr_id_map_is_whole(const pkr_id_map *map);
/* Bytes taken from the budget. */
uint64_t pkr_id_map_size(const pkr_id_map *map);

/* The first pack from number `from` on that may have the id; PKR_ID_MAP_PACKS or more: none has. */
uint32_t pkr_id_map_next(const pkr_id_map *map, const unsigned char *id, uint32_t from);

#endif
