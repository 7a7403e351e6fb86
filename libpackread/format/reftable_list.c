/* reftable_list.c - the lines of tables.list. */
#include "format/reftable_list.h"

#include <string.h>

#define NAME_MAX_SIZE 255

static bool is_name(const char *name, size_t length)
{
    return length > 0 && length <= NAME_MAX_SIZE && name[0] != '.' && !memchr(name, '/', length) &&
           !memchr(name, '\0', length);
}

int pkr_reftable_list_next(const char *bytes, size_t size, size_t *at, const char **name,
                           size_t *length)
{
    const char *end;

    if (*at >= size)
        return 0;
    *name = bytes + *at;
    end = memchr(*name, '\n', size - *at);
    *length = end ? (size_t)(end - *name) : size - *at;
    *at += *length + (end ? 1 : 0);
    return is_name(*name, *length) ? 1 : -1;
}
