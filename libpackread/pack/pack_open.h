/* pack_open.h - opens and closes packs. */
#ifndef PKR_PACK_OPEN_H
#define PKR_PACK_OPEN_H

#include <smmap.h>

#include "pack/pack.h"

/* A file that is given: by descriptor, or, with `fd` -1, as bytes; without bytes it is not there.
 */
typedef struct pkr_pack_given {
    int fd;
    const void *bytes;
    size_t size;
} pkr_pack_given;

/* What is to be opened. */
typedef struct pkr_pack_wanted {
    const char *path;            /* of the .pack */
    const char *index_path;      /* NULL: beside it */
    const pkr_pack_given *data;  /* NULL, or both files are given: then paths are for messages */
    const pkr_pack_given *index; /* given alone: the pack's file may have any name */
    bool alone; /* a file of any name, by its bytes, whether it has an index or not */
    enum pkr_index_state index_state; /* what was seen of its index: with WRONG it is of no use if
                                       * it has not its own sum, with what is worse, in no case */
    bool sums_odd_index; /* the same of one with 64-bit offsets, which the pack is too small for */
    bool may_lack_index; /* else a pack that has none is NO_INDEX */
    size_t id_size;      /* of a pack that does not tell it; 0: 20 */
} pkr_pack_wanted;

/* Opens a pack and its index; headers only are read, and where they do not agree, all of the index.
 * An index that is there and cannot be used costs the pack nothing: `index_doubt` says why, and the
 * pack is opened `alone`, as is one that has no index and may lack it. Then its trailer tells the
 * hash, and that takes reading it all; where none fits, `end` is the end of the file, and the first
 * commit tells the hash. A damaged header of the pack is a doubt. `budget`: who is asked to stop.
 */
int pkr_pack_open(smmap_manager *manager, pkr_budget *budget, const pkr_pack_wanted *wanted,
                  pkr_pack **pack, packread_error *error);
void pkr_pack_close(pkr_pack *pack, pkr_budget *budget);

#endif
