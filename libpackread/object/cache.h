/* cache.h - the bases that one reader keeps: a hash table, and the order in which they were used.
 * It holds each blob once; the least recently used one that nobody else holds goes first. The
 * reader's thread puts in and finds; any thread that is short of memory takes out, through the
 * budget. */
#ifndef PKR_CACHE_H
#define PKR_CACHE_H

#include "object/blob.h"

typedef struct pkr_cache {
    pkr_giver giver; /* its lock is that of all below */
    pkr_spares *spares;
    pkr_blob **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    _Atomic uint64_t bytes; /* changed with the lock, read without */
    uint64_t limit;
    pkr_blob *newest;
    pkr_blob *oldest;
} pkr_cache;

/* `limit` is for the bytes that it keeps. Errors: MEMORY. */
int pkr_cache_open(pkr_cache *cache, pkr_spares *spares, uint64_t limit);
/* Also of one that did not open, or is all zeros. */
void pkr_cache_close(pkr_cache *cache);
/* Forgets every blob. */
void pkr_cache_clear(pkr_cache *cache);

/* Held once more, for the caller; NULL if it is not there. */
pkr_blob *pkr_cache_find(pkr_cache *cache, uint32_t pack, uint64_t offset);
/* Keeps a blob under its key, if there is room once others are gone; the caller's hold stays the
 * caller's. */
void pkr_cache_add(pkr_cache *cache, pkr_blob *blob);

/* A number to spread keys by. */
static inline uint64_t pkr_cache_mix(uint32_t pack, uint64_t offset)
{
    return (offset + ((uint64_t)pack << 48)) * 0x9e3779b97f4a7c15u;
}

#endif
