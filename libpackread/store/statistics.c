/* statistics.c - what the windows and the memory of a snapshot did and are, in packread.h's terms.
 */
#include "base/sized.h"
#include "store/snapshot.h"

int packread_snapshot_stats(const packread_snapshot *snapshot, packread_stats *stats)
{
    packread_stats known = {0};
    smmap_stats windows = {0};

    if (!snapshot || !stats || !pkr_sized_can_be_given(stats))
        return PACKREAD_ERROR_ARGUMENT;
    smmap_manager_stats(snapshot->manager, &windows);
    known.hits = windows.hits;
    known.shared_hits = windows.shared_hits;
    known.misses = windows.misses;
    known.maps = windows.maps;
    known.reads = windows.reads;
    known.fallbacks = windows.fallbacks;
    known.evictions = windows.evictions;
    known.collected = windows.collected;
    known.failures = windows.failures;
    known.bytes_mapped = windows.bytes_mapped;
    known.bytes_peak = windows.bytes_peak;
    known.bytes_pinned = windows.bytes_pinned;
    known.regions = windows.regions;
    known.regions_peak = windows.regions_peak;
    known.regions_pinned = windows.regions_pinned;
    known.files = windows.files;
    known.descriptors = windows.descriptors;
    known.cursors = windows.cursors;
    known.window_limit = smmap_manager_memory_limit(snapshot->manager);
    known.memory_used = pkr_budget_used(&snapshot->budget);
    known.memory_limit = snapshot->budget.limit;
    pkr_sized_give(stats, PKR_END_OF(packread_stats, memory_limit), &known, sizeof known);
    return 0;
}

uint64_t packread_snapshot_collect(packread_snapshot *snapshot)
{
    return snapshot ? smmap_manager_collect(snapshot->manager) : 0;
}
