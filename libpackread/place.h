/* place.h - from what a person names to the packs that are meant. */
#ifndef PACKREAD_PLACE_H
#define PACKREAD_PLACE_H

#include "packread.h"

typedef struct packread_place {
    char *pack;    /* one pack was named: its path, ending in .pack */
    char *objects; /* or a repository: its objects folder */
    char *folder;  /* a folder of packs; of a repository, objects/pack */
} packread_place;

/* Errors: SYSTEM where `where` is not there or cannot be read, NOT_A_PLACE, NOT_REGULAR, MEMORY. */
int packread_place_find(const char *where, packread_place *place, packread_error *error);
void packread_place_free(packread_place *place);

/* "folder/name", to be freed; NULL without memory. */
char *packread_place_join(const char *folder, const char *name);

#endif
