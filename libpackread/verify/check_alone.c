/* check_alone.c - runs a delta's instructions on nothing. */
#include "verify/check_alone.h"

#include "object/chain.h"
#include "object/delta_stream.h"
#include "walk/fence.h"

int pkr_check_alone(pkr_findings *findings, packread_reader *reader, uint32_t rank, uint64_t *end,
                    pkr_fault *fault)
{
    pkr_forest *forest = findings->forest;
    uint64_t offset = pkr_forest_offset(forest, rank);
    pkr_entry entry;
    pkr_link link;
    int status = pkr_chain_entry(reader, forest->pack, offset, &entry, fault);

    if (status != 0)
        return status;
    link = pkr_chain_link(offset, &entry);
    pkr_fence_begin(forest, reader, rank);
    do
        status = pkr_delta_stream_run(reader, forest->pack, &link, NULL, NULL, NULL, end, fault);
    while (pkr_fence_go_beyond(forest, reader, rank, &status, fault));
    return status;
}
