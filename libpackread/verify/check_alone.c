/* check_alone.c - checks deltas without their bases. */
#include "verify/check_alone.h"

#include "object/chain.h"
#include "object/delta_stream.h"
#include "walk/fence.h"
#include "verify/tally.h"

/* That the instructions inflate, and give as much as they claim. */
static int run_alone(pkr_walk *walk, uint32_t rank, uint64_t *end, pkr_fault *fault)
{
    pkr_verification *verification = walk->verification;
    packread_reader *reader = walk->reader;
    const pkr_pack *pack = verification->pack;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    pkr_entry entry;
    pkr_link link;
    int status = pkr_chain_entry(reader, pack, offset, &entry, fault);

    if (status != 0)
        return status;
    link = pkr_chain_link(offset, &entry);
    pkr_verify_fence(verification, reader, rank);
    do
        status = pkr_delta_stream_run(reader, pack, &link, NULL, NULL, NULL, end, fault);
    while (pkr_verify_go_beyond(verification, reader, rank, &status, fault));
    return status;
}

static void check_alone(void *context, uint32_t rank)
{
    pkr_walk *walk = context;
    pkr_verification *verification = walk->verification;
    pkr_fault detail;
    uint64_t end;
    int status;

    if (atomic_load_explicit(&verification->stopped, memory_order_relaxed))
        return;
    status = run_alone(walk, rank, &end, &detail);
    if (status == 0)
        pkr_walk_check_end(walk, rank, end);
    else if (pkr_verify_is_finding(verification, status, &detail))
        pkr_walk_report_rows(walk, rank, &detail, 0);
}

/* Without an index each entry was inflated when it was looked for. */
uint64_t pkr_walk_cut(pkr_walk *walk, uint32_t rank)
{
    return pkr_verify_cut(walk->verification, rank,
                          walk->verification->pack->alone ? NULL : check_alone, walk);
}

void pkr_walk_report(pkr_walk *walk, uint32_t rank, const pkr_fault *detail)
{
    const pkr_fault own = *detail; /* not what is found below it */
    uint64_t dependents = pkr_walk_cut(walk, rank);

    pkr_walk_mark(walk, rank);
    pkr_walk_report_rows(walk, rank, &own, dependents);
    pkr_walk_pass(walk, pkr_verify_rows_end(walk->verification, rank) - rank + dependents);
}
