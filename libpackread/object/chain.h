/* chain.h - one step from an entry to its base, and a guard against going round. */
#ifndef PKR_CHAIN_H
#define PKR_CHAIN_H

#include "format/entry.h"
#include "object/reader.h"

/* The header of the entry at `offset` of the selected pack. Errors: CORRUPT, those of windows. */
int pkr_chain_entry(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    pkr_entry *entry, pkr_fault *fault);

static inline pkr_link pkr_chain_link(uint64_t offset, const pkr_entry *entry)
{
    return (pkr_link){offset, offset + entry->header_size, entry->size};
}

/* Where the base of a delta entry begins. `position` receives the base's row, if it is not NULL and
 * the base is named by id; else it is left alone. Errors: CORRUPT for a base before the pack's
 * first entry, THIN for an id that the index does not have. */
int pkr_chain_base(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                   const pkr_entry *entry, uint64_t *base, uint32_t *position, pkr_fault *fault);

/* Finds a cycle within a few times its length, in no memory (Brent): a mark that jumps ahead to the
 * present place after 1, 2, 4, 8... steps. */
typedef struct pkr_guard {
    uint64_t mark;
    uint64_t steps;
    uint64_t limit;
} pkr_guard;

static inline pkr_guard pkr_guard_begin(uint64_t offset)
{
    return (pkr_guard){offset, 0, 1};
}

/* False: `offset` has been passed before. */
static inline bool pkr_guard_pass(pkr_guard *guard, uint64_t offset)
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

/* One step down from a delta entry with this header: `*offset`, where it begins, becomes where its
 * base does. Errors: as pkr_chain_base; CORRUPT where the guard has passed that base before. */
int pkr_chain_step(packread_reader *reader, const pkr_pack *pack, pkr_guard *guard,
                   const pkr_entry *entry, uint64_t *offset, pkr_fault *fault);
#define PKR_CHAIN_CYCLE "delta chain goes round in a cycle"

/* The next of the reader's links up, of which there has to be one. Errors: BUDGET, MEMORY, those of
 * reading headers. */
int pkr_chain_pop(packread_reader *reader, const pkr_pack *pack, pkr_link *link, pkr_fault *fault);

#endif
