/* sized.c - copies between structs of different versions. */
#include "base/sized.h"

#include <string.h>

static size_t size_of(const void *theirs, size_t oldest)
{
    size_t size;

    memcpy(&size, theirs, sizeof size);
    return size ? size : oldest;
}

bool pkr_sized_take(void *ours, size_t known, size_t oldest, const void *theirs)
{
    const unsigned char *bytes = theirs;
    size_t size = theirs ? size_of(theirs, oldest) : 0;

    memset(ours, 0, known);
    if (!theirs)
        return true;
    if (size < sizeof(size_t))
        return false;
    for (size_t i = known; i < size; i++)
        if (bytes[i] != 0)
            return false;
    memcpy(ours, theirs, size < known ? size : known);
    return true;
}

bool pkr_sized_can_be_given(const void *theirs)
{
    return !theirs || size_of(theirs, sizeof(size_t)) >= sizeof(size_t);
}

bool pkr_sized_reaches(const void *theirs, size_t offset)
{
    return size_of(theirs, 0) > offset;
}

void pkr_sized_give(void *theirs, size_t oldest, const void *ours, size_t known)
{
    size_t size = size_of(theirs, oldest);

    if (size > known)
        size = known;
    memcpy(theirs, ours, size);
    memcpy(theirs, &size, sizeof size);
}
