/* verify_seen.h - which files and folders one run has met: two names of one count once. */
#ifndef VERIFY_SEEN_H
#define VERIFY_SEEN_H

#include <stdbool.h>
#include <stddef.h>

/* All zeros: none. */
struct verify_seen {
    char **keys; /* a hash table; NULL where a place is free */
    size_t room; /* places: a power of two, at most half of them taken */
    size_t count;
};

/* Notes what lies at a path, or something about it: `about` tells apart what is told of one file.
 * False if it was noted before. Two paths lead to one file where they have the same name in the
 * same folder, however that is named. Without memory it is as if it were new. */
bool verify_seen_add(struct verify_seen *seen, const char *path, const char *about);
bool verify_seen_has(const struct verify_seen *seen, const char *path, const char *about);
void verify_seen_free(struct verify_seen *seen);

#endif
