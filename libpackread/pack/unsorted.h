/* unsorted.h - ids in an index whose rows or fanout are out of order: a binary search passes them
 * by, though they are there. */
#ifndef PKR_UNSORTED_H
#define PKR_UNSORTED_H

#include "base/budget.h"
#include "pack/rows.h"

/* Rows of one id that are tried; hostile indexes hold more. */
#define PKR_TWINS_MOST 16

/* What is known of the order of one index; shared by threads. */
typedef struct pkr_unsorted pkr_unsorted;

/* NULL without memory. */
pkr_unsorted *pkr_unsorted_new(void);
/* `budget` gets back what a table took. */
void pkr_unsorted_free(pkr_unsorted *unsorted, pkr_budget *budget);

/* For an id that pkr_rows_find does not find. Looks whether the rows next to where it would be are
 * in order; what was seen to be is not looked at again. If they are not, the index is in doubt: all
 * its ids are read once, and if they are out of order they are sorted once in memory (4 bytes a
 * row, 21 while that goes on) and looked up there. Errors: NOT_FOUND (without detail), BUDGET or
 * MEMORY for that table, those of reading. */
int pkr_unsorted_find(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                      const packread_id *id, uint32_t *position, pkr_fault *fault);

/* Reads all ids to see what order they are in, as if the index were in doubt. Errors: as above. */
int pkr_unsorted_check(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget, pkr_fault *fault);
/* Whether all ids were seen to rise: no id stands twice then. */
bool pkr_unsorted_is_right(const pkr_pack *pack);
/* Whether they were seen to rise but for ids that stand twice: pkr_rows_find misses none. */
bool pkr_unsorted_is_searchable(const pkr_pack *pack);
/* Whether they were seen not to rise, so that an id may be missing. */
bool pkr_unsorted_is_damaged(const pkr_pack *pack);
/* Then CORRUPT, and how; else 0. */
int pkr_unsorted_verdict(const pkr_pack *pack, pkr_fault *fault);
/* CORRUPT, where they were met falling. */
int pkr_unsorted_falls(const pkr_pack *pack, pkr_fault *fault);

/* Rows in order of id, as far as is known: places `begin` up to `end` of `sorted`, which has
 * positions; where that is NULL a place is a position. Stands as long as the pack. */
typedef struct pkr_run {
    const uint32_t *sorted;
    uint32_t begin;
    uint32_t end;
} pkr_run;

static inline uint32_t pkr_run_position(const pkr_run *run, uint32_t place)
{
    return run->sorted ? run->sorted[place] : place;
}

/* All rows. */
pkr_run pkr_unsorted_all(const pkr_pack *pack);
/* Those of the ids from `low` to `high`, whose first bytes are the same. Costs and errors: as
 * pkr_unsorted_find, once for all that lies between. */
int pkr_unsorted_range(pkr_rows *rows, const pkr_pack *pack, pkr_budget *budget,
                       const packread_id *low, const packread_id *high, pkr_run *run,
                       pkr_fault *fault);

#endif
