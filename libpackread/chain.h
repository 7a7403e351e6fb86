/* chain.h - one step from an entry to its base, and a guard against going round. */
#ifndef PACKREAD_CHAIN_H
#define PACKREAD_CHAIN_H

#include "entry.h"
#include "reader.h"

/* The header of the entry at `offset` of the selected pack. Errors: CORRUPT, those of windows. */
int packread_chain_entry(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                         packread_entry *entry, packread_error *error);

static inline packread_link packread_chain_link(uint64_t offset, const packread_entry *entry)
{
    return (packread_link){offset, offset + entry->header_size, entry->size};
}

/* Where the base of a delta entry begins. `position` receives the base's row, if it is not NULL and
 * the base is named by id; else it is left alone. Errors: CORRUPT for a base before the pack's
 * first entry, THIN for an id that the index does not have. */
int packread_chain_base(packread_reader *reader, const packread_pack *pack, uint64_t offset,
                        const packread_entry *entry, uint64_t *base, uint32_t *position,
                        packread_error *error);

/* Finds a cycle within a few times its length, in no memory (Brent): a mark that jumps ahead to the
 * present place after 1, 2, 4, 8... steps. */
typedef struct packread_guard {
    uint64_t mark;
    uint64_t steps;
    uint64_t limit;
} packread_guard;

static inline packread_guard packread_guard_begin(uint64_t offset)
{
    return (packread_guard){offset, 0, 1};
}

/* False: `offset` has been passed before. */
static inline bool packread_guard_pass(packread_guard *guard, uint64_t offset)
{
    if (offset == guard->mark)
        return false;
    if (++guard->steps == guard->limit) {
        guard->mark = offset;
        guard->steps = 0;
        guard->limit *= 2;
    }
    return true;
}

#endif
