/* million.h - packs of very many small objects, quickly: stored blocks, and mostly deltas. */
#ifndef MILLION_H
#define MILLION_H

#include <stddef.h>

/* What hangs on what. */
enum million_shape {
    MILLION_GROVE, /* groups of 100: a whole object, and trees of deltas on it by distance and id */
    MILLION_CHAIN  /* one chain of them all */
};

/* Writes NAME.pack and NAME.idx into the scratch folder, by a process of its own. The path of the
 * pack, to be freed. */
char *million_make(const char *name, size_t count, enum million_shape shape);

#endif
