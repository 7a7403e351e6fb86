/* delta_stream.h - runs a delta of any size on a base of any size: its instructions are inflated
 * piece by piece, its base is read through windows, its result is given on piece by piece. */
#ifndef PKR_DELTA_STREAM_H
#define PKR_DELTA_STREAM_H

#include "format/delta.h"
#include "object/reader.h"

/* Where copies come from: a blob, or a file through a view. */
typedef struct pkr_delta_base {
    const pkr_blob *blob; /* NULL: the view has it */
    pkr_view *view;
    uint64_t size;
} pkr_delta_base;

/* The two sizes that the delta at `link` begins with. Errors: CORRUPT, those of windows. */
int pkr_delta_stream_sizes(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                           pkr_delta_sizes *sizes, pkr_fault *fault);

/* Gives the result to `take`, in pieces of at most 64 KiB: never more bytes than the delta claims.
 * With `base` NULL nothing is copied or given: it is only seen whether the instructions give just
 * as much as is claimed, from inside a base as it is claimed. `end` (may be NULL) receives where
 * the deflated data ended. Errors: CORRUPT, STOPPED, MEMORY, those of windows. */
int pkr_delta_stream_run(packread_reader *reader, const pkr_pack *pack, const pkr_link *link,
                         const pkr_delta_base *base, packread_writer *take, void *context,
                         uint64_t *end, pkr_fault *fault);

#endif
