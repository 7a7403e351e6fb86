/* grafts.h - commits whose parents are others than they say: none where a shallow clone ends, and
 * those of info/grafts. Any thread. */
#ifndef PKR_GRAFTS_H
#define PKR_GRAFTS_H

#include "base/mutex.h"
#include "names/kept_file.h"

typedef struct pkr_grafts {
    pkr_budget *budget; /* NULL: there are none */
    size_t id_size;
    pkr_lock lock; /* of all below */
    pkr_kept_file shallow;
    pkr_kept_file grafts;
    uint64_t parsed; /* changes of both files when `rows` was made from them */
    pkr_table rows;  /* sorted */
} pkr_grafts;

/* `common_dir` NULL: there are none. To be ended, whatever comes of it. Errors: MEMORY. */
int pkr_grafts_begin(pkr_grafts *grafts, pkr_budget *budget, const char *common_dir, size_t id_size,
                     packread_error *error);
void pkr_grafts_end(pkr_grafts *grafts);

/* Makes them what they are now. Errors: SYSTEM, MEMORY, BUDGET, CHANGED, NOT_REGULAR. */
int pkr_grafts_look(pkr_grafts *grafts, packread_error *error);
/* Whether the commit's parents are given here: then `*parent` is the one of that number, from 1,
 * or of size 0 where there is none. */
bool pkr_grafts_find(pkr_grafts *grafts, const packread_id *commit, uint64_t number,
                     packread_id *parent);

#endif
