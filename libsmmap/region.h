/* region.h - one part of a file in memory. */
#ifndef SMM_REGION_H
#define SMM_REGION_H

#include "error.h"
#include "linked_list.h"
#include "system.h"

#include <stdatomic.h>

struct smm_file;
struct smm_guard;

enum smm_region_state {
    SMM_LOADING, /* its place is taken, its bytes are on the way; only its loader may free it */
    SMM_READY,
    SMM_FAILED /* `outcome` says why; listed nowhere any more, held by those who still look */
};

/* All fields but the bytes belong to the manager's lock. `begin`, `size` and `data` do not change
 * once it is ready, so a cursor that holds it may copy them and read without the lock. */
struct smm_region {
    struct smm_file *file;
    uint64_t begin;
    uint64_t size;
    unsigned char *data;
    enum smm_region_state state;
    struct smm_outcome outcome;
    uint64_t pins; /* cursors that hold it, and threads that load it or wait for it */
    uint64_t uses; /* but for those that a cursor has not handed in yet */
    bool listed;   /* on the file's sorted list. One that is not goes with its last pin */
    bool is_private;
    bool is_copy;
    bool is_small; /* a copy smaller than a window, made under pressure: gives way to a window */
    bool in_pages; /* memory from map, not from allocate */
    struct smm_guard *guard; /* of the mapping; NULL if it is not guarded */
    /* Among the manager's idle regions when nobody pins it, among the file's unlisted ones when it
     * is not listed. Never both: what is unlisted is pinned. */
    struct smm_link link;
};

static inline uint64_t smm_region_end(const struct smm_region *region)
{
    return region->begin + region->size;
}

/* Maps the region's bytes of `fd`. `faults` (NULL: unguarded): grows with each bad page. 0 or an
 * errno. */
int smm_region_map(struct smm_region *region, const struct smm_system *system, int fd,
                   _Atomic uint64_t *faults);

/* Maps them where those of `victim` are, a mapped region of the same size that nobody uses any
 * more; `faults` is for a victim that is guarded. On failure the victim may have lost its bytes. */
int smm_region_map_over(struct smm_region *region, const struct smm_system *system, int fd,
                        struct smm_region *victim, _Atomic uint64_t *faults);

/* Takes the memory of `victim` over, a copy of the same size that nobody uses any more. */
void smm_region_inherit(struct smm_region *region, struct smm_region *victim);

/* Reads them into memory of its own, or that it has taken over: pages if there is a `page` or more
 * of them, else, or where no pages can be had, from the allocator; `only_pages`: in no other. OK,
 * MEMORY, SYSTEM or TRUNCATED. */
struct smm_outcome smm_region_copy(struct smm_region *region, const struct smm_system *system,
                                   int fd, uint64_t page, bool only_pages);

/* Gives the bytes back. False if the system would not take them: then nothing changed. */
bool smm_region_unload(struct smm_region *region, const struct smm_system *system);

#endif
