/* region.c - knows how bytes of an open file come into memory and leave it. */
#include "region.h"

#include "sigbus.h"

#include <errno.h>

static void take_pages(struct smm_region *region, void *pages, _Atomic uint64_t *faults)
{
    region->data = pages;
    region->is_copy = false;
    region->in_pages = true;
    if (region->guard)
        smm_guard_arm(region->guard, pages, (size_t)region->size, faults);
}

static void release_guard(struct smm_region *region)
{
    smm_guard_give(region->guard);
    region->guard = NULL;
}

int smm_region_map(struct smm_region *region, const struct smm_system *system, int fd,
                   _Atomic uint64_t *faults)
{
    void *address;
    int failed;

    if (region->size > SIZE_MAX)
        return ENOMEM;
    if (faults) {
        region->guard = smm_guard_take();
        if (!region->guard)
            return ENOMEM;
    }
    failed = system->map(fd, region->begin, (size_t)region->size, &address);
    if (failed)
        release_guard(region);
    else
        take_pages(region, address, faults);
    return failed;
}

int smm_region_map_over(struct smm_region *region, const struct smm_system *system, int fd,
                        struct smm_region *victim, _Atomic uint64_t *faults)
{
    unsigned char *pages = victim->data;
    bool gone = false;
    int failed = system->remap(fd, region->begin, (size_t)region->size, pages, &gone);

    if (gone || !failed)
        victim->data = NULL;
    if (!failed) {
        region->guard = victim->guard;
        victim->guard = NULL;
        take_pages(region, pages, faults);
    }
    return failed;
}

static struct smm_outcome fill(struct smm_region *region, const struct smm_system *system, int fd)
{
    struct smm_outcome outcome = {SMMAP_OK, 0, 0};
    uint64_t done = 0;

    while (done < region->size) {
        size_t got = 0;
        int failed = system->read(fd, region->begin + done, region->data + done,
                                  (size_t)(region->size - done), &got);

        if (failed == EINTR)
            continue;
        if (failed || got == 0) {
            outcome.code = failed ? SMMAP_ERROR_SYSTEM : SMMAP_ERROR_TRUNCATED;
            outcome.system_errno = failed;
            break;
        }
        done += got;
    }
    return outcome;
}

/* Pages go back to the system from any thread. An allocator keeps what other threads gave back, for
 * each thread its own: many copies would hold several times what the limit says. */
static bool find_memory(struct smm_region *region, const struct smm_system *system, uint64_t page,
                        bool only_pages)
{
    const bool wants_pages = only_pages || region->size >= page;
    void *memory = NULL;

    if (region->size > SIZE_MAX)
        return false;
    region->in_pages = wants_pages && !system->map(-1, 0, (size_t)region->size, &memory);
    if (!region->in_pages && !only_pages)
        memory = system->allocate((size_t)region->size);
    region->data = memory;
    return memory != NULL;
}

void smm_region_inherit(struct smm_region *region, struct smm_region *victim)
{
    region->data = victim->data;
    region->in_pages = victim->in_pages;
    victim->data = NULL;
}

struct smm_outcome smm_region_copy(struct smm_region *region, const struct smm_system *system,
                                   int fd, uint64_t page, bool only_pages)
{
    struct smm_outcome outcome = {SMMAP_ERROR_MEMORY, ENOMEM, 0};

    if (!region->data && !find_memory(region, system, page, only_pages))
        return outcome;
    region->is_copy = true;
    outcome = fill(region, system, fd);
    if (outcome.code)
        smm_region_unload(region, system);
    return outcome;
}

bool smm_region_unload(struct smm_region *region, const struct smm_system *system)
{
    release_guard(region);
    if (!region->data)
        return true;
    if (region->in_pages) {
        if (system->unmap(region->data, (size_t)region->size))
            return false;
    } else {
        system->release(region->data);
    }
    region->data = NULL;
    return true;
}
