/* memory.h - memory for tables: paid for, and asked of the system once more after caches and idle
 * windows have given what they can. */
#ifndef PKR_MEMORY_H
#define PKR_MEMORY_H

#include "base/budget.h"

/* What there is no room for: the file that needs it (may be NULL), and a phrase. */
typedef struct pkr_need {
    const char *file;
    const char *text;
} pkr_need;

/* `size` bytes of zeros, of a size that is not 0. Errors: BUDGET (as `need` says), MEMORY. */
int pkr_memory_new(pkr_budget *budget, uint64_t size, const pkr_need *need, void **memory,
                   pkr_fault *fault);
/* Makes `*memory`, of `old` bytes that are paid for (or NULL and 0), larger; it may move. What is
 * new is not cleared. Errors: as above; then all is as it was. */
int pkr_memory_grow(pkr_budget *budget, void **memory, uint64_t old, uint64_t size,
                    const pkr_need *need, pkr_fault *fault);
/* Makes `*memory`, of `old` bytes that are paid for, smaller if that can be done; it may move. How
 * many bytes are paid for then. */
uint64_t pkr_memory_shrink(pkr_budget *budget, void **memory, uint64_t old, uint64_t size);
/* `size` as it was paid for; `memory` may be NULL if that is 0. */
void pkr_memory_free(pkr_budget *budget, void *memory, uint64_t size);

/* `size` bytes of zeros that can be done without, or NULL: tables of others do not go for them. To
 * be freed as above. */
void *pkr_memory_optional(pkr_budget *budget, uint64_t size);
/* As malloc and realloc, for what is paid for already, or is of a size that no input decides. To be
 * freed with free(). */
void *pkr_memory_plain(pkr_budget *budget, size_t size);
void *pkr_memory_resize(pkr_budget *budget, void *memory, size_t size);

/* Rows in one piece, which grows by half; all zeros but `row_size` is an empty one. */
typedef struct pkr_table {
    void *rows;
    size_t count;
    size_t capacity;
    size_t row_size;
} pkr_table;

/* Bytes that room for one more row takes beside those that it has; 0 if there is room. */
uint64_t pkr_table_step(const pkr_table *table);
/* Room for one more row. Errors: BUDGET, MEMORY. */
int pkr_table_grow(pkr_table *table, pkr_budget *budget, const pkr_need *need, pkr_fault *fault);
void pkr_table_free(pkr_table *table, pkr_budget *budget);

#endif
