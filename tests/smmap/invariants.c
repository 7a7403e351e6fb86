/* invariants.c - knows how the manager's parts must agree, and asks them one by one. */
#include "invariants.h"

#include "hold.h"
#include "limits.h"

/* What a walk over the regions counts. */
struct sums {
    uint64_t bytes;
    uint64_t pinned_bytes;
    uint64_t regions;
    uint64_t pinned;
    uint64_t idle;
};

static const char *check_region(const struct smm_region *region, const struct smm_file *file,
                                struct sums *sums)
{
    if (region->file != file)
        return "a region belongs to another file";
    if (!region->size || smm_region_end(region) > file->identity.size ||
        smm_region_end(region) < region->begin)
        return "a region does not lie in its file";
    if (region->state == SMM_FAILED ? region->listed || region->data
                                    : region->state == SMM_READY && !region->data)
        return "a region's state and bytes disagree";
    if (region->pins && region->listed && smm_list_on(&region->link))
        return "a pinned region is among the idle";
    if (!region->pins && (!region->listed || !smm_list_on(&region->link)))
        return "a region that nobody pins is not among the idle";
    sums->bytes += region->size;
    sums->regions++;
    sums->pinned_bytes += region->pins ? region->size : 0;
    sums->pinned += region->pins != 0;
    sums->idle += region->pins == 0;
    return NULL;
}

static const char *check_regions(const struct smm_file *file, struct sums *sums)
{
    const struct smm_region *region = smm_regions_from(&file->regions, 0);
    const struct smm_link *link;
    const char *wrong = NULL;
    uint64_t page = file->manager->page;
    uint64_t last = 0;

    while (region && !wrong) {
        uint64_t end = smm_region_end(region);

        if (!region->listed)
            return "an unlisted region is on the list";
        if (region->begin < last)
            return "regions overlap or are not in order";
        if (region->begin % page || (end % page && end != file->identity.size))
            return "a region is not aligned";
        if (smm_regions_before(&file->regions, end) != region)
            return "a region is not found from its end";
        wrong = check_region(region, file, sums);
        last = end;
        region = smm_regions_from(&file->regions, end);
    }
    for (link = file->unlisted.next; link != &file->unlisted && !wrong; link = link->next) {
        region = link->owner;
        if (region->listed)
            return "a listed region is among the unlisted";
        wrong = check_region(region, file, sums);
    }
    return wrong;
}

static const char *check_cursors(const struct smm_file *file)
{
    const struct smm_link *link;
    uint64_t count = 0;

    for (link = file->cursors.next; link != &file->cursors; link = link->next) {
        const smmap_cursor *cursor = link->owner;

        count++;
        if (cursor->file != file || cursor->manager != file->manager)
            return "a cursor is on another file's list";
        if (cursor->region && (cursor->region->file != file || !cursor->region->pins ||
                               cursor->region->state != SMM_READY))
            return "a cursor holds a region that is not pinned and ready";
    }
    return count == file->stats.cursors ? NULL : "cursors do not add up";
}

static const char *check_sums(const smmap_stats *stats, const struct sums *sums)
{
    if (stats->bytes_mapped != sums->bytes || stats->regions != sums->regions)
        return "bytes or regions do not add up";
    if (stats->bytes_pinned != sums->pinned_bytes || stats->regions_pinned != sums->pinned)
        return "pinned bytes or regions do not add up";
    if (stats->bytes_peak < stats->bytes_mapped || stats->regions_peak < stats->regions)
        return "a peak is below the present";
    return NULL;
}

static const char *check_file(const struct smm_file *file, struct sums *total)
{
    struct sums sums = {0, 0, 0, 0, 0};
    const char *wrong = check_regions(file, &sums);

    if (!wrong)
        wrong = check_cursors(file);
    if (!wrong)
        wrong = check_sums(&file->stats, &sums);
    if (!wrong && !file->stats.cursors && (!file->stats.regions || file->descriptor >= 0))
        wrong = "a file without cursors has no region, or a descriptor";
    if (!wrong && !file->detached &&
        smm_files_find(&file->manager->files, file->path, file->fd) != file)
        wrong = "a file is not found by its name";
    if (!wrong && smm_list_on(&file->descriptor_link) != (file->descriptor >= 0))
        wrong = "a file's descriptor and the list of open ones disagree";
    total->bytes += sums.bytes;
    total->pinned_bytes += sums.pinned_bytes;
    total->regions += sums.regions;
    total->pinned += sums.pinned;
    total->idle += sums.idle;
    return wrong;
}

static uint64_t length_of(const struct smm_link *list)
{
    const struct smm_link *link;
    uint64_t count = 0;

    for (link = list->next; link != list; link = link->next)
        count++;
    return count;
}

static const char *check(const smmap_manager *manager)
{
    const smmap_stats *stats = &manager->stats;
    struct sums total = {0, 0, 0, 0, 0};
    const struct smm_link *link;
    uint64_t cursors = 0;
    uint64_t with_regions = 0;
    const char *wrong = NULL;

    for (link = manager->files.all.next; link != &manager->files.all && !wrong; link = link->next) {
        const struct smm_file *file = link->owner;

        wrong = check_file(file, &total);
        cursors += file->stats.cursors;
        with_regions += file->stats.regions != 0;
    }
    if (!wrong)
        wrong = check_sums(stats, &total);
    if (!wrong && (cursors != stats->cursors || with_regions != stats->files))
        wrong = "cursors or files do not add up";
    if (!wrong && length_of(&manager->idle) != total.idle)
        wrong = "the idle list has another length than there are idle regions";
    if (!wrong && length_of(&manager->open) != stats->descriptors)
        wrong = "descriptors do not add up";
    if (!wrong && manager->hard && total.idle && !smm_manager_has_room(manager, 0, 0))
        wrong = "over a hard limit with idle regions";
    return wrong;
}

const char *smm_manager_check(const smmap_manager *manager)
{
    const char *wrong;

    smm_lock_take(&manager->self->lock);
    wrong = check(manager);
    smm_lock_drop(&manager->self->lock);
    return wrong;
}
