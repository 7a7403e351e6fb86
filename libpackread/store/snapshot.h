/* snapshot.h - the set of packs that readers share, inside the library. */
#ifndef PKR_SNAPSHOT_H
#define PKR_SNAPSHOT_H

#include <smmap.h>

#include "base/budget.h"
#include "base/fault.h"
#include "store/id_filter.h"
#include "store/looking.h"

struct packread_snapshot {
    char *where; /* as the caller named it */
    smmap_manager *manager;
    pkr_packs packs;
    pkr_looking looking;  /* for packs that come and go, in a folder */
    pkr_shelf problems;   /* packread_error; put on it with the lock of `looking` */
    pkr_budget budget;    /* everything but windows */
    uint64_t cache_limit; /* of one reader's base cache */
    uint64_t whole_limit; /* a larger object is streamed, not held */
    uint64_t windows;     /* how many there can be at once; 0 where each is a whole file */
    unsigned flags;
    _Atomic(const pkr_pack *) disordered; /* one whose ids were seen to be out of order; or NULL */
    pkr_id_filters filters;
};

#endif
