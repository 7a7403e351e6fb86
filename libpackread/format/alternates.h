/* alternates.h - lists of object folders: info/alternates has one a line, the environment's
 * variable has colons between them. */
#ifndef PKR_ALTERNATES_H
#define PKR_ALTERNATES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pkr_alternates {
    unsigned char *bytes; /* paths in quotes are unquoted in place */
    size_t size;
    size_t at;
    char separator; /* '\n' or ':' */
} pkr_alternates;

/* The bytes are changed, and the paths point into them. A NUL ends the list, as in git: what is
 * left in `size - at` then was not read. */
void pkr_alternates_begin(pkr_alternates *list, void *bytes, size_t size, char separator);
/* The next path, not empty, without a NUL in it or behind it; false at the end. */
bool pkr_alternates_next(pkr_alternates *list, const char **path, size_t *size);

#endif
