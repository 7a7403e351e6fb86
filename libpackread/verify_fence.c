/* verify_fence.c - follows an entry to where the next begins, and past that for as long as there is
 * work left. */
#include "verify_fence.h"

#include "chain.h"
#include "error.h"
#include "object.h"

/* Bytes in and out of the inflater. Real damage takes a part of the pack once; only made-up
 * indexes take more. */
#define WORK_AT_LEAST ((uint64_t)64 << 20)
#define WORK_PER_BYTE 16

void packread_verify_allow_overlaps(packread_verification *verification)
{
    uint64_t size = verification->pack->size;
    uint64_t work = size < UINT64_MAX / WORK_PER_BYTE ? size * WORK_PER_BYTE : UINT64_MAX;

    atomic_store(&verification->overlap_work, work > WORK_AT_LEAST ? work : WORK_AT_LEAST);
}

bool packread_verify_may_overlap(packread_verification *verification)
{
    return atomic_load_explicit(&verification->overlap_work, memory_order_relaxed) > 0;
}

void packread_verify_charge(packread_verification *verification, const packread_reader *reader,
                            uint64_t before)
{
    uint64_t cost = reader->work - before;
    uint64_t left = atomic_load_explicit(&verification->overlap_work, memory_order_relaxed);

    while (!atomic_compare_exchange_weak_explicit(&verification->overlap_work, &left,
                                                  cost < left ? left - cost : 0,
                                                  memory_order_relaxed, memory_order_relaxed))
        continue;
}

void packread_verify_fence(packread_verification *verification, packread_reader *reader,
                           uint32_t rank)
{
    const packread_revindex *revindex = verification->revindex;

    reader->fence =
        (packread_fence){.entry = packread_revindex_offset(revindex, rank),
                         .end = packread_revindex_next(revindex, rank, verification->end),
                         .work = reader->work};
}

bool packread_verify_go_beyond(packread_verification *verification, packread_reader *reader,
                               uint32_t rank, int *status, packread_error *error)
{
    packread_fence *fence = &reader->fence;
    const bool was_beyond = fence->end == 0;
    bool again = false;

    if (was_beyond)
        packread_verify_charge(verification, reader, fence->work);
    else if (fence->reached && *status == PACKREAD_ERROR_CORRUPT)
        again = packread_verify_may_overlap(verification);
    if (!was_beyond && fence->reached && !again && *status == PACKREAD_ERROR_CORRUPT)
        *status = packread_error_at(
            error, PACKREAD_ERROR_CORRUPT, verification->pack->path,
            packread_revindex_offset(verification->revindex, rank),
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

int packread_verify_measure(packread_verification *verification, packread_reader *reader,
                            uint64_t at, uint64_t next, uint64_t *end, packread_error *error)
{
    const packread_pack *pack = verification->pack;
    packread_entry entry;
    packread_error detail;
    uint64_t found = at;
    int status = packread_chain_entry(reader, pack, at, &entry, &detail);

    if (status == 0) {
        packread_link link = packread_chain_link(at, &entry);

        reader->fence = (packread_fence){.entry = at, .end = next};
        status = packread_object_pieces(reader, pack, &link, pass_over, NULL, &found, &detail);
        reader->fence = (packread_fence){.entry = 0};
    }
    if (status == PACKREAD_ERROR_CORRUPT) {
        found = at;
        status = 0;
    }
    if (status == 0)
        *end = found;
    else if (error)
        *error = detail;
    return status;
}
