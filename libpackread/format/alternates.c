/* alternates.c - takes a list of object folders apart as git does: what begins with '#' is a
 * comment, what begins with '"' is quoted as in C, unless its quotes are wrong. */
#include "format/alternates.h"

#include <string.h>

void pkr_alternates_begin(pkr_alternates *list, void *bytes, size_t size, char separator)
{
    *list = (pkr_alternates){.bytes = bytes, .size = size, .separator = separator};
}

/* Letters that stand for a byte behind a backslash, and these bytes. */
static int unescape(int letter)
{
    static const char letters[] = "abfnrtv\\\"";
    static const char bytes[] = "\a\b\f\n\r\t\v\\\"";
    const char *found = letter ? strchr(letters, letter) : NULL;

    return found ? bytes[found - letters] : -1;
}

static bool is_octal(int byte)
{
    return byte >= '0' && byte <= '7';
}

/* One escape behind its backslash, of which `*read` bytes were read; -1: it is none. */
static int read_escape(const unsigned char *bytes, size_t size, size_t *read)
{
    *read = 1;
    if (size == 0)
        return -1;
    if (bytes[0] < '0' || bytes[0] > '3')
        return unescape(bytes[0]);
    *read = 3;
    if (size < 3 || !is_octal(bytes[1]) || !is_octal(bytes[2]))
        return -1;
    return (bytes[0] - '0') << 6 | (bytes[1] - '0') << 3 | (bytes[2] - '0');
}

/* What is in quotes from `begin` on: its length without them, and where it ends. False: the quotes
 * do not end, or hold what is no escape. With `target` the path is written there. */
static bool unquote(const pkr_alternates *list, size_t begin, unsigned char *target, size_t *length,
                    size_t *end)
{
    *length = 0;
    for (size_t at = begin + 1; at < list->size && list->bytes[at]; at++) {
        int byte = list->bytes[at];

        if (byte == '"') {
            *end = at + 1;
            return true;
        }
        if (byte == '\\') {
            size_t read;

            byte = read_escape(list->bytes + at + 1, list->size - at - 1, &read);
            if (byte < 0)
                return false;
            at += read;
        }
        if (target)
            target[*length] = (unsigned char)byte;
        ++*length;
    }
    return false;
}

/* Where an entry that is not quoted ends. */
static size_t end_of(const pkr_alternates *list, size_t begin)
{
    size_t end = begin;

    while (end < list->size && list->bytes[end] && list->bytes[end] != list->separator)
        end++;
    return end;
}

bool pkr_alternates_next(pkr_alternates *list, const char **path, size_t *size)
{
    size_t length = 0;

    while (length == 0 && list->at < list->size && list->bytes[list->at]) {
        const size_t begin = list->at;
        const unsigned char first = list->bytes[begin];
        size_t end;

        if (first == '"' && unquote(list, begin, NULL, &length, &end)) {
            unquote(list, begin, list->bytes + begin, &length, &end);
            if (memchr(list->bytes + begin, '\0', length))
                length = strlen((const char *)list->bytes + begin);
        } else {
            end = end_of(list, begin);
            length = first == '#' ? 0 : end - begin;
        }
        *path = (const char *)list->bytes + begin;
        *size = length;
        /* What stands behind a quote is skipped, whatever it is. */
        list->at = end < list->size && list->bytes[end] ? end + 1 : end;
    }
    return length > 0;
}
