/* spills.h - the bases of one reader that are too large for memory: each in a temporary file, read
 * through windows of the snapshot's manager. Two at most: a base, and what is made from it. */
#ifndef PKR_SPILLS_H
#define PKR_SPILLS_H

#include <smmap.h>

#include "pack/view.h"
#include "platform/tempfile.h"

#define PKR_SPILLED_COUNT 2

typedef struct pkr_spilled {
    pkr_tempfile file;
    pkr_view view;      /* of the file once it is finished; else without a cursor */
    uint64_t offset;    /* key, of a finished one: where its entry begins */
    uint32_t pack;      /* key */
    unsigned char type; /* of the object */
} pkr_spilled;

typedef struct pkr_spills {
    pkr_spilled list[PKR_SPILLED_COUNT];
    smmap_manager *manager;
    const char *folder; /* NULL: as pkr_tempfile_open has it */
} pkr_spills;

void pkr_spills_begin(pkr_spills *spills, smmap_manager *manager, pkr_budget *budget);
/* Gives all files back to the disk. */
void pkr_spills_drop(pkr_spills *spills);

/* A finished one; NULL if it is not there. */
pkr_spilled *pkr_spills_find(pkr_spills *spills, uint32_t pack, uint64_t offset);

/* An empty file for an object of `claimed` bytes; `base` (may be NULL) is the one that stays for
 * it. To be filled with pkr_spilled_take, then finished; on failure it is to be dropped.
 * Errors: TEMPORARY. */
int pkr_spills_new(pkr_spills *spills, const pkr_spilled *base, uint64_t claimed,
                   pkr_spilled **made, pkr_fault *fault);
int pkr_spilled_finish(pkr_spills *spills, pkr_spilled *made, pkr_fault *fault);

/* Fills a file from pieces that are handed to `pkr_spilled_take`. */
typedef struct pkr_filling {
    pkr_spilled *spilled;
    int status; /* of the write that made it stop */
    pkr_fault fault;
} pkr_filling;

/* A taker; `filling` is a pkr_filling. */
int pkr_spilled_take(void *filling, const void *bytes, size_t size);

#endif
