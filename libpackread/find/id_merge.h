/* id_merge.h - the ids of any number of indexes as one rising sequence, the copies of an id
 * together.
 */
#ifndef PKR_ID_MERGE_H
#define PKR_ID_MERGE_H

#include "object/reader.h"

typedef struct pkr_id_merge pkr_id_merge;

typedef struct pkr_id_merge_row {
    packread_id id;
    packread_location location;
    bool bad; /* the index names no usable offset: location.offset is 0 */
} pkr_id_merge_row;

/* Over all packs, or over one. The reader may be used for other things between calls. Errors:
 * MEMORY. */
int pkr_id_merge_begin(packread_reader *reader, bool one_pack, size_t pack, pkr_id_merge **merge,
                       pkr_fault *fault);
/* The copies of the next id, in order of packs, valid until the next call; none at the end. */
int pkr_id_merge_next(pkr_id_merge *merge, const pkr_id_merge_row **copies, size_t *count,
                      pkr_fault *fault);
/* 0, or why the rest of an index was left out: MEMORY ends the merge, all else but that index. */
int pkr_id_merge_failure(const pkr_id_merge *merge, pkr_fault *fault);
/* Whether the ids of each index rose where they were passed. Errors: CORRUPT. */
int pkr_id_merge_disorder(const pkr_id_merge *merge, pkr_fault *fault);
void pkr_id_merge_end(pkr_id_merge *merge);

#endif
