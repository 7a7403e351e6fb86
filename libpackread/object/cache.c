/* cache.c - hash table and LRU list of blobs. */
#include "object/cache.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BUCKETS 256

static size_t bucket_of(const pkr_cache *cache, uint32_t pack, uint64_t offset)
{
    return (size_t)(pkr_cache_mix(pack, offset) >> 32) & (cache->bucket_count - 1);
}

/* ---- With the lock -------------------------------------------------------------------------- */

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

/* Its hold is the caller's now. */
static void take_out(pkr_cache *cache, pkr_blob *blob)
{
    pkr_blob **link = &cache->buckets[bucket_of(cache, blob->pack, blob->offset)];

    while (*link != blob)
        link = &(*link)->next;
    *link = blob->next;
    unlink_age(cache, blob);
    blob->cached = false;
    cache->count--;
    atomic_fetch_sub_explicit(&cache->bytes, blob->charged, memory_order_relaxed);
}

/* The oldest that nobody else holds; NULL if there is none. Those in use are not old. What was
 * handed out to be held for long makes room here, though not in memory: else a cache could be full
 * of it. */
static pkr_blob *take_oldest(pkr_cache *cache)
{
    for (size_t left = cache->count; left > 0; left--) {
        pkr_blob *blob = cache->oldest;

        if (atomic_load_explicit(&blob->holds, memory_order_relaxed) == 1 ||
            atomic_load_explicit(&blob->kept, memory_order_relaxed)) {
            take_out(cache, blob);
            return blob;
        }
        unlink_age(cache, blob);
        link_newest(cache, blob);
    }
    return NULL;
}

static uint64_t give_oldest(pkr_giver *giver, uint64_t wanted)
{
    pkr_cache *cache = (pkr_cache *)giver;
    uint64_t given = 0;
    pkr_blob *blob;

    while (given < wanted && (blob = take_oldest(cache)))
        given += pkr_blob_release(NULL, blob);
    return given;
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

static void put_in(pkr_cache *cache, pkr_blob *blob)
{
    size_t bucket;

    if (cache->count >= 2 * cache->bucket_count)
        grow(cache);
    bucket = bucket_of(cache, blob->pack, blob->offset);
    blob->next = cache->buckets[bucket];
    cache->buckets[bucket] = blob;
    link_newest(cache, blob);
    blob->cached = true;
    pkr_blob_hold(blob);
    cache->count++;
    atomic_fetch_add_explicit(&cache->bytes, blob->charged, memory_order_relaxed);
}

/* ---- Without -------------------------------------------------------------------------------- */

int pkr_cache_open(pkr_cache *cache, pkr_spares *spares, uint64_t limit)
{
    memset(cache, 0, sizeof *cache);
    cache->spares = spares;
    cache->limit = limit;
    cache->bucket_count = FIRST_BUCKETS;
    cache->buckets = calloc(FIRST_BUCKETS, sizeof(pkr_blob *));
    if (!cache->buckets)
        return PACKREAD_ERROR_MEMORY;
    if (pkr_giver_begin(&cache->giver, PKR_GIVER_CACHE, give_oldest) != 0)
        return PACKREAD_ERROR_MEMORY;
    pkr_giver_join(&cache->giver, spares->budget);
    return 0;
}

/* One of several that have to go, on the reader's own thread: its memory is used again. */
static bool evict_one(pkr_cache *cache)
{
    pkr_blob *blob;

    pkr_giver_lock(&cache->giver);
    blob = take_oldest(cache);
    pkr_giver_unlock(&cache->giver);
    pkr_blob_release(cache->spares, blob);
    return blob != NULL;
}

void pkr_cache_clear(pkr_cache *cache)
{
    pkr_blob *blob;

    do {
        pkr_giver_lock(&cache->giver);
        blob = cache->oldest;
        if (blob)
            take_out(cache, blob);
        pkr_giver_unlock(&cache->giver);
        pkr_blob_release(cache->spares, blob);
    } while (blob);
}

void pkr_cache_close(pkr_cache *cache)
{
    if (cache->giver.give)
        pkr_cache_clear(cache);
    pkr_giver_end(&cache->giver);
    free(cache->buckets);
    cache->buckets = NULL;
}

pkr_blob *pkr_cache_find(pkr_cache *cache, uint32_t pack, uint64_t offset)
{
    pkr_blob *blob;

    pkr_giver_lock(&cache->giver);
    blob = cache->buckets[bucket_of(cache, pack, offset)];
    while (blob && (blob->offset != offset || blob->pack != pack))
        blob = blob->next;
    if (blob) {
        unlink_age(cache, blob);
        link_newest(cache, blob);
        pkr_blob_hold(blob);
    }
    pkr_giver_unlock(&cache->giver);
    return blob;
}

void pkr_cache_add(pkr_cache *cache, pkr_blob *blob)
{
    if (blob->cached || blob->charged > cache->limit)
        return;
    while (atomic_load_explicit(&cache->bytes, memory_order_relaxed) > cache->limit - blob->charged)
        if (!evict_one(cache))
            return;
    pkr_giver_lock(&cache->giver);
    put_in(cache, blob);
    pkr_giver_unlock(&cache->giver);
}
