/* id_filter.c - a Bloom filter of blocks of one cache line, two bytes an id: one look at memory
 * says no to 999 of 1,000 absent ids. Ids are hashes; somebody who chooses them can fill single
 * blocks, but not more than half of all bits. */
#include "store/id_filter.h"

#include <stddef.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "store/unsorted.h"

#define BLOCK_WORDS 8
#define BLOCK_BYTES (BLOCK_WORDS * sizeof(uint64_t))
#define BYTES_AN_ID 2
#define BITS_SET 7       /* of a block, for an id: 9 bits of it choose one */
#define PACKS_AT_LEAST 8 /* fewer are searched as fast */
/* A pack is searched in vain in the time that it takes to read that many ids. */
#define IDS_A_SEARCH 16
/* Of the memory limit. */
#define SHARE 16

typedef struct pkr_id_filter {
    uint64_t generation; /* of the set of packs that it was made for */
    uint32_t blocks;
    uint64_t charged; /* bytes taken from the budget */
    uint64_t words[];
} pkr_id_filter;

/* ---- One filter ----------------------------------------------------------------------------- */

static size_t block_of(const pkr_id_filter *filter, const unsigned char *id)
{
    return (size_t)((uint64_t)pkr_bytes_u32(id) * filter->blocks >> 32) * BLOCK_WORDS;
}

static void add(pkr_id_filter *filter, const unsigned char *id)
{
    uint64_t *block = filter->words + block_of(filter, id);
    uint64_t bits = pkr_bytes_u64(id + 4);

    for (int i = 0; i < BITS_SET; i++, bits >>= 9)
        block[bits >> 6 & (BLOCK_WORDS - 1)] |= (uint64_t)1 << (bits & 63);
}

static bool may_have(const pkr_id_filter *filter, const unsigned char *id)
{
    const uint64_t *block = filter->words + block_of(filter, id);
    uint64_t bits = pkr_bytes_u64(id + 4);

    for (int i = 0; i < BITS_SET; i++, bits >>= 9)
        if (!(block[bits >> 6 & (BLOCK_WORDS - 1)] >> (bits & 63) & 1))
            return false;
    return true;
}

/* Its order is looked at too: an id that the filter lets pass and a search does not find must not
 * cost a look around each time. */
static int add_pack(pkr_id_filter *filter, pkr_budget *budget, pkr_rows *rows, const pkr_pack *pack)
{
    int status = pkr_unsorted_check(rows, pack, budget, NULL);

    for (uint32_t position = 0; status == 0 && position < pack->idx.count;) {
        const unsigned char *id;
        uint32_t count;

        status = pkr_rows_ids(rows, pack, position, pack->idx.count, &id, &count, NULL);
        for (uint32_t i = 0; status == 0 && i < count; i++, id += pack->idx.id_stride)
            add(filter, id);
        position += count;
    }
    return pkr_rows_settle(rows, status, NULL);
}

static pkr_id_filter *new_filter(uint64_t generation, uint64_t ids, pkr_budget *budget)
{
    uint64_t blocks = ids / (BLOCK_BYTES / BYTES_AN_ID) + 1;
    uint64_t size = sizeof(pkr_id_filter) + blocks * BLOCK_BYTES;
    pkr_id_filter *made;

    if (blocks > UINT32_MAX || size > budget->limit / SHARE)
        return NULL;
    made = pkr_memory_optional(budget, size);
    if (made)
        *made =
            (pkr_id_filter){.generation = generation, .blocks = (uint32_t)blocks, .charged = size};
    return made;
}

static void free_filter(pkr_id_filter *filter, pkr_budget *budget)
{
    pkr_memory_free(budget, filter, filter->charged);
}

/* ---- The snapshot's ------------------------------------------------------------------------- */

/* Whoever looks at it says so first; here it is put away first. With the giver's lock. */
static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    pkr_id_filters *filters = (pkr_id_filters *)((char *)giver - offsetof(pkr_id_filters, giver));
    pkr_id_filter *old = atomic_exchange(&filters->filter, NULL);
    uint64_t given = 0;

    (void)wanted;
    if (old && atomic_load(&filters->users) == 0) {
        given = old->charged;
        free_filter(old, giver->budget);
    } else {
        atomic_store(&filters->filter, old);
    }
    return given;
}

int pkr_id_filters_begin(pkr_id_filters *filters)
{
    return pkr_giver_begin(&filters->giver, PKR_GIVER_TABLE, give);
}

void pkr_id_filters_end(pkr_id_filters *filters)
{
    if (atomic_load(&filters->filter))
        free_filter(atomic_load(&filters->filter), filters->giver.budget);
    pkr_giver_end(&filters->giver);
}

bool pkr_id_filter_excludes(pkr_id_filters *filters, const pkr_pack_set *set, const packread_id *id)
{
    const pkr_id_filter *filter;
    bool excluded;

    if (!atomic_load_explicit(&filters->filter, memory_order_relaxed))
        return false;
    atomic_fetch_add(&filters->users, 1);
    filter = atomic_load(&filters->filter);
    excluded = filter && filter->generation == set->generation && !may_have(filter, id->bytes);
    atomic_fetch_sub(&filters->users, 1);
    return excluded;
}

static uint64_t count_ids(const pkr_pack_set *set)
{
    uint64_t ids = 0;

    for (size_t i = 0; i < set->count; i++)
        ids += set->packs[i]->idx.count;
    return ids;
}

/* By one thread at a time. One that is there may be of an older set. */
static void make(pkr_id_filters *filters, const pkr_pack_set *set, pkr_budget *budget,
                 pkr_rows *rows)
{
    pkr_id_filter *known;
    pkr_id_filter *made;
    int status = 0;

    pkr_giver_lock(&filters->giver);
    known = atomic_load(&filters->filter);
    if (known && known->generation < set->generation)
        give(&filters->giver, UINT64_MAX);
    known = atomic_load(&filters->filter);
    pkr_giver_unlock(&filters->giver);
    if (known)
        return;
    made = new_filter(set->generation, count_ids(set), budget);
    for (size_t i = 0; made && status == 0 && i < set->count; i++)
        status = add_pack(made, budget, rows, set->packs[i]);
    if (made && status == 0) {
        pkr_giver_lock(&filters->giver);
        atomic_store(&filters->filter, made);
        pkr_giver_unlock(&filters->giver);
        pkr_giver_join(&filters->giver, budget);
    } else if (made) {
        free_filter(made, budget);
    }
}

void pkr_id_filter_searched(pkr_id_filters *filters, const pkr_pack_set *set, pkr_budget *budget,
                            pkr_rows *rows)
{
    uint64_t in_vain;

    if (set->count < PACKS_AT_LEAST)
        return;
    in_vain = atomic_fetch_add(&filters->in_vain, set->count) + set->count;
    if (in_vain < count_ids(set) / IDS_A_SEARCH || atomic_exchange(&filters->is_making, true))
        return;
    atomic_store(&filters->in_vain, 0);
    make(filters, set, budget, rows);
    atomic_store(&filters->is_making, false);
}
