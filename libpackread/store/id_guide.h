/* id_guide.h - where there are many packs, which of them need not be searched for an id: known from
 * a map of all rows, or, where there is no room for that, from a filter. It never leaves out a pack
 * that has the id in a row, wherever that row stands. */
#ifndef PKR_ID_GUIDE_H
#define PKR_ID_GUIDE_H

#include <stdatomic.h>

#include "pack/rows.h"
#include "store/pack_set.h"

struct pkr_id_guide;

/* A snapshot's. */
typedef struct pkr_id_guides {
    pkr_giver giver;
    _Atomic(struct pkr_id_guide *) guide; /* NULL: there is none, or it is about to go */
    _Atomic uint32_t users;               /* threads that look at it just now */
    _Atomic uint64_t searched;            /* packs that were passed by or searched in vain, since
                                           * the last attempt to make one */
    _Atomic bool is_making;               /* a thread makes one */
} pkr_id_guides;

/* 0, or MEMORY. */
int pkr_id_guides_begin(pkr_id_guides *guides);
void pkr_id_guides_end(pkr_id_guides *guides);

/* The first of the set's packs, from place `from` on, that may have the id; the set's count: none.
 * Where nothing is known it is `from`. */
size_t pkr_id_guide_next(pkr_id_guides *guides, const pkr_pack_set *set, const packread_id *id,
                         size_t from);

/* So many packs of the set were gone through for an id, and did not have it. When that has cost as
 * much as reading all ids, they are read and a guide is made, and paid from the budget, which takes
 * it back when memory is short: where that fails nothing but time is lost. */
void pkr_id_guide_searched(pkr_id_guides *guides, const pkr_pack_set *set, size_t packs,
                           pkr_budget *budget, pkr_rows *rows);

#endif
