/* midx.c - lays a multi-pack-index out: its chunks stand one behind the other, each once. */
#include "format/midx.h"

#include <string.h>

#include "base/bytes.h"

#define PNAM 0x504e414du
#define OIDF 0x4f494446u
#define OIDL 0x4f49444cu
#define OOFF 0x4f4f4646u
#define LOFF 0x4c4f4646u
#define RIDX 0x52494458u
#define BTMP 0x42544d50u

static int fail(const char **text, int code, const char *why)
{
    *text = why;
    return code;
}

static int damaged(const char **text, const char *why)
{
    return fail(text, PACKREAD_ERROR_CORRUPT, why);
}

static int parse_header(const unsigned char *head, size_t length, pkr_midx *midx, const char **text)
{
    if (length < PKR_MIDX_HEADER || memcmp(head, "MIDX", 4) != 0)
        return fail(text, PACKREAD_ERROR_NOT_AN_INDEX,
                    length < PKR_MIDX_HEADER ? "too short for a multi-pack-index"
                                             : "does not begin as a multi-pack-index does");
    midx->version = head[4];
    midx->id_size = head[5] == 2 ? 32 : 20;
    midx->bases = head[7];
    midx->packs = pkr_bytes_u32(head + 8);
    if (midx->version != 1 && midx->version != 2)
        return fail(text, PACKREAD_ERROR_VERSION,
                    "version of the multi-pack-index is neither 1 nor 2");
    if (head[5] != 1 && head[5] != 2)
        return fail(text, PACKREAD_ERROR_VERSION, "multi-pack-index is of an unknown hash");
    if (midx->size < PKR_MIDX_HEADER + PKR_MIDX_ENTRY + midx->id_size)
        return damaged(text, "multi-pack-index is cut off in its head");
    midx->sum = midx->size - midx->id_size;
    return 0;
}

/* Where what is known of a chunk goes; NULL for one that is not known, which is passed by. */
static pkr_midx_chunk *chunk_of(pkr_midx *midx, uint32_t id)
{
    switch (id) {
    case PNAM:
        return &midx->names;
    case OIDF:
        return &midx->steps;
    case OIDL:
        return &midx->ids;
    case OOFF:
        return &midx->places;
    case LOFF:
        return &midx->wide;
    case RIDX:
        return &midx->order;
    case BTMP:
        return &midx->bitmaps;
    default:
        return NULL;
    }
}

static bool is_twice(const unsigned char *table, unsigned number)
{
    for (unsigned i = 0; i < number; i++)
        if (memcmp(table + i * PKR_MIDX_ENTRY, table + number * PKR_MIDX_ENTRY, 4) == 0)
            return true;
    return false;
}

/* `number`: of the chunk; the entry behind it, which may be the last, says where it ends. */
static int parse_chunk(const unsigned char *table, unsigned number, uint64_t first, pkr_midx *midx,
                       const char **text)
{
    const unsigned char *entry = table + number * PKR_MIDX_ENTRY;
    const uint32_t id = pkr_bytes_u32(entry);
    const uint64_t at = pkr_bytes_u64(entry + 4);
    const uint64_t end = pkr_bytes_u64(entry + PKR_MIDX_ENTRY + 4);
    pkr_midx_chunk *chunk = chunk_of(midx, id);

    if (id == 0)
        return damaged(text, "multi-pack-index's table of chunks ends early");
    if (is_twice(table, number))
        return damaged(text, "multi-pack-index has a chunk twice");
    if (at % 4 != 0)
        return damaged(text, "a chunk of the multi-pack-index does not begin at a multiple of 4");
    if (at < first || end < at || end > midx->sum)
        return damaged(text, "a chunk of the multi-pack-index is not inside the file");
    if (chunk)
        *chunk = (pkr_midx_chunk){at, end - at};
    midx->end = end;
    return 0;
}

static int check_chunks(const pkr_midx *midx, const char **text)
{
    if (!midx->names.at || !midx->steps.at || !midx->ids.at || !midx->places.at)
        return damaged(text, "multi-pack-index lacks a chunk that has to be there");
    if (midx->steps.size != PKR_MIDX_FANOUT)
        return damaged(text, "fanout of the multi-pack-index is of another size than it has to be");
    /* A byte, ".idx" and a NUL are the shortest name. */
    if (midx->packs > midx->names.size / 6)
        return damaged(text, "multi-pack-index has no room for the names of its packs");
    return 0;
}

