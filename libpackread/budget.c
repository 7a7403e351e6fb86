/* budget.c - says what a table that there is no room for would need. */
#include "budget.h"

#include "error.h"

uint64_t packread_budget_needed(const packread_budget *budget, uint64_t bytes)
{
    /* The budget is half of the limit or more. */
    return bytes < UINT64_MAX / 4 ? 2 * (atomic_load(&budget->used) + bytes) + ((uint64_t)1 << 20)
                                  : UINT64_MAX;
}

int packread_budget_short(packread_budget *budget, uint64_t bytes, const char *file,
                          const char *text, packread_error *error)
{
    packread_error_set(error, PACKREAD_ERROR_BUDGET, file, text);
    if (error)
        error->needed = packread_budget_needed(budget, bytes);
    return PACKREAD_ERROR_BUDGET;
}
