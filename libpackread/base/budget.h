/* budget.h - the bytes that everything but windows may take: base caches, decode buffers, tables.
 * One number for a snapshot, shared by its readers; windows have their own limit in the manager.
 *
 * ONE WAY  Whoever takes memory that grows with the input pays for it here first. Where there is no
 * room, those who hold what they could do without (givers) are asked to give it: base caches,
 * spare blobs, tables that nobody uses, of all readers of the snapshot. Only when none of them has
 * anything left is the answer no. So it depends on what is in use now, not on what was read before.
 * Who gave last is asked last, so that the caches of readers at rest go to the one that works.
 *
 * LOCKS  The budget's, then one giver's. A giver's lock is held for short steps only; who holds one
 * pays for nothing meanwhile, because that may ask the same giver. */
#ifndef PKR_BUDGET_H
#define PKR_BUDGET_H

#include <smmap.h>
#include <stdatomic.h>

#include "base/fault.h"
#include "base/mutex.h"

/* In the order in which they are asked. */
enum pkr_giver_kind {
    PKR_GIVER_CACHE,
    PKR_GIVER_SPARES,
    PKR_GIVER_TABLE /* costs more to make again than a blob */
};
#define PKR_GIVER_KINDS 3

typedef struct pkr_giver {
    pkr_lock lock;             /* of what is given */
    struct pkr_budget *budget; /* NULL: it is not asked */
    enum pkr_giver_kind kind;
    /* Frees and gives back some `wanted` bytes, or all that is not in use; says how many. Called
     * with the lock. */
    uint64_t (*give)(struct pkr_giver *giver, uint64_t wanted);
    struct pkr_giver *next; /* that is asked later */
    struct pkr_giver *previous;
} pkr_giver;

/* Memory that the system would not take back, at its beginning. */
typedef struct pkr_stuck {
    struct pkr_stuck *next;
    uint64_t size;
    uint64_t paid; /* of it */
    bool (*free)(void *memory, size_t size);
} pkr_stuck;

/* Somebody asks givers, with the lock: who takes meanwhile waits for it. */
#define PKR_BUDGET_ASKING ((uint64_t)1 << 63)

typedef struct pkr_budget {
    _Atomic uint64_t used; /* bytes, never more than the limit; and PKR_BUDGET_ASKING */
    uint64_t limit;
    const packread_stop *stop; /* whether those who work with it are to stop; may be NULL */
    smmap_manager *manager; /* whose idle windows go where the system has no memory; may be NULL */
    pkr_lock lock;          /* of all below */
    pkr_giver *first[PKR_GIVER_KINDS];
    pkr_giver *last[PKR_GIVER_KINDS];
    size_t count[PKR_GIVER_KINDS];
    pkr_stuck *stuck;
    _Atomic uint64_t holds; /* one of who made it, one of each object that was handed out to last */
    void *owner;            /* memory that goes with the last of them; may be NULL */
} pkr_budget;

/* Errors: MEMORY. A limit past 2^62 is as good as that. */
int pkr_budget_begin(pkr_budget *budget, uint64_t limit, void *owner);
static inline void pkr_budget_hold(pkr_budget *budget)
{
    atomic_fetch_add_explicit(&budget->holds, 1, memory_order_relaxed);
}
/* Ends a hold, that of who made it too; no giver may be left by then. */
void pkr_budget_let_go(pkr_budget *budget);

static inline uint64_t pkr_budget_used(const pkr_budget *budget)
{
    return atomic_load_explicit(&budget->used, memory_order_relaxed) & ~PKR_BUDGET_ASKING;
}

/* Takes `size` bytes, after asking for them if need be; or leaves `used` as it was and says no. */
bool pkr_budget_take(pkr_budget *budget, uint64_t size);
/* The same for a table that can be done without: no other table goes for it. */
bool pkr_budget_take_optional(pkr_budget *budget, uint64_t size);
static inline void pkr_budget_give(pkr_budget *budget, uint64_t size)
{
    atomic_fetch_sub_explicit(&budget->used, size, memory_order_relaxed);
}

/* The system, not the budget, has no memory: givers give all that they can, and idle windows go.
 * Whether there was any, so that it is worth one more try. */
bool pkr_budget_relieve(pkr_budget *budget);
/* `size` bytes that `free` could not free, of which `paid` were paid for, stay paid until it can:
 * tried again whenever memory is short, and by pkr_budget_free_stuck. */
void pkr_budget_keep_stuck(pkr_budget *budget, void *memory, uint64_t size, uint64_t paid,
                           bool (*free)(void *memory, size_t size));
void pkr_budget_free_stuck(pkr_budget *budget);

/* The error for `bytes` more than there is room for, with the memory limit that has that room, and
 * some for objects; returns BUDGET. */
int pkr_budget_short(const pkr_budget *budget, uint64_t bytes, const char *file, const char *text,
                     pkr_fault *fault);
/* That limit alone. */
uint64_t pkr_budget_needed(const pkr_budget *budget, uint64_t bytes);

/* A giver that is not asked yet. Errors: MEMORY. */
int pkr_giver_begin(pkr_giver *giver, enum pkr_giver_kind kind,
                    uint64_t (*give)(pkr_giver *giver, uint64_t wanted));
/* It is asked from now on; harmless twice. Without its lock. */
void pkr_giver_join(pkr_giver *giver, pkr_budget *budget);
/* It is not asked any more, if it was; one that is all zeros, or did not begin, is fine. Without
 * its lock, which is gone then. */
void pkr_giver_end(pkr_giver *giver);

static inline void pkr_giver_lock(pkr_giver *giver)
{
    pkr_lock_take(&giver->lock);
}

static inline void pkr_giver_unlock(pkr_giver *giver)
{
    pkr_lock_give(&giver->lock);
}

#endif
