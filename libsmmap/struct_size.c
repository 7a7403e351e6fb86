/* struct_size.c - knows how structs of different versions are copied into each other. */
#include "struct_size.h"

#include <string.h>

static size_t size_of(const void *theirs, size_t oldest)
{
    size_t size;

    memcpy(&size, theirs, sizeof size);
    return size ? size : oldest;
}

bool smm_struct_take(void *ours, size_t known, size_t oldest, const void *theirs)
{
    const unsigned char *bytes = theirs;
    size_t size = theirs ? size_of(theirs, oldest) : 0;
    size_t at;

    memset(ours, 0, known);
    if (!theirs)
        return true;
    if (size < sizeof size)
        return false;
    for (at = known; at < size; at++)
        if (bytes[at] != 0)
            return false;
    memcpy(ours, theirs, size < known ? size : known);
    return true;
}

void smm_struct_give(void *theirs, size_t oldest, const void *ours, size_t known)
{
    size_t size = size_of(theirs, oldest);

    if (size > known)
        size = known;
    if (size < sizeof size)
        return;
    memcpy(theirs, ours, size);
    memcpy(theirs, &size, sizeof size);
}
