/* midx_list.h - the multi-pack-indexes beside one set of packs, and which packs they name.
 *
 * They say where an id is, but whoever asks looks there in the pack's own index: what is wrong in
 * them costs time, and nothing else. */
#ifndef PKR_MIDX_LIST_H
#define PKR_MIDX_LIST_H

#include "store/midx_rows.h"
#include "store/pack.h"
#include "store/shelf.h"

typedef struct pkr_midx_layer {
    pkr_midx_file *file;
    pkr_pack **packs; /* by the numbers of the file; NULL: that pack is not there */
    uint64_t charged;
} pkr_midx_layer;

/* Never changed once it is with a set. */
typedef struct pkr_midx_list {
    pkr_budget *budget;
    size_t count;
    pkr_midx_layer *layers; /* in the order in which they are asked */
    uint64_t named;         /* objects in the indexes of packs that they name, each pack once */
} pkr_midx_list;

/* What opening is done with, and for. */
typedef struct pkr_midx_opening {
    pkr_budget *budget;
    pkr_shelf *files;         /* of the snapshot: they get their numbers here */
    const pkr_midx_list *old; /* whose files are used again where they are the same; may be NULL */
    pkr_pack *const *packs;   /* all that there are */
    size_t count;
    size_t id_size; /* of the repository; 0: as the packs have it */
    /* Takes what is wrong with one. Errors: MEMORY. */
    int (*note)(void *context, const packread_error *problem);
    void *context;
} pkr_midx_opening;

/* An empty list; NULL without memory. */
pkr_midx_list *pkr_midx_list_new(pkr_budget *budget);
/* Adds what a folder of packs has: multi-pack-index, or else the layers of its chain. Folders are
 * asked in the order in which they are added. What is damaged, or unknown, is noted and left out.
 * Errors: MEMORY, STOPPED. */
int pkr_midx_list_add_folder(pkr_midx_list *list, const pkr_midx_opening *opening,
                             const char *folder, pkr_fault *fault);
/* Whether they have the same files. NULL is an empty one. */
bool pkr_midx_list_same(const pkr_midx_list *left, const pkr_midx_list *right);
/* NULL is fine. From one thread at a time. */
void pkr_midx_list_free(pkr_midx_list *list);

/* The pack that the first of them with that id names, or NULL: none has it, or it cannot be told.
 */
const pkr_pack *pkr_midx_list_find(const pkr_midx_list *list, pkr_midx_rows *rows,
                                   const packread_id *id);

#endif
