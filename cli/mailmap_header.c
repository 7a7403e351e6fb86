/* mailmap_header.c - puts the names and addresses of a mailmap into the header of a commit or tag.
 */
#include "mailmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that are made larger as they come. */
struct growing {
    char *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

static void append(struct growing *out, const char *bytes, size_t size)
{
    if (out->failed || size == 0)
        return;
    if (size > out->capacity - out->size) {
        size_t capacity = out->capacity;
        char *grown = NULL;

        if (size <= SIZE_MAX / 4 && capacity <= SIZE_MAX / 4) {
            capacity = capacity * 2 + size;
            grown = realloc(out->bytes, capacity);
        }
        out->failed = grown == NULL;
        if (out->failed)
            return;
        out->bytes = grown;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void append_text(struct growing *out, const mailmap_text *text)
{
    append(out, text->bytes, text->size);
}

/* Of "NAME <EMAIL> DATE ZONE": all up to the first ">". */
static bool split_ident(const mailmap_text *person, mailmap_text *name, mailmap_text *email)
{
    const char *end = person->bytes + person->size;
    const char *left = memchr(person->bytes, '<', person->size);
    const char *right = left != NULL ? memchr(left + 1, '>', (size_t)(end - left - 1)) : NULL;
    const char *stop = left;

    if (right == NULL)
        return false;
    while (stop > person->bytes && mailmap_is_space(stop[-1]))
        stop--;
    *name = (mailmap_text){person->bytes, (size_t)(stop - person->bytes)};
    *email = (mailmap_text){left + 1, (size_t)(right - left - 1)};
    return true;
}

/* Where the person begins in a line of the header that has one; else 0. */
static size_t person_in(const char *line, size_t size)
{
    static const char *const words[] = {"author ", "committer ", "tagger "};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const size_t length = strlen(words[i]);

        if (size >= length && memcmp(line, words[i], length) == 0)
            return length;
    }
    return 0;
}

/* One line without its newline. True where it was changed. */
static bool append_line(struct growing *out, const mailmap *map, const char *line, size_t size)
{
    const size_t at = person_in(line, size);
    const mailmap_text person = {line + at, size - at};
    mailmap_text name, email;
    size_t old;

    if (at == 0 || !split_ident(&person, &name, &email))
        goto as_it_is;
    old = (size_t)(email.bytes + email.size + 1 - line);
    if (!mailmap_look_up(map, &name, &email))
        goto as_it_is;
    append(out, line, at);
    append_text(out, &name);
    append(out, " <", 2);
    append_text(out, &email);
    append(out, ">", 1);
    append(out, line + old, size - old);
    return true;

as_it_is:
    append(out, line, size);
    return false;
}

/* `contents` up to the end of the header, and from there as it is. */
static bool append_header(struct growing *out, const mailmap *map, const char *contents,
                          size_t size)
{
    bool has_changed = false;
    size_t at = 0;

    while (at < size && contents[at] != '\n' && contents[at] != '\0') {
        const char *line = contents + at;
        const char *newline = memchr(line, '\n', size - at);
        const size_t length = strnlen(line, newline != NULL ? (size_t)(newline - line) : size - at);
        const bool is_changed = append_line(out, map, line, length);

        at += length;
        if (at < size && contents[at] == '\n')
            append(out, contents + at++, 1);
        /* As git has it: an empty line behind one that was changed does not end the header. */
        if (is_changed && at < size && contents[at] == '\n')
            append(out, contents + at++, 1);
        has_changed = has_changed || is_changed;
    }
    append(out, contents + at, size - at);
    return has_changed;
}

char *mailmap_apply(const mailmap *map, const char *contents, size_t size, size_t *mapped_size,
                    bool *failed)
{
    struct growing out = {.bytes = NULL};

    *failed = false;
    if (map->count == 0)
        return NULL;
    if (!append_header(&out, map, contents, size) || out.failed) {
        *failed = out.failed;
        free(out.bytes);
        return NULL;
    }
    *mapped_size = out.size;
    return out.bytes;
}
