/* blob.c - takes memory for blobs, and gives it back. */
#include "object/blob.h"

#include <string.h>

#include "platform/pages.h"

/* Used again, memory is no longer what AddressSanitizer can watch the end of. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_SPARES 0
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define WITH_SPARES 0
#endif
#ifndef WITH_SPARES
#define WITH_SPARES 1
#endif

static uint64_t destroy(pkr_blob *blob)
{
    pkr_budget *budget = blob->budget;
    uint64_t bytes = blob->charged;

    if (blob->pool) { /* which pays for it */
        pkr_pool_give(blob->pool, blob, bytes);
        return 0;
    }
    if (!pkr_pages_free(blob, (size_t)bytes)) {
        pkr_budget_keep_stuck(budget, blob, bytes, bytes, pkr_pages_free);
        return 0;
    }
    pkr_budget_give(budget, bytes);
    return bytes;
}

/* ---- Spares --------------------------------------------------------------------------------- */

#define FIRST_BITS 7 /* of the smallest size */
#define STEP_BITS 3  /* so many bits of a size tell it from its neighbours */
#define LARGER 16    /* a spare that is so many sizes too large will do */

/* Bytes of a blob of that size. */
static uint64_t bytes_of(unsigned size)
{
    const uint64_t steps = ((uint64_t)1 << STEP_BITS) + size % (1u << STEP_BITS);

    return steps << (size >> STEP_BITS) << (FIRST_BITS - STEP_BITS);
}

/* The smallest size of so many bytes at least; PKR_SPARE_SIZES: there is none. */
static unsigned size_for(uint64_t bytes)
{
    unsigned size = 0;
    unsigned bits = FIRST_BITS;

    if (bytes <= bytes_of(0))
        return 0;
    while (bits < 63 && (bytes - 1) >> bits >> 1)
        bits++;
    size = (bits - FIRST_BITS) << STEP_BITS;
    size += (unsigned)((bytes - 1) >> (bits - STEP_BITS)) + 1 - (1u << STEP_BITS);
    return size < PKR_SPARE_SIZES ? size : PKR_SPARE_SIZES;
}

/* The one that is put aside last of a size, or NULL. With the lock. */
static pkr_blob *take_from(pkr_spares *spares, unsigned size)
{
    pkr_blob *blob = spares->lists[size];

    if (blob) {
        spares->lists[size] = blob->next;
        spares->held -= blob->charged;
    }
    return blob;
}

static uint64_t destroy_all(pkr_blob *list)
{
    uint64_t bytes = 0;

    while (list) {
        pkr_blob *next = list->next;

        bytes += destroy(list);
        list = next;
    }
    return bytes;
}

/* Takes out spares of whatever size, as many as hold so many bytes; a list. With the lock. */
static pkr_blob *take_out(pkr_spares *spares, uint64_t bytes)
{
    const uint64_t left = spares->held > bytes ? spares->held - bytes : 0;
    pkr_blob *list = NULL;

    while (spares->held > left) {
        pkr_blob *blob = take_from(spares, spares->hand);

        spares->hand = (spares->hand + 1) % PKR_SPARE_SIZES;
        if (blob) {
            blob->next = list;
            list = blob;
        }
    }
    return list;
}

static uint64_t give_spares(pkr_giver *giver, uint64_t wanted)
{
    return destroy_all(take_out((pkr_spares *)giver, wanted));
}

int pkr_spares_open(pkr_spares *spares, pkr_budget *budget, uint64_t most)
{
    memset(spares, 0, sizeof *spares);
    spares->budget = budget;
    spares->most = most;
    if (pkr_giver_begin(&spares->giver, PKR_GIVER_SPARES, give_spares) != 0)
        return PACKREAD_ERROR_MEMORY;
    pkr_giver_join(&spares->giver, budget);
    return 0;
}

void pkr_spares_close(pkr_spares *spares)
{
    pkr_giver_end(&spares->giver);
    give_spares(&spares->giver, UINT64_MAX);
    pkr_budget_free_stuck(spares->budget);
}

/* Whether it is kept for the next blob; else, and of others that went for it, `*gone` is the list.
 */
static bool put_aside(pkr_spares *spares, pkr_blob *blob, pkr_blob **gone)
{
    const unsigned size = size_for(blob->charged);

    if (!WITH_SPARES || blob->pool || size == PKR_SPARE_SIZES || bytes_of(size) != blob->charged ||
        blob->charged > spares->most)
        return false;
    pkr_giver_lock(&spares->giver);
    if (spares->held > spares->most - blob->charged)
        *gone = take_out(spares, blob->charged);
    blob->next = spares->lists[size];
    spares->lists[size] = blob;
    spares->held += blob->charged;
    pkr_giver_unlock(&spares->giver);
    return true;
}

