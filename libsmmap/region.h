/* region.h - one part of a file in memory. */
#ifndef SMMAP_REGION_H
#define SMMAP_REGION_H

#include "list.h"
#include "system.h"

struct smmap_file;
struct smmap_guard;

enum smmap_region_state {
    SMMAP_LOADING, /* its place is taken, its bytes are on the way; only its loader may free it */
    SMMAP_READY,
    SMMAP_FAILED /* `outcome` says why; listed nowhere any more, held by those who still look */
};

/* How a failure travels from the call that met it to the caller's smmap_error. */
struct smmap_outcome {
    int code;
    int system_errno;
    uint64_t needed;
};

/* All fields but the bytes belong to the manager's lock. `begin`, `size` and `data` do not change
 * once it is ready, so a cursor that holds it may copy them and read without the lock. */
struct smmap_region {
    struct smmap_file *file;
    uint64_t begin;
    uint64_t size;
    unsigned char *data;
    enum smmap_region_state state;
    struct smmap_outcome outcome;
    uint64_t pins; /* cursors that hold it, and threads that load it or wait for it */
    uint64_t uses; /* but for those that a cursor has not handed in yet */
    bool listed;   /* on the file's sorted list. One that is not goes with its last pin */
    bool is_private;
    bool is_copy;
    bool is_small; /* a copy smaller than a window, made under pressure: gives way to a window */
    bool in_pages; /* memory from map, not from allocate */
    struct smmap_guard *guard; /* of the mapping; NULL if it is not guarded */
    /* Among the manager's idle regions when nobody pins it, among the file's unlisted ones when it
     * is not listed. Never both: what is unlisted is pinned. */
    struct smmap_link link;
};

static inline uint64_t smmap_region_end(const struct smmap_region *region)
{
    return region->begin + region->size;
}

/* Maps the region's bytes of `fd`, `guarded` or not. 0 or an errno. */
int smmap_region_map(struct smmap_region *region, const struct smmap_system *system, int fd,
                     bool guarded);

/* Maps them where those of `victim` are, a mapped region of the same size that nobody uses any
 * more. On failure the victim may have lost its bytes. */
int smmap_region_map_over(struct smmap_region *region, const struct smmap_system *system, int fd,
                          struct smmap_region *victim);

/* Takes the memory of `victim` over, a copy of the same size that nobody uses any more. */
void smmap_region_inherit(struct smmap_region *region, struct smmap_region *victim);

/* Reads them into memory of its own, or that it has taken over: `only_pages`, or whatever is there.
 * OK, MEMORY, SYSTEM or TRUNCATED. */
struct smmap_outcome smmap_region_copy(struct smmap_region *region,
                                       const struct smmap_system *system, int fd, bool only_pages);

/* Gives the bytes back. False if the system would not take them: then nothing changed. */
bool smmap_region_unload(struct smmap_region *region, const struct smmap_system *system);

#endif
