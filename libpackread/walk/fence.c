/* fence.c - follows an entry to where the next begins, and past that for as long as there is
 * work left. */
#include "walk/fence.h"

#include "base/fault.h"
#include "object/build.h"
#include "object/chain.h"

/* Bytes in and out of the inflater. Real damage takes a part of the pack once, and bytes by chance
 * look like an entry at one place in a thousand; only what was made for it takes more. */
#define WORK_AT_LEAST ((uint64_t)64 << 20)
#define WORK_PER_BYTE 16

void pkr_fence_allow(pkr_forest *forest)
{
    uint64_t size = forest->pack->size;
    uint64_t work = size < UINT64_MAX / WORK_PER_BYTE ? size * WORK_PER_BYTE : UINT64_MAX;

    atomic_store(&forest->spare_work, work > WORK_AT_LEAST ? work : WORK_AT_LEAST);
}

void pkr_fence_charge(pkr_forest *forest, const packread_reader *reader, uint64_t before)
{
    uint64_t cost = reader->work - before;
    uint64_t left = atomic_load_explicit(&forest->spare_work, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(&forest->spare_work, &left,
                                                  cost < left ? left - cost : 0,
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

void pkr_fence_begin(const pkr_forest *forest, packread_reader *reader, uint32_t rank)
{
    reader->fence = (pkr_fence){.entry = pkr_forest_offset(forest, rank),
                                .end = pkr_forest_next(forest, rank),
                                .work = reader->work};
}

bool pkr_fence_go_beyond(pkr_forest *forest, packread_reader *reader, uint32_t rank, int *status,
                         pkr_fault *fault)
{
    pkr_fence *fence = &reader->fence;
    const bool was_beyond = fence->end == 0;
    bool again = false;

    if (was_beyond) {
        pkr_fence_charge(forest, reader, fence->work);
    } else if (fence->reached && *status == PACKREAD_ERROR_CORRUPT) {
        again = pkr_fence_may_go_on(forest);
        if (!again)
            pkr_pack_damaged(
                forest->pack, pkr_forest_offset(forest, rank),
                "entry reaches into what follows it, as too many do for all to be followed", fault);
    }
    fence->end = 0;
    fence->work = reader->work;
    if (!again)
        fence->entry = 0;
    return again;
}

static int pass_over(void *context, const void *bytes, size_t size)
{
    const pkr_forest *forest = context;

    (void)bytes, (void)size;
    return pkr_forest_stopped(forest);
}

int pkr_fence_measure(pkr_forest *forest, packread_reader *reader, const pkr_link *link,
                      uint64_t next, uint64_t *end, pkr_fault *fault)
{
    pkr_fault detail;
    int status;

    reader->work += PKR_ENTRY_HEADER_MAX;
    reader->fence = (pkr_fence){.entry = link->offset, .end = next};
    status = pkr_build_pieces(reader, forest->pack, link, pass_over, forest, end, &detail);
    reader->fence = (pkr_fence){.entry = 0};
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_STOPPED) {
        *end = link->offset;
        return 0;
    }
    return status == 0 ? 0 : pkr_fault_copy(fault, &detail);
}

int pkr_fence_measure_at(pkr_forest *forest, packread_reader *reader, uint64_t at, uint64_t next,
                         uint64_t *end, pkr_fault *fault)
{
    pkr_fault detail;
    pkr_entry entry;
    pkr_link link;
    int status = pkr_chain_entry(reader, forest->pack, at, &entry, &detail);

    if (status == PACKREAD_ERROR_CORRUPT) {
        *end = at;
        return 0;
    }
    if (status != 0)
        return pkr_fault_copy(fault, &detail);
    link = pkr_chain_link(at, &entry);
    return pkr_fence_measure(forest, reader, &link, next, end, fault);
}
