/* pool.h - pages for the larger blobs of one job that makes very many: those of a blob that goes
 * are used again by the next ones, whatever their sizes, and not given to the system and asked for
 * again, which for each page costs more than to copy it. So it holds what was in use at one time at
 * most, and gives of it what is not in use where others need it (budget.h).
 *
 * Any thread. All that came from it goes back to it before it ends. */
#ifndef PKR_POOL_H
#define PKR_POOL_H

#include "base/budget.h"

/* Blobs from this size on are worth whole pages. */
#define PKR_POOL_LEAST ((uint64_t)8 << 10)
/* Address space. What finds no place there is had from the system. */
#define PKR_POOL_SIZE ((uint64_t)64 << 20)
#define PKR_POOL_WORDS (PKR_POOL_SIZE / 4096 / 64)

typedef struct pkr_pool {
    pkr_giver giver; /* its lock is that of all below */
    pkr_budget *budget;
    unsigned char *memory; /* NULL: it has none */
    size_t unit;           /* a page, in bytes */
    size_t units;
    size_t idle;                       /* those that are paid for and not in use */
    uint64_t used[PKR_POOL_WORDS];     /* a bit for each unit: it belongs to a blob */
    uint64_t resident[PKR_POOL_WORDS]; /* it is paid for, and may be in memory */
} pkr_pool;

/* Takes no memory yet. One for which the system has no place gives nothing. */
void pkr_pool_begin(pkr_pool *pool, pkr_budget *budget);
/* Also of one that is all zeros. */
void pkr_pool_end(pkr_pool *pool);

/* Memory for so many bytes, paid for, and how many it has; or NULL: it is none of the pool's sizes,
 * or the pool or the budget has no room. Not cleared. `pool` may be NULL. */
void *pkr_pool_take(pkr_pool *pool, uint64_t bytes, uint64_t *size);
/* Adds what is behind it, so that there are `bytes` at least, if that is free and there is room. */
bool pkr_pool_extend(pkr_pool *pool, void *memory, uint64_t bytes, uint64_t *size);
/* `size` as it was told last. */
void pkr_pool_give(pkr_pool *pool, void *memory, uint64_t size);

#endif
