/* merge.h - the ids of any number of indexes as one rising sequence, the copies of an id together.
 */
#ifndef PACKREAD_MERGE_H
#define PACKREAD_MERGE_H

#include "reader.h"

typedef struct packread_merge packread_merge;

typedef struct packread_merge_row {
    packread_id id;
    packread_location location;
    bool bad; /* the index names no usable offset: location.offset is 0 */
} packread_merge_row;

/* Over all packs, or over one. The reader may be used for other things between calls. Errors:
 * MEMORY. */
int packread_merge_begin(packread_reader *reader, bool one_pack, size_t pack,
                         packread_merge **merge, packread_error *error);
/* The copies of the next id, in order of packs, valid until the next call; none at the end. */
int packread_merge_next(packread_merge *merge, const packread_merge_row **copies, size_t *count,
                        packread_error *error);
/* 0, or why the rest of an index was left out: MEMORY ends the merge, all else but that index. */
int packread_merge_failure(const packread_merge *merge, packread_error *error);
/* Whether the ids of each index rose where they were passed. Errors: CORRUPT. */
int packread_merge_disorder(const packread_merge *merge, packread_error *error);
void packread_merge_end(packread_merge *merge);

#endif
