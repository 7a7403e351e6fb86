/* lost.c - tables of two bits a row. */
#include "lost.h"

#include <stdlib.h>

#define ROWS_PER_BYTE 4
#define BITS_PER_ROW 2

enum packread_loss packread_lost_find(const packread_lost *lost, uint32_t pack, uint32_t row)
{
    if (!lost->packs || !lost->packs[pack])
        return PACKREAD_LOSS_NONE;
    return (enum packread_loss)(
        lost->packs[pack][row / ROWS_PER_BYTE] >> (row % ROWS_PER_BYTE * BITS_PER_ROW) & 3);
}

/* Zeros, charged; NULL where there is no memory. */
static void *make(packread_lost *lost, packread_cache *cache, size_t size)
{
    void *made;

    if (!packread_cache_take(cache, size))
        return NULL;
    made = calloc(1, size);
    if (made)
        lost->charged += size;
    else
        packread_budget_give(cache->budget, size);
    return made;
}

void packread_lost_keep(packread_lost *lost, packread_snapshot *snapshot, packread_cache *cache,
                        uint32_t pack, uint32_t row, enum packread_loss loss)
{
    unsigned shift = row % ROWS_PER_BYTE * BITS_PER_ROW;
    unsigned char *byte;

    if (!lost->packs)
        lost->packs = make(lost, cache, snapshot->pack_count * sizeof *lost->packs);
    if (lost->packs && !lost->packs[pack])
        lost->packs[pack] =
            make(lost, cache, (size_t)snapshot->packs[pack]->idx.count / ROWS_PER_BYTE + 1);
    if (!lost->packs || !lost->packs[pack] ||
        packread_lost_find(lost, pack, row) == PACKREAD_LOSS_SURE)
        return;
    byte = &lost->packs[pack][row / ROWS_PER_BYTE];
    *byte = (unsigned char)((*byte & ~(3u << shift)) | (unsigned)loss << shift);
}

void packread_lost_free(packread_lost *lost, packread_snapshot *snapshot)
{
    for (size_t i = 0; lost->packs && i < snapshot->pack_count; i++)
        free(lost->packs[i]);
    free(lost->packs);
    packread_budget_give(&snapshot->budget, lost->charged);
    *lost = (packread_lost){0};
}
