/* ending.c - names of packs, indexes and figures are told apart by their endings. */
#include "ending.h"

#include <string.h>

bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name);
    size_t tail = strlen(ending);

    return length >= tail && strcmp(name + length - tail, ending) == 0;
}
