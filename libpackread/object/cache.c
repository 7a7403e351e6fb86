/* cache.c - hash table and LRU list of blobs; one place takes and gives the budget's bytes. */
#include "object/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "platform/pages.h"

#define FIRST_BUCKETS 256
/* A reader that jumps about a large pack seldom meets a base again before it is evicted, and fills
 * cold memory with each: past the first bytes, a base is kept when it is met the second time. */
#define KEPT_AT_ONCE ((uint64_t)8 << 20)
#define LONG_CHAIN 512
#define OTHER_CHAIN 8 /* objects so many times larger or smaller are not of the same one */
#define SEEN_BITS 14
#define NEAR ((uint64_t)1 << 20)       /* a step forward so far is no jump */
#define SPARE_MOST ((uint64_t)4 << 20) /* a larger blob is not worth holding */
#define SMALL ((uint64_t)1 << 10)      /* below this size does not matter */
#define SPARE_WASTE 4                  /* a spare so many times too large is not for this blob */

/* Used again, memory is no longer what AddressSanitizer can watch the end of. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITHOUT_SPARES 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define WITHOUT_SPARES 1
#endif

int pkr_cache_open(pkr_cache *cache, pkr_budget *budget, pkr_budget *share, uint64_t limit)
{
    memset(cache, 0, sizeof *cache);
    cache->budget = budget;
    cache->share = share;
    cache->limit = limit;
    cache->buckets = calloc(FIRST_BUCKETS, sizeof *cache->buckets);
    if (!cache->buckets)
        return PACKREAD_ERROR_MEMORY;
    cache->bucket_count = FIRST_BUCKETS;
    return 0;
}

static uint64_t mix(uint32_t pack, uint64_t offset)
{
    return (offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u;
}

static size_t bucket_of(const pkr_cache *cache, uint32_t pack, uint64_t offset)
{
    return (size_t)(mix(pack, offset) >> 32) & (cache->bucket_count - 1);
}

static void unlink_age(pkr_cache *cache, pkr_blob *blob)
{
    if (blob->newer)
        blob->newer->older = blob->older;
    else
        cache->newest = blob->older;
    if (blob->older)
        blob->older->newer = blob->newer;
    else
        cache->oldest = blob->newer;
}

static void link_newest(pkr_cache *cache, pkr_blob *blob)
{
    blob->newer = NULL;
    blob->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = blob;
    else
        cache->oldest = blob;
    cache->newest = blob;
}

static void destroy(pkr_cache *cache, pkr_blob *blob)
{
    uint64_t bytes = blob->charged;

    if (pkr_pages_free(blob, (size_t)bytes)) {
        pkr_budget_give(cache->budget, bytes);
    } else {
        blob->next = cache->stuck;
        cache->stuck = blob;
    }
}

static void destroy_stuck_ones(pkr_cache *cache)
{
    pkr_blob *blob = cache->stuck;

    cache->stuck = NULL;
    while (blob) {
        pkr_blob *next = blob->next;

        destroy(cache, blob);
        blob = next;
    }
}

/* Takes the place of the smallest spare if that is smaller. */
static void put_spare(pkr_cache *cache, pkr_blob *blob)
{
    pkr_blob **least = &cache->spares[0];

#ifdef WITHOUT_SPARES
    destroy(cache, blob);
    return;
#endif
    for (size_t i = 1; i < PKR_CACHE_SPARES && *least; i++)
        if (!cache->spares[i] || cache->spares[i]->charged < (*least)->charged)
            least = &cache->spares[i];
    if (blob->charged > SPARE_MOST || blob->charged > cache->limit / 16 ||
        (*least && (*least)->charged >= blob->charged)) {
        destroy(cache, blob);
        return;
    }
    if (*least)
        destroy(cache, *least);
    *least = blob;
}

static void evict(pkr_cache *cache, pkr_blob *blob)
{
    pkr_blob **link = &cache->buckets[bucket_of(cache, blob->pack, blob->offset)];

    while (*link != blob)
        link = &(*link)->next;
    *link = blob->next;
    unlink_age(cache, blob);
    cache->count--;
    cache->bytes -= blob->charged;
    pkr_budget_give(cache->share, blob->charged);
    put_spare(cache, blob);
}

