/* loss_map.c - tables of two bits a row. */
#include "object/loss_map.h"

#include <stdlib.h>

#define ROWS_PER_BYTE 4
#define BITS_PER_ROW 2

enum pkr_loss pkr_loss_map_find(const pkr_loss_map *lost, uint32_t pack, uint32_t row)
{
    if (!lost->packs || !lost->packs[pack])
        return PKR_LOSS_NONE;
    return (enum pkr_loss)(
        lost->packs[pack][row / ROWS_PER_BYTE] >> (row % ROWS_PER_BYTE * BITS_PER_ROW) & 3);
}

/* Zeros, charged; NULL where there is no memory. */
static void *make(pkr_loss_map *lost, pkr_cache *cache, size_t size)
{
    void *made;

    if (!pkr_cache_take(cache, size))
        return NULL;
    made = calloc(1, size);
    if (made)
        lost->charged += size;
    else
        pkr_budget_give(cache->budget, size);
    return made;
}

void pkr_loss_map_keep(pkr_loss_map *lost, packread_snapshot *snapshot, pkr_cache *cache,
                       uint32_t pack, uint32_t row, enum pkr_loss loss)
{
    unsigned shift = row % ROWS_PER_BYTE * BITS_PER_ROW;
    unsigned char *byte;

    if (!lost->packs)
        lost->packs = make(lost, cache, snapshot->pack_count * sizeof *lost->packs);
    if (lost->packs && !lost->packs[pack])
        lost->packs[pack] =
            make(lost, cache, (size_t)snapshot->packs[pack]->idx.count / ROWS_PER_BYTE + 1);
    if (!lost->packs || !lost->packs[pack] || pkr_loss_map_find(lost, pack, row) == PKR_LOSS_SURE)
        return;
    byte = &lost->packs[pack][row / ROWS_PER_BYTE];
    *byte = (unsigned char)((*byte & ~(3u << shift)) | (unsigned)loss << shift);
}

void pkr_loss_map_free(pkr_loss_map *lost, packread_snapshot *snapshot)
{
    for (size_t i = 0; lost->packs && i < snapshot->pack_count; i++)
        free(lost->packs[i]);
    free(lost->packs);
    pkr_budget_give(&snapshot->budget, lost->charged);
    *lost = (pkr_loss_map){0};
}
