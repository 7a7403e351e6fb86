/* blob.c - takes memory for blobs, and gives it back. */
#include "object/blob.h"

#include <string.h>

#include "platform/pages.h"

#define SMALL ((uint64_t)1 << 10) /* below this size does not matter */
#define SPARE_WASTE 4             /* a spare so many times too large is not for this blob */

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

    if (!pkr_pages_free(blob, (size_t)bytes)) {
        pkr_budget_keep_stuck(budget, blob, bytes, pkr_pages_free);
        return 0;
    }
    pkr_budget_give(budget, bytes);
    return bytes;
}

/* ---- Spares --------------------------------------------------------------------------------- */

static uint64_t give_spares(pkr_giver *giver, uint64_t wanted)
{
    pkr_spares *spares = (pkr_spares *)giver;
    uint64_t given = 0;

    for (size_t i = 0; i < PKR_SPARES && given < wanted; i++) {
        if (spares->list[i])
            given += destroy(spares->list[i]);
        spares->list[i] = NULL;
    }
    return given;
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

/* Takes the place of the smallest spare if that is smaller; what is to be destroyed instead. With
 * the lock. */
static pkr_blob *exchange(pkr_spares *spares, pkr_blob *blob)
{
    pkr_blob **least = &spares->list[0];
    pkr_blob *smaller;

    for (size_t i = 1; i < PKR_SPARES && *least; i++)
        if (!spares->list[i] || spares->list[i]->charged < (*least)->charged)
            least = &spares->list[i];
    if (*least && (*least)->charged >= blob->charged)
        return blob;
    smaller = *least;
    *least = blob;
    return smaller;
}

/* The smallest spare of so many bytes at least, or NULL. */
static pkr_blob *take(pkr_spares *spares, uint64_t bytes)
{
    pkr_blob **best = NULL;
    pkr_blob *blob = NULL;

    pkr_giver_lock(&spares->giver);
    for (size_t i = 0; i < PKR_SPARES; i++) {
        pkr_blob **spare = &spares->list[i];

        if (*spare && (*spare)->charged >= bytes &&
            (*spare)->charged / SPARE_WASTE <= bytes + SMALL &&
            (!best || (*spare)->charged < (*best)->charged))
            best = spare;
    }
    if (best) {
        blob = *best;
        *best = NULL;
    }
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

int pkr_blob_new(pkr_spares *spares, uint64_t size, pkr_blob **blob, pkr_fault *fault)
{
    uint64_t bytes = bytes_for(size);
    pkr_blob *made = take(spares, bytes);
    int status = 0;

    if (made)
        bytes = made->charged;
    else
        status = allocate(spares, NULL, bytes, size, &made, fault);
    if (status != 0)
        return status;
    memset(made, 0, sizeof *made);
    made->budget = spares->budget;
    made->charged = bytes;
    made->size = size;
    atomic_init(&made->holds, 1);
    atomic_init(&made->kept, false);
    atomic_init(&made->cached, false);
    *blob = made;
    return 0;
}

int pkr_blob_grow(pkr_spares *spares, pkr_blob **blob, uint64_t size, pkr_fault *fault)
{
    uint64_t bytes = bytes_for(size);
    pkr_blob *moved = *blob;

    /* One that was a spare may be larger already. */
    if (bytes > moved->charged) {
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
    if (!blob || atomic_fetch_sub_explicit(&blob->holds, 1, memory_order_acq_rel) != 1)
        return 0;
    if (WITH_SPARES && spares && blob->charged <= spares->most) {
        pkr_giver_lock(&spares->giver);
        blob = exchange(spares, blob);
        pkr_giver_unlock(&spares->giver);
    }
    return blob ? destroy(blob) : 0;
}
