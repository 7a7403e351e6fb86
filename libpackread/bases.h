/* bases.h - the deltas of a pack without an index that name their base by id. Filled in order of
 * offset, sealed, then asked by any thread whenever an object has got its id: which deltas have
 * waited for it? So each is found at once, whatever the order of bases and deltas in the file. */
#ifndef PACKREAD_BASES_H
#define PACKREAD_BASES_H

#include <stdatomic.h>

#include "budget.h"
#include "packread.h"

struct packread_revindex;

/* A row is one delta: its rank, and the id of its base. */
typedef struct packread_bases {
    packread_budget *budget;
    size_t id_size;
    uint32_t count;
    uint32_t capacity;
    unsigned char *ids;
    uint32_t *ranks;
    uint32_t *order;       /* rows by id, then by rank: a run for each id */
    _Atomic uint32_t *met; /* for the first of a run: the rank of the base, or NO_RANK */
    const struct packread_revindex *entries; /* by rank */
    uint64_t charged;
} packread_bases;

/* Errors: BUDGET, MEMORY. */
int packread_bases_add(packread_bases *bases, uint32_t rank, const unsigned char *id,
                       packread_error *error);
int packread_bases_seal(packread_bases *bases, const struct packread_revindex *entries,
                        packread_error *error);
void packread_bases_free(packread_bases *bases);

/* The deltas that wait for `id`, which the object of rank `base` has: places `first` up to `end`.
 * False where there are none, or another copy of the object has got them. */
bool packread_bases_take(packread_bases *bases, const unsigned char *id, uint32_t base,
                         uint32_t *first, uint32_t *end);
/* Where the entry of the object begins that has been met under this id; false if none has. */
bool packread_bases_offset(const packread_bases *bases, const unsigned char *id, uint64_t *offset);
/* Whether the delta in a row has not met its base. */
bool packread_bases_waits(const packread_bases *bases, uint32_t row);

/* The delta at a place. */
static inline uint32_t packread_bases_rank(const packread_bases *bases, uint32_t place)
{
    return bases->ranks[bases->order[place]];
}

static inline const unsigned char *packread_bases_id(const packread_bases *bases, uint32_t row)
{
    return bases->ids + (size_t)row * bases->id_size;
}

#endif
