/* waiting.h - the deltas of a pack without an index that name their base by id. Filled in order of
 * offset, sealed, then asked by any thread whenever an object has got its id: which deltas have
 * waited for it? So each is found at once, whatever the order of bases and deltas in the file. */
#ifndef PKR_WAITING_H
#define PKR_WAITING_H

#include <stdatomic.h>

#include "base/memory.h"
#include "base/fault.h"

/* A row is one delta: its rank, and the id of its base. */
typedef struct pkr_waiting {
    pkr_budget *budget;
    size_t id_size;
    uint32_t count;
    pkr_table ids;           /* of bases, by row */
    pkr_table ranks;         /* uint32_t: of deltas, by row */
    uint32_t *order;         /* rows by id, then by rank: a run for each id */
    _Atomic uint32_t *met;   /* for the first of a run: the rank of the base, or NO_RANK */
    const uint64_t *offsets; /* of entries, by rank */
} pkr_waiting;

void pkr_waiting_begin(pkr_waiting *bases, pkr_budget *budget, size_t id_size);
/* Errors: BUDGET, MEMORY. */
int pkr_waiting_add(pkr_waiting *bases, uint32_t rank, const unsigned char *id, pkr_fault *fault);
int pkr_waiting_seal(pkr_waiting *bases, const uint64_t *offsets, pkr_fault *fault);
void pkr_waiting_free(pkr_waiting *bases);

/* The deltas that wait for `id`, which the object of rank `base` has: places `first` up to `end`.
 * False where there are none, or another copy of the object has got them. */
bool pkr_waiting_take(pkr_waiting *bases, const unsigned char *id, uint32_t base, uint32_t *first,
                      uint32_t *end);
/* As a reader's `resolve`: where the entry of the object begins that has been met under this id;
 * false if none has. */
bool pkr_waiting_offset(const void *bases, const unsigned char *id, uint64_t *offset);
/* Whether the delta in a row has not met its base. */
bool pkr_waiting_waits(const pkr_waiting *bases, uint32_t row);

/* The delta in a row. */
static inline uint32_t pkr_waiting_row_rank(const pkr_waiting *bases, uint32_t row)
{
    return ((const uint32_t *)bases->ranks.rows)[row];
}

/* The delta at a place. */
static inline uint32_t pkr_waiting_rank(const pkr_waiting *bases, uint32_t place)
{
    return pkr_waiting_row_rank(bases, bases->order[place]);
}

static inline const unsigned char *pkr_waiting_id(const pkr_waiting *bases, uint32_t row)
{
    return (const unsigned char *)bases->ids.rows + (size_t)row * bases->id_size;
}

#endif
