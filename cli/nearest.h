/* nearest.h - what somebody who mistyped a word may have meant. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

struct nearest {
    const char *word;
    size_t length;
    const char *found; /* the best so far, NULL if none is near */
    size_t distance;   /* of it */
};

/* Begin with `{.word = ..., .length = ...}` and show it each word that there is. */
void nearest_try(struct nearest *search, const char *known);

#endif
