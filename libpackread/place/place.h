/* place.h - from what a person names to the packs that are meant. */
#ifndef PKR_PLACE_H
#define PKR_PLACE_H

#include <stdbool.h>

#include "place/repository.h"

typedef struct pkr_place {
    char *pack;                 /* one pack was named: its path, ending in .pack */
    bool any_name;              /* or in anything: it begins as a pack does, and has no index */
    pkr_repository *repository; /* or a repository, or what lies in one; NULL: it was not */
    char *objects;              /* or its objects folder, or one that was named */
    char *folder;               /* a folder of packs; of a repository, objects/pack */
} pkr_place;

/* With `environment` variables of git are looked at: which folder has the objects, and how far up
 * a repository is looked for. Errors: SYSTEM where `where` is not there or cannot be read,
 * NOT_A_PLACE, NOT_REGULAR, MEMORY; those of pkr_repository_open. */
int pkr_place_find(pkr_budget *budget, const char *where, bool environment, pkr_place *place,
                   packread_error *error);
void pkr_place_free(pkr_place *place);

#endif
