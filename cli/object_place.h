/* object_place.h - in which store an object lies, and in which file. */
#ifndef OBJECT_PLACE_H
#define OBJECT_PLACE_H

#include "where.h"

struct object_place {
    const char *store;                /* "pack", "loose" or "built-in" */
    const char *path;                 /* of the pack, or of the object folder; NULL: in no file */
    const char *pack;                 /* the pack's name without ".pack"; NULL: in none */
    char below[PACKREAD_HEX_MAX + 2]; /* the file of a loose object: "12/3456..."; else empty */
};

/* Of a description that the library gave: no call of the system, no memory. Its strings are valid
 * as long as what is opened. */
void object_place_find(const struct where *source, const packread_info *info,
                       struct object_place *place);
/* The file's path, "-" where there is none. */
void object_place_print(const struct object_place *place);
/* The same as a member "file", null where there is none. */
void object_place_print_json(const struct object_place *place);

#endif
