/* fence.c - follows an entry to where the next begins, and past that for as long as there is
 * work left. */
#include "walk/fence.h"

#include "object/chain.h"
#include "base/fault.h"
#include "object/build.h"

/* Bytes in and out of the inflater. Real damage takes a part of the pack once; only made-up
 * indexes take more. */
#define WORK_AT_LEAST ((uint64_t)64 << 20)
#define WORK_PER_BYTE 16

void pkr_verify_allow_overlaps(pkr_verification *verification)
{
    uint64_t size = verification->pack->size;
    uint64_t work = size < UINT64_MAX / WORK_PER_BYTE ? size * WORK_PER_BYTE : UINT64_MAX;

    atomic_store(&verification->overlap_work, work > WORK_AT_LEAST ? work : WORK_AT_LEAST);
}

bool pkr_verify_may_overlap(pkr_verification *verification)
{
    return atomic_load_explicit(&verification->overlap_work, memory_order_relaxed) > 0;
}

void pkr_verify_charge(pkr_verification *verification, const packread_reader *reader,
                       uint64_t before)
{
    uint64_t cost = reader->work - before;
    uint64_t left = atomic_load_explicit(&verification->overlap_work, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(&verification->overlap_work, &left,
                                                  cost < left ? left - cost : 0,
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

void pkr_verify_fence(pkr_verification *verification, packread_reader *reader, uint32_t rank)
{
    const pkr_revindex *revindex = verification->revindex;

    reader->fence = (pkr_fence){.entry = pkr_revindex_offset(revindex, rank),
                                .end = pkr_revindex_next(revindex, rank, verification->end),
                                .work = reader->work};
}

bool pkr_verify_go_beyond(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                          int *status, pkr_fault *fault)
{
    pkr_fence *fence = &reader->fence;
    const bool was_beyond = fence->end == 0;
    bool again = false;

    if (was_beyond)
        pkr_verify_charge(verification, reader, fence->work);
    else if (fence->reached && *status == PACKREAD_ERROR_CORRUPT)
        again = pkr_verify_may_overlap(verification);
    if (!was_beyond && fence->reached && !again && *status == PACKREAD_ERROR_CORRUPT)
        *status = pkr_fault_at(
            fault, PACKREAD_ERROR_CORRUPT, verification->pack->path,
            pkr_revindex_offset(verification->revindex, rank),
            "entry reaches into what follows it, as too many do for all to be followed");
    fence->end = 0;
    fence->work = reader->work;
    if (!again)
        fence->entry = 0;
    return again;
}

static int pass_over(void *context, const void *bytes, size_t size)
{
    (void)context, (void)bytes, (void)size;
    return 0;
}

int pkr_verify_measure(pkr_verification *verification, packread_reader *reader, uint64_t at,
                       uint64_t next, uint64_t *end, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    pkr_entry entry;
    pkr_fault detail;
    uint64_t found = at;
    int status = pkr_chain_entry(reader, pack, at, &entry, &detail);

    if (status == 0) {
        pkr_link link = pkr_chain_link(at, &entry);

        reader->fence = (pkr_fence){.entry = at, .end = next};
        status = pkr_build_pieces(reader, pack, &link, pass_over, NULL, &found, &detail);
        reader->fence = (pkr_fence){.entry = 0};
    }
    if (status == PACKREAD_ERROR_CORRUPT) {
        found = at;
        status = 0;
    }
    if (status == 0)
        *end = found;
    else if (fault)
        *fault = detail;
    return status;
}
