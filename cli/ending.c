/* ending.c - names of packs, indexes and figures are told apart by their endings. */
#include "ending.h"

#include <stdlib.h>
#include <string.h>

bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name);
    size_t tail = strlen(ending);

    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

char *other_ending(const char *name, const char *present, const char *ending)
{
    size_t kept;
    char *other;

    if (!ends_with(name, present))
        return NULL;
    kept = strlen(name) - strlen(present);
    other = malloc(kept + strlen(ending) + 1);
    if (other != NULL) {
        memcpy(other, name, kept);
        strcpy(other + kept, ending);
    }
    return other;
}

char *pack_of(const char *name)
{
    return ends_with(name, ".pack") ? strdup(name) : other_ending(name, ".idx", ".pack");
}

bool names_midx(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strncmp(slash != NULL ? slash + 1 : path, "multi-pack-index",
                   strlen("multi-pack-index")) == 0;
}
