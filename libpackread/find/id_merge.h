/* id_merge.h - the rows of any number of indexes, and the loose objects of any number of folders,
 * as one sequence that rises by id. */
#ifndef PKR_ID_MERGE_H
#define PKR_ID_MERGE_H

#include "base/id.h"
#include "find/loose_lists.h"
#include "object/reader.h"

typedef struct pkr_id_merge pkr_id_merge;

typedef struct pkr_id_merge_row {
    packread_id id;
    packread_location location;
    bool bad; /* the index named no usable offset when it was read: location.offset is 0 */
} pkr_id_merge_row;

/* Over all rows of all packs and all that is loose, or over those of one pack. An index that is out
 * of order is sorted for it, if there is memory. The reader may be used for other things between
 * calls; the lists stay as they are until the end. Errors: MEMORY, BUDGET. */
int pkr_id_merge_begin(packread_reader *reader, const pkr_loose_lists *loose, pkr_id_merge **merge,
                       pkr_fault *fault);
int pkr_id_merge_begin_pack(packread_reader *reader, size_t number, pkr_id_merge **merge,
                            pkr_fault *fault);
/* Over the rows of all packs whose ids have the prefix, and over what is in the lists, which has it
 * too; `bad` and offsets are not looked at. Errors beside those: as pkr_unsorted_range. */
int pkr_id_merge_begin_prefix(packread_reader *reader, const pkr_prefix *prefix,
                              const pkr_loose_lists *loose, pkr_id_merge **merge, pkr_fault *fault);
/* The next row, valid until the next call; NULL at the end. Rows of one id come in order of packs,
 * those of one pack in order of position, and then the loose ones in order of folders. Errors:
 * MEMORY. */
int pkr_id_merge_next(pkr_id_merge *merge, const pkr_id_merge_row **row, pkr_fault *fault);
/* Whether another lane has a row of the same id as the one that came last. */
bool pkr_id_merge_is_tied(const pkr_id_merge *merge);
/* 0, or why the rest of an index, or something loose, was left out. */
int pkr_id_merge_failure(const pkr_id_merge *merge, pkr_fault *fault);
/* Whether the ids rose as they came, but for an id that stands twice where that is known. Errors:
 * CORRUPT. */
int pkr_id_merge_disorder(const pkr_id_merge *merge, pkr_fault *fault);
void pkr_id_merge_end(pkr_id_merge *merge);

#endif
