/* memory.c - malloc, with those asked who can give where there is none. */
#include "base/memory.h"

#include <stdlib.h>

#define FIRST_ROWS 32

static int refuse(const pkr_budget *budget, uint64_t size, const pkr_need *need, pkr_fault *fault)
{
    return pkr_budget_short(budget, size, need->file, need->text, fault);
}

void *pkr_memory_resize(pkr_budget *budget, void *memory, size_t size)
{
    void *moved = realloc(memory, size);

    return moved || !pkr_budget_relieve(budget) ? moved : realloc(memory, size);
}

void *pkr_memory_plain(pkr_budget *budget, size_t size)
{
    return pkr_memory_resize(budget, NULL, size);
}

int pkr_memory_new(pkr_budget *budget, uint64_t size, const pkr_need *need, void **memory,
                   pkr_fault *fault)
{
    void *made;

    if (size > SIZE_MAX || !pkr_budget_take(budget, size))
        return refuse(budget, size, need, fault);
    made = calloc(1, (size_t)size);
    if (!made && pkr_budget_relieve(budget))
        made = calloc(1, (size_t)size);
    if (!made) {
        pkr_budget_give(budget, size);
        return pkr_fault_memory(fault);
    }
    *memory = made;
    return 0;
}

int pkr_memory_grow(pkr_budget *budget, void **memory, uint64_t old, uint64_t size,
                    const pkr_need *need, pkr_fault *fault)
{
    uint64_t more = size > old ? size - old : 0;
    void *moved;

    if (more == 0)
        return 0;
    if (size > SIZE_MAX || !pkr_budget_take(budget, more))
        return refuse(budget, more, need, fault);
    moved = pkr_memory_resize(budget, *memory, (size_t)size);
    if (!moved) {
        pkr_budget_give(budget, more);
        return pkr_fault_memory(fault);
    }
    *memory = moved;
    return 0;
}

uint64_t pkr_memory_shrink(pkr_budget *budget, void **memory, uint64_t old, uint64_t size)
{
    void *smaller = realloc(*memory, (size_t)size);

    if (!smaller)
        return old;
    *memory = smaller;
    pkr_budget_give(budget, old - size);
    return size;
}

void pkr_memory_free(pkr_budget *budget, void *memory, uint64_t size)
{
    free(memory);
    pkr_budget_give(budget, size);
}

void *pkr_memory_optional(pkr_budget *budget, uint64_t size)
{
    void *made;

    if (size > SIZE_MAX || !pkr_budget_take_optional(budget, size))
        return NULL;
    made = calloc(1, (size_t)size);
    if (!made)
        pkr_budget_give(budget, size);
    return made;
}

uint64_t pkr_table_step(const pkr_table *table)
{
    uint64_t more = table->capacity ? table->capacity / 2 : FIRST_ROWS;

    if (table->count < table->capacity)
        return 0;
    return table->capacity < SIZE_MAX / 2 / table->row_size ? more * table->row_size : UINT64_MAX;
}

int pkr_table_grow(pkr_table *table, pkr_budget *budget, const pkr_need *need, pkr_fault *fault)
{
    uint64_t step = pkr_table_step(table);
    uint64_t size = (uint64_t)table->capacity * table->row_size;
    int status;

    if (step == UINT64_MAX)
        return refuse(budget, step, need, fault);
    status = pkr_memory_grow(budget, &table->rows, size, size + step, need, fault);
    if (status == 0)
        table->capacity += (size_t)(step / table->row_size);
    return status;
}

void pkr_table_free(pkr_table *table, pkr_budget *budget)
{
    pkr_memory_free(budget, table->rows, (uint64_t)table->capacity * table->row_size);
    table->rows = NULL;
    table->count = table->capacity = 0;
}
