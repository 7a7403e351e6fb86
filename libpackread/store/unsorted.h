/* unsorted.h - ids in an index whose rows or fanout are out of order: a binary search passes them
 * by, though they are there. */
#ifndef PKR_UNSORTED_H
#define PKR_UNSORTED_H

#include "store/rows.h"

/* Rows of one id that are tried; hostile indexes hold more. */
#define PKR_TWINS_MOST 16

/* What is known of one index; made on first use, shared by threads. */
typedef struct pkr_unsorted pkr_unsorted;

/* NULL without memory. */
pkr_unsorted *pkr_unsorted_new(void);
/* `budget` gets back what a table took; NULL if it is gone too. */
void pkr_unsorted_free(pkr_unsorted *disorder, pkr_budget *budget);

/* For an id that pkr_rows_find does not find. The first call for a pack reads all its ids
 * once; if they are in order the answer is NOT_FOUND, then and later, at no cost. If not, the rows
 * are sorted once in memory (8 bytes a row) and looked up there. Errors: NOT_FOUND (without
 * detail), BUDGET or MEMORY for that table, those of reading. */
int pkr_unsorted_find(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                      const packread_id *id, uint32_t *position, pkr_fault *fault);
/* Whether the rows were found to be out of order, and have been sorted. */
bool pkr_unsorted_is_sorted(const pkr_pack *pack);
/* Then: from a row of the id to the next row of it. Gives up after a few. Errors: NOT_FOUND
 * (without detail), those of reading. */
int pkr_unsorted_next(pkr_rows *rows, const pkr_pack *pack, const packread_id *id,
                      uint32_t *position, pkr_fault *fault);
/* How much of an index has to be in order to be searched as if it were. */
enum pkr_unsorted_reach {
    PKR_UNSORTED_BUCKET, /* the ids that begin as this one: an id in a wrong bucket is not seen
                          */
    PKR_UNSORTED_ALL
};

/* Where those ids are not in order, the row of the first id in order that is not below `id`, or
 * idx.count; else `*position`, which pkr_rows_lower_bound has found, is left alone. Costs and
 * errors: as above, but for a bucket that is in order only its ids are read, once. */
int pkr_unsorted_lower_bound(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                             const packread_id *id, enum pkr_unsorted_reach reach,
                             uint32_t *position, pkr_fault *fault);

#endif
