/* admit.c - judges blobs by size, by the way that they are asked for, and by how far up they are.
 */
#include "object/admit.h"

#include <stdlib.h>

/* A reader that jumps about a large pack seldom meets a base again before it is evicted, and fills
 * cold memory with each: past the first bytes, a base is kept when it is met the second time. */
#define KEPT_AT_ONCE ((uint64_t)8 << 20)
#define LONG_CHAIN 512
#define OTHER_CHAIN 8 /* objects so many times larger or smaller are not of the same one */
#define SEEN_BITS 14
#define NEAR ((uint64_t)1 << 20) /* a step forward so far is no jump */

void pkr_admit_begin(pkr_admit *admit, pkr_cache *cache)
{
    *admit = (pkr_admit){.cache = cache};
}

void pkr_admit_end(pkr_admit *admit)
{
    free(admit->seen);
    admit->seen = NULL;
}

void pkr_admit_next(pkr_admit *admit, uint64_t offset)
{
    admit->forward = offset >= admit->last && offset - admit->last < NEAR;
    admit->last = offset;
}

/* Whether the object was offered not long ago; from now on it was. */
static bool seen_before(pkr_admit *admit, const pkr_blob *blob)
{
    uint64_t mixed = pkr_cache_mix(blob->pack, blob->offset);
    uint32_t mark = (uint32_t)mixed | 1;
    uint32_t *place;
    bool known;

    if (!admit->seen)
        admit->seen = calloc((size_t)1 << SEEN_BITS, sizeof *admit->seen);
    if (!admit->seen)
        return true;
    place = &admit->seen[mixed >> (64 - SEEN_BITS)];
    known = *place == mark;
    *place = mark;
    return known;
}

static bool is_far_up(const pkr_blob *blob)
{
    return blob->depth >= LONG_CHAIN;
}

void pkr_admit_climb(pkr_admit *admit, const pkr_blob *bottom, uint64_t links)
{
    uint64_t objects = (admit->cache->limit / 2 + 1) / bottom->charged + 1;
    uint64_t stride = (bottom->depth + links) / objects + 1;
    bool is_another = bottom->pack != admit->stride_pack ||
                      bottom->charged / OTHER_CHAIN > admit->stride_size ||
                      bottom->charged < admit->stride_size / OTHER_CHAIN;

    if (bottom->depth + links < LONG_CHAIN || (stride <= admit->stride && !is_another))
        return;
    admit->stride = stride;
    admit->stride_pack = bottom->pack;
    admit->stride_size = bottom->charged;
}

void pkr_admit_built(pkr_admit *admit, pkr_blob *blob)
{
    if (!is_far_up(blob) || admit->stride == 0 || blob->depth % admit->stride == 0)
        pkr_admit_blob(admit, blob);
}

/* One that takes the room of very many others has to be met twice, wherever it is. */
static bool is_wanted(const pkr_admit *admit, const pkr_blob *blob)
{
    pkr_cache *cache = admit->cache;

    if (blob->charged > cache->limit / 4)
        return false;
    return admit->forward || is_far_up(blob) ||
           atomic_load_explicit(&cache->bytes, memory_order_relaxed) + blob->charged <=
               KEPT_AT_ONCE;
}

void pkr_admit_blob(pkr_admit *admit, pkr_blob *blob)
{
    if (blob->cached || blob->charged > admit->cache->limit)
        return;
    if (is_wanted(admit, blob) || seen_before(admit, blob))
        pkr_cache_add(admit->cache, blob);
}
