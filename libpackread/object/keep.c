/* keep.c - judges blobs by size, by the way that they are asked for, and by how far up they are. */
#include "object/keep.h"

#include <stdlib.h>
#include <string.h>

/* A reader that jumps about a large pack seldom meets a base again before it is evicted, and fills
 * cold memory with each: past the first bytes, a base is kept when it is met the second time. */
#define KEPT_AT_ONCE ((uint64_t)8 << 20)
#define LONG_CHAIN 512
#define OTHER_CHAIN 8 /* objects so many times larger or smaller are not of the same one */
#define SEEN_BITS 14
#define NEAR ((uint64_t)1 << 20) /* a step forward so far is no jump */

void pkr_keep_begin(pkr_keep *keep, pkr_cache *cache)
{
    memset(keep, 0, sizeof *keep);
    keep->cache = cache;
}

void pkr_keep_end(pkr_keep *keep)
{
    free(keep->seen);
    keep->seen = NULL;
}

void pkr_keep_want(pkr_keep *keep, uint64_t offset)
{
    keep->forward = offset >= keep->last && offset - keep->last < NEAR;
    keep->last = offset;
}

/* Whether the object was offered not long ago; from now on it was. */
static bool seen_before(pkr_keep *keep, const pkr_blob *blob)
{
    uint64_t mixed = pkr_cache_mix(blob->pack, blob->offset);
    uint32_t mark = (uint32_t)mixed | 1;
    uint32_t *place;
    bool known;

    if (!keep->seen)
        keep->seen = calloc((size_t)1 << SEEN_BITS, sizeof *keep->seen);
    if (!keep->seen)
        return true;
    place = &keep->seen[mixed >> (64 - SEEN_BITS)];
    known = *place == mark;
    *place = mark;
    return known;
}

static bool is_far_up(const pkr_blob *blob)
{
    return blob->depth >= LONG_CHAIN;
}

void pkr_keep_expect(pkr_keep *keep, const pkr_blob *bottom, uint64_t links)
{
    uint64_t objects = (keep->cache->limit / 2 + 1) / bottom->charged + 1;
    uint64_t stride = (bottom->depth + links) / objects + 1;
    bool is_another = bottom->pack != keep->stride_pack ||
                      bottom->charged / OTHER_CHAIN > keep->stride_size ||
                      bottom->charged < keep->stride_size / OTHER_CHAIN;

    if (bottom->depth + links < LONG_CHAIN || (stride <= keep->stride && !is_another))
        return;
    keep->stride = stride;
    keep->stride_pack = bottom->pack;
    keep->stride_size = bottom->charged;
}

void pkr_keep_offer(pkr_keep *keep, pkr_blob *blob)
{
    if (!is_far_up(blob) || keep->stride == 0 || blob->depth % keep->stride == 0)
        pkr_keep_add(keep, blob);
}

/* One that takes the room of very many others has to be met twice, wherever it is. */
static bool is_wanted(const pkr_keep *keep, const pkr_blob *blob)
{
    pkr_cache *cache = keep->cache;

    if (blob->charged > cache->limit / 4)
        return false;
    return keep->forward || is_far_up(blob) ||
           atomic_load_explicit(&cache->bytes, memory_order_relaxed) + blob->charged <=
               KEPT_AT_ONCE;
}

void pkr_keep_add(pkr_keep *keep, pkr_blob *blob)
{
    if (blob->cached || blob->charged > keep->cache->limit)
        return;
    if (is_wanted(keep, blob) || seen_before(keep, blob))
        pkr_cache_add(keep->cache, blob);
}
