/* snapshot.h - the set of packs that readers share, inside the library. */
#ifndef PKR_SNAPSHOT_H
#define PKR_SNAPSHOT_H

#include <smmap.h>

#include "base/budget.h"
#include "base/fault.h"
#include "pack/derived.h"
#include "pack/pack_open.h"
#include "place/fixed_paths.h"
#include "place/object_folder.h"
#include "place/repository.h"
#include "platform/hash_way.h"
#include "store/id_guide.h"
#include "store/looking.h"

/* What a folder above keeps with a snapshot: it begins so. */
typedef struct pkr_attached {
    void (*end)(struct pkr_attached *attached);
} pkr_attached;

struct packread_snapshot {
    pkr_fixed_paths paths;
    smmap_manager *manager;
    pkr_repository *repository; /* NULL: none was named, nor anything in one */
    pkr_packs packs;
    pkr_looking looking;  /* for packs that come and go, in a folder */
    pkr_shelf folders;    /* pkr_object_folder: a repository's own first; the number that it gets is
                             its for good */
    pkr_shelf midx_files; /* pkr_midx_file: also those that are gone */
    pkr_shelf problems;   /* packread_error; put on it with the lock of `looking` */
    pkr_budget budget;    /* everything but windows */
    pkr_hash_way hash_way; /* of objects */
    uint64_t cache_limit;  /* of one reader's base cache */
    uint64_t whole_limit;  /* a larger object is streamed, not held */
    uint64_t windows;      /* how many there can be at once; 0 where each is a whole file */
    unsigned flags;
    unsigned id_size;                     /* of all packs; 0: each tells its own */
    bool repository_tells_id_size;        /* it is the repository that says so */
    _Atomic(const pkr_pack *) disordered; /* one of whose ids some may be out of order, or not
                                           * known; or NULL */
    pkr_id_guides guides;
    _Atomic(pkr_attached *) names;   /* of names/; NULL until a name is looked up */
    pkr_derive *derive;              /* from above: it takes every object of the pack */
    packread_index_options deriving; /* for that; its writers are not set */
};

/* Bytes of the ids of loose objects: as the options, the repository or the packs say; 0: nothing
 * does. */
unsigned pkr_snapshot_id_size(const packread_snapshot *snapshot);

/* The public calls that open, but for how an index is derived. */
int pkr_snapshot_open(const char *where, const packread_options *options, pkr_derive *derive,
                      packread_snapshot **snapshot, packread_error *error);
/* The same of one pack. */
int pkr_snapshot_open_given(const pkr_pack_given *pack, const pkr_pack_given *index,
                            const packread_options *options, pkr_derive *derive,
                            packread_snapshot **snapshot, packread_error *error);

#endif
