/* tally.c - counts for one thread. */
#include "verify/tally.h"

#define COUNT_AT_ONCE 512

void pkr_tally_intact(pkr_tally *tally, uint64_t size, uint32_t depth)
{
    tally->objects++;
    tally->bytes += size;
    tally->deltas += depth > 0;
    if (depth > tally->depth)
        tally->depth = depth;
}

void pkr_tally_flush(pkr_tally *tally)
{
    pkr_findings_count(tally->findings, tally->objects, tally->bytes, tally->deltas, tally->depth,
                       tally->passed);
    tally->objects = tally->bytes = tally->deltas = tally->passed = 0;
}

void pkr_tally_pass(pkr_tally *tally, uint64_t objects)
{
    tally->passed += objects;
    if (tally->passed >= COUNT_AT_ONCE)
        pkr_tally_flush(tally);
}
