/* patch.h - runs a delta of any size on a base of any size: its instructions are inflated piece by
 * piece, its base is read through windows, its result is given on piece by piece. */
#ifndef PACKREAD_PATCH_H
#define PACKREAD_PATCH_H

#include "delta.h"
#include "reader.h"

/* Takes bytes in order. Non-zero stops. */
typedef int packread_taker(void *context, const void *bytes, size_t size);

/* Where copies come from: a blob, or a file through a view. */
typedef struct packread_base {
    const packread_blob *blob; /* NULL: the view has it */
    packread_view *view;
    uint64_t size;
} packread_base;

/* The two sizes that the delta at `link` begins with. Errors: CORRUPT, those of windows. */
int packread_patch_sizes(packread_reader *reader, const packread_pack *pack,
                         const packread_link *link, packread_delta_sizes *sizes,
                         packread_error *error);

/* Gives the result to `take`, in pieces of at most 64 KiB: never more bytes than the delta claims.
 * With `base` NULL nothing is copied or given: it is only seen whether the instructions give just
 * as much as is claimed. `end` (may be NULL) receives where the deflated data ended. Errors:
 * CORRUPT, STOPPED, MEMORY, those of windows. */
int packread_patch_run(packread_reader *reader, const packread_pack *pack,
                       const packread_link *link, const packread_base *base, packread_taker *take,
                       void *context, uint64_t *end, packread_error *error);

#endif
