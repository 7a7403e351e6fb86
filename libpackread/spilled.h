/* spilled.h - the bases of one reader that are too large for memory: each in a temporary file, read
 * through windows of the snapshot's manager. Two at most: a base, and what is made from it. */
#ifndef PACKREAD_SPILLED_H
#define PACKREAD_SPILLED_H

#include "spill.h"
#include "view.h"

#define PACKREAD_SPILLED_COUNT 2

typedef struct packread_spilled {
    packread_spill file;
    packread_view view; /* of the file once it is finished; else without a cursor */
    uint64_t offset;    /* key, of a finished one: where its entry begins */
    uint32_t pack;      /* key */
    unsigned char type; /* of the object */
} packread_spilled;

typedef struct packread_spills {
    packread_spilled list[PACKREAD_SPILLED_COUNT];
    smmap_manager *manager;
} packread_spills;

void packread_spills_begin(packread_spills *spills, smmap_manager *manager);
/* Gives all files back to the disk. */
void packread_spills_drop(packread_spills *spills);

/* A finished one; NULL if it is not there. */
packread_spilled *packread_spills_find(packread_spills *spills, uint32_t pack, uint64_t offset);

/* An empty file for an object of `claimed` bytes; `base` (may be NULL) is the one that stays for
 * it. To be filled with packread_spilled_take, then finished; on failure it is to be dropped.
 * Errors: TEMPORARY. */
int packread_spills_new(packread_spills *spills, const packread_spilled *base, uint64_t claimed,
                        packread_spilled **made, packread_error *error);
int packread_spilled_finish(packread_spills *spills, packread_spilled *made, packread_error *error);

/* Fills a file from pieces that are handed to `packread_spilled_take`. */
typedef struct packread_filling {
    packread_spilled *spilled;
    int status; /* of the write that made it stop */
    packread_error error;
} packread_filling;

/* A taker; `filling` is a packread_filling. */
int packread_spilled_take(void *filling, const void *bytes, size_t size);

#endif
