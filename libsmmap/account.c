/* account.c - knows which sums a region is part of: its file's and its manager's. */
#include "account.h"

#include "manager.h"

static void add(smmap_stats *stats, uint64_t bytes)
{
    stats->bytes_mapped += bytes;
    stats->bytes_pinned += bytes;
    stats->regions++;
    stats->regions_pinned++;
    if (stats->bytes_mapped > stats->bytes_peak)
        stats->bytes_peak = stats->bytes_mapped;
    if (stats->regions > stats->regions_peak)
        stats->regions_peak = stats->regions;
}

void smm_account_added(const struct smm_region *region)
{
    smmap_stats *stats = &region->file->manager->stats;

    if (!region->file->stats.regions)
        stats->files++;
    add(stats, region->size);
    add(&region->file->stats, region->size);
    region->file->stats.files = 1;
}

void smm_account_removed(const struct smm_region *region)
{
    smmap_stats *stats = &region->file->manager->stats;

    stats->bytes_mapped -= region->size;
    stats->regions--;
    region->file->stats.bytes_mapped -= region->size;
    region->file->stats.regions--;
    if (!region->file->stats.regions) {
        region->file->stats.files = 0;
        stats->files--;
    }
}

void smm_account_pinned(const struct smm_region *region)
{
    smmap_stats *stats = &region->file->manager->stats;

    stats->bytes_pinned += region->size;
    stats->regions_pinned++;
    region->file->stats.bytes_pinned += region->size;
    region->file->stats.regions_pinned++;
}

void smm_account_idle(const struct smm_region *region)
{
    smmap_stats *stats = &region->file->manager->stats;

    stats->bytes_pinned -= region->size;
    stats->regions_pinned--;
    region->file->stats.bytes_pinned -= region->size;
    region->file->stats.regions_pinned--;
}

void smm_account_shrunk(const struct smm_region *region, uint64_t bytes)
{
    smmap_stats *stats = &region->file->manager->stats;

    stats->bytes_mapped -= bytes;
    stats->bytes_pinned -= bytes;
    region->file->stats.bytes_mapped -= bytes;
    region->file->stats.bytes_pinned -= bytes;
}
