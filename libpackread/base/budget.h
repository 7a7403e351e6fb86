/* budget.h - the bytes that everything but windows may take: base caches, decode buffers, tables.
 * One number for a snapshot, shared by its readers; windows have their own limit in the manager. */
#ifndef PKR_BUDGET_H
#define PKR_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

typedef struct pkr_budget {
    _Atomic uint64_t used;
    uint64_t limit;
} pkr_budget;

/* Takes `size` bytes, or leaves all as it was and says no. */
static inline bool pkr_budget_take(pkr_budget *budget, uint64_t size)
{
    uint64_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);

    do {
        if (size > budget->limit - used)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(&budget->used, &used, used + size,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

static inline void pkr_budget_give(pkr_budget *budget, uint64_t size)
{
    atomic_fetch_sub_explicit(&budget->used, size, memory_order_relaxed);
}

/* The memory limit with which there is room for `bytes` more, and some for objects. */
uint64_t pkr_budget_needed(const pkr_budget *budget, uint64_t bytes);
/* The error for `bytes` more than there is room for; returns BUDGET. */
int pkr_budget_short(pkr_budget *budget, uint64_t bytes, const char *file, const char *text,
                     pkr_fault *fault);

#endif
