/* midx_chain_file.h - the file that names the layers of a chain, read line by line. */
#ifndef PKR_MIDX_CHAIN_FILE_H
#define PKR_MIDX_CHAIN_FILE_H

#include "base/fault.h"
#include "pack/view.h"

typedef struct pkr_midx_chain {
    char *path; /* freed when it is closed */
    pkr_source source;
    pkr_view view;
    size_t id_size; /* of its sums */
} pkr_midx_chain;

/* `path` and `id_size` are set; to be closed whatever comes of it. Errors: those of windows; SYSTEM
 * (ENOENT) where there is none. */
int pkr_midx_chain_open(pkr_midx_chain *of, pkr_budget *budget, packread_error *error);
void pkr_midx_chain_close(pkr_midx_chain *of);
/* The sum in the line at `*at`, before the end of the file; `*at` is moved behind it. Errors:
 * CORRUPT (`*at` is where the next one may begin), those of windows. */
int pkr_midx_chain_next(pkr_midx_chain *of, uint64_t *at, packread_id *sum, packread_error *error);

#endif
