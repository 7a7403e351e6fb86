/* cache.c - hash table and LRU list of blobs; one place takes and gives the budget's bytes. */
#include "cache.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"

#define FIRST_BUCKETS 256

int packread_cache_open(packread_cache *cache, packread_budget *budget, packread_budget *share,
                        uint64_t limit)
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

static size_t bucket_of(const packread_cache *cache, uint32_t pack, uint64_t offset)
{
    uint64_t mixed = (offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u;

    return (size_t)(mixed >> 32) & (cache->bucket_count - 1);
}

static void unlink_age(packread_cache *cache, packread_blob *blob)
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

static void link_newest(packread_cache *cache, packread_blob *blob)
{
    blob->newer = NULL;
    blob->older = cache->newest;
    if (cache->newest)
        cache->newest->newer = blob;
    else
        cache->oldest = blob;
    cache->newest = blob;
}

static void destroy(packread_cache *cache, packread_blob *blob)
{
    packread_budget_give(cache->budget, blob->charged);
    free(blob);
}

static void evict(packread_cache *cache, packread_blob *blob)
{
    packread_blob **link = &cache->buckets[bucket_of(cache, blob->pack, blob->offset)];

    while (*link != blob)
        link = &(*link)->next;
    *link = blob->next;
    unlink_age(cache, blob);
    cache->count--;
    cache->bytes -= blob->charged;
    packread_budget_give(cache->share, blob->charged);
    destroy(cache, blob);
}

/* The oldest that nobody uses; false if there is none. */
static bool evict_one(packread_cache *cache)
{
    packread_blob *blob = cache->oldest;

    while (blob && blob->pinned)
        blob = blob->newer;
    if (!blob)
        return false;
    evict(cache, blob);
    return true;
}

int packread_cache_short(const packread_cache *cache, uint64_t size, packread_error *error)
{
    uint64_t used = atomic_load(&cache->budget->used);

    packread_error_set(error, PACKREAD_ERROR_BUDGET, NULL,
                       "the memory limit has no room for this object");
    /* Blobs get half of the limit. */
    if (error)
        error->needed = size < UINT64_MAX / 4 ? 2 * (used + sizeof(packread_blob) + size) : UINT64_MAX;
    return PACKREAD_ERROR_BUDGET;
}

static bool charge(packread_cache *cache, uint64_t bytes)
{
    while (!packread_budget_take(cache->budget, bytes))
        if (!evict_one(cache))
            return false;
    return true;
}

int packread_blob_new(packread_cache *cache, uint64_t size, packread_blob **blob,
                      packread_error *error)
{
    uint64_t bytes;
    packread_blob *made;

    bytes = size < UINT64_MAX - sizeof *made ? sizeof *made + size : UINT64_MAX;
    if (!charge(cache, bytes))
        return packread_cache_short(cache, size, error);
    made = bytes <= SIZE_MAX ? malloc((size_t)bytes) : NULL;
    if (!made) {
        packread_budget_give(cache->budget, bytes);
        return packread_error_memory(error);
    }
    memset(made, 0, sizeof *made);
    made->size = size;
    made->charged = bytes;
    *blob = made;
    return 0;
}

int packread_blob_resize(packread_cache *cache, packread_blob **blob, uint64_t size,
                         packread_error *error)
{
    packread_blob *old = *blob;
    uint64_t bytes = size < UINT64_MAX - sizeof *old ? sizeof *old + size : UINT64_MAX;
    uint64_t before = old->charged;
    packread_blob *moved;

    if (bytes > before && !charge(cache, bytes - before))
        return packread_cache_short(cache, size, error);
    moved = bytes <= SIZE_MAX ? realloc(old, (size_t)bytes) : NULL;
    if (!moved) {
        if (bytes > before)
            packread_budget_give(cache->budget, bytes - before);
        return packread_error_memory(error);
    }
    if (bytes < before)
        packread_budget_give(cache->budget, before - bytes);
    moved->size = size;
    moved->charged = bytes;
    *blob = moved;
    return 0;
}

void packread_blob_release(packread_cache *cache, packread_blob *blob)
{
    if (!blob)
        return;
    if (blob->cached)
        blob->pinned = false;
    else
        destroy(cache, blob);
}

packread_blob *packread_cache_find(packread_cache *cache, uint32_t pack, uint64_t offset)
{
    packread_blob *blob = cache->buckets[bucket_of(cache, pack, offset)];

    while (blob && (blob->offset != offset || blob->pack != pack))
        blob = blob->next;
    if (blob) {
        unlink_age(cache, blob);
        link_newest(cache, blob);
        blob->pinned = true;
    }
    return blob;
}

/* Without memory the table stays as it is: slower, still right. */
static void grow(packread_cache *cache)
{
    size_t old_count = cache->bucket_count;
    packread_blob **old = cache->buckets;
    packread_blob **buckets = calloc(2 * old_count, sizeof *buckets);

    if (!buckets)
        return;
    cache->buckets = buckets;
    cache->bucket_count = 2 * old_count;
    for (size_t i = 0; i < old_count; i++) {
        while (old[i]) {
            packread_blob *blob = old[i];
            size_t bucket = bucket_of(cache, blob->pack, blob->offset);

            old[i] = blob->next;
            blob->next = buckets[bucket];
            buckets[bucket] = blob;
        }
    }
    free(old);
}

void packread_cache_add(packread_cache *cache, packread_blob *blob)
{
    size_t bucket;

    if (blob->cached || blob->charged > cache->limit / 4)
        return;
    while (cache->bytes + blob->charged > cache->limit)
        if (!evict_one(cache))
            return;
    while (!packread_budget_take(cache->share, blob->charged))
        if (!evict_one(cache))
            return;
    if (cache->count >= 2 * cache->bucket_count)
        grow(cache);
    bucket = bucket_of(cache, blob->pack, blob->offset);
    blob->next = cache->buckets[bucket];
    cache->buckets[bucket] = blob;
    link_newest(cache, blob);
    blob->cached = true;
    blob->pinned = true;
    cache->count++;
    cache->bytes += blob->charged;
}

void packread_cache_close(packread_cache *cache)
{
    while (cache->oldest)
        evict(cache, cache->oldest);
    free(cache->buckets);
    cache->buckets = NULL;
}
