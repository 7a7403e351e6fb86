/* place.h - from what a person names to the packs that are meant. */
#ifndef PKR_PLACE_H
#define PKR_PLACE_H

#include <stdbool.h>

#include "packread.h"

typedef struct pkr_place {
    char *pack;    /* one pack was named: its path, ending in .pack */
    bool any_name; /* or in anything: it begins as a pack does, and has no index */
    char *objects; /* or a repository: its objects folder */
    char *folder;  /* a folder of packs; of a repository, objects/pack */
} pkr_place;

/* Errors: SYSTEM where `where` is not there or cannot be read, NOT_A_PLACE, NOT_REGULAR, MEMORY. */
int pkr_place_find(const char *where, pkr_place *place, packread_error *error);
void pkr_place_free(pkr_place *place);

#endif
