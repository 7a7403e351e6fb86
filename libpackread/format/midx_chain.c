/* midx_chain.c - a line is the digits of one sum, and a line feed. */
#include "format/midx_chain.h"

#include <string.h>

int pkr_midx_chain_line(const unsigned char *bytes, size_t length, size_t id_size, packread_id *sum,
                        size_t *used, const char **text)
{
    const size_t digits = 2 * id_size;

    *text = "a line of the chain of multi-pack-indexes is not a checksum";
    if (length < digits + 1)
        *text = "the chain of multi-pack-indexes is cut off in a line";
    if (length < digits + 1 || bytes[digits] != '\n' ||
        packread_id_parse((const char *)bytes, digits, sum) != 0)
        return PACKREAD_ERROR_CORRUPT;
    *used = digits + 1;
    *text = NULL;
    return 0;
}

size_t pkr_midx_chain_pass(const unsigned char *bytes, size_t length, size_t id_size)
{
    const size_t most = length < 2 * id_size + 1 ? length : 2 * id_size + 1;
    const unsigned char *end = memchr(bytes, '\n', most);

    return end ? (size_t)(end - bytes) + 1 : most;
}
