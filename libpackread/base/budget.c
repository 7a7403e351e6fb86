/* budget.c - says what a table that there is no room for would need. */
#include "base/budget.h"

#include "base/fault.h"

uint64_t pkr_budget_needed(const pkr_budget *budget, uint64_t bytes)
{
    /* The budget is half of the limit or more. */
    return bytes < UINT64_MAX / 4 ? 2 * (atomic_load(&budget->used) + bytes) + ((uint64_t)1 << 20)
                                  : UINT64_MAX;
}

int pkr_budget_short(pkr_budget *budget, uint64_t bytes, const char *file, const char *text,
                     pkr_fault *fault)
{
    pkr_fault_set(fault, PACKREAD_ERROR_BUDGET, file, text);
    if (fault)
        fault->needed = pkr_budget_needed(budget, bytes);
    return PACKREAD_ERROR_BUDGET;
}
