/* verify_rest.c - what the walks left: entries put off for want of memory, and cycles, which no
 * root leads to. */
#include "chain.h"
#include "error.h"
#include "object.h"
#include "verify.h"
#include "verify_walk.h"

/* An entry that was put off: its base is built by itself, and the walk goes on from there. */
static void visit_late(packread_walk *walk, uint32_t rank)
{
    const packread_verification *verification = walk->verification;
    const packread_pack *pack = verification->pack;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_blob *base = NULL;
    packread_blob *delta = NULL;
    packread_blob *blob = NULL;
    packread_error detail;
    packread_entry entry;
    uint64_t below;
    uint64_t end = 0;
    int status = packread_chain_entry(walk->reader, pack, offset, &entry, &detail);

    if (status == 0 && entry.type <= PACKREAD_TAG) {
        packread_walk_root(walk, rank);
        return;
    }
    if (status == 0)
        status = packread_chain_base(walk->reader, pack, offset, &entry, &below, NULL, &detail);
    if (status == 0)
        status =
            packread_object_build(walk->reader, pack, verification->number, below, &base, &detail);
    if (status == 0)
        status = packread_walk_delta(walk, offset, &delta, &end, &detail);
    if (status == 0)
        status = packread_object_apply(walk->reader, pack, offset, delta, base, &blob, &detail);
    packread_blob_release(&walk->reader->cache, delta);
    packread_blob_release(&walk->reader->cache, base);
    if (status != 0) {
        packread_walk_fail(walk, rank, status, &detail);
        return;
    }
    packread_walk_from(walk, rank, blob, end);
}

static void report_cycle(packread_walk *walk, uint32_t rank)
{
    packread_error detail;

    packread_verify_mark(walk->verification, rank, PACKREAD_VERIFY_DONE);
    packread_error_set(&detail, PACKREAD_ERROR_CORRUPT, NULL, "delta chain goes round in a cycle");
    packread_walk_report(walk, rank, &detail);
}

/* Goes down from a rank that no root leads to until it has gone round: a member of the cycle. */
static uint32_t find_cycle(packread_walk *walk, uint32_t rank)
{
    const packread_verification *verification = walk->verification;
    packread_guard guard =
        packread_guard_begin(packread_revindex_offset(verification->revindex, rank));
    uint32_t at = rank;

    for (;;) {
        uint64_t offset = packread_revindex_offset(verification->revindex, at);
        packread_entry entry;
        uint64_t base;

        if (packread_chain_entry(walk->reader, verification->pack, offset, &entry, NULL) != 0 ||
            entry.type <= PACKREAD_TAG ||
            packread_chain_base(walk->reader, verification->pack, offset, &entry, &base, NULL,
                                NULL) != 0)
            return rank;
        at = packread_revindex_find(verification->revindex, base);
        if (at == PACKREAD_NO_RANK)
            return rank;
        if (!packread_guard_pass(&guard, base))
            return at;
    }
}

void packread_verify_rest(packread_verification *verification, packread_reader *reader)
{
    packread_walk walk = {.verification = verification, .reader = reader, .alone = true};
    uint32_t count = verification->revindex->count;
    bool ready = packread_walk_begin(&walk);

    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        if (packread_verify_state(verification, rank) == PACKREAD_VERIFY_LATER)
            visit_late(&walk, rank);
    for (uint32_t rank = 0; ready && rank < count && !atomic_load(&verification->stopped); rank++)
        while (packread_verify_state(verification, rank) == PACKREAD_VERIFY_DELTA)
            report_cycle(&walk, find_cycle(&walk, rank));
    packread_walk_end(&walk);
}
