/* budget.c - says what a table that there is no room for would need. */
#include "budget.h"

#include "error.h"

int packread_budget_short(packread_budget *budget, uint64_t bytes, const char *file,
                          const char *text, packread_error *error)
{
    uint64_t used = atomic_load(&budget->used);

    packread_error_set(error, PACKREAD_ERROR_BUDGET, file, text);
    /* The budget is half of the limit or more; objects want some room too. */
    if (error)
        error->needed =
            bytes < UINT64_MAX / 4 ? 2 * (used + bytes) + ((uint64_t)1 << 20) : UINT64_MAX;
    return PACKREAD_ERROR_BUDGET;
}