int pkr_midx_parse(const unsigned char *head, size_t length, uint64_t file_size, pkr_midx *midx,
                   const char **text)
{
    pkr_midx parsed;
    unsigned chunks;
    uint64_t first;
    int status;

    memset(&parsed, 0, sizeof parsed);
    parsed.size = file_size;
    status = parse_header(head, length, &parsed, text);
    if (status != 0)
        return status;
    chunks = head[6];
    first = PKR_MIDX_HEADER + (uint64_t)(chunks + 1) * PKR_MIDX_ENTRY;
    if (first > parsed.sum || first > length)
        return damaged(text, "multi-pack-index is cut off in its table of chunks");
    for (unsigned i = 0; status == 0 && i < chunks; i++)
        status = parse_chunk(head + PKR_MIDX_HEADER, i, first, &parsed, text);
    if (status == 0 && pkr_bytes_u32(head + first - PKR_MIDX_ENTRY) != 0)
        status = damaged(text, "multi-pack-index's table of chunks does not end");
    if (status == 0)
        status = check_chunks(&parsed, text);
    if (status == 0)
        *midx = parsed;
    return status;
}

int pkr_midx_parse_fanout(const unsigned char *bytes, pkr_midx *midx, const char **text)
{
    uint32_t fanout[256];
    uint64_t count;

    for (size_t i = 0; i < 256; i++) {
        fanout[i] = pkr_bytes_u32(bytes + 4 * i);
        if (i > 0 && fanout[i] < fanout[i - 1])
            return damaged(text, "fanout of the multi-pack-index does not rise");
    }
    count = fanout[255];
    if (midx->ids.size != count * midx->id_size)
        return damaged(text, "ids of the multi-pack-index are not as many as its fanout counts");
    if (midx->places.size != count * PKR_MIDX_PLACE)
        return damaged(text,
                       "offsets of the multi-pack-index are not as many as its fanout counts");
    memcpy(midx->fanout, fanout, sizeof fanout);
    midx->count = fanout[255];
    return 0;
}

pkr_midx_place pkr_midx_place_at(const pkr_midx *midx, const unsigned char *bytes)
{
    pkr_midx_place place = {.pack = pkr_bytes_u32(bytes), .offset = pkr_bytes_u32(bytes + 4)};

    place.is_wide = midx->wide.at != 0 && (place.offset & 0x80000000u) != 0;
    if (place.is_wide)
        place.offset &= 0x7fffffffu;
    return place;
}

/* ---- Names ---------------------------------------------------------------------------------- */

void pkr_midx_names_begin(pkr_midx_names *names, const pkr_midx *midx)
{
    *names = (pkr_midx_names){.version = midx->version, .left = midx->packs};
}

static int check_name(const pkr_midx_names *names, const char **text)
{
    if (names->length <= strlen(".idx") ||
        strcmp(names->name + names->length - strlen(".idx"), ".idx") != 0)
        return damaged(text, "multi-pack-index names something other than an .idx");
    if (strchr(names->name, '/'))
        return damaged(text, "multi-pack-index names a file in another folder");
    if (names->version == 1 && strcmp(names->last, names->name) >= 0)
        return damaged(text, "names in the multi-pack-index do not rise");
    return 0;
}

int pkr_midx_names_take(pkr_midx_names *names, const unsigned char *bytes, size_t size,
                        pkr_midx_name_visitor *visit, void *context, const char **text)
{
    int status = 0;

    *text = NULL;
    for (size_t i = 0; status == 0 && names->left > 0 && i < size; i++) {
        names->used++;
        if (bytes[i] != 0 && names->length == PKR_MIDX_NAME)
            return damaged(text, "a name in the multi-pack-index is too long for a file");
        names->name[names->length] = (char)bytes[i];
        if (bytes[i] != 0) {
            names->length++;
            continue;
        }
        status = check_name(names, text);
        if (status == 0)
            status = visit(context, names->name);
        memcpy(names->last, names->name, names->length + 1);
        names->length = 0;
        names->left--;
    }
    return status;
}

int pkr_midx_names_end(const pkr_midx_names *names, const char **text)
{
    return names->left == 0 ? 0
                            : damaged(text, "multi-pack-index lacks names of packs that it counts");
}
