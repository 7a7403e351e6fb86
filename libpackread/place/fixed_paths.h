/* fixed_paths.h - the paths that whoever opens a place gives, so that they stay what they are
 * wherever the process goes. */
#ifndef PKR_FIXED_PATHS_H
#define PKR_FIXED_PATHS_H

#include <stdbool.h>

#include "packread.h"

typedef struct pkr_fixed_paths {
    char *here;  /* the folder of the process then; NULL: it is not needed, or has no path that
                  * leads there (pkr_here_find) */
    char *where; /* what is opened, fixed to that (pkr_path_fix); of a descriptor or bytes how they
                  * are called */
    char *temporary_folder; /* fixed too. NULL: the one that the environment names, from the root */
} pkr_fixed_paths;

/* `path` is what is named; NULL: a descriptor or bytes, called `name`. False without memory. Freed
 * by the caller on failure too. */
bool pkr_fixed_paths_take(pkr_fixed_paths *paths, const char *path, const char *name,
                          const packread_options *options);
void pkr_fixed_paths_free(pkr_fixed_paths *paths);

#endif
