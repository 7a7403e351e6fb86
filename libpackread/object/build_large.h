/* build_large.h - objects that memory has no room for: what is below one is built step by step, in
 * memory or in temporary files, and the object itself is only ever given on piece by piece, as
 * often as it is asked for. */
#ifndef PKR_BUILD_LARGE_H
#define PKR_BUILD_LARGE_H

#include "object/build.h"
#include "object/delta_stream.h"

/* An object ready to be run. */
typedef struct pkr_large {
    packread_reader *reader;
    const pkr_pack *pack;
    pkr_link link;
    enum packread_type type; /* of the object */
    uint64_t size;           /* as its entry claims */
    pkr_blob *blob;          /* of a delta, the base: one of the two */
    pkr_spilled *spilled;
} pkr_large;

/* Brings the base of the object at `offset` of the selected pack at hand. No object is made larger
 * than PKR_LARGE_GROWTH times its pack. Errors: BUDGET for one that would be, TEMPORARY,
 * CORRUPT, THIN, those of windows. End with pkr_large_end where it succeeded. */
int pkr_large_begin(pkr_large *large, packread_reader *reader, const pkr_pack *pack,
                    uint64_t offset, pkr_fault *fault);
/* Gives the object's bytes to `take`, large->size of them at most, fewer only on failure. `end`
 * (may be NULL) receives where the entry's data ended. Errors: as begin; STOPPED. */
int pkr_large_run(pkr_large *large, packread_writer *take, void *context, uint64_t *end,
                  pkr_fault *fault);
/* The base stays with the reader, for the next one that hangs on it. */
void pkr_large_end(pkr_large *large);

/* Plain data expands to 1032 times its deflated bytes at most; instructions of a delta know no
 * bound. A few bytes must not fill a disk, or hours. */
#define PKR_LARGE_GROWTH 4096

#endif
