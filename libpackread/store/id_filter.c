/* id_filter.c - a Bloom filter of blocks of one cache line, two bytes an id: one look at memory
 * says no to 999 of 1,000 absent ids. Ids are hashes; somebody who chooses them can fill single
 * blocks, but not more than half of all bits. */
#include "store/id_filter.h"

#include "base/bytes.h"
#include "base/memory.h"

#define BLOCK_WORDS 8
#define BLOCK_BYTES (BLOCK_WORDS * sizeof(uint64_t))
#define BYTES_AN_ID 2
#define BITS_SET 7 /* of a block, for an id: 9 bits of it choose one */

struct pkr_id_filter {
    uint32_t blocks;
    uint64_t charged;
    uint64_t words[];
};

pkr_id_filter *pkr_id_filter_new(pkr_budget *budget, uint64_t rows, uint64_t most)
{
    const uint64_t blocks = rows / (BLOCK_BYTES / BYTES_AN_ID) + 1;
    const uint64_t size = sizeof(pkr_id_filter) + blocks * BLOCK_BYTES;
    pkr_id_filter *made;

    if (blocks > UINT32_MAX || size > most)
        return NULL;
    made = pkr_memory_optional(budget, size);
    if (made)
        *made = (pkr_id_filter){.blocks = (uint32_t)blocks, .charged = size};
    return made;
}

void pkr_id_filter_free(pkr_id_filter *filter, pkr_budget *budget)
{
    if (filter)
        pkr_memory_free(budget, filter, filter->charged);
}

uint64_t pkr_id_filter_size(const pkr_id_filter *filter)
{
    return filter->charged;
}

static size_t block_of(const pkr_id_filter *filter, const unsigned char *id)
{
    return (size_t)((uint64_t)pkr_bytes_u32(id) * filter->blocks >> 32) * BLOCK_WORDS;
}

void pkr_id_filter_add(pkr_id_filter *filter, const unsigned char *id)
{
    uint64_t *block = filter->words + block_of(filter, id);
    uint64_t bits = pkr_bytes_u64(id + 4);

    for (int i = 0; i < BITS_SET; i++, bits >>= 9)
        block[bits >> 6 & (BLOCK_WORDS - 1)] |= (uint64_t)1 << (bits & 63);
}

bool pkr_id_filter_may_have(const pkr_id_filter *filter, const unsigned char *id)
{
    const uint64_t *block = filter->words + block_of(filter, id);
    uint64_t bits = pkr_bytes_u64(id + 4);

    for (int i = 0; i < BITS_SET; i++, bits >>= 9)
        if (!(block[bits >> 6 & (BLOCK_WORDS - 1)] >> (bits & 63) & 1))
            return false;
    return true;
}
