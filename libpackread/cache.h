/* cache.h - one reader's recently used bases, least recently used first out. Owns their memory,
 * which is charged to the snapshot's budget. */
#ifndef PACKREAD_CACHE_H
#define PACKREAD_CACHE_H

#include "budget.h"
#include "packread.h"

/* An object's bytes in memory, with who pays for them. While it is cached the cache owns it. */
typedef struct packread_blob {
    uint64_t offset;    /* key: where its entry begins */
    uint32_t pack;      /* key */
    unsigned char type; /* of the object */
    bool cached;
    bool checked;         /* its bytes gave the id in the row below */
    uint32_t pins;        /* of those that use it: not to be evicted */
    uint32_t depth;       /* deltas below it; 0 if not known */
    uint32_t checked_row; /* of the index: a damaged one names an offset twice */
    uint64_t size;
    uint64_t charged;
    struct packread_blob *next; /* in its hash bucket */
    struct packread_blob *newer;
    struct packread_blob *older;
    unsigned char data[];
} packread_blob;

#define PACKREAD_CACHE_SPARES 4

typedef struct packread_cache {
    packread_budget *budget; /* of all blobs */
    packread_budget *share;  /* of it, what all caches of the snapshot may keep */
    packread_blob **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    uint64_t bytes;
    uint64_t limit;
    packread_blob *newest;
    packread_blob *oldest;
    packread_blob *stuck; /* freed, and the system would not take them: tried again */
    packread_blob *spares[PACKREAD_CACHE_SPARES]; /* freed blobs, to be used again; NULL: none */
    uint32_t *seen;       /* marks of objects offered before, by hash; NULL until needed */
    uint64_t last;        /* the offset wanted last */
    uint64_t stride;      /* of objects far up long chains, each so many-th is kept; 0: each */
    uint64_t stride_size; /* what one of them takes, about */
    uint32_t stride_pack; /* that they are in */
    bool forward;         /* objects are wanted in order of offset */
} packread_cache;

/* Errors: MEMORY. */
int packread_cache_open(packread_cache *cache, packread_budget *budget, packread_budget *share,
                        uint64_t limit);
void packread_cache_close(packread_cache *cache);
/* Forgets every blob; none may be pinned. */
void packread_cache_clear(packread_cache *cache);

/* Fills in that a blob of `size` bytes would need a larger memory limit, and how large; returns
 * BUDGET. */
int packread_cache_short(const packread_cache *cache, uint64_t size, packread_error *error);

/* Bytes for something else that is as large as the input makes it; cached blobs make room. False if
 * that is not enough. To be given back to the budget. */
bool packread_cache_take(packread_cache *cache, uint64_t bytes);

/* A blob of `size` bytes, not cached. Where the budget is short, cached blobs make room. Errors:
 * BUDGET
 * (`needed` set), MEMORY. */
int packread_blob_new(packread_cache *cache, uint64_t size, packread_blob **blob,
                      packread_error *error);
/* The same blob with a size that is not less, its bytes kept; it may move. For blobs
 * that are not cached. On failure the old one is untouched. */
int packread_blob_grow(packread_cache *cache, packread_blob **blob, uint64_t size,
                       packread_error *error);
/* Takes one pin off a blob that is cached, gives up one that is not; NULL is fine. */
void packread_blob_release(packread_cache *cache, packread_blob *blob);

/* With one more pin; NULL if it is not there. */
packread_blob *packread_cache_find(packread_cache *cache, uint32_t pack, uint64_t offset);
/* Says which object is to be built next: where they come in order, every base is worth keeping. */
void packread_cache_want(packread_cache *cache, uint64_t offset);
/* Says that a chain of so many deltas is to be climbed from `bottom`. Of a long one as many objects
 * are kept as there is room for, evenly spaced: so that the next object on it is not far from one.
 */
void packread_cache_expect(packread_cache *cache, const packread_blob *bottom, uint64_t links);
/* As packread_cache_add, for an object on the way up. */
void packread_cache_offer(packread_cache *cache, packread_blob *blob);
/* Hands a blob over under its key; the caller's hold becomes a pin. One that there is no room for,
 * or that is offered the first time by a reader that jumps about, stays the caller's. Either way
 * packread_blob_release ends the hold. */
void packread_cache_add(packread_cache *cache, packread_blob *blob);

#endif
