/* looking.h - keeps a set of packs what the folders of a place have: looks whether they changed
 * since they were read, and if so opens the packs that came and leaves out those that went.
 *
 * The folders are read again until what was read and what could be opened agree: packs may come and
 * go meanwhile, but those that come are there before the ones that they replace go. Which folders
 * there are is read anew each time too: object folders name others. */
#ifndef PKR_LOOKING_H
#define PKR_LOOKING_H

#include "place/reading.h"
#include "store/pack_set.h"

/* All zeros: there is no folder, and nothing to look for. */
typedef struct pkr_looking {
    pkr_folders folders; /* shelves: put on them with the lock */
    pkr_packs *packs;
    pkr_budget *budget;
    /* Opens a pack and gives it its number; errors as packread_snapshot_open. `state` says what was
     * seen of its index: with WRONG it is used only if it has its own sum; with what is worse it is
     * not used; and with SUSPECT the pack is CORRUPT where it does not show that it is whole. */
    int (*open)(void *context, const char *path, enum pkr_index_state state, pkr_pack **pack,
                packread_error *error);
    /* Takes what keeps a pack or a folder from being read. Errors: MEMORY. */
    int (*note)(void *context, const packread_error *problem);
    void *context;
    pkr_shelf *midx_files; /* pkr_midx_file: where those that are opened get their numbers */
    size_t id_size;        /* of the repository; 0: as the packs have it */

    bool is_begun;
    pkr_lock lock;    /* of all below, and around the two above */
    uint64_t checked; /* the generation of the set whose packs were last seen to be those that were
                       * opened; 0: none */
    uint64_t paid;
    _Atomic uint64_t touched; /* how often a folder was found to be another than before, though its
                               * packs may be the same: read without the lock */
} pkr_looking;

/* Reads the folders and publishes the first set. `folder` has packs: of `objects`, where that is
 * not NULL; strings are copied. What is set above `is_begun`, of folders the shelf and `here`, is
 * the caller's to set before. Errors: SYSTEM, MEMORY, BUDGET, STOPPED; CHANGED if they keep
 * changing.
 */
int pkr_looking_begin(pkr_looking *looking, const char *objects, const char *more,
                      const char *folder, packread_error *error);
void pkr_looking_end(pkr_looking *looking);

/* Whether another set than that of generation `seen` is there, after a look at each folder: one
 * call of the system, unless it changed. With `is_gone`, a file of the set turned out to be gone or
 * changed,
 * or a pack is to be opened anew: whether others of them are is looked at too, once for each set.
 * Any thread. Errors: as above; then the set is what it was. */
int pkr_looking_again(pkr_looking *looking, uint64_t seen, bool is_gone, bool *changed,
                      pkr_fault *fault);
/* The same with `is_gone`, and after a look at the lists of other folders as well. */
int pkr_looking_refresh(pkr_looking *looking, uint64_t seen, bool *changed, pkr_fault *fault);

#endif
