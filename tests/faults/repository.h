/* repository.h - a small repository of every form of object and of place, in the scratch folder. */
#ifndef REPOSITORY_H
#define REPOSITORY_H

#include "packread.h"

#include <stddef.h>

#define REPOSITORY_IDS 18
/* Of the big blob: more than is held of one with 2 MiB in all, and memory that is taken by pages.
 */
#define REPOSITORY_BIG 270000

struct repository {
    char *pack; /* .../repo.git/objects/pack/pack-a.pack */
    char *index;
    char *second;   /* .../pack-b.pack, with three objects */
    char *objects;  /* .../repo.git/objects */
    char *bare;     /* .../repo.git: two packs, a folder of loose objects, an alternate */
    char *worktree; /* .../work: its .git file leads to a folder whose commondir is the bare one */
    packread_id ids[REPOSITORY_IDS]; /* one of each form, of both packs */
    packread_id big;                 /* a blob of that size, stored whole */
    packread_id big_delta;           /* another, a delta on a delta on that one */
};

void repository_make(struct repository *made, size_t big_size);
void repository_free(struct repository *made);

#endif
