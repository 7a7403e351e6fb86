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

void naive_packed_refs_read(const char *bytes, size_t size, size_t id_size, struct naive_refs *refs)
{
    const size_t digits = 2 * id_size;
    size_t at = 0;
    bool is_first = true;

    memset(refs, 0, sizeof *refs);
    refs->is_whole = true;
    while (at < size) {
        size_t lines[3] = {at, 0, 0}; /* where the ref, its peeled line, and more of those begin */
        size_t count = 0;
        size_t end = at;

        do {
            while (bytes[end] != '\n')
                end++;
            end++;
            count++;
            if (count < 3)
                lines[count] = end;
        } while (end < size && bytes[end] == '^');
        if (is_first && bytes[at] == '#') {
            while (bytes[at] != '\n')
                at++;
            at++;
            is_first = false;
            continue;
        }
        is_first = false;
        if (lines[1] - lines[0] < digits + 3 || !is_hex(bytes + at, digits) ||
            bytes[at + digits] != ' ' ||
            memchr(bytes + at + digits + 1, 0, lines[1] - lines[0] - digits - 2) || count > 2 ||
            (count == 2 &&
             (lines[2] - lines[1] != digits + 2 || !is_hex(bytes + lines[1] + 1, digits)))) {
            refs->is_whole = false;
        } else {
            struct naive_ref *made =
                add(refs, bytes + at + digits + 1, lines[1] - lines[0] - digits - 2);

            made->hex = bytes + at;
            made->peeled_hex = count == 2 ? bytes + lines[1] + 1 : NULL;
        }
        at = end;
    }
}
