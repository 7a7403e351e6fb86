/* shelf.h - a list of pointers that grows at its end and never moves: any thread may read what is
 * on it while one adds to it. */
#ifndef PKR_SHELF_H
#define PKR_SHELF_H

#include <stdatomic.h>
#include <stdint.h>

#define PKR_SHELF_BOARDS 32

/* All zeros: empty. */
typedef struct pkr_shelf {
    void **boards[PKR_SHELF_BOARDS]; /* each has room for twice as many as the one before */
    _Atomic uint32_t count;
} pkr_shelf;

static inline uint32_t pkr_shelf_count(const pkr_shelf *shelf)
{
    return atomic_load_explicit(&shelf->count, memory_order_acquire);
}
/* NULL past the end. */
void *pkr_shelf_get(const pkr_shelf *shelf, uint32_t index);
/* At the end; from one thread at a time. Errors: MEMORY. */
int pkr_shelf_put(pkr_shelf *shelf, void *item);
/* Another item in the place of one that is there, while nobody else reads. */
void pkr_shelf_exchange(pkr_shelf *shelf, uint32_t index, void *item);
/* Leaves what was on it alone. */
void pkr_shelf_free(pkr_shelf *shelf);

#endif
