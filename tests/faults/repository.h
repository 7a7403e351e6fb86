/* repository.h - a small repository of every form of object and of place, in the scratch folder. */
#ifndef REPOSITORY_H
#define REPOSITORY_H

#include "packread.h"

#include <stddef.h>

#define REPOSITORY_IDS 18

struct repository {
    char *pack; /* .../repo.git/objects/pack/pack-a.pack */
    char *index;
    char *second;   /* .../pack-b.pack, with three objects */
    char *objects;  /* .../repo.git/objects */
    char *bare;     /* .../repo.git: two packs, a folder of loose objects, an alternate */
    char *worktree; /* .../work: its .git file leads to a folder whose commondir is the bare one */
    packread_id ids[REPOSITORY_IDS]; /* one of each form, of both packs */
    packread_id big;                 /* a blob of 300,000 bytes, stored whole */
    packread_id big_delta;           /* another, a delta on a delta on that one */
};

void repository_make(struct repository *made);
void repository_free(struct repository *made);

#endif