/* The oldest that nobody uses; false if there is none. */
static bool evict_one(pkr_cache *cache)
{
    pkr_blob *blob = cache->oldest;

    while (blob && blob->pins > 0)
        blob = blob->newer;
    if (!blob)
        return false;
    evict(cache, blob);
    return true;
}

int pkr_cache_short(const pkr_cache *cache, uint64_t size, pkr_fault *fault)
{
    uint64_t used = atomic_load(&cache->budget->used);

    pkr_fault_set(fault, PACKREAD_ERROR_BUDGET, NULL,
                  "the memory limit has no room for this object");
    /* Blobs get half of the limit. */
    if (fault)
        fault->needed = size < UINT64_MAX / 4 ? 2 * (used + sizeof(pkr_blob) + size) : UINT64_MAX;
    return PACKREAD_ERROR_BUDGET;
}

static bool drop_spares(pkr_cache *cache)
{
    bool any = false;

    for (size_t i = 0; i < PKR_CACHE_SPARES; i++) {
        if (cache->spares[i]) {
            destroy(cache, cache->spares[i]);
            cache->spares[i] = NULL;
            any = true;
        }
    }
    return any;
}

bool pkr_cache_take(pkr_cache *cache, uint64_t bytes)
{
    destroy_stuck_ones(cache);
    while (!pkr_budget_take(cache->budget, bytes))
        if (!drop_spares(cache) && !evict_one(cache))
            return false;
    return true;
}

/* The smallest spare of so many bytes at least, or NULL. */
static pkr_blob *take_spare(pkr_cache *cache, uint64_t bytes)
{
    pkr_blob **best = NULL;
    pkr_blob *blob = NULL;

    for (size_t i = 0; i < PKR_CACHE_SPARES; i++) {
        pkr_blob **spare = &cache->spares[i];

        if (*spare && (*spare)->charged >= bytes &&
            (*spare)->charged <= SPARE_WASTE * (bytes + SMALL) &&
            (!best || (*spare)->charged < (*best)->charged))
            best = spare;
    }
    if (best) {
        blob = *best;
        *best = NULL;
    }
    return blob;
}

int pkr_blob_new(pkr_cache *cache, uint64_t size, pkr_blob **blob, pkr_fault *fault)
{
    uint64_t bytes;
    pkr_blob *made;

    bytes = size < UINT64_MAX - sizeof *made ? sizeof *made + size : UINT64_MAX;
    made = take_spare(cache, bytes);
    if (made) {
        bytes = made->charged;
    } else {
        if (!pkr_cache_take(cache, bytes))
            return pkr_cache_short(cache, size, fault);
        made = bytes <= SIZE_MAX ? pkr_pages_new((size_t)bytes) : NULL;
        if (!made) {
            pkr_budget_give(cache->budget, bytes);
            return pkr_fault_memory(fault);
        }
    }
    memset(made, 0, sizeof *made);
    made->size = size;
    made->charged = bytes;
    *blob = made;
    return 0;
}

int pkr_blob_grow(pkr_cache *cache, pkr_blob **blob, uint64_t size, pkr_fault *fault)
{
    pkr_blob *old = *blob;
    uint64_t bytes = size < UINT64_MAX - sizeof *old ? sizeof *old + size : UINT64_MAX;
    uint64_t before = old->charged;
    pkr_blob *moved;

    if (!pkr_cache_take(cache, bytes - before))
        return pkr_cache_short(cache, size, fault);
    moved = bytes <= SIZE_MAX ? pkr_pages_grow(old, (size_t)before, (size_t)bytes) : NULL;
    if (!moved) {
        pkr_budget_give(cache->budget, bytes - before);
        return pkr_fault_memory(fault);
    }
    moved->size = size;
    moved->charged = bytes;
    *blob = moved;
    return 0;
}

void pkr_blob_release(pkr_cache *cache, pkr_blob *blob)
{
    if (!blob)
        return;
    if (blob->cached)
        blob->pins--;
    else
        put_spare(cache, blob);
}

pkr_blob *pkr_cache_find(pkr_cache *cache, uint32_t pack, uint64_t offset)
{
    pkr_blob *blob = cache->buckets[bucket_of(cache, pack, offset)];

    while (blob && (blob->offset != offset || blob->pack != pack))
        blob = blob->next;
    if (blob) {
        unlink_age(cache, blob);
        link_newest(cache, blob);
        blob->pins++;
    }
    return blob;
}

