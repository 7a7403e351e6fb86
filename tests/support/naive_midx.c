/* naive_midx.c - a table of contents, and what it leads to. */
#include "naive_midx.h"

#include <stdlib.h>
#include <string.h>

static uint64_t number(const unsigned char *bytes, size_t width)
{
    uint64_t value = 0;

    for (size_t i = 0; i < width; i++)
        value = value * 256 + bytes[i];
    return value;
}

struct chunk {
    const unsigned char *bytes;
    uint64_t size;
};

/* The chunk of that id; false if it is not there. */
static bool find_chunk(const unsigned char *bytes, const char *id, struct chunk *chunk)
{
    for (size_t i = 0; i < bytes[6]; i++) {
        const unsigned char *entry = bytes + 12 + 12 * i;

        if (memcmp(entry, id, 4) != 0)
            continue;
        chunk->bytes = bytes + number(entry + 4, 8);
        chunk->size = number(entry + 16, 8) - number(entry + 4, 8);
        return true;
    }
    return false;
}

static bool is_table_right(const unsigned char *bytes, size_t size, size_t id_size)
{
    const size_t chunks = bytes[6];
    const size_t first = 12 + 12 * (chunks + 1);

    if (size < id_size || size - id_size < first)
        return false;
    for (size_t i = 0; i < chunks; i++) {
        const unsigned char *entry = bytes + 12 + 12 * i;
        const uint64_t at = number(entry + 4, 8);
        const uint64_t end = number(entry + 16, 8);

        if (number(entry, 4) == 0 || at % 4 != 0 || at < first || end < at || end > size - id_size)
            return false;
        for (size_t j = 0; j < i; j++)
            if (memcmp(bytes + 12 + 12 * j, entry, 4) == 0)
                return false;
    }
    return number(bytes + 12 + 12 * chunks, 4) == 0;
}

static bool read_names(const struct chunk *names, naive_midx *midx)
{
    const char *at = (const char *)names->bytes;
    uint64_t left = names->size;

    midx->names = calloc((size_t)left + 1, sizeof *midx->names);
    if (!midx->names)
        abort();
    for (uint32_t i = 0; i < midx->packs; i++) {
        const char *end = left ? memchr(at, 0, (size_t)left) : NULL;
        size_t length = end ? (size_t)(end - at) : 0;

        if (!end || length < 5 || length > 255 || strcmp(end - 4, ".idx") != 0 || strchr(at, '/'))
            return false;
        if (midx->version == 1 && i > 0 && strcmp(midx->names[i - 1], at) >= 0)
            return false;
        midx->names[i] = strdup(at);
        at += length + 1;
        left -= length + 1;
    }
    return true;
}

static bool read_rows(const unsigned char *bytes, naive_midx *midx)
{
    struct chunk fanout;
    struct chunk ids;
    struct chunk places;
    struct chunk wide = {0};
    const bool has_wide = find_chunk(bytes, "LOFF", &wide);

    if (!find_chunk(bytes, "OIDF", &fanout) || !find_chunk(bytes, "OIDL", &ids) ||
        !find_chunk(bytes, "OOFF", &places) || fanout.size != 1024)
        return false;
    for (size_t i = 1; i < 256; i++)
        if (number(fanout.bytes + 4 * i, 4) < number(fanout.bytes + 4 * i - 4, 4))
            return false;
    midx->count = (uint32_t)number(fanout.bytes + 1020, 4);
    if (ids.size != (uint64_t)midx->count * midx->id_size || places.size != 8ull * midx->count)
        return false;
    midx->rows = calloc((size_t)midx->count + 1, sizeof *midx->rows);
    if (!midx->rows)
        abort();
    for (uint32_t i = 0; i < midx->count; i++) {
        naive_midx_row *row = &midx->rows[i];

        row->id = ids.bytes + i * midx->id_size;
        row->pack = (uint32_t)number(places.bytes + 8 * i, 4);
        row->offset = number(places.bytes + 8 * i + 4, 4);
        row->has_offset = true;
        if (has_wide && row->offset >= 0x80000000u) {
            row->offset -= 0x80000000u;
            row->has_offset = row->offset < wide.size / 8;
            if (row->has_offset)
                row->offset = number(wide.bytes + 8 * row->offset, 8);
        }
    }
    return true;
}

bool naive_midx_read(const unsigned char *bytes, size_t size, naive_midx *midx)
{
    struct chunk names;

    memset(midx, 0, sizeof *midx);
    if (size < 12 || memcmp(bytes, "MIDX", 4) != 0 || bytes[4] < 1 || bytes[4] > 2 ||
        bytes[5] < 1 || bytes[5] > 2)
        return false;
    midx->version = bytes[4];
    midx->id_size = bytes[5] == 1 ? 20 : 32;
    midx->packs = (uint32_t)number(bytes + 8, 4);
    if (is_table_right(bytes, size, midx->id_size) && find_chunk(bytes, "PNAM", &names) &&
        midx->packs <= names.size && read_names(&names, midx) && read_rows(bytes, midx))
        return true;
    naive_midx_free(midx);
    return false;
}

void naive_midx_free(naive_midx *midx)
{
    for (uint32_t i = 0; midx->names && i < midx->packs && midx->names[i]; i++)
        free(midx->names[i]);
    free(midx->names);
    free(midx->rows);
    memset(midx, 0, sizeof *midx);
}
