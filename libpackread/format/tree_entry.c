/* tree_entry.c - parses one entry of a tree's contents: octal mode, space, name, NUL, id. */
#include <string.h>

#include "base/fault.h"
#include "base/id.h"

/* No mode that git ever wrote has more. */
#define MODE_DIGITS_MAX 10

static int damaged(const char *text, packread_error *error)
{
    return pkr_error_set(error, PACKREAD_ERROR_CORRUPT, NULL, text);
}

int packread_tree_entry_parse(const unsigned char *data, size_t size, size_t id_size,
                              packread_tree_entry *entry, packread_error *error)
{
    packread_tree_entry parsed = {0};
    const unsigned char *name_end;
    size_t at = 0;

    if ((!data && size > 0) || !entry)
        return pkr_error_null(error);
    if (id_size != 20 && id_size != 32)
        return pkr_error_argument(error, "ids have 20 or 32 bytes");
    for (; at < size && at < MODE_DIGITS_MAX && data[at] >= '0' && data[at] <= '7'; at++)
        parsed.mode = parsed.mode << 3 | (uint32_t)(data[at] - '0');
    if (at == 0 || at == size || data[at] != ' ')
        return damaged("malformed mode in a tree entry", error);
    at++;
    parsed.name = data + at;
    name_end = at < size ? memchr(parsed.name, '\0', size - at) : NULL;
    if (!name_end)
        return damaged("a tree entry's name has no end", error);
    if (name_end == parsed.name)
        return damaged("empty name in a tree entry", error);
    parsed.name_size = (size_t)(name_end - parsed.name);
    at += parsed.name_size + 1;
    if (size - at < id_size)
        return damaged("a tree entry's id is cut short", error);
    pkr_id_set(&parsed.id, data + at, id_size);
    parsed.length = at + id_size;
    *entry = parsed;
    return 0;
}
