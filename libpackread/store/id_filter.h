/* id_filter.h - which ids none of the packs has, without a look into any: a Bloom filter over all
 * rows of all indexes. It never says so of an id that is in a row, wherever that row stands. */
#ifndef PKR_ID_FILTER_H
#define PKR_ID_FILTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/budget.h"
#include "store/pack_set.h"
#include "store/rows.h"

struct pkr_id_filter;

/* A snapshot's. */
typedef struct pkr_id_filters {
    pkr_giver giver;
    _Atomic(struct pkr_id_filter *) filter; /* NULL: there is none, or it is about to go */
    _Atomic uint32_t users;                 /* threads that look at it just now */
    _Atomic uint64_t in_vain;               /* packs searched for ids that none had, since the last
                                             * attempt to make one */
    _Atomic bool is_making;                 /* a thread makes one */
} pkr_id_filters;

/* 0, or MEMORY. */
int pkr_id_filters_begin(pkr_id_filters *filters);
void pkr_id_filters_end(pkr_id_filters *filters);

/* Whether no pack of the set has the id; false where there is no filter of that set, and now and
 * then. */
bool pkr_id_filter_excludes(pkr_id_filters *filters, const pkr_pack_set *set,
                            const packread_id *id);

/* An id was searched for in all packs of the set in vain. When that has cost as much as reading all
 * ids once, they are read and the filter is made, and paid from the budget, which takes it back
 * when memory is short: where that fails nothing but time is lost. */
void pkr_id_filter_searched(pkr_id_filters *filters, const pkr_pack_set *set, pkr_budget *budget,
                            pkr_rows *rows);

#endif
