/* giant_family.h - one pack of giants in which each delta has the next one's base: forward,
 * shuffled and inserted, by distance and by id, with small objects between and a small one made of
 * a giant. */
#ifndef GIANT_FAMILY_H
#define GIANT_FAMILY_H

#include "giants.h"
#include "packread.h"

enum giant_member_name {
    GIANT_ROOT,      /* plain */
    GIANT_SHUFFLE,   /* on the root, by distance */
    GIANT_MATE,      /* small, plain */
    GIANT_ONWARD,    /* on the shuffled one, by id */
    GIANT_MATE_TOO,  /* small, on its mate, by distance */
    GIANT_INSERT,    /* on the onward one, by distance: its delta is a giant too */
    GIANT_BROTHER,   /* on the root, by id */
    GIANT_DWARF,     /* three pages out of the inserted one, by id */
    GIANT_DWARF_TOO, /* on the dwarf, by distance */
    GIANT_MEMBERS
};

typedef struct giant_member {
    giant holds;
    packread_id id;
    uint64_t offset; /* of its entry */
    uint64_t disk_size;
    uint32_t depth;
} giant_member;

typedef struct giant_family {
    giant_member members[GIANT_MEMBERS];
    char *path; /* of the pack */
} giant_family;

/* Writes the pack of that family, giants of `pages` pages, to NAME.pack and NAME.idx in the scratch
 * folder, by a process of its own; what each holds is kept. */
void giant_family_make(giant_family *family, const char *name, size_t pages);
void giant_family_free(giant_family *family);

#endif
