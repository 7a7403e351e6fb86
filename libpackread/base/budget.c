/* budget.c - counts what is taken, and asks those who can give where it is short. */
#include "base/budget.h"

#include <stdlib.h>
#include <string.h>

/* A giver is asked for this part of the limit at least: one that is asked for each blob would be
 * locked for each. */
#define AT_ONCE 64
/* Below PKR_BUDGET_ASKING, so that no sum with it wraps. */
#define LIMIT_MOST ((uint64_t)1 << 62)

int pkr_budget_begin(pkr_budget *budget, uint64_t limit, void *owner)
{
    memset(budget, 0, sizeof *budget);
    budget->limit = limit < LIMIT_MOST ? limit : LIMIT_MOST;
    budget->owner = owner;
    atomic_init(&budget->holds, 1);
    return pkr_lock_make(&budget->lock) ? 0 : PACKREAD_ERROR_MEMORY;
}

/* ---- Givers --------------------------------------------------------------------------------- */

int pkr_giver_begin(pkr_giver *giver, enum pkr_giver_kind kind,
                    uint64_t (*give)(pkr_giver *giver, uint64_t wanted))
{
    *giver = (pkr_giver){.kind = kind};
    if (!pkr_lock_make(&giver->lock))
        return PACKREAD_ERROR_MEMORY;
    giver->give = give;
    return 0;
}

/* Both with the budget's lock. */
static void link_last(pkr_budget *budget, pkr_giver *giver)
{
    pkr_giver **last = &budget->last[giver->kind];

    giver->next = NULL;
    giver->previous = *last;
    if (*last)
        (*last)->next = giver;
    else
        budget->first[giver->kind] = giver;
    *last = giver;
    budget->count[giver->kind]++;
}

static void unlink_giver(pkr_budget *budget, pkr_giver *giver)
{
    if (giver->previous)
        giver->previous->next = giver->next;
    else
        budget->first[giver->kind] = giver->next;
    if (giver->next)
        giver->next->previous = giver->previous;
    else
        budget->last[giver->kind] = giver->previous;
    budget->count[giver->kind]--;
}

void pkr_giver_join(pkr_giver *giver, pkr_budget *budget)
{
    pkr_lock_take(&budget->lock);
    if (!giver->budget) {
        giver->budget = budget;
        link_last(budget, giver);
    }
    pkr_lock_give(&budget->lock);
}

void pkr_giver_end(pkr_giver *giver)
{
    pkr_budget *budget = giver->budget;

    if (budget) {
        pkr_lock_take(&budget->lock);
        unlink_giver(budget, giver);
        pkr_lock_give(&budget->lock);
    }
    giver->budget = NULL;
    if (giver->give)
        pkr_lock_unmake(&giver->lock);
    giver->give = NULL;
}

/* ---- Asking --------------------------------------------------------------------------------- */

/* With the lock. */
static uint64_t free_stuck(pkr_budget *budget)
{
    pkr_stuck *list = budget->stuck;
    uint64_t freed = 0;

    budget->stuck = NULL;
    while (list) {
        pkr_stuck *next = list->next;
        uint64_t paid = list->paid;

        if (list->free(list, (size_t)list->size)) {
            pkr_budget_give(budget, paid);
            freed += paid;
        } else {
            list->next = budget->stuck;
            budget->stuck = list;
        }
        list = next;
    }
    return freed;
}

static uint64_t missing(const pkr_budget *budget, uint64_t size)
{
    uint64_t room = budget->limit - pkr_budget_used(budget);

    return size > room ? size - room : 0;
}

/* Each of a kind once, as long as `size` bytes are not there; what they gave. With the lock. */
static uint64_t ask_kind(pkr_budget *budget, enum pkr_giver_kind kind, uint64_t size)
{
    uint64_t given = 0;

    for (size_t left = budget->count[kind]; left > 0; left--) {
        pkr_giver *giver = budget->first[kind];
        uint64_t wanted = missing(budget, size);

        if (wanted == 0)
            break;
        if (wanted < budget->limit / AT_ONCE)
            wanted = budget->limit / AT_ONCE;
        unlink_giver(budget, giver);
        link_last(budget, giver);
        pkr_giver_lock(giver);
        given += giver->give(giver, wanted);
        pkr_giver_unlock(giver);
    }
    return given;
}

