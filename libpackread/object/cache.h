/* cache.h - one reader's recently used bases, least recently used first out. Owns their memory,
 * which is charged to the snapshot's budget. */
#ifndef PKR_CACHE_H
#define PKR_CACHE_H

#include "base/budget.h"
#include "base/fault.h"

/* An object's bytes in memory, with who pays for them. While it is cached the cache owns it. */
typedef struct pkr_blob {
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
    struct pkr_blob *next; /* in its hash bucket */
    struct pkr_blob *newer;
    struct pkr_blob *older;
    unsigned char data[];
} pkr_blob;

#define PKR_CACHE_SPARES 4

typedef struct pkr_cache {
    pkr_budget *budget; /* of all blobs */
    pkr_budget *share;  /* of it, what all caches of the snapshot may keep */
    pkr_blob **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    uint64_t bytes;
    uint64_t limit;
    pkr_blob *newest;
    pkr_blob *oldest;
    pkr_blob *stuck;                    /* freed, and the system would not take them: tried again */
    pkr_blob *spares[PKR_CACHE_SPARES]; /* freed blobs, to be used again; NULL: none */
    uint32_t *seen;       /* marks of objects offered before, by hash; NULL until needed */
    uint64_t last;        /* the offset wanted last */
    uint64_t stride;      /* of objects far up long chains, each so many-th is kept; 0: each */
    uint64_t stride_size; /* what one of them takes, about */
    uint32_t stride_pack; /* that they are in */
    bool forward;         /* objects are wanted in order of offset */
} pkr_cache;

/* Errors: MEMORY. */
int pkr_cache_open(pkr_cache *cache, pkr_budget *budget, pkr_budget *share, uint64_t limit);
void pkr_cache_close(pkr_cache *cache);
/* Forgets every blob; none may be pinned. */
void pkr_cache_clear(pkr_cache *cache);

/* Fills in that a blob of `size` bytes would need a larger memory limit, and how large; returns
 * BUDGET. */
int pkr_cache_short(const pkr_cache *cache, uint64_t size, pkr_fault *fault);

/* Bytes for something else that is as large as the input makes it; cached blobs make room. False if
 * that is not enough. To be given back to the budget. */
bool pkr_cache_take(pkr_cache *cache, uint64_t bytes);

/* A blob of `size` bytes, not cached. Where the budget is short, cached blobs make room. Errors:
 * BUDGET
 * (`needed` set), MEMORY. */
int pkr_blob_new(pkr_cache *cache, uint64_t size, pkr_blob **blob, pkr_fault *fault);
/* The same blob with a size that is not less, its bytes kept; it may move. For blobs
 * that are not cached. On failure the old one is untouched. */
int pkr_blob_grow(pkr_cache *cache, pkr_blob **blob, uint64_t size, pkr_fault *fault);
/* Takes one pin off a blob that is cached, gives up one that is not; NULL is fine. */
void pkr_blob_release(pkr_cache *cache, pkr_blob *blob);

/* With one more pin; NULL if it is not there. */
pkr_blob *pkr_cache_find(pkr_cache *cache, uint32_t pack, uint64_t offset);
/* Says which object is to be built next: where they come in order, every base is worth keeping. */
void pkr_cache_want(pkr_cache *cache, uint64_t offset);
/* Says that a chain of so many deltas is to be climbed from `bottom`. Of a long one as many objects
 * are kept as there is room for, evenly spaced: so that the next object on it is not far from one.
 */
void pkr_cache_expect(pkr_cache *cache, const pkr_blob *bottom, uint64_t links);
/* As pkr_cache_add, for an object on the way up. */
void pkr_cache_offer(pkr_cache *cache, pkr_blob *blob);
/* Hands a blob over under its key; the caller's hold becomes a pin. One that there is no room for,
 * or that is offered the first time by a reader that jumps about, stays the caller's. Either way
 * pkr_blob_release ends the hold. */
void pkr_cache_add(pkr_cache *cache, pkr_blob *blob);

#endif
