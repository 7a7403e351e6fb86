/* midx_add.h - adds one multi-pack-index to a list. */
#ifndef PKR_MIDX_ADD_H
#define PKR_MIDX_ADD_H

#include "midx/midx_naming.h"

/* Adds the file at `path`, the `number`-th layer of its chain or 0, as the last to be asked; as one
 * that is not asked if it is blocked. `*why`: 0, or the code of why it was left out; that is noted.
 * Errors: MEMORY, STOPPED. */
int pkr_midx_add(pkr_midx_list *list, pkr_midx_naming *on, const char *path, uint32_t number,
                 const pkr_midx_block *block, int *why, pkr_fault *fault);
/* A file cannot be used, and this is why: notes it. An error only where looking is to end
 * altogether: MEMORY, STOPPED. */
int pkr_midx_leave_out(const pkr_midx_opening *opening, const packread_error *error,
                       pkr_fault *fault);

#endif
