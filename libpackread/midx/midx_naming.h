/* midx_naming.h - joins the names in a multi-pack-index with the packs of its folder. */
#ifndef PKR_MIDX_NAMING_H
#define PKR_MIDX_NAMING_H

#include "base/shelf.h"
#include "midx/midx_list.h"

/* What opening is done with, and for. */
typedef struct pkr_midx_opening {
    pkr_budget *budget;
    pkr_shelf *files;         /* of the snapshot: they get their numbers here */
    const pkr_midx_list *old; /* whose files are used again where they are the same; may be NULL */
    pkr_pack *const *packs;   /* all that there are */
    size_t count;
    size_t id_size;       /* of the repository; 0: as the packs have it */
    bool *is_any_damaged; /* is set where one is left out because its bytes are wrong */
    /* Takes what is wrong with one. Errors: MEMORY. */
    int (*note)(void *context, const packread_error *problem);
    void *context;
} pkr_midx_opening;

typedef struct pkr_midx_naming {
    const pkr_midx_opening *opening;
    const char *folder;
    size_t folder_length; /* without a slash at its end */
    pkr_pack **by_path;   /* of the opening's packs */
    size_t count;         /* of those */
    pkr_midx_layer *layer;
    uint32_t next;   /* number of the name that comes next */
    uint32_t others; /* packs of another hash than the file's */
} pkr_midx_naming;

/* Errors: MEMORY. */
int pkr_midx_naming_begin(pkr_midx_naming *naming, const pkr_midx_opening *opening,
                          const char *folder, pkr_fault *fault);
void pkr_midx_naming_end(pkr_midx_naming *naming);
/* Fills in the packs of a layer, whose file is set. What there is of them is the caller's to free,
 * whatever comes of it. Errors: CORRUPT, MISMATCH (another hash), BUDGET, MEMORY, those of windows.
 */
int pkr_midx_naming_run(pkr_midx_naming *naming, pkr_midx_layer *layer, pkr_fault *fault);

#endif
