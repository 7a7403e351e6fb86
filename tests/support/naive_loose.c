/* naive_loose.c - tries each type in turn, and writes the number again to see whether it is the one
 * that stands there. */
#include "naive_loose.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool naive_loose_read(const unsigned char *bytes, size_t length, struct naive_loose *header)
{
    static const char *const types[] = {"commit", "tree", "blob", "tag"};
    char text[33] = {0};
    char again[64];
    uint64_t size;

    memcpy(text, bytes, length < 32 ? length : 32);
    if (strlen(text) >= length || strlen(text) > 31)
        return false;
    for (unsigned i = 0; i < 4; i++) {
        size_t name = strlen(types[i]);

        if (strncmp(text, types[i], name) != 0 || text[name] != ' ' ||
            sscanf(text + name + 1, "%" SCNu64, &size) != 1)
            continue;
        snprintf(again, sizeof again, "%s %" PRIu64, types[i], size);
        if (strcmp(text, again) != 0)
            return false;
        *header = (struct naive_loose){i + 1, size, strlen(text) + 1};
        return true;
    }
    return false;
}
