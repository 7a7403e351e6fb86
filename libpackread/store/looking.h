/* looking.h - keeps a set of packs what its folder has: looks whether that changed since it was
 * read, and if so opens the packs that came and leaves out those that went.
 *
 * A folder is read again until what was read and what could be opened agree: packs may come and go
 * meanwhile, but those that come are there before the ones that they replace go. */
#ifndef PKR_LOOKING_H
#define PKR_LOOKING_H

#include "platform/host.h"
#include "store/pack_set.h"

/* All zeros: there is no folder, and nothing to look for. */
typedef struct pkr_looking {
    char *folder;
    pkr_packs *packs;
    pkr_budget *budget;
    /* Opens a pack and gives it its number; errors as packread_snapshot_open. */
    int (*open)(void *context, const char *path, pkr_pack **pack, packread_error *error);
    /* Takes what keeps a pack from being opened. Errors: MEMORY. */
    int (*note)(void *context, const packread_error *problem);
    void *context;
    pkr_shelf *midx_files; /* pkr_midx_file: where those that are opened get their numbers */
    size_t id_size;        /* of the repository; 0: as the packs have it */

    pkr_lock lock;    /* of all below, and around the two above */
    pkr_stamp stamp;  /* of the folder, before it was read */
    bool is_young;    /* it may have changed since all the same */
    uint64_t checked; /* the generation of the set whose packs were last seen to be those that were
                       * opened; 0: none */
    uint64_t paid;
} pkr_looking;

/* Reads the folder and publishes its first set. `folder` is copied. What is set above the lock is
 * the caller's to set before. Errors: SYSTEM, MEMORY, BUDGET, STOPPED; CHANGED if it keeps
 * changing.
 */
int pkr_looking_begin(pkr_looking *looking, const char *folder, pkr_fault *fault);
void pkr_looking_end(pkr_looking *looking);

/* Whether another set than that of generation `seen` is there, after a look at the folder: one call
 * of the system, unless it changed. With `is_gone`, a file of the set turned out to be gone or
 * changed: whether others of them are is looked at too, once for each set. Any thread. Errors: as
 * above; then the set is what it was. */
int pkr_looking_again(pkr_looking *looking, uint64_t seen, bool is_gone, bool *changed,
                      pkr_fault *fault);

#endif
