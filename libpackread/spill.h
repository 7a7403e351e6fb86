/* spill.h - a file without a name, for bytes that memory has no room for: written once from front
 * to back, then read. It is gone from the disk with its descriptor, however the process ends. */
#ifndef PACKREAD_SPILL_H
#define PACKREAD_SPILL_H

#include "packread.h"

typedef struct packread_spill {
    int fd;           /* -1: none */
    uint64_t size;    /* bytes written */
    uint64_t claimed; /* no more may be written */
} packread_spill;

#define PACKREAD_SPILL_NONE \
    {                       \
        -1, 0, 0            \
    }

/* Makes one in the folder that TMPDIR names, else in /tmp. `claimed`: how many bytes are to come;
 * the disk is asked for that much room, and none of it is taken. Errors: TEMPORARY (`file` is the
 * folder, `needed` is `claimed`). */
int packread_spill_open(packread_spill *spill, uint64_t claimed, packread_error *error);
/* Adds bytes at the end. More than were claimed are CORRUPT, without a place: the caller knows
 * whose they are. Errors: TEMPORARY, CORRUPT. */
int packread_spill_write(packread_spill *spill, const void *bytes, size_t size,
                         packread_error *error);
/* Harmless twice. */
void packread_spill_close(packread_spill *spill);

#endif