/* A spare of so many bytes at least, and not many more; or NULL. */
static pkr_blob *take(pkr_spares *spares, uint64_t bytes)
{
    pkr_blob *blob = NULL;
    unsigned size = size_for(bytes);

    if (size == PKR_SPARE_SIZES)
        return NULL;
    pkr_giver_lock(&spares->giver);
    for (unsigned end = size + LARGER; !blob && size < end && size < PKR_SPARE_SIZES; size++)
        blob = take_from(spares, size);
    pkr_giver_unlock(&spares->giver);
    return blob;
}

/* ---- Blobs ---------------------------------------------------------------------------------- */

static uint64_t bytes_for(uint64_t size)
{
    return size < UINT64_MAX - sizeof(pkr_blob) ? sizeof(pkr_blob) + size : UINT64_MAX;
}

int pkr_blob_short(const pkr_spares *spares, uint64_t size, pkr_fault *fault)
{
    return pkr_budget_short(spares->budget, bytes_for(size), NULL,
                            "the memory limit has no room for this object", fault);
}

/* Memory for `bytes`, which are more than those of `old`, if that is not NULL; it moves there. */
static int allocate(pkr_spares *spares, pkr_blob *old, uint64_t bytes, uint64_t size,
                    pkr_blob **made, pkr_fault *fault)
{
    const uint64_t before = old ? old->charged : 0;

    if (bytes > SIZE_MAX || !pkr_budget_take(spares->budget, bytes - before))
        return pkr_blob_short(spares, size, fault);
    *made = pkr_pages_grow(old, (size_t)before, (size_t)bytes);
    if (!*made && pkr_budget_relieve(spares->budget))
        *made = pkr_pages_grow(old, (size_t)before, (size_t)bytes);
    if (*made)
        return 0;
    pkr_budget_give(spares->budget, bytes - before);
    return pkr_fault_memory(fault);
}

/* Of a size that spares have, so that it can be used again; or 0. */
static uint64_t rounded(const pkr_spares *spares, uint64_t bytes)
{
    const unsigned size = size_for(bytes);

    if (!WITH_SPARES || size == PKR_SPARE_SIZES || bytes_of(size) > spares->most)
        return 0;
    return bytes_of(size);
}

int pkr_blob_new(pkr_spares *spares, uint64_t size, pkr_blob **blob, pkr_fault *fault)
{
    uint64_t bytes = bytes_for(size);
    const uint64_t more = rounded(spares, bytes);
    pkr_blob *made = pkr_pool_take(spares->pool, bytes, &bytes);
    pkr_pool *pool = made ? spares->pool : NULL;
    int status = 0;

    if (!made)
        made = take(spares, bytes);
    if (pool) {
        /* `bytes` are those that it has. */
    } else if (made) {
        bytes = made->charged;
    } else if (more > 0 && allocate(spares, NULL, more, size, &made, NULL) == 0) {
        bytes = more;
    } else {
        status = allocate(spares, NULL, bytes, size, &made, fault);
    }
    if (status != 0)
        return status;
    memset(made, 0, sizeof *made);
    made->budget = spares->budget;
    made->pool = pool;
    made->charged = bytes;
    made->size = size;
    atomic_init(&made->holds, 1);
    atomic_init(&made->kept, false);
    atomic_init(&made->cached, false);
    *blob = made;
    return 0;
}

/* To more bytes than it has. */
static int grow_in_pool(pkr_spares *spares, pkr_blob **blob, uint64_t size, pkr_fault *fault)
{
    pkr_blob *old = *blob;
    pkr_blob *made;
    pkr_pool *pool;
    uint64_t charged = old->charged;
    int status;

    if (pkr_pool_extend(old->pool, old, bytes_for(size), &charged)) {
        old->charged = charged;
        return 0;
    }
    status = pkr_blob_new(spares, size, &made, fault);
    if (status != 0)
        return status;
    pool = made->pool;
    charged = made->charged;
    memcpy(made, old, sizeof *old + (size_t)old->size);
    made->pool = pool;
    made->charged = charged;
    destroy(old);
    *blob = made;
    return 0;
}

int pkr_blob_grow(pkr_spares *spares, pkr_blob **blob, uint64_t size, pkr_fault *fault)
{
    uint64_t bytes = bytes_for(size);
    pkr_blob *moved = *blob;

    /* One that was a spare may be larger already. */
    if (bytes > moved->charged && moved->pool) {
        int status = grow_in_pool(spares, &moved, size, fault);

        if (status != 0)
            return status;
    } else if (bytes > moved->charged) {
        int status = allocate(spares, *blob, bytes, size, &moved, fault);

        if (status != 0)
            return status;
        moved->charged = bytes;
    }
    moved->size = size;
    *blob = moved;
    return 0;
}

uint64_t pkr_blob_release(pkr_spares *spares, pkr_blob *blob)
{
    pkr_blob *gone = NULL;

    if (!blob || atomic_fetch_sub_explicit(&blob->holds, 1, memory_order_acq_rel) != 1)
        return 0;
    if (!spares || !put_aside(spares, blob, &gone))
        return destroy(blob);
    return destroy_all(gone);
}
