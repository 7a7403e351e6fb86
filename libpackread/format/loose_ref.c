/* loose_ref.c - an id and anything behind a blank, or "ref:", blanks, a name, blanks. */
#include "format/loose_ref.h"

#include <string.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool parse_target(const char *bytes, size_t size, pkr_ref_value *value)
{
    size_t begin = strlen("ref:");

    while (begin < size && is_blank(bytes[begin]))
        begin++;
    *value = (pkr_ref_value){.target = bytes + begin, .target_length = size - begin};
    return size > begin;
}

bool pkr_loose_ref_parse(const char *bytes, size_t size, size_t id_size, pkr_ref_value *value)
{
    const char *end = size > 0 ? memchr(bytes, '\0', size) : NULL;
    packread_id id;

    if (end)
        size = (size_t)(end - bytes);
    while (size > 0 && is_blank(bytes[size - 1]))
        size--;
    if (size >= strlen("ref:") && memcmp(bytes, "ref:", strlen("ref:")) == 0)
        return parse_target(bytes, size, value);
    if (size < 2 * id_size || (size > 2 * id_size && !is_blank(bytes[2 * id_size])) ||
        packread_id_parse(bytes, 2 * id_size, &id) != 0)
        return false;
    *value = (pkr_ref_value){.id = id};
    return true;
}
