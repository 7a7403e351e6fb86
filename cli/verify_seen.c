/* verify_seen.c - a set of strings: the number of a folder, a name in it, and what it is about. */
#include "verify_seen.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The folder that a path is in, to be freed; NULL without memory. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* Folders themselves are known by their numbers. A file is not: what is hard-linked into two
 * repositories belongs to both, and each has a line for it. */
static char *make_key(const char *path, const char *about)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    size_t size = strlen(path) + strlen(about) + 64;
    char *folder = folder_of(path);
    char *key = malloc(size);
    struct stat there;

    if (key == NULL || folder == NULL) {
        free(key);
        key = NULL;
    } else if (stat(path, &there) == 0 && S_ISDIR(there.st_mode)) {
        snprintf(key, size, "%ju:%ju//%s", (uintmax_t)there.st_dev, (uintmax_t)there.st_ino, about);
    } else if (stat(folder, &there) == 0) {
        snprintf(key, size, "%ju:%ju/%s/%s", (uintmax_t)there.st_dev, (uintmax_t)there.st_ino, name,
                 about);
    } else {
        snprintf(key, size, "%s//%s", path, about);
    }
    free(folder);
    return key;
}

/* Where the key is, or would be. */
static size_t place_of(char *const *keys, size_t room, const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t place;

    for (const char *byte = key; *byte != '\0'; byte++)
        hash = (hash ^ (unsigned char)*byte) * UINT64_C(1099511628211);
    place = (size_t)(hash ^ hash >> 32) & (room - 1);
    while (keys[place] != NULL && strcmp(keys[place], key) != 0)
        place = (place + 1) & (room - 1);
    return place;
}

static bool make_room(struct verify_seen *seen)
{
    size_t room = seen->room > 0 ? 2 * seen->room : 64;
    char **keys;

    if (2 * (seen->count + 1) <= seen->room)
        return true;
    keys = room > seen->room ? calloc(room, sizeof *keys) : NULL;
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < seen->room; i++)
        if (seen->keys[i] != NULL)
            keys[place_of(keys, room, seen->keys[i])] = seen->keys[i];
    free(seen->keys);
    seen->keys = keys;
    seen->room = room;
    return true;
}

bool verify_seen_add(struct verify_seen *seen, const char *path, const char *about)
{
    char *key = make_key(path, about);
    size_t place;

    if (key == NULL || !make_room(seen)) {
        free(key);
        return true;
    }
    place = place_of(seen->keys, seen->room, key);
    if (seen->keys[place] != NULL) {
        free(key);
        return false;
    }
    seen->keys[place] = key;
    seen->count++;
    return true;
}

bool verify_seen_has(const struct verify_seen *seen, const char *path, const char *about)
{
    char *key = seen->room > 0 ? make_key(path, about) : NULL;
    bool has = key != NULL && seen->keys[place_of(seen->keys, seen->room, key)] != NULL;

    free(key);
    return has;
}

void verify_seen_free(struct verify_seen *seen)
{
    for (size_t i = 0; i < seen->room; i++)
        free(seen->keys[i]);
    free(seen->keys);
    *seen = (struct verify_seen){0};
}
