/* first_commit.h - what the first entry of a pack tells of the hash that makes its ids. */
#ifndef PKR_FIRST_COMMIT_H
#define PKR_FIRST_COMMIT_H

#include "pack/view.h"

/* The packs of git begin with a commit, if they have one: it begins with the id of its tree, whose
 * length `*id_size` receives; 0 where the first entry is no commit stored whole, or is damaged
 * there. Looks at 1 KiB at most. Errors: MEMORY, those of windows. */
int pkr_first_commit_id_size(pkr_view *view, size_t *id_size, pkr_fault *fault);

#endif
