/* verify_cut.c - checks deltas without their bases. */
#include "verify_cut.h"

#include "chain.h"
#include "patch.h"
#include "verify_fence.h"
#include "verify_tell.h"

/* That the instructions inflate, and give as much as they claim. */
static int run_alone(packread_walk *walk, uint32_t rank, uint64_t *end, packread_error *error)
{
    packread_verification *verification = walk->verification;
    packread_reader *reader = walk->reader;
    const packread_pack *pack = verification->pack;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    packread_entry entry;
    packread_link link;
    int status = packread_chain_entry(reader, pack, offset, &entry, error);

    if (status != 0)
        return status;
    link = packread_chain_link(offset, &entry);
    packread_verify_fence(verification, reader, rank);
    do
        status = packread_patch_run(reader, pack, &link, NULL, NULL, NULL, end, error);
    while (packread_verify_go_beyond(verification, reader, rank, &status, error));
    return status;
}

static void check_alone(void *context, uint32_t rank)
{
    packread_walk *walk = context;
    packread_verification *verification = walk->verification;
    packread_error detail;
    uint64_t end;
    int status;

    if (atomic_load_explicit(&verification->stopped, memory_order_relaxed))
        return;
    status = run_alone(walk, rank, &end, &detail);
    if (status == 0)
        packread_walk_check_end(walk, rank, end);
    else if (packread_verify_is_finding(verification, status, &detail))
        packread_walk_report_rows(walk, rank, &detail, 0);
}

/* Without an index each entry was inflated when it was looked for. */
uint64_t packread_walk_cut(packread_walk *walk, uint32_t rank)
{
    return packread_verify_cut(walk->verification, rank,
                               walk->verification->pack->alone ? NULL : check_alone, walk);
}

void packread_walk_report(packread_walk *walk, uint32_t rank, const packread_error *detail)
{
    const packread_error own = *detail; /* not what is found below it */
    uint64_t dependents = packread_walk_cut(walk, rank);

    packread_walk_mark(walk, rank);
    packread_walk_report_rows(walk, rank, &own, dependents);
    packread_walk_pass(walk,
                       packread_verify_rows_end(walk->verification, rank) - rank + dependents);
}