/* Without memory the table stays as it is: slower, still right. */
static void grow(pkr_cache *cache)
{
    size_t old_count = cache->bucket_count;
    pkr_blob **old = cache->buckets;
    pkr_blob **buckets = calloc(2 * old_count, sizeof *buckets);

    if (!buckets)
        return;
    cache->buckets = buckets;
    cache->bucket_count = 2 * old_count;
    for (size_t i = 0; i < old_count; i++) {
        while (old[i]) {
            pkr_blob *blob = old[i];
            size_t bucket = bucket_of(cache, blob->pack, blob->offset);

            old[i] = blob->next;
            blob->next = buckets[bucket];
            buckets[bucket] = blob;
        }
    }
    free(old);
}

void pkr_cache_want(pkr_cache *cache, uint64_t offset)
{
    cache->forward = offset >= cache->last && offset - cache->last < NEAR;
    cache->last = offset;
}

/* Whether the object was offered not long ago; from now on it was. */
static bool seen_before(pkr_cache *cache, const pkr_blob *blob)
{
    uint64_t mixed = mix(blob->pack, blob->offset);
    uint32_t mark = (uint32_t)mixed | 1;
    uint32_t *place;
    bool known;

    if (!cache->seen)
        cache->seen = calloc((size_t)1 << SEEN_BITS, sizeof *cache->seen);
    if (!cache->seen)
        return true;
    place = &cache->seen[mixed >> (64 - SEEN_BITS)];
    known = *place == mark;
    *place = mark;
    return known;
}

static bool is_far_up(const pkr_blob *blob)
{
    return blob->depth >= LONG_CHAIN;
}

void pkr_cache_expect(pkr_cache *cache, const pkr_blob *bottom, uint64_t links)
{
    uint64_t objects = (cache->limit / 2 + 1) / bottom->charged + 1;
    uint64_t stride = (bottom->depth + links) / objects + 1;
    bool is_another = bottom->pack != cache->stride_pack ||
                      bottom->charged / OTHER_CHAIN > cache->stride_size ||
                      bottom->charged < cache->stride_size / OTHER_CHAIN;

    if (bottom->depth + links < LONG_CHAIN || (stride <= cache->stride && !is_another))
        return;
    cache->stride = stride;
    cache->stride_pack = bottom->pack;
    cache->stride_size = bottom->charged;
}

void pkr_cache_offer(pkr_cache *cache, pkr_blob *blob)
{
    if (!is_far_up(blob) || cache->stride == 0 || blob->depth % cache->stride == 0)
        pkr_cache_add(cache, blob);
}

void pkr_cache_add(pkr_cache *cache, pkr_blob *blob)
{
    size_t bucket;

    /* One that takes the room of very many others has to be met twice, wherever it is. */
    const bool is_large = blob->charged > cache->limit / 4;
    const bool is_wanted = !is_large && (cache->forward || is_far_up(blob) ||
                                         cache->bytes + blob->charged <= KEPT_AT_ONCE);

    if (blob->cached || blob->charged > cache->limit)
        return;
    if (!is_wanted && !seen_before(cache, blob))
        return;
    while (cache->bytes + blob->charged > cache->limit)
        if (!evict_one(cache))
            return;
    while (!pkr_budget_take(cache->share, blob->charged))
        if (!evict_one(cache))
            return;
    if (cache->count >= 2 * cache->bucket_count)
        grow(cache);
    bucket = bucket_of(cache, blob->pack, blob->offset);
    blob->next = cache->buckets[bucket];
    cache->buckets[bucket] = blob;
    link_newest(cache, blob);
    blob->cached = true;
    blob->pins = 1;
    cache->count++;
    cache->bytes += blob->charged;
}

void pkr_cache_clear(pkr_cache *cache)
{
    while (cache->oldest)
        evict(cache, cache->oldest);
}

void pkr_cache_close(pkr_cache *cache)
{
    pkr_cache_clear(cache);
    drop_spares(cache);
    destroy_stuck_ones(cache);
    free(cache->seen);
    cache->seen = NULL;
    free(cache->buckets);
    cache->buckets = NULL;
}
