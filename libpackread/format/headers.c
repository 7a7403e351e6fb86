/* headers.c - lines of a word, a space and an id. */
#include "format/headers.h"

#include <string.h>

/* The id in a line "WORD ID" at `*at`, which is moved behind it. */
static bool line(const unsigned char *data, size_t size, size_t *at, const char *word,
                 size_t id_size, packread_id *id)
{
    const char *text = (const char *)data + *at;
    const size_t before = strlen(word);
    const size_t digits = 2 * id_size;
    packread_id found;

    if (size - *at < before + digits + 1 || memcmp(text, word, before) != 0 ||
        text[before + digits] != '\n' || packread_id_parse(text + before, digits, &found) != 0)
        return false;
    *at += before + digits + 1;
    *id = found;
    return true;
}

bool pkr_commit_tree(const unsigned char *data, size_t size, size_t id_size, packread_id *tree)
{
    size_t at = 0;

    return line(data, size, &at, "tree ", id_size, tree);
}

bool pkr_commit_parent(const unsigned char *data, size_t size, size_t id_size, uint64_t number,
                       packread_id *parent)
{
    packread_id id;
    size_t at = 0;

    if (number == 0 || !line(data, size, &at, "tree ", id_size, &id))
        return false;
    while (line(data, size, &at, "parent ", id_size, &id))
        if (--number == 0) {
            *parent = id;
            return true;
        }
    return false;
}

bool pkr_tag_object(const unsigned char *data, size_t size, size_t id_size, packread_id *object,
                    enum packread_type *type)
{
    packread_id id;
    size_t at = 0;
    const char *text;
    const char *end;

    if (!line(data, size, &at, "object ", id_size, &id) || size - at < 5 ||
        memcmp(data + at, "type ", 5) != 0)
        return false;
    text = (const char *)data + at + 5;
    end = memchr(text, '\n', size - at - 5);
    if (!end)
        return false;
    *type = packread_type_parse(text, (size_t)(end - text));
    *object = id;
    return *type != PACKREAD_NONE;
}
