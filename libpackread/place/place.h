/* place.h - from what a person names to the packs that are meant. */
#ifndef PKR_PLACE_H
#define PKR_PLACE_H

#include <stdbool.h>

#include "place/repository.h"

/* What was named. NULL: it is none of that kind. */
typedef struct pkr_place {
    char *pack;                 /* one pack: the path of its file */
    bool any_name;              /* that file is a pack or bundle by how it begins, whatever its name
                                 * is, and no index goes with it */
    pkr_repository *repository; /* a repository, or a folder inside one */
    char *objects;              /* an objects folder: the repository's, or one named by itself */
    char *folder;               /* a folder of packs: that of `objects`, or one named by itself */
} pkr_place;

/* With `environment` variables of git are looked at: which folder has the objects, as seen from
 * `here` (pkr_path_fix), where refs are, and how far up a repository is looked for. Errors: SYSTEM
 * where `where` is not there or cannot be read, NOT_A_PLACE, NOT_REGULAR, MEMORY; those of
 * pkr_repository_open. */
int pkr_place_find(pkr_budget *budget, const char *where, bool environment, const char *here,
                   pkr_place *place, packread_error *error);
void pkr_place_free(pkr_place *place);

#endif
