/* naive_refs.c - no binary search, no index, no restarts. */
#include "naive_refs.h"

#include <stdlib.h>
#include <string.h>

#include "naive.h"

static struct naive_ref *add(struct naive_refs *refs, const char *name, size_t length)
{
    struct naive_ref *made;

    refs->list = realloc(refs->list, (refs->count + 1) * sizeof *refs->list);
    if (!refs->list)
        abort();
    made = &refs->list[refs->count++];
    memset(made, 0, sizeof *made);
    made->name = malloc(length + 1);
    if (!made->name)
        abort();
    memcpy(made->name, name, length);
    made->length = length;
    return made;
}

void naive_refs_free(struct naive_refs *refs)
{
    for (size_t i = 0; i < refs->count; i++)
        free(refs->list[i].name);
    free(refs->list);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static bool number(const unsigned char *bytes, size_t *at, size_t end, uint64_t *value)
{
    size_t used;

    if (*at >= end || !naive_distance(bytes + *at, end - *at, value, &used))
        return false;
    *at += used;
    return true;
}

/* One record; `name` is that of the one before. */
static bool record(const unsigned char *bytes, size_t *at, size_t end, size_t id_size, char *name,
                   size_t *length, struct naive_refs *refs)
{
    uint64_t prefix, suffix, update, target;
    struct naive_ref *made;
    unsigned kind;

    if (!number(bytes, at, end, &prefix) || !number(bytes, at, end, &suffix))
        return false;
    kind = suffix & 7;
    suffix /= 8;
    if (prefix > *length || suffix > end - *at || prefix + suffix > 4095 || prefix + suffix == 0)
        return false;
    memcpy(name + prefix, bytes + *at, (size_t)suffix);
    *length = (size_t)(prefix + suffix);
    *at += (size_t)suffix;
    if (!number(bytes, at, end, &update) || kind > 3)
        return false;
    if ((kind == 1 && end - *at < id_size) || (kind == 2 && end - *at < 2 * id_size))
        return false;
    if (kind == 3 && (!number(bytes, at, end, &target) || target > end - *at))
        return false;
    made = add(refs, name, *length);
    made->kind = kind;
    if (kind == 1 || kind == 2)
        made->id = bytes + *at;
    if (kind == 2)
        made->peeled = bytes + *at + id_size;
    *at += kind == 3 ? (size_t)target : kind == 1 ? id_size : kind == 2 ? 2 * id_size : 0;
    return true;
}

void naive_reftable_read(const unsigned char *bytes, size_t size, size_t id_size,
                         struct naive_refs *refs)
{
    const size_t header = bytes[4] == 2 ? 28 : 24;
    const size_t block_size = (size_t)bytes[5] << 16 | (size_t)bytes[6] << 8 | bytes[7];
    const size_t end = size - header - 44;
    char name[4096];
    size_t block = 0;

    memset(refs, 0, sizeof *refs);
    if (end <= header || bytes[header] != 'r') {
        refs->is_whole = true;
        return;
    }
    while (block < end) {
        const size_t head = block == 0 ? header : 0;
        size_t length, restarts, at, name_length = 0;

        if (end - block < head + 4)
            return;
        if (strchr("iog", bytes[block + head]) && bytes[block + head]) {
            refs->is_whole = true;
            return;
        }
        if (bytes[block + head] != 'r')
            return;
        length = (size_t)bytes[block + head + 1] << 16 | (size_t)bytes[block + head + 2] << 8 |
                 bytes[block + head + 3];
        if (length > end - block || length < head + 6)
            return;
        restarts = 3 * ((size_t)bytes[block + length - 2] << 8 | bytes[block + length - 1]) + 2;
        if (restarts > length - head - 4)
            return;
        at = block + head + 4;
        while (at < block + length - restarts)
            if (!record(bytes, &at, block + length - restarts, id_size, name, &name_length, refs))
                return;
        if (block_size > length && (block + length >= end || bytes[block + length] == 0))
            block += block_size;
        else
            block += length;
    }
    refs->is_whole = true;
}

/* ---- packed-refs ----------------------------------------------------------------------------- */

static bool is_hex(const char *text, size_t digits)
{
    for (size_t i = 0; i < digits; i++)
        if (!strchr("0123456789abcdefABCDEF", text[i]) || !text[i])
            return false;
    return true;
}

/* The end of the line at `at`, and whether a newline is there. */
static size_t end_of(const char *bytes, size_t at, size_t size, bool *is_whole)
{
    while (at < size && bytes[at] != '\n')
        at++;
    *is_whole = at < size;
    return at;
}

void naive_packed_refs_read(const char *bytes, size_t size, size_t id_size, struct naive_refs *refs)
{
    static const char header[] = "# pack-refs with: ";
    const size_t digits = 2 * id_size;
    struct naive_ref *last = NULL; /* the line before */

    memset(refs, 0, sizeof *refs);
    refs->is_whole = true;
    for (size_t at = 0, end; at < size; at = end + 1) {
        bool is_whole;
        const char *line = bytes + at;

        end = end_of(bytes, at, size, &is_whole);
        if (at == 0 && is_whole && end >= strlen(header) && !memcmp(line, header, strlen(header)))
            continue;
        if (is_whole && last && line[0] == '^' && end - at == digits + 1 &&
            is_hex(line + 1, digits)) {
            last->peeled_hex = line + 1;
            last = NULL;
        } else if (is_whole && end - at >= digits + 2 && is_hex(line, digits) &&
                   line[digits] == ' ' && !memchr(line + digits + 1, 0, end - at - digits - 1)) {
            last = add(refs, line + digits + 1, end - at - digits - 1);
            last->hex = line;
        } else {
            last = NULL;
            refs->is_whole = false;
        }
    }
}
