/* blob.h - objects' bytes in memory. Whoever uses a blob holds it; the last to let go frees it, on
 * whatever thread. What one reader has freed last it uses again: its spares. */
#ifndef PKR_BLOB_H
#define PKR_BLOB_H

#include "base/budget.h"
#include "base/fault.h"
#include "object/pool.h"

typedef struct pkr_blob {
    pkr_budget *budget;     /* that it is paid from */
    pkr_pool *pool;         /* that its memory is of; NULL: it is its own */
    uint64_t charged;       /* bytes, this struct included */
    uint64_t size;          /* of the data */
    _Atomic uint32_t holds; /* of those who use it, and of the cache that has it */
    _Atomic bool kept;      /* handed out to be held for long (packread_object_keep) */

    /* What the reader that made it knows of it; no other thread looks. */
    unsigned char type;   /* of the object */
    bool checked;         /* its bytes gave the id in the row below */
    uint32_t checked_row; /* of the index: a damaged one names an offset twice */
    uint32_t depth;       /* deltas below it; 0 if not known */
    uint32_t pack;        /* its key in the cache: pack, */
    uint64_t offset;      /* and where its entry begins */

    /* Of the cache that has it, with its lock; `cached` may be read without. */
    _Atomic bool cached;
    struct pkr_blob *next; /* in its hash bucket; of a spare, in its list */
    struct pkr_blob *newer;
    struct pkr_blob *older;

    unsigned char data[];
} pkr_blob;

/* Eight sizes from 128 bytes up to twice that, eight up to four times that, and so on. */
#define PKR_SPARE_SIZES 160

/* Where one reader's blobs come from. */
typedef struct pkr_spares {
    pkr_giver giver; /* its lock is that of all below */
    pkr_budget *budget;
    pkr_pool *pool;                   /* for larger ones; NULL: none */
    uint64_t most;                    /* bytes that are worth holding */
    uint64_t held;                    /* bytes */
    unsigned hand;                    /* the size that gives next where others are wanted */
    pkr_blob *lists[PKR_SPARE_SIZES]; /* through `next` */
} pkr_spares;

/* At most so many bytes are held of blobs that nobody uses. Errors: MEMORY. */
int pkr_spares_open(pkr_spares *spares, pkr_budget *budget, uint64_t most);
/* Also of those that did not open. */
void pkr_spares_close(pkr_spares *spares);

/* A blob of `size` bytes, which the caller holds. Errors: BUDGET (`needed` set), MEMORY. */
int pkr_blob_new(pkr_spares *spares, uint64_t size, pkr_blob **blob, pkr_fault *fault);
/* The same blob with a size that is not less, its bytes kept; it may move. For blobs that nobody
 * else holds. On failure the old one is untouched. Errors: as above. */
int pkr_blob_grow(pkr_spares *spares, pkr_blob **blob, uint64_t size, pkr_fault *fault);
/* One more hold, by who holds it or has the lock of the cache that does. */
static inline void pkr_blob_hold(pkr_blob *blob)
{
    atomic_fetch_add_explicit(&blob->holds, 1, memory_order_relaxed);
}
/* Ends a hold; NULL is fine. The last one makes it a spare, or frees it; how many bytes that gave
 * back. `spares` may be NULL: none of them. */
uint64_t pkr_blob_release(pkr_spares *spares, pkr_blob *blob);

/* The error for a blob of `size` bytes that there is no room for; returns BUDGET. */
int pkr_blob_short(const pkr_spares *spares, uint64_t size, pkr_fault *fault);

#endif