/* Until there is room for `size` bytes, or none of the first `kinds` has any left; what they gave.
 * With the lock. */
static uint64_t ask(pkr_budget *budget, int kinds, uint64_t size)
{
    uint64_t given = free_stuck(budget);

    for (int kind = 0; kind < kinds; kind++)
        given += ask_kind(budget, (enum pkr_giver_kind)kind, size);
    return given;
}

/* With `asking` also while somebody asks. */
static bool take_what_is_there(pkr_budget *budget, uint64_t size, bool asking)
{
    uint64_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);

    do {
        if ((used & PKR_BUDGET_ASKING && !asking) ||
            size > budget->limit - (used & ~PKR_BUDGET_ASKING))
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&budget->used, &used, used + size,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* Nobody else takes anything meanwhile: else what one giver gave could be in the hands of another
 * that had none when it was asked, and the answer would be no beside caches that are full. */
static bool take(pkr_budget *budget, int kinds, uint64_t size)
{
    bool taken;

    if (size > budget->limit)
        return false;
    if (take_what_is_there(budget, size, false))
        return true;
    pkr_lock_take(&budget->lock);
    atomic_fetch_or_explicit(&budget->used, PKR_BUDGET_ASKING, memory_order_relaxed);
    ask(budget, kinds, size);
    taken = take_what_is_there(budget, size, true);
    atomic_fetch_and_explicit(&budget->used, ~PKR_BUDGET_ASKING, memory_order_relaxed);
    pkr_lock_give(&budget->lock);
    return taken;
}

bool pkr_budget_take(pkr_budget *budget, uint64_t size)
{
    return take(budget, PKR_GIVER_KINDS, size);
}

bool pkr_budget_take_optional(pkr_budget *budget, uint64_t size)
{
    return take(budget, PKR_GIVER_TABLE, size);
}

bool pkr_budget_relieve(pkr_budget *budget)
{
    uint64_t given;

    pkr_lock_take(&budget->lock);
    given = ask(budget, PKR_GIVER_KINDS, UINT64_MAX);
    pkr_lock_give(&budget->lock);
    return (budget->manager && smmap_manager_collect(budget->manager) > 0) || given > 0;
}

/* ---- What cannot be freed ------------------------------------------------------------------- */

void pkr_budget_keep_stuck(pkr_budget *budget, void *memory, uint64_t size, uint64_t paid,
                           bool (*free)(void *memory, size_t size))
{
    pkr_stuck *stuck = memory;

    pkr_lock_take(&budget->lock);
    *stuck = (pkr_stuck){budget->stuck, size, paid, free};
    budget->stuck = stuck;
    pkr_lock_give(&budget->lock);
}

void pkr_budget_free_stuck(pkr_budget *budget)
{
    pkr_lock_take(&budget->lock);
    free_stuck(budget);
    pkr_lock_give(&budget->lock);
}

void pkr_budget_let_go(pkr_budget *budget)
{
    if (atomic_fetch_sub_explicit(&budget->holds, 1, memory_order_acq_rel) != 1)
        return;
    pkr_budget_free_stuck(budget);
    pkr_lock_unmake(&budget->lock);
    free(budget->owner);
}

/* ---- What is needed ------------------------------------------------------------------------- */

uint64_t pkr_budget_needed(const pkr_budget *budget, uint64_t bytes)
{
    /* The budget is half of the limit or more. */
    return bytes < UINT64_MAX / 4 ? 2 * (pkr_budget_used(budget) + bytes) + ((uint64_t)1 << 20)
                                  : UINT64_MAX;
}

int pkr_budget_short(const pkr_budget *budget, uint64_t bytes, const char *file, const char *text,
                     pkr_fault *fault)
{
    pkr_fault_set(fault, PACKREAD_ERROR_BUDGET, file, text);
    if (fault)
        fault->needed = pkr_budget_needed(budget, bytes);
    return PACKREAD_ERROR_BUDGET;
}
